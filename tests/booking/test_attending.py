"""What is noted beside a place: who did not come, and to whom the link goes once more (J12)."""

from datetime import timedelta

import pytest

from convoca.booking.mail.post import Post
from convoca.booking.models import Account, AuditEntry, Booking, Membership, Notification, OutboxMail, Schedule
from convoca.booking.operations.attending import mark_missed, send_link_again, unmark_missed
from convoca.booking.operations.auditing import Actor, acting
from convoca.booking.operations.cancelling import cancel
from convoca.booking.operations.linking import type_link
from convoca.booking.operations.moving import move_appointment
from convoca.booking.operations.notifying import notify_next
from convoca.booking.operations.refusals import NotBegun, NothingToSend
from convoca.booking.operations.waiting import join_waiting_list
from convoca.booking.questions.terms import supervisor_terms
from tests.booking.building import (
    NOW,
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

pytestmark = pytest.mark.django_db

LINK = "https://meet.example/secret-room"
Verb = AuditEntry.Verb


@pytest.fixture(autouse=True)
def outbox(settings: object) -> None:
    settings.MAILERS = {"default": {"BACKEND": "convoca.booking.mail.OutboxBackend"}}  # type: ignore[attr-defined]


@pytest.fixture
def account() -> Account:
    return make_account()


@pytest.fixture
def owner(account: Account) -> Actor:
    return acting(make_member(account, Membership.Role.OWNER))


@pytest.fixture
def schedule(account: Account) -> Schedule:
    return make_resource_schedule(account, link_source="manual", reminder_minutes=None)


def verbs(booking: Booking) -> list[str]:
    return list(booking.audit.order_by("pk").values_list("verb", flat=True))


def send_mails() -> list[str]:
    """Send what is due, and return the subjects in order."""
    before = OutboxMail.objects.count()
    with Post() as post:
        while notify_next(now=NOW, post=post):
            continue
    return list(OutboxMail.objects.order_by("pk").values_list("subject", flat=True)[before:])


# Who did not come


def test_who_did_not_come_is_noted_and_that_can_be_taken_back(schedule: Schedule, owner: Actor) -> None:
    booking = book(schedule)

    marked = mark_missed(booking, by=owner, now=at("10:05"))
    assert marked.was_missed

    unmarked = unmark_missed(booking, by=owner, now=at("10:06"))
    assert not unmarked.was_missed
    assert verbs(booking) == [Verb.BOOKED, Verb.MISSED, Verb.CAME]


def test_noting_the_same_twice_leaves_one_line_in_the_trail(schedule: Schedule, owner: Actor) -> None:
    booking = book(schedule)

    for _ in range(2):
        mark_missed(booking, by=owner, now=at("10:05"))

    assert verbs(booking) == [Verb.BOOKED, Verb.MISSED]


def test_nobody_has_missed_what_has_not_begun_or_what_they_have_no_place_in(account: Account, owner: Actor) -> None:
    yoga = make_capacity_schedule(account, has_waiting_list=True)
    slot = make_class(yoga, capacity=1)
    booked = sign_up(slot)
    waits = join_waiting_list(slot, client=make_client(email="eva@example.org"), now=NOW)

    for booking, now in ((booked, at("17:59")), (waits, at("18:10"))):
        with pytest.raises(NotBegun):
            mark_missed(booking, by=owner, now=now)


def test_what_is_moved_to_a_later_time_was_not_missed(schedule: Schedule, owner: Actor) -> None:
    booking = book(schedule)
    mark_missed(booking, by=owner, now=at("10:05"))

    moved = move_appointment(booking, at("12:00"), now=at("10:10"), by=owner, terms=supervisor_terms())

    assert not Booking.objects.get(pk=moved.pk).was_missed


# Sending the link again


def test_the_link_goes_to_that_person_once_more(schedule: Schedule, owner: Actor) -> None:
    booking = book(schedule)
    type_link(booking.slot, LINK, now=NOW)
    assert send_mails() == ["Booked: Thu 26 Nov, 10:00 (Madrid) – Consultations with Estudio Lumbre"]

    send_link_again(booking, by=owner, now=NOW)

    assert send_mails() == ["Meeting link for Thu 26 Nov, 10:00 (Madrid)"]
    assert LINK in OutboxMail.objects.order_by("-pk")[0].message.open().replace("=\r\n", "").replace("=\n", "")
    assert verbs(booking)[-1] == Verb.SENT_AGAIN


def test_it_can_be_sent_again_and_again_and_to_nobody_else(account: Account, owner: Actor) -> None:
    slot = make_class(make_capacity_schedule(account, reminder_minutes=None))
    type_link(slot, LINK, now=NOW)
    booking = sign_up(slot)
    sign_up(slot, "eva@example.org")
    send_mails()

    for _ in range(2):
        send_link_again(booking, by=owner, now=NOW)
        assert len(send_mails()) == 1

    again = Notification.objects.filter(kind=Notification.Kind.LINK_READY)
    assert set(again.values_list("booking", flat=True)) == {booking.pk}


def test_pressed_twice_before_the_mail_has_left_one_mail_leaves(schedule: Schedule, owner: Actor) -> None:
    booking = book(schedule)
    type_link(booking.slot, LINK, now=NOW)
    send_mails()

    send_link_again(booking, by=owner, now=NOW)
    send_link_again(booking, by=owner, now=NOW + timedelta(seconds=1))

    assert len(send_mails()) == 1


def test_who_has_no_place_or_no_link_is_sent_none(schedule: Schedule, owner: Actor) -> None:
    without = book(schedule, "09:00")
    gone = book(schedule, "10:00")
    over = book(schedule, "11:00")
    for booking in (gone, over):
        type_link(booking.slot, LINK, now=NOW)
    cancel(gone, now=NOW)

    for booking, now in ((without, NOW), (gone, NOW), (over, at("12:00"))):
        with pytest.raises(NothingToSend):
            send_link_again(booking, by=owner, now=now)
