"""A schedule that is deleted: closed at once; cancelled, drained and purged later, wherever a worker is killed (B1)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection as database
from pytest_django import Settings

from convoca.booking.mail.post import Post
from convoca.booking.models import (
    Account,
    AuditEntry,
    Booking,
    Connection,
    Grant,
    Meeting,
    Membership,
    Notification,
    OutboxMail,
    Resource,
    Schedule,
    ScheduleResource,
    Series,
    Slot,
)
from convoca.booking.operations.auditing import Actor, acting
from convoca.booking.operations.booking import book_place
from convoca.booking.operations.cancelling import cancel, undo_cancel
from convoca.booking.operations.connecting import connect_schedule
from convoca.booking.operations.deleting import delete_schedule, let_go, take_away_next
from convoca.booking.operations.granting import need_owner
from convoca.booking.operations.moving import move_appointment, move_place
from convoca.booking.operations.notifying import notify_next
from convoca.booking.operations.refusals import NotOffered
from convoca.booking.operations.series import Repeat
from convoca.booking.operations.slots import open_series
from convoca.booking.operations.waiting import accept_offer, join_waiting_list
from convoca.booking.questions.closing import consequences_of, remains_of
from convoca.core.time import Interval
from sandbox.faults import Kind
from tests.booking.building import (
    NOW,
    THURSDAY,
    at,
    book,
    make_account,
    make_capacity_schedule,
    make_class,
    make_client,
    make_member,
    make_resource_schedule,
    sign_up,
)
from tests.booking.zooming import SimulatedZoom

# The end of a disconnection empties SQLite's write-ahead log, which no transaction may be open for.
pytestmark = pytest.mark.django_db(transaction=True)

MESSAGE = "We close for good.\n\nThank you for nine years."
ROUNDS_AT_MOST = 60


@pytest.fixture(autouse=True)
def outbox(settings: Settings) -> None:
    settings.MAILERS = {"default": {"BACKEND": "convoca.booking.mail.OutboxBackend"}}


@pytest.fixture
def account(db: None) -> Account:
    return make_account()


@pytest.fixture
def owner(account: Account) -> Actor:
    return acting(make_member(account, Membership.Role.OWNER))


@dataclass
class Killed(BaseException):
    """What SIGKILL is to a process: nothing after it happens, and nobody catches it."""


@dataclass
class Assassin:
    """Kills whoever sends the database its `last` statement that writes."""

    last: int
    seen: int = field(default=0)

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
            self.seen += 1
            if self.seen == self.last:
                raise Killed
        return execute(sql, params, many, context)


def work(zoom: SimulatedZoom | None, now: Callable[[], Any]) -> None:
    """Do once what the worker's tasks do."""
    with Post() as post:
        while take_away_next(now=now()):
            continue
        while notify_next(now=now(), post=post):
            continue
    if zoom is not None:
        zoom.work()
        zoom.close()


def work_until_gone(zoom: SimulatedZoom, schedule: Schedule) -> None:
    for _ in range(ROUNDS_AT_MOST):
        work(zoom, zoom.clock)
        if not Schedule.objects.filter(pk=schedule.pk).exists():
            return
        zoom.pass_time(seconds=3)
    raise AssertionError("The schedule does not go away.")


def mailed() -> list[str]:
    return sorted(OutboxMail.objects.filter(subject__contains="Cancelled").values_list("recipient", flat=True))


def left() -> dict[str, int]:
    models = (Schedule, Slot, Booking, Meeting, Notification, Series, ScheduleResource)
    return {model.__name__: model._default_manager.count() for model in models if model._default_manager.exists()}


def test_nobody_books_on_a_schedule_that_is_being_deleted(account: Account, owner: Actor) -> None:
    rooms, yoga = make_resource_schedule(account), make_capacity_schedule(account)
    slot = make_class(yoga)
    for schedule in (rooms, yoga):
        delete_schedule(schedule, message="", by=owner, now=NOW)
        schedule.refresh_from_db()

    with pytest.raises(NotOffered):
        book(rooms)
    with pytest.raises(NotOffered):
        sign_up(slot)
    with pytest.raises(NotOffered):
        make_class(yoga)


def test_what_is_booked_was_moved_while_the_schedule_was_being_deleted(account: Account, owner: Actor) -> None:
    """And a place that had been offered was taken: its person was told «confirmed», and a moment later «cancelled»."""
    rooms, yoga = make_resource_schedule(account), make_capacity_schedule(account, has_waiting_list=True)
    slot, other = make_class(yoga, capacity=1), make_class(yoga)
    appointment, place = book(rooms), sign_up(slot)
    offered = join_waiting_list(slot, client=make_client(email="eva@example.org"), now=NOW)
    moved_on = sign_up(other, "ana@example.org")
    cancel(place, now=NOW)
    for schedule in (rooms, yoga):
        delete_schedule(schedule, message="", by=owner, now=NOW)

    with pytest.raises(NotOffered):
        move_appointment(Booking.objects.get(pk=appointment.pk), at("12:00"), now=NOW)
    with pytest.raises(NotOffered):
        move_place(Booking.objects.get(pk=moved_on.pk), slot, now=NOW)
    with pytest.raises(NotOffered):
        accept_offer(Booking.objects.get(pk=offered.pk), now=NOW)


