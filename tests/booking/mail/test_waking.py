"""What the sweep finds due, and when it comes back; a row that cannot be taken never makes it spin."""

from datetime import timedelta

import pytest
from django.tasks import task_backends
from django.tasks.backends.dummy import DummyBackend
from pytest_django import Settings

from convoca.booking.models import Booking, Connection, Meeting, Notification, Schedule, Sealed
from convoca.booking.operations.sending import MAIL_LEASE
from convoca.booking.operations.waking import wake_due
from tests.booking.building import NOW, book, make_account, make_resource_schedule
from tests.booking.mail.arranging import book_with_zoom

pytestmark = pytest.mark.django_db

PROVISION, NOTIFY, CLOSE = "provision_due", "notify_due", "close_due"
LATER = NOW + timedelta(hours=3)


@pytest.fixture(autouse=True)
def task_list(settings: Settings) -> None:
    settings.TASKS = {"default": {"BACKEND": "django.tasks.backends.dummy.DummyBackend"}}


def woken() -> list[str]:
    """Return the names of the tasks enqueued since this was last asked."""
    backend = task_backends["default"]
    assert isinstance(backend, DummyBackend)
    results = backend.results
    names = [result.task.name for result in results]
    results.clear()
    return names


def quiet_booking() -> Booking:
    """Return a booking about which nothing is due."""
    booking = book(make_resource_schedule(make_account()))
    Notification.objects.update(due_at=None)
    woken()
    return booking


def test_where_nothing_is_due_nobody_is_woken() -> None:
    quiet_booking()

    assert wake_due(NOW) is None
    assert woken() == []


def test_each_kind_of_work_is_woken_once_however_much_is_due() -> None:
    schedule = make_resource_schedule(make_account())
    for clock in ("10:00", "11:00", "12:00"):
        book(schedule, clock)
    woken()

    wake_due(NOW)

    assert woken() == [NOTIFY]


def test_a_pending_meeting_wakes_its_worker_and_names_the_mail_that_waits_for_it() -> None:
    book_with_zoom()
    woken()

    next_at = wake_due(NOW)

    assert woken() == [PROVISION]
    assert next_at == NOW + timedelta(seconds=20)


def test_the_next_instant_is_the_earliest_of_all_work() -> None:
    booking = quiet_booking()
    Notification.objects.filter(booking=booking, kind="confirmation").update(due_at=LATER)
    Notification.objects.filter(booking=booking, kind="reminder").update(due_at=LATER + timedelta(seconds=1))

    assert wake_due(NOW) == LATER


def test_the_meetings_of_a_throttled_connection_are_due_when_its_pause_ends() -> None:
    book_with_zoom()
    Notification.objects.update(due_at=None)
    Connection.objects.update(blocked_until=LATER)
    woken()

    assert wake_due(NOW) == LATER
    assert woken() == []


def test_the_meetings_of_a_connection_that_needs_its_owner_are_never_due() -> None:
    book_with_zoom()
    Notification.objects.update(due_at=None)
    Connection.objects.update(state=Connection.State.NEEDS_OWNER)
    woken()

    assert wake_due(NOW) is None
    assert woken() == []


def test_what_somebody_is_at_work_on_wakes_nobody_and_is_not_waited_for() -> None:
    book_with_zoom()
    Meeting.objects.update(lease_until=NOW + MAIL_LEASE * 99999)
    Notification.objects.update(due_at=NOW, lease_until=NOW + MAIL_LEASE * 99999)
    woken()

    assert wake_due(NOW) is None
    assert woken() == []


def test_a_connection_that_is_being_closed_is_taken_further_when_its_time_comes() -> None:
    book_with_zoom()
    Notification.objects.update(due_at=None)
    Meeting.objects.update(due_at=None)
    Connection.objects.update(state=Connection.State.CLOSING, closing_at=NOW, due_at=LATER)
    woken()

    assert wake_due(NOW) == LATER
    assert woken() == []
    wake_due(LATER)
    assert woken() == [CLOSE]


def test_the_backup_link_s_moment_wakes_a_worker_though_no_row_points_at_it() -> None:
    """Half an hour before the start, and not a second earlier; nobody has typed the link of this one."""
    schedule = make_resource_schedule(
        make_account(), link_source="manual", backup_link=Sealed.seal("https://rooms.example.org/spare")
    )
    booking = book(schedule)
    Notification.objects.update(due_at=None)
    woken()
    moment = booking.slot.starts_at - timedelta(minutes=30)

    wake_due(moment - timedelta(seconds=1))
    before = woken()
    wake_due(moment)

    assert (before, woken()) == ([], ["back_up_due"])


def test_a_source_that_is_being_applied_wakes_a_worker_until_it_is() -> None:
    quiet_booking()
    Schedule.objects.update(link_source="jitsi", applying=Schedule.Applying.MISSING)

    wake_due(NOW)

    assert woken() == ["apply_due"]
