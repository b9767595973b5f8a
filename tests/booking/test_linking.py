"""Links typed by hand (M13, M15, M16, M17, B6)."""

import pytest

from convoca.booking.models import Account, Booking, Meeting, Notification, Schedule, Slot
from convoca.booking.operations.cancelling import cancel, undo_cancel
from convoca.booking.operations.configuring import (
    LinkSourceUnavailable,
    choose_link_source,
    may_choose,
    set_supervisor_field,
)
from convoca.booking.operations.linking import NotALink, find_link, take_link_away, type_link
from convoca.booking.operations.slots import open_slot
from convoca.booking.questions.links import LinkState, links_for
from convoca.booking.questions.viewers import stranger, token_holder, viewer_of
from convoca.core.time import Interval
from sandbox.faults import Kind
from tests.booking.building import (
    NOW,
    at,
    book,
    make_account,
    make_capacity_schedule,
    make_class,
    make_member,
    make_resource_schedule,
    sign_up,
)
from tests.booking.zooming import SimulatedZoom, meeting_of

pytestmark = pytest.mark.django_db

FIRST, SECOND = "https://zoom.us/j/5551234567?pwd=abc", "https://meet.example/other"
INVITATION = f"""Estudio Lumbre is inviting you to a meeting.
Join: <{FIRST}>.
Meeting ID: 555 123 4567"""


def yoga(location: str = "") -> Slot:
    schedule = make_capacity_schedule(make_account(), link_source=Schedule.MANUAL)
    when = Interval(at("18:00"), at("19:00"))
    return open_slot(schedule, when, title="Yoga", capacity=3, location=location, now=NOW)


def test_by_hand_is_on_offer_for_appointments_once_the_supervisor_field_is_enabled() -> None:
    """M15, M16."""
    schedule = make_resource_schedule(make_account())
    assert not may_choose(schedule, Schedule.MANUAL)
    with pytest.raises(LinkSourceUnavailable):
        choose_link_source(schedule, Schedule.MANUAL, now=NOW)

    set_supervisor_field(schedule.account, Account.SupervisorField.SHOWN, label="Enlace")
    choose_link_source(schedule, Schedule.MANUAL, now=NOW)

    assert Schedule.objects.get().link_source == Schedule.MANUAL


def test_by_hand_is_on_offer_for_classes_whose_location_holds_the_link() -> None:
    assert may_choose(make_capacity_schedule(make_account()), Schedule.MANUAL)


def test_a_link_typed_as_the_location_becomes_the_meeting_and_leaves_the_location() -> None:
    """One truth for the link."""
    slot = yoga(location=FIRST)

    meeting = meeting_of(slot)
    assert (slot.location, Slot.objects.get().location, meeting.link.open()) == ("", "", FIRST)
    assert (meeting.observed, meeting.due_at) == (Meeting.Observed.EXTERNAL, None)


def test_a_room_name_stays_where_it_was_typed() -> None:
    slot = yoga(location="Sala 2")

    assert slot.location == "Sala 2"
    assert not Meeting.objects.exists()


def test_the_link_is_found_in_a_pasted_invitation() -> None:
    assert find_link(INVITATION) == FIRST


@pytest.mark.parametrize(
    "text", ["", "Sala 2", "zoom.us/j/555", "javascript:alert(1)", "https://", "ftp://x.example/a"]
)
def test_what_holds_no_web_address_is_refused(text: str) -> None:
    with pytest.raises(NotALink):
        type_link(yoga(), text, now=NOW)


def test_the_typed_link_is_seen_by_who_has_a_place_and_by_superusers_and_by_nobody_else() -> None:
    """M17."""
    slot = yoga(location=FIRST)
    booking = sign_up(slot)
    owner = make_member(slot.account, "owner")
    passer_by = make_member(slot.account, "user")

    seen = {
        "registered": token_holder(booking),
        "owner": viewer_of(slot.account, owner.user),
        "another user": viewer_of(slot.account, passer_by.user),
        "stranger": stranger(slot.account),
    }

    urls = {who: links_for(viewer, [slot], now=NOW)[slot.pk].url for who, viewer in seen.items()}
    assert urls == {"registered": FIRST, "owner": FIRST, "another user": "", "stranger": ""}


