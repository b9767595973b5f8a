"""Slots that were called off while somebody looked at them, and one at a time that the clocks show twice."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from convoca.booking.models import Booking, Notification, Schedule, Series, Slot
from convoca.booking.operations.auditing import SYSTEM
from convoca.booking.operations.booking import book_place
from convoca.booking.operations.calling_off import cancel_slot
from convoca.booking.operations.editing import SlotChanges, edit_slot
from convoca.booking.operations.refusals import NotOffered
from convoca.booking.operations.series import Repeat
from convoca.booking.operations.slots import open_series
from convoca.core.time import Interval
from tests.booking.building import NOW, at, make_account, make_capacity_schedule, make_class, make_client

pytestmark = pytest.mark.django_db

WEEKLY_FOR_A_MONTH = Repeat(Series.Frequency.WEEKLY, date(2026, 12, 17))


def make_course(**rules: object) -> list[Slot]:
    when = Interval(at("18:00"), at("19:00"))
    schedule = make_capacity_schedule(make_account(), **rules)
    return open_series(schedule, when, repeat=WEEKLY_FOR_A_MONTH, title="Yoga", capacity=3, now=NOW)


def call_off(slot: Slot, *, following: bool = False) -> None:
    cancel_slot(slot, following=following, message="", by=SYSTEM, now=NOW)


def lengthen(slot: Slot, *, following: bool = False) -> None:
    changes = SlotChanges(
        title=slot.title,
        description="",
        location="",
        capacity=slot.capacity,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at + timedelta(hours=1),
    )
    edit_slot(slot, changes, following=following, by=SYSTEM, now=NOW)


def test_a_session_called_off_meanwhile_signed_people_up_for_all_the_later_ones() -> None:
    course = make_course(repeats=Schedule.Repeats.MUST)
    call_off(course[1])

    with pytest.raises(NotOffered):
        book_place(course[1], client=make_client(), now=NOW)

    assert not Booking.objects.exists()


@pytest.mark.parametrize("act", [call_off, lengthen])
def test_this_and_following_broke_when_the_last_one_had_been_called_off_meanwhile(act: Callable[..., None]) -> None:
    last = make_course()[-1]
    call_off(last)

    with pytest.raises(NotOffered):
        act(last, following=True)


def test_a_class_at_the_second_of_two_equal_times_moved_an_hour_when_only_its_length_changed() -> None:
    """On 31 October 2027 the clocks of Madrid show 02:30 at 00:30 and again at 01:30 in Greenwich."""
    second = datetime(2027, 10, 31, 1, 30, tzinfo=UTC)
    slot = make_class(make_capacity_schedule(make_account()), starts_at=second)

    lengthen(slot)

    slot.refresh_from_db()
    assert (slot.starts_at, slot.ends_at) == (second, second + timedelta(hours=2))


def test_renaming_a_session_that_had_been_moved_broke_on_the_reminder_of_the_time_before() -> None:
    session = make_course()[0]
    booked = book_place(session, client=make_client(), now=NOW)
    lengthen(session)
    session.refresh_from_db()

    renamed = SlotChanges(
        title="Yoga for necks",
        description="",
        location="",
        capacity=session.capacity,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
    )
    edit_slot(session, renamed, following=False, by=SYSTEM, now=NOW)

    session.refresh_from_db()
    reminders = Notification.objects.filter(booking=booked, kind=Notification.Kind.REMINDER)
    assert sorted(reminders.values_list("slot_revision", flat=True)) == [0, session.revision]
