"""Taking back as a whole, for five minutes, what was cancelled as a whole: the owner's sessions, a person's series."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from convoca.booking.models import (
    Account,
    AuditEntry,
    Booking,
    Meeting,
    Membership,
    Notification,
    Schedule,
    Series,
    Slot,
)
from convoca.booking.operations.auditing import Actor, acting
from convoca.booking.operations.calling_off import cancel_slot, undo_cancel_slot
from convoca.booking.operations.cancelling import cancel
from convoca.booking.operations.deleting import delete_schedule
from convoca.booking.operations.refusals import NotOffered, UndoTooLate
from convoca.booking.operations.series import (
    Repeat,
    book_series,
    cancel_following,
    sign_up_for_series,
    undo_cancel_together,
)
from convoca.booking.operations.slots import open_series
from convoca.booking.operations.waiting import join_waiting_list
from convoca.booking.questions.links import links_for
from convoca.booking.questions.series import called_off_since
from convoca.booking.questions.viewers import token_holder
from convoca.core.admission import ResourceTaken, SeriesClash
from convoca.core.time import Interval
from tests.booking.building import (
    NOW,
    THURSDAY,
    at,
    book,
    make_account,
    make_capacity_schedule,
    make_client,
    make_member,
    make_resource_schedule,
    sign_up,
)
from tests.booking.zooming import SimulatedZoom

pytestmark = pytest.mark.django_db

Kind = Notification.Kind
Status = Booking.Status
WEEK = timedelta(weeks=1)
SOON = NOW + timedelta(minutes=4, seconds=59)
LATE = NOW + timedelta(minutes=5, seconds=1)


@pytest.fixture
def account() -> Account:
    return make_account()


@pytest.fixture
def owner(account: Account) -> Actor:
    return acting(make_member(account, Membership.Role.OWNER))


@pytest.fixture
def yoga(account: Account) -> Schedule:
    return make_capacity_schedule(account, repeats=Schedule.Repeats.MAY, has_waiting_list=True)


def make_course(schedule: Schedule, *, capacity: int | None = 3) -> list[Slot]:
    return open_series(
        schedule,
        Interval(at("18:00"), at("19:00")),
        repeat=Repeat(Series.Frequency.WEEKLY, THURSDAY + 2 * WEEK),
        title="Yoga for backs",
        capacity=capacity,
        now=NOW,
    )


def repeated(room: Schedule) -> list[Booking]:
    resource = room.resources.get()
    repeat = Repeat(Series.Frequency.WEEKLY, THURSDAY + 2 * WEEK)
    return book_series(room, resource, at("10:00"), repeat=repeat, client=make_client(), now=NOW)


def due(kind: Kind) -> list[int]:
    mails = Notification.objects.filter(kind=kind, due_at__isnull=False, dropped_at__isnull=True)
    return list(mails.order_by("pk").values_list("booking", flat=True))


def statuses() -> list[str]:
    return list(Booking.objects.order_by("pk").values_list("status", flat=True))


def live() -> list[tuple[bool, int]]:
    return [(slot.is_live, slot.taken) for slot in Slot.objects.order_by("pk")]


# What the owner has called off


def test_sessions_called_off_in_one_act_take_place_again_with_everybody_in_them(yoga: Schedule, owner: Actor) -> None:
    slots = make_course(yoga, capacity=1)
    sign_up_for_series(slots, client=make_client(), now=NOW)
    join_waiting_list(slots[0], client=make_client(email="eva@example.org"), now=NOW)
    cancel_slot(slots[0], following=True, message="The teacher is ill.", by=owner, now=NOW)
    assert live() == [(False, 0)] * 3

    back = undo_cancel_slot(Slot.objects.get(pk=slots[1].pk), by=owner, now=SOON)

    assert [slot.pk for slot in back] == [slot.pk for slot in slots]
    assert live() == [(True, 1)] * 3
    assert statuses() == [Status.CONFIRMED] * 3 + [Status.WAITING]
    assert set(Booking.objects.values_list("cancel_message", "cancelled_at")) == {("", None)}
    assert AuditEntry.objects.filter(verb=AuditEntry.Verb.RESTORED, membership=owner.membership).count() == 7


def test_everybody_is_told_once_that_the_sessions_take_place_again(yoga: Schedule, owner: Actor) -> None:
    slots = make_course(yoga)
    course = sign_up_for_series(slots, client=make_client(), now=NOW)
    alone = sign_up(slots[2], "eva@example.org")
    Notification.objects.all().update(due_at=None)
    cancel_slot(slots[0], following=True, message="", by=owner, now=NOW)

    undo_cancel_slot(Slot.objects.get(pk=slots[0].pk), by=owner, now=SOON)

    assert due(Kind.CONFIRMATION) == [course[0].pk, alone.pk]


def test_who_had_cancelled_before_stays_cancelled_when_the_session_takes_place_again(
    yoga: Schedule, owner: Actor
) -> None:
    slot = make_course(yoga)[0]
    cancel(sign_up(slot), now=NOW - timedelta(seconds=1))
    sign_up(slot, "eva@example.org")
    cancel_slot(slot, following=False, message="", by=owner, now=NOW)

    undo_cancel_slot(Slot.objects.get(pk=slot.pk), by=owner, now=SOON)

    assert statuses() == [Status.CANCELLED, Status.CONFIRMED]
    assert Slot.objects.get(pk=slot.pk).taken == 1


def test_a_session_called_off_before_the_others_is_another_act(yoga: Schedule, owner: Actor) -> None:
    slots = make_course(yoga)
    cancel_slot(slots[2], following=False, message="", by=owner, now=NOW - timedelta(minutes=1))
    cancel_slot(slots[0], following=True, message="", by=owner, now=NOW)
    assert [len(act) for act in called_off_since(yoga, NOW - timedelta(minutes=5))] == [2, 1]

    undo_cancel_slot(Slot.objects.get(pk=slots[0].pk), by=owner, now=SOON)

    assert [is_live for is_live, _ in live()] == [True, True, False]


def test_the_meeting_of_a_session_that_takes_place_again_is_the_same_one(
    zoom: SimulatedZoom, yoga: Schedule, owner: Actor
) -> None:
    """B6."""
    zoom.connect(yoga)
    slots = make_course(yoga)
    booking = sign_up(slots[0])
    zoom.work()
    before = {meeting.pk: meeting.link.open() for meeting in Meeting.objects.all()}
    cancel_slot(slots[0], following=True, message="", by=owner, now=zoom.clock())
    zoom.work_later(minutes=4)

    undo_cancel_slot(Slot.objects.get(pk=slots[0].pk), by=owner, now=zoom.clock())
    zoom.work_later(hours=1)

    assert {meeting.pk: meeting.link.open() for meeting in Meeting.objects.all()} == before
    assert zoom.calls("delete") == 0
    booking.refresh_from_db()
    link = links_for(token_holder(booking), [booking.slot], now=zoom.clock())[booking.slot_id]
    assert link.url == before[link.meeting_id or 0]


def test_after_five_minutes_or_of_what_was_not_called_off_nothing_is_taken_back(yoga: Schedule, owner: Actor) -> None:
    slots = make_course(yoga)
    with pytest.raises(NotOffered):
        undo_cancel_slot(slots[0], by=owner, now=NOW)
    cancel_slot(slots[0], following=False, message="", by=owner, now=NOW)

    with pytest.raises(UndoTooLate):
        undo_cancel_slot(Slot.objects.get(pk=slots[0].pk), by=owner, now=LATE)
    delete_schedule(yoga, message="", by=owner, now=NOW)
    with pytest.raises(NotOffered):
        undo_cancel_slot(Slot.objects.get(pk=slots[0].pk), by=owner, now=SOON)
    assert [is_live for is_live, _ in live()] == [False, True, True]


# What a person has cancelled


@pytest.fixture
def room(account: Account) -> Schedule:
    return make_resource_schedule(account, repeats=Schedule.Repeats.MAY)


def test_a_series_that_its_person_cancelled_in_one_act_stands_again_as_a_whole(room: Schedule) -> None:
    bookings = repeated(room)
    cancel_following(bookings[0], now=NOW)
    assert statuses() == [Status.CANCELLED] * 3

    back = undo_cancel_together(Booking.objects.get(pk=bookings[2].pk), now=SOON)

    assert [booking.pk for booking in back] == [booking.pk for booking in bookings]
    assert statuses() == [Status.CONFIRMED] * 3
    assert [is_live for is_live, _ in live()] == [True] * 3
    with pytest.raises(ResourceTaken):
        book(room, "10:00", day=THURSDAY + WEEK)


@pytest.mark.parametrize("source", [Schedule.NO_LINK, "jitsi"])
def test_taking_fifty_two_repeats_back_took_eight_hundred_and_forty_two_statements(
    account: Account, source: str
) -> None:
    """On SQLite nobody else writes meanwhile."""
    bounded: dict[str, Any] = {"most_per_day": 1, "no_overlap": True, "reminder_minutes": 60}
    room = make_resource_schedule(account, repeats=Schedule.Repeats.MAY, link_source=source, **bounded)
    counted = {}
    for dates, hour in ((3, "10:00"), (52, "12:00")):
        repeat = Repeat(Series.Frequency.DAILY, THURSDAY + timedelta(days=dates - 1))
        client = make_client(email=f"of{dates}@example.org")
        bookings = book_series(room, room.resources.get(), at(hour), repeat=repeat, client=client, now=NOW)
        cancel_following(bookings[0], now=NOW)
        with CaptureQueriesContext(connection) as asked:
            undo_cancel_together(Booking.objects.get(pk=bookings[0].pk), now=SOON)
        counted[dates] = len(asked)

    assert statuses() == [Status.CONFIRMED] * 55
    assert Meeting.objects.filter(wanted="present").count() == (0 if source == Schedule.NO_LINK else 55)
    # Two ask for links that somebody had typed. On PostgreSQL the person is held by a statement of its own.
    statements = (30 if source == Schedule.NO_LINK else 33) + (connection.vendor == "postgresql")
    assert counted == {3: statements, 52: statements}


def test_of_a_series_that_stands_again_one_mail_tells(room: Schedule) -> None:
    bookings = repeated(room)
    Notification.objects.all().update(due_at=None)
    cancel_following(bookings[0], now=NOW)

    undo_cancel_together(Booking.objects.get(pk=bookings[0].pk), now=SOON)

    assert due(Kind.CONFIRMATION) == [bookings[0].pk]


def test_a_series_of_which_a_date_was_taken_meanwhile_stays_cancelled_and_the_date_is_named(room: Schedule) -> None:
    bookings = repeated(room)
    cancel_following(bookings[0], now=NOW)
    book(room, "10:00", day=THURSDAY + WEEK, client=make_client(email="eva@example.org"))

    with pytest.raises(SeriesClash) as refused:
        undo_cancel_together(Booking.objects.get(pk=bookings[0].pk), now=SOON)

    assert [each.interval.starts_at for each in refused.value.clashes] == [at("10:00", THURSDAY + WEEK)]
    assert statuses()[:3] == [Status.CANCELLED] * 3


def test_what_was_cancelled_alone_is_taken_back_alone(room: Schedule) -> None:
    bookings = repeated(room)
    cancel(bookings[1], now=NOW - timedelta(minutes=1))
    cancel(bookings[0], now=NOW)

    undo_cancel_together(Booking.objects.get(pk=bookings[0].pk), now=SOON)

    assert statuses() == [Status.CONFIRMED, Status.CANCELLED, Status.CONFIRMED]


def test_places_in_a_course_come_back_together_too(yoga: Schedule) -> None:
    bookings = sign_up_for_series(make_course(yoga), client=make_client(), now=NOW)
    cancel_following(bookings[1], now=NOW)

    undo_cancel_together(Booking.objects.get(pk=bookings[1].pk), now=SOON)

    assert live() == [(True, 1)] * 3


def test_what_the_owner_cancelled_of_a_series_its_person_does_not_take_back(room: Schedule, owner: Actor) -> None:
    bookings = repeated(room)
    cancel_following(bookings[0], by=owner, now=NOW)

    with pytest.raises(UndoTooLate):
        undo_cancel_together(Booking.objects.get(pk=bookings[0].pk), now=SOON)
    undo_cancel_together(Booking.objects.get(pk=bookings[0].pk), by=owner, now=SOON)
    assert statuses() == [Status.CONFIRMED] * 3