def test_the_label_is_the_brand_whose_hosts_the_typed_link_leads_to() -> None:
    """T5."""
    slot = yoga()
    booking = sign_up(slot)

    labels = []
    for link in (FIRST, SECOND):
        type_link(slot, link, now=NOW)
        labels.append(links_for(token_holder(booking), [slot], now=NOW)[slot.pk].label)

    assert labels == ["Zoom", "Manual"]


def test_another_link_is_another_generation_and_everybody_is_told() -> None:
    """B6, T15: two generations, one that counts."""
    slot = yoga(location=FIRST)
    booking = sign_up(slot)
    Booking.objects.update(mailed_meeting=meeting_of(slot))
    Notification.objects.update(due_at=None, sent_at=NOW)

    type_link(slot, SECOND, now=NOW)

    assert [(each.generation, each.wanted) for each in Meeting.objects.all()] == [(1, "absent"), (2, "present")]
    assert links_for(token_holder(booking), [slot], now=NOW)[slot.pk].url == SECOND
    assert Notification.objects.filter(kind=Notification.Kind.LINK_CHANGED, due_at=NOW).count() == 1


def test_the_same_link_typed_again_changes_nothing_and_mails_nobody() -> None:
    slot = yoga(location=FIRST)
    sign_up(slot)
    Booking.objects.update(mailed_meeting=meeting_of(slot))
    Notification.objects.update(due_at=None, sent_at=NOW)

    type_link(slot, INVITATION, now=NOW)

    assert Meeting.objects.count() == 1
    assert not Notification.objects.filter(due_at__isnull=False).exists()


def test_one_who_leaves_a_class_takes_the_typed_link_from_nobody_else() -> None:
    """T23."""
    slot = yoga(location=FIRST)
    leaves, stays = sign_up(slot, "luis@example.org"), sign_up(slot, "eva@example.org")

    cancel(leaves, now=NOW)

    left = Booking.objects.select_related("slot").get(pk=leaves.pk)
    assert links_for(token_holder(left), [slot], now=NOW)[slot.pk].state is LinkState.HIDDEN
    assert links_for(token_holder(stays), [slot], now=NOW)[slot.pk].url == FIRST


def test_a_typed_link_replaces_the_meeting_that_we_made_which_is_deleted_when_it_cannot_be_undone_any_more(
    zoom: SimulatedZoom,
) -> None:
    """M13: a personal meeting ID goes into the field by hand."""
    schedule = make_resource_schedule(make_account())
    zoom.connect(schedule)
    booking = book(schedule)
    zoom.work()

    type_link(booking.slot, FIRST, now=zoom.clock())

    assert links_for(token_holder(booking), [booking.slot], now=NOW)[booking.slot_id].url == FIRST
    zoom.work_later(minutes=4)
    assert len(zoom.standing()) == 1
    zoom.work_later(minutes=1)
    assert zoom.standing() == []


def test_a_meeting_that_was_being_made_while_a_link_was_typed_is_announced_to_nobody(zoom: SimulatedZoom) -> None:
    schedule = make_capacity_schedule(make_account())
    zoom.connect(schedule)
    slot = make_class(schedule)
    sign_up(slot)
    zoom.spoil("create", Kind.RESET_AFTER)
    zoom.work()
    type_link(slot, FIRST, now=zoom.clock())
    Booking.objects.update(mailed_meeting=meeting_of(slot))
    Notification.objects.update(due_at=None, sent_at=NOW)

    zoom.work_later(minutes=6)

    assert (len(zoom.made()), zoom.standing()) == (1, [])
    assert not Notification.objects.filter(due_at__isnull=False).exists()


def test_a_cancellation_taken_back_lost_the_link_that_somebody_had_typed() -> None:
    """B6: undo finds the same meeting, whoever made it."""
    booking = book(make_resource_schedule(make_account(), link_source=Schedule.MANUAL))
    type_link(booking.slot, FIRST, now=NOW)
    cancel(booking, now=NOW)

    undo_cancel(booking, now=NOW)

    assert meeting_of(booking.slot).link.open() == FIRST
    assert Meeting.objects.count() == 1


def test_a_link_that_was_taken_away_does_not_come_back_with_an_undo() -> None:
    booking = book(make_resource_schedule(make_account(), link_source=Schedule.MANUAL))
    type_link(booking.slot, FIRST, now=NOW)
    take_link_away(Slot.objects.select_related("schedule").get(), now=NOW)
    cancel(booking, now=NOW)

    undo_cancel(booking, now=NOW)

    assert not Meeting.objects.filter(wanted=Meeting.Wanted.PRESENT).exists()
