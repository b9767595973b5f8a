"""Slots made ahead, changed and called off: "this one", or "this and following"."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

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
from convoca.booking.operations.booking import book_place
from convoca.booking.operations.calling_off import cancel_slot
from convoca.booking.operations.cancelling import may_undo, undo_cancel
from convoca.booking.operations.editing import SlotChanges, edit_slot
from convoca.booking.operations.refusals import NotOffered
from convoca.booking.operations.series import Repeat, sign_up_for_series
from convoca.booking.operations.slots import open_series
from convoca.booking.operations.waiting import join_waiting_list
from convoca.booking.questions.links import links_for
from convoca.booking.questions.viewers import token_holder
from convoca.core.admission import InThePast, SlotOver, TooManyRepeats
from convoca.core.time import Interval
from tests.booking.building import (
    NOW,
    at,
    book,
    connect_zoom,
    make_account,
    make_capacity_schedule,
    make_class,
    make_client,
    make_member,
    make_resource_schedule,
    sign_up,
)

pytestmark = pytest.mark.django_db

Kind = Notification.Kind
THURSDAY = date(2026, 11, 26)
WEEK = timedelta(weeks=1)
LINK = "https://meet.example.org/yoga-for-backs"


@pytest.fixture
def account() -> Account:
    return make_account()


@pytest.fixture
def owner(account: Account) -> Actor:
    return acting(make_member(account, Membership.Role.OWNER))


@pytest.fixture
def yoga(account: Account) -> Schedule:
    return make_capacity_schedule(account, repeats=Schedule.Repeats.MAY, has_waiting_list=True)


def make_course(schedule: Schedule, weeks: int = 3, *, location: str = "", capacity: int | None = 3) -> list[Slot]:
    return open_series(
        schedule,
        Interval(at("18:00"), at("19:00")),
        repeat=Repeat(Series.Frequency.WEEKLY, THURSDAY + WEEK * (weeks - 1)),
        title="Yoga for backs",
        capacity=capacity,
        location=location,
        now=NOW,
    )


def as_it_is(slot: Slot) -> SlotChanges:
    slot.refresh_from_db()
    return SlotChanges(
        title=slot.title,
        description=slot.description,
        location=slot.location,
        capacity=slot.capacity,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
    )


def edit(slot: Slot, by: Actor, *, following: bool = False, **changes: object) -> list[Slot]:
    return edit_slot(slot, replace(as_it_is(slot), **changes), following=following, by=by, now=NOW)  # type: ignore[arg-type]


def starts() -> list[datetime]:
    return list(Slot.objects.order_by("pk").values_list("starts_at", flat=True))


def due(kind: Kind) -> list[int]:
    mails = Notification.objects.filter(kind=kind, due_at__isnull=False, dropped_at__isnull=True)
    return list(mails.order_by("pk").values_list("booking", flat=True))


def link_of(booking: Booking) -> str:
    booking.refresh_from_db()
    return links_for(token_holder(booking), [booking.slot], now=NOW)[booking.slot_id].url


def test_a_series_of_slots_is_made_at_once_each_with_a_meeting_of_its_own(yoga: Schedule) -> None:
    connect_zoom(yoga)

    slots = make_course(yoga)

    assert starts() == [at("18:00", THURSDAY + WEEK * week) for week in range(3)]
    assert {slot.series_id for slot in slots} == {Series.objects.get().pk}
    assert sorted(Meeting.objects.values_list("slot", flat=True)) == sorted(slot.pk for slot in slots)
    opened = AuditEntry.objects.filter(verb=AuditEntry.Verb.OPENED)
    assert sorted(opened.values_list("slot", flat=True)) == sorted(slot.pk for slot in slots)


def test_more_than_52_slots_are_refused_and_none_is_made(yoga: Schedule) -> None:
    with pytest.raises(TooManyRepeats):
        make_course(yoga, weeks=53)

    assert not Slot.objects.exists()
    assert not Series.objects.exists()


def test_a_link_typed_as_location_is_the_meeting_of_every_slot_and_no_column(yoga: Schedule) -> None:
    slots = make_course(yoga, location=LINK)

    assert {slot.location for slot in Slot.objects.all()} == {""}
    assert link_of(sign_up(slots[2])) == LINK


def test_this_one_changes_this_one_only_and_it_stays_in_its_series(yoga: Schedule, owner: Actor) -> None:
    slots = make_course(yoga)

    changed = edit(slots[1], owner, title="Yoga on the roof", starts_at=at("20:00", THURSDAY + WEEK),
                   ends_at=at("21:00", THURSDAY + WEEK))  # fmt: skip

    assert [slot.pk for slot in changed] == [slots[1].pk]
    titles = Slot.objects.order_by("pk").values_list("title", flat=True)
    assert list(titles) == ["Yoga for backs", "Yoga on the roof", "Yoga for backs"]
    assert starts()[1] == at("20:00", THURSDAY + WEEK)
    assert Slot.objects.get(pk=slots[1].pk).series_id == slots[0].series_id


def test_this_and_following_changes_what_is_different_and_nothing_else(yoga: Schedule, owner: Actor) -> None:
    slots = make_course(yoga)
    edit(slots[2], owner, capacity=8)

    edit(slots[1], owner, following=True, title="Yoga for necks", description="Bring a mat.")

    facts = Slot.objects.order_by("pk").values_list("title", "description", "capacity")
    assert list(facts) == [
        ("Yoga for backs", "", 3),
        ("Yoga for necks", "Bring a mat.", 3),
        ("Yoga for necks", "Bring a mat.", 8),
    ]


def test_following_slots_move_by_the_same_difference_on_the_wall_also_over_a_clock_change(
    yoga: Schedule, owner: Actor
) -> None:
    day = date(2027, 3, 25)
    slots = open_series(
        yoga,
        Interval(at("18:00", day), at("19:00", day)),
        repeat=Repeat(Series.Frequency.WEEKLY, day + WEEK),
        title="Yoga",
        capacity=3,
        now=NOW,
    )

    edit(slots[0], owner, following=True, starts_at=at("17:30", day - timedelta(days=1)),
         ends_at=at("19:00", day - timedelta(days=1)))  # fmt: skip

    assert starts() == [at("17:30", day - timedelta(days=1)), at("17:30", day + timedelta(days=6))]
    assert {slot.ends_at - slot.starts_at for slot in Slot.objects.all()} == {timedelta(minutes=90)}


def test_whoever_has_a_place_in_a_slot_that_moves_is_told_from_when_to_when(yoga: Schedule, owner: Actor) -> None:
    slots = make_course(yoga, capacity=1)
    booked = sign_up(slots[0])
    join_waiting_list(slots[0], client=make_client(email="eva@example.org"), now=NOW)

    edit(slots[0], owner, starts_at=at("19:00"), ends_at=at("20:00"))

    assert due(Kind.MOVED) == [booked.pk]
    assert Notification.objects.get(kind=Kind.MOVED).was_at == at("18:00")


def test_who_is_moved_twice_before_the_mail_leaves_hears_of_the_time_they_know(yoga: Schedule, owner: Actor) -> None:
    slot = make_class(yoga)
    sign_up(slot)

    edit(slot, owner, starts_at=at("19:00"), ends_at=at("20:00"))
    edit(slot, owner, starts_at=at("20:00"), ends_at=at("21:00"))

    assert set(Notification.objects.filter(kind=Kind.MOVED).values_list("was_at", flat=True)) == {at("18:00")}


def test_who_has_places_in_many_slots_that_move_gets_one_mail(yoga: Schedule, owner: Actor) -> None:
    slots = make_course(yoga)
    bookings = sign_up_for_series(slots, client=make_client(), now=NOW)
    other = sign_up(slots[1], "eva@example.org")

    edit(slots[0], owner, following=True, starts_at=at("19:00"), ends_at=at("20:00"))

    assert due(Kind.MOVED) == [bookings[0].pk, other.pk]
    told = Notification.objects.filter(kind=Kind.MOVED, told_by=bookings[0])
    assert set(told.values_list("booking", flat=True)) == {booking.pk for booking in bookings[1:]}


def test_a_slot_that_moves_keeps_its_meeting_which_is_brought_up_to_date(yoga: Schedule, owner: Actor) -> None:
    connect_zoom(yoga)
    slot = make_class(yoga)
    Meeting.objects.update(observed=Meeting.Observed.PRESENT, remote_id="85", due_at=None)

    edit(slot, owner, starts_at=at("19:00"), ends_at=at("20:00"))

    meeting = Meeting.objects.get()
    assert (meeting.wanted, meeting.generation) == (Meeting.Wanted.PRESENT, 1)
    assert (meeting.wanted_revision, meeting.due_at) == (meeting.sent_revision + 1, NOW)


def test_what_the_vendor_does_not_show_costs_no_call_there(yoga: Schedule, owner: Actor) -> None:
    """Zoom counts changes among the hundred of a day."""
    connect_zoom(yoga)
    slots = make_course(yoga)
    Meeting.objects.update(observed=Meeting.Observed.PRESENT, due_at=None)

    edit(slots[0], owner, following=True, description="Bring a mat.", capacity=9, location="Room 2")

    assert not Meeting.objects.filter(due_at__isnull=False).exists()


def test_a_change_that_moves_nobody_leaves_the_mails_owed(yoga: Schedule, owner: Actor) -> None:
    slot = make_class(yoga)
    booked = sign_up(slot)

    edit(slot, owner, title="Yoga for necks")

    slot.refresh_from_db()
    owed = Notification.objects.filter(booking=booked, due_at__isnull=False)
    assert set(owed.values_list("kind", "slot_revision")) == {
        (Kind.CONFIRMATION, slot.revision),
        (Kind.REMINDER, slot.revision),
    }
    assert slot.revision == 1


def test_capacity_may_be_lowered_below_what_is_taken_and_nobody_new_gets_in(yoga: Schedule, owner: Actor) -> None:
    slot = make_class(yoga, capacity=3)
    sign_up(slot)
    sign_up(slot, "eva@example.org")

    edit(slot, owner, capacity=1)

    slot.refresh_from_db()
    assert (slot.capacity, slot.taken, slot.revision) == (1, 2, 0)


@pytest.mark.parametrize("capacity", [2, None])
def test_places_that_are_added_are_offered_to_who_waits(yoga: Schedule, owner: Actor, capacity: int | None) -> None:
    slot = make_class(yoga, capacity=1)
    sign_up(slot)
    waiting = join_waiting_list(slot, client=make_client(email="eva@example.org"), now=NOW)

    edit(slot, owner, capacity=capacity)

    waiting.refresh_from_db()
    assert waiting.status == Booking.Status.OFFERED


def test_an_offer_ends_when_the_slot_that_moved_begins(yoga: Schedule, owner: Actor) -> None:
    slot = make_class(yoga, capacity=1)
    sign_up(slot)
    waiting = join_waiting_list(slot, client=make_client(email="eva@example.org"), now=NOW)
    edit(slot, owner, capacity=2)

    edit(slot, owner, starts_at=NOW + timedelta(hours=1), ends_at=NOW + timedelta(hours=2))

    waiting.refresh_from_db()
    assert waiting.offered_until == NOW + timedelta(hours=1)


def test_a_link_typed_as_location_becomes_the_link_of_this_and_following(yoga: Schedule, owner: Actor) -> None:
    slots = make_course(yoga, location="Room 1")
    booked = sign_up(slots[2])

    edit(slots[1], owner, following=True, location=f"Join here: {LINK}")

    assert link_of(booked) == LINK
    assert list(Slot.objects.order_by("pk").values_list("location", flat=True)) == ["Room 1", "", ""]


def test_a_typed_link_that_is_left_in_the_field_stays_and_one_that_is_replaced_goes(
    yoga: Schedule, owner: Actor
) -> None:
    slot = make_course(yoga, weeks=1, location=LINK)[0]
    booked = sign_up(slot)

    edit(slot, owner, location=LINK, title="Yoga for necks")
    assert link_of(booked) == LINK

    edit(slot, owner, location="Room 1")

    slot.refresh_from_db()
    assert (slot.location, link_of(booked)) == ("Room 1", "")


def test_the_trail_says_which_fields_were_edited_by_whom(yoga: Schedule, owner: Actor) -> None:
    slot = make_class(yoga)

    edit(slot, owner, title="Yoga for necks", capacity=9)

    entry = AuditEntry.objects.get(verb=AuditEntry.Verb.EDITED)
    assert (entry.slot, entry.fields, entry.membership) == (slot, "capacity title", owner.membership)


def test_what_is_over_or_would_be_in_the_past_is_refused(yoga: Schedule, owner: Actor) -> None:
    slot = make_class(yoga)

    with pytest.raises(InThePast):
        edit(slot, owner, starts_at=NOW - timedelta(hours=1), ends_at=NOW + timedelta(hours=1))
    with pytest.raises(SlotOver):
        edit_slot(slot, as_it_is(slot), following=False, by=owner, now=slot.ends_at)
    with pytest.raises(SlotOver):
        cancel_slot(slot, following=False, message="", by=owner, now=slot.ends_at)


def test_an_appointment_is_not_edited_or_called_off_as_a_session(account: Account, owner: Actor) -> None:
    slot = book(make_resource_schedule(account)).slot

    with pytest.raises(NotOffered):
        edit(slot, owner, title="Anything")
    with pytest.raises(NotOffered):
        cancel_slot(slot, following=False, message="", by=owner, now=NOW)


def test_whoever_has_or_waits_for_a_place_in_a_session_that_is_called_off_is_told(yoga: Schedule, owner: Actor) -> None:
    slot = make_class(yoga, capacity=1)
    people = [sign_up(slot), join_waiting_list(slot, client=make_client(email="eva@example.org"), now=NOW)]

    cancel_slot(slot, following=False, message="The teacher is ill.", by=owner, now=NOW)

    assert due(Kind.CANCELLATION) == [booking.pk for booking in people]
    facts = Booking.objects.values_list("status", "cancel_message")
    assert set(facts) == {(Booking.Status.CANCELLED, "The teacher is ill.")}
    slot.refresh_from_db()
    assert (slot.is_live, slot.taken) == (False, 0)
    cancelled = AuditEntry.objects.filter(verb=AuditEntry.Verb.CANCELLED, membership=owner.membership)
    assert sorted(cancelled.values_list("booking", flat=True), key=str) == [people[0].pk, people[1].pk, None]


def test_one_who_has_places_in_several_sessions_that_are_called_off_gets_one_mail(yoga: Schedule, owner: Actor) -> None:
    slots = make_course(yoga)
    bookings = sign_up_for_series(slots, client=make_client(), now=NOW)

    ended = cancel_slot(slots[1], following=True, message="", by=owner, now=NOW)

    assert [slot.pk for slot in ended] == [slots[1].pk, slots[2].pk]
    assert due(Kind.CANCELLATION) == [bookings[1].pk]
    bookings[0].refresh_from_db()
    assert bookings[0].is_confirmed


def test_the_meeting_of_a_session_that_is_called_off_is_wanted_no_more(yoga: Schedule, owner: Actor) -> None:
    connect_zoom(yoga)
    slot = make_class(yoga)

    cancel_slot(slot, following=False, message="", by=owner, now=NOW)

    assert Meeting.objects.get().wanted == Meeting.Wanted.ABSENT


def test_a_session_that_is_called_off_cannot_be_called_off_edited_booked_or_restored(
    yoga: Schedule, owner: Actor
) -> None:
    slot = make_class(yoga)
    booked = sign_up(slot)
    cancel_slot(slot, following=False, message="", by=owner, now=NOW)
    booked.refresh_from_db()

    with pytest.raises(NotOffered):
        cancel_slot(slot, following=False, message="", by=owner, now=NOW)
    with pytest.raises(NotOffered):
        edit(slot, owner, title="Anything")
    with pytest.raises(NotOffered):
        book_place(slot, client=make_client(email="eva@example.org"), now=NOW)
    with pytest.raises(NotOffered):
        undo_cancel(booked, now=NOW, by=owner)
    assert not may_undo(booked, now=NOW)
