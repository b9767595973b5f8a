"""One link for all bookings of a schedule whose links are typed by hand (J8, M13, M16, M17)."""

from datetime import datetime, timedelta

import pytest

from convoca.booking.models import Booking, Meeting, Notification, Schedule, Slot
from convoca.booking.operations import applying
from convoca.booking.operations.applying import apply_next
from convoca.booking.operations.approving import approve
from convoca.booking.operations.auditing import SYSTEM
from convoca.booking.operations.cancelling import cancel, undo_cancel
from convoca.booking.operations.configuring import Process, choose_link_source, set_process, set_rules
from convoca.booking.operations.linking import NotALink, take_link_away, type_link
from convoca.booking.operations.refusals import HostLink
from convoca.booking.operations.sharing_a_link import NotByHand, share_link, share_link_from, share_no_link
from convoca.booking.questions.links import LinkState, links_for, shared_link_of
from convoca.booking.questions.viewers import stranger, token_holder, viewer_of
from tests.booking.building import (
    NOW,
    book,
    make_account,
    make_capacity_schedule,
    make_class,
    make_client,
    make_member,
    make_resource_schedule,
    sign_up,
)
from tests.booking.mail.arranging import send_due

pytestmark = pytest.mark.django_db

ROOM, OTHER = "https://zoom.us/j/5551234567?pwd=abc", "https://meet.example/other"
OWN = "https://meet.example/this-one-alone"
LATER = NOW + timedelta(minutes=5)
Kind = Notification.Kind


@pytest.fixture
def schedule() -> Schedule:
    return make_resource_schedule(make_account(), resources=2, link_source=Schedule.MANUAL)


def share(schedule: Schedule, text: str = ROOM, *, now: datetime = LATER) -> int:
    """Share it, and let the worker come to the end of it."""
    others = share_link(schedule, text, now=now)
    while apply_next(now=now):
        continue
    return others


def link_of(booking: Booking) -> str:
    booking = Booking.objects.select_related("slot__schedule").get(pk=booking.pk)
    return links_for(token_holder(booking), [booking.slot], now=LATER)[booking.slot_id].url


def kinds_owed(booking: Booking) -> list[str]:
    owed = Notification.objects.filter(booking=booking, recipient="attendee", sent_at=None, dropped_at=None)
    return sorted(owed.exclude(kind=Kind.REMINDER).values_list("kind", flat=True))


def test_whoever_books_from_now_on_has_it_at_once_and_in_the_confirmation(schedule: Schedule) -> None:
    share(schedule)

    booking = book(schedule, now=LATER)

    assert link_of(booking) == ROOM
    assert kinds_owed(booking) == [Kind.CONFIRMATION]
    assert Notification.objects.get(booking=booking, kind=Kind.CONFIRMATION).due_at == LATER
    meeting = Meeting.objects.get()
    assert (meeting.observed, meeting.due_at, meeting.provider) == (Meeting.Observed.EXTERNAL, None, "zoom")


def test_who_is_booked_already_without_a_link_gets_it_by_mail(schedule: Schedule) -> None:
    booking = book(schedule)
    send_due()

    assert share(schedule) == 1

    assert link_of(booking) == ROOM
    assert kinds_owed(booking) == [Kind.LINK_READY]
    assert Schedule.objects.get().applying == Schedule.Applying.NOTHING


def test_a_link_typed_for_one_booking_stays(schedule: Schedule) -> None:
    with_its_own, without = book(schedule, "10:00"), book(schedule, "11:00")
    type_link(with_its_own.slot, OWN, now=NOW)

    assert share(schedule) == 1

    assert (link_of(with_its_own), link_of(without)) == (OWN, ROOM)
    assert share(schedule, OTHER, now=LATER + timedelta(minutes=1)) == 1
    assert (link_of(with_its_own), link_of(without)) == (OWN, OTHER)


def test_another_shared_link_takes_the_place_of_the_first_and_is_told_as_a_change(schedule: Schedule) -> None:
    share(schedule)
    booking = book(schedule, now=LATER)
    send_due(LATER + timedelta(minutes=1))

    assert share(schedule, OTHER, now=LATER + timedelta(minutes=2)) == 1

    assert link_of(booking) == OTHER
    assert kinds_owed(booking) == [Kind.LINK_CHANGED]
    assert Meeting.objects.filter(stands_in=True).count() == 0


def test_the_same_link_shared_again_changes_and_mails_nothing(schedule: Schedule) -> None:
    booking = book(schedule)
    share(schedule)
    before = list(Notification.objects.values_list("pk", flat=True))

    assert share(schedule) == 0

    assert list(Notification.objects.values_list("pk", flat=True)) == before
    assert Meeting.objects.filter(slot=booking.slot).count() == 1


def test_a_class_has_it_from_its_opening_and_everybody_in_it_sees_it() -> None:
    yoga = make_capacity_schedule(make_account(), link_source=Schedule.MANUAL)
    before = make_class(yoga)
    first = sign_up(before, email="first@example.org")

    assert share(yoga) == 1
    after = make_class(yoga, starts_at=before.starts_at + timedelta(days=1))
    second = sign_up(after, email="second@example.org")

    assert (link_of(first), link_of(second)) == (ROOM, ROOM)