def test_what_was_cancelled_before_cannot_be_taken_back_once_the_schedule_is_being_deleted(
    account: Account, owner: Actor
) -> None:
    schedule = make_resource_schedule(account)
    gone = cancel(book(schedule), now=NOW)
    delete_schedule(schedule, message="", by=owner, now=NOW)

    with pytest.raises(NotOffered):
        undo_cancel(Booking.objects.get(pk=gone.pk), now=NOW)


def test_it_is_said_beforehand_what_goes_with_the_schedule(zoom: SimulatedZoom, account: Account, owner: Actor) -> None:
    schedule, other = make_resource_schedule(account, resources=2), make_capacity_schedule(account)
    shared = Resource.objects.get(name="Room 2")
    ScheduleResource.objects.create(account=account, schedule=other, resource=shared)
    connection = zoom.connect(schedule)
    for clock in ("10:00", "11:00"):
        book(schedule, clock)
    zoom.work()

    alone = consequences_of(schedule, now=NOW)
    connect_schedule(other, connection, now=NOW)
    beside = consequences_of(schedule, now=NOW)

    assert (alone.bookings, alone.meetings, alone.source, alone.is_last) == (2, 2, "zoom", True)
    assert alone.resources == ("Room 1",)
    assert not beside.is_last


def test_people_are_told_meetings_deleted_credentials_gone_and_then_the_rows(
    zoom: SimulatedZoom, account: Account, owner: Actor
) -> None:
    schedule, other = make_resource_schedule(account, resources=2), make_capacity_schedule(account)
    shared = Resource.objects.get(name="Room 2")
    ScheduleResource.objects.create(account=account, schedule=other, resource=shared)
    zoom.connect(schedule)
    book(schedule, "10:00", client=make_client(email="luis@example.org"))
    book(schedule, "11:00", client=make_client(email="eva@example.org"))
    zoom.work()
    assert len(zoom.standing()) == 2

    delete_schedule(schedule, message=MESSAGE, by=owner, now=zoom.clock())
    work_until_gone(zoom, schedule)

    assert mailed() == ["eva@example.org", "luis@example.org"]
    mail = OutboxMail.objects.filter(subject__contains="Cancelled").first()
    assert mail is not None
    assert "We close for good." in mail.message.open()
    assert zoom.standing() == []
    assert (Connection.objects.get().state, Grant.objects.count()) == (Connection.State.CLOSED, 0)
    assert left() == {"Schedule": 1, "ScheduleResource": 1}
    assert list(Resource.objects.values_list("name", flat=True)) == ["Room 2"]
    deleted = AuditEntry.objects.get(verb=AuditEntry.Verb.DELETED)
    assert (deleted.actor, deleted.fields) == (AuditEntry.Actor.OWNER, "consultations")


def test_another_schedule_on_the_same_connection_keeps_it(zoom: SimulatedZoom, account: Account, owner: Actor) -> None:
    schedule, other = make_resource_schedule(account), make_capacity_schedule(account)
    connect_schedule(other, zoom.connect(schedule), now=zoom.clock())
    book(schedule)
    make_class(other)
    zoom.work()

    delete_schedule(schedule, message="", by=owner, now=zoom.clock())
    work_until_gone(zoom, schedule)

    assert (Connection.objects.get().state, len(zoom.standing())) == (Connection.State.OPEN, 1)
    assert Meeting.objects.get().slot.schedule == other


def test_of_a_whole_series_each_person_gets_one_mail(zoom: SimulatedZoom, account: Account, owner: Actor) -> None:
    schedule = make_capacity_schedule(account)
    slots = open_series(
        schedule,
        Interval(at("18:00"), at("19:00")),
        repeat=Repeat(Series.Frequency.WEEKLY, THURSDAY + timedelta(weeks=3)),
        title="Yoga",
        capacity=9,
        now=NOW,
    )
    for slot in slots:
        book_place(slot, client=make_client(), now=NOW)

    delete_schedule(schedule, message="", by=owner, now=zoom.clock())
    work_until_gone(zoom, schedule)

    assert mailed() == ["luis@example.org"]


def test_a_vendor_that_does_not_answer_is_waited_for_and_no_meeting_is_lost(
    zoom: SimulatedZoom, account: Account, owner: Actor
) -> None:
    """B1."""
    schedule = make_resource_schedule(account)
    zoom.connect(schedule)
    book(schedule)
    zoom.work()
    zoom.spoil("delete", Kind.ERROR_503, count=3)

    delete_schedule(schedule, message="", by=owner, now=zoom.clock())
    for _ in range(3):
        work(zoom, zoom.clock)
    assert Schedule.objects.filter(pk=schedule.pk).exists()
    for _ in range(8):
        zoom.pass_time(minutes=1)
        work(zoom, zoom.clock)

    assert zoom.standing() == []
    assert left() == {}


def test_without_access_the_schedule_waits_until_the_owner_leaves_the_meeting_at_the_vendor(
    zoom: SimulatedZoom, account: Account, owner: Actor
) -> None:
    schedule = make_resource_schedule(account)
    connection = zoom.connect(schedule)
    book(schedule)
    zoom.work()
    need_owner(connection, reason="revoked", now=zoom.clock())

    delete_schedule(schedule, message="", by=owner, now=zoom.clock())
    for _ in range(5):
        work(zoom, zoom.clock)
        zoom.pass_time(minutes=10)
    waiting = remains_of(Schedule.objects.get(), now=zoom.clock())
    assert (waiting.bookings, waiting.meetings, waiting.stuck, waiting.mails) == (0, 1, 1, 0)

    assert let_go(schedule, now=zoom.clock()) == 1
    work_until_gone(zoom, schedule)

    assert left() == {}
    assert len(zoom.standing()) == 1


def test_what_took_place_stays_at_the_vendor_and_goes_here(zoom: SimulatedZoom, account: Account, owner: Actor) -> None:
    schedule = make_resource_schedule(account)
    zoom.connect(schedule)
    book(schedule)
    zoom.work()
    zoom.clock.now = at("12:00")

    delete_schedule(schedule, message="", by=owner, now=zoom.clock())
    work_until_gone(zoom, schedule)

    assert (mailed(), len(zoom.standing()), left()) == ([], 1, {})


def test_a_booking_that_was_under_way_when_the_schedule_was_closed_is_cancelled_and_its_person_told(
    zoom: SimulatedZoom, account: Account, owner: Actor
) -> None:
    schedule = make_resource_schedule(account)
    read_before = Schedule.objects.get(pk=schedule.pk)
    delete_schedule(schedule, message="", by=owner, now=zoom.clock())

    book(read_before)
    work_until_gone(zoom, schedule)

    assert (mailed(), left()) == (["luis@example.org"], {})


def test_deleting_a_second_time_changes_nothing(account: Account, owner: Actor) -> None:
    schedule = make_resource_schedule(account)
    delete_schedule(schedule, message="First.", by=owner, now=NOW)

    delete_schedule(schedule, message="Second.", by=owner, now=NOW + timedelta(minutes=1))

    assert Schedule.objects.get().closing_message == "First."
    assert AuditEntry.objects.filter(verb=AuditEntry.Verb.DELETED).count() == 1


def test_killed_at_any_statement_the_deletion_goes_on_where_it_was(
    zoom: SimulatedZoom, account: Account, owner: Actor
) -> None:
    """kill -9 at any point: in the end everybody was told, nothing stands at the vendor, and nothing is left here."""
    number, was_killed = 0, True
    while was_killed:
        number += 1
        schedule = _furnished(zoom, account)
        told_before = len(mailed())
        delete_schedule(schedule, message="", by=owner, now=zoom.clock())

        was_killed = _work_and_die(zoom, schedule, Assassin(last=number))
        work_until_gone(zoom, schedule)

        assert len(mailed()) == told_before + 2, f"killed at statement {number}"
        assert (zoom.standing(), left()) == ([], {}), f"killed at statement {number}"
    assert number > 20, "there is something to be killed at"


def _furnished(zoom: SimulatedZoom, account: Account) -> Schedule:
    """Return a connected schedule with two appointments of two people, and their meetings at the vendor."""
    schedule = make_resource_schedule(account, resources=1)
    zoom.connect(schedule)
    book(schedule, "10:00", client=make_client(email="luis@example.org"), now=NOW)
    book(schedule, "11:00", client=make_client(email="eva@example.org"), now=NOW)
    zoom.work()
    return schedule


def _work_and_die(zoom: SimulatedZoom, schedule: Schedule, assassin: Assassin) -> bool:
    """Take the schedule away while the assassin counts; return whether somebody was killed."""
    for _ in range(ROUNDS_AT_MOST):
        try:
            with database.execute_wrapper(assassin):
                while take_away_next(now=zoom.clock()):
                    continue
        except Killed:
            return True
        work(zoom, zoom.clock)
        if not Schedule.objects.filter(pk=schedule.pk).exists():
            return False
        zoom.pass_time(seconds=3)
    raise AssertionError("The schedule does not go away.")