def test_m17_nobody_else_sees_it(schedule: Schedule) -> None:
    share(schedule)
    booking = book(schedule, now=LATER)
    slot = Slot.objects.select_related("schedule").get(pk=booking.slot_id)
    user, owner = make_member(schedule.account), make_member(schedule.account, "owner")

    assert shared_link_of(viewer_of(schedule.account, owner.user), schedule) == ROOM
    for nobody in (stranger(schedule.account), viewer_of(schedule.account, user.user)):
        assert shared_link_of(nobody, schedule) == ""
        assert links_for(nobody, [slot], now=LATER)[slot.pk].state is LinkState.HIDDEN
    cancel(booking, by=SYSTEM, now=LATER)
    assert link_of(booking) == ""


def test_a_request_has_it_with_the_yes(schedule: Schedule) -> None:
    set_rules(schedule, {"requires_approval": True})
    asked = book(schedule)
    assert share(schedule) == 0
    assert link_of(asked) == ""

    approve(asked, by=SYSTEM, now=LATER)

    assert link_of(asked) == ROOM


def test_whoever_takes_a_cancellation_back_has_it_again(schedule: Schedule) -> None:
    share(schedule)
    booking = book(schedule, now=LATER)

    cancel(booking, now=LATER)
    undo_cancel(booking, now=LATER)

    assert link_of(booking) == ROOM


def test_used_no_more_it_stays_with_who_has_it(schedule: Schedule) -> None:
    share(schedule)
    before = book(schedule, "10:00", now=LATER)

    share_no_link(schedule, now=LATER)
    after = book(schedule, "11:00", now=LATER)

    assert (link_of(before), link_of(after)) == (ROOM, "")


def test_taken_away_from_one_booking_it_does_not_come_back(schedule: Schedule) -> None:
    share(schedule)
    booking = book(schedule, now=LATER)
    slot = Slot.objects.select_related("schedule").get(pk=booking.slot_id)

    take_link_away(slot, now=LATER)

    assert link_of(booking) == ""
    cancel(booking, now=LATER)
    undo_cancel(booking, now=LATER)
    assert link_of(booking) == ""


def test_where_a_link_of_its_own_is_taken_away_the_shared_one_follows(schedule: Schedule) -> None:
    share(schedule)
    booking = book(schedule, now=LATER)
    slot = Slot.objects.select_related("schedule").get(pk=booking.slot_id)
    type_link(slot, OWN, now=LATER)
    send_due(LATER + timedelta(minutes=1))

    take_link_away(slot, now=LATER)

    assert link_of(booking) == ROOM
    assert kinds_owed(booking) == [Kind.LINK_CHANGED]


def test_from_one_booking_it_is_shared_among_all_others(schedule: Schedule) -> None:
    here, there = book(schedule, "10:00"), book(schedule, "11:00")
    type_link(here.slot, OWN, now=NOW)

    assert share_link_from(here.slot, ROOM, now=LATER) == 1
    while apply_next(now=LATER):
        continue

    assert (link_of(here), link_of(there)) == (ROOM, ROOM)


@pytest.mark.parametrize(
    ("text", "refusal"), [("no address", NotALink), ("https://zoom.us/j/85212345678?zak=eyJ0", HostLink)]
)
def test_what_is_no_link_for_guests_changes_nothing(schedule: Schedule, text: str, refusal: type[Exception]) -> None:
    share(schedule)

    with pytest.raises(refusal):
        share_link(schedule, text, now=LATER)

    assert Schedule.objects.get().shared_link.open() == ROOM


def test_where_links_are_made_by_themselves_none_is_shared() -> None:
    schedule = make_resource_schedule(make_account(), link_source="jitsi")
    booking = book(schedule)

    with pytest.raises(NotByHand):
        share_link(schedule, ROOM, now=NOW)
    with pytest.raises(NotByHand):
        share_link_from(booking.slot, ROOM, now=NOW)

    assert Meeting.objects.get().provider == "jitsi"


def test_another_source_for_new_bookings_leaves_it_with_who_has_it_and_reaches_them_if_asked(
    schedule: Schedule,
) -> None:
    """A change of source touches what is booked afterwards; "apply to all" is an act of its own."""
    share(schedule)
    before = book(schedule, "10:00", now=LATER)

    choose_link_source(schedule, "jitsi", now=LATER)
    after = book(schedule, "11:00", now=LATER)

    assert link_of(before) == ROOM
    assert Meeting.objects.get(slot=after.slot).provider == "jitsi"
    set_process(schedule, Process(source="jitsi", applies=True), now=LATER)
    while apply_next(now=LATER):
        continue
    assert Meeting.objects.get(slot=before.slot, wanted="present").provider == "jitsi"
    assert link_of(before) == ROOM, "until the new one is there"


def test_many_are_given_it_in_batches(schedule: Schedule, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(applying, "BATCH", 2)
    bookings = [book(schedule, f"{hour}:00", client=make_client(email=f"c{hour}@e.org")) for hour in range(10, 15)]

    assert share(schedule) == 5

    assert {link_of(each) for each in bookings} == {ROOM}


def test_taken_away_from_one_class_it_stays_with_the_others() -> None:
    yoga = make_capacity_schedule(make_account(), link_source=Schedule.MANUAL)
    share(yoga)
    one = make_class(yoga)
    other = make_class(yoga, starts_at=one.starts_at + timedelta(days=2))
    assert Meeting.objects.filter(slot=one, wanted="present", is_shared=True).exists()

    with_link = Slot.objects.select_related("schedule").get(pk=one.pk)
    take_link_away(with_link, now=LATER)

    assert not Meeting.objects.filter(slot=one, wanted="present").exists()
    assert Meeting.objects.filter(slot=other, wanted="present").exists()
