"""The mails of requests, moves and waiting lists: who is told what, and what becomes pointless meanwhile (M18, M20)."""

from datetime import timedelta
from email.message import EmailMessage

import pytest

from convoca.booking.models import Booking, Membership, Notification, Slot
from convoca.booking.operations.approving import approve, decline
from convoca.booking.operations.auditing import Actor
from convoca.booking.operations.auditing import Kind as ActorKind
from convoca.booking.operations.cancelling import cancel, undo_cancel
from convoca.booking.operations.linking import type_link
from convoca.booking.operations.moving import move_appointment, move_place
from convoca.booking.operations.waiting import expire_next, join_waiting_list
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
from tests.booking.mail.arranging import AFTER_GRACE, calendar_of, html_of, reasons, send_due, text_of
from tests.booking.mail.mail_server import MailServer

pytestmark = pytest.mark.django_db

OWNER = Actor(ActorKind.OWNER)
LINK = "https://meet.example/room-7f3a"


def sent(mail_server: MailServer) -> dict[str, EmailMessage]:
    """Send what is due and return the mails of this round by the start of their subjects."""
    before = len(mail_server.received)
    send_due()
    return {str(mail["Subject"]).split(" ", 1)[0].rstrip(":?"): mail for mail in mail_server.received[before:]}


def subjects(mail_server: MailServer) -> list[str]:
    return [str(mail["Subject"]) for mail in mail_server.received]


def ask(**account: str) -> Booking:
    schedule = make_resource_schedule(
        make_account(**account), requires_approval=True, link_source="jitsi", reminder_minutes=None
    )
    return book(schedule)


def full_class() -> tuple[Slot, Booking]:
    schedule = make_capacity_schedule(
        make_account(), has_waiting_list=True, link_source="manual", reminder_minutes=None
    )
    slot = make_class(schedule, capacity=1)
    type_link(slot, LINK, now=NOW)
    return slot, sign_up(slot, "in@example.org")


def wait_for(slot: Slot, email: str, **client: str) -> Booking:
    return join_waiting_list(slot, client=make_client(email=email, **client), now=NOW)


def sequence_of(mail: EmailMessage) -> int:
    return int(str(calendar_of(mail).events[0]["SEQUENCE"]))


def has_calendar(mail: EmailMessage) -> bool:
    return any(part.get_content_type() == "text/calendar" for part in mail.walk())


# Requests


def test_a_request_tells_its_sender_that_it_has_arrived_and_asks_the_owner(mail_server: MailServer) -> None:
    booking = ask(contact_email="ana@example.com")

    mails = sent(mail_server)

    request, question = mails["Request"], mails["Approve"]
    assert (request["To"], question["To"]) == ("luis@example.org", "ana@example.com")
    assert request["Subject"] == "Request sent: Thu 26 Nov, 10:00 (Madrid)"
    assert question["Subject"] == "Approve? Luis Pérez, Thu 26 Nov, 10:00"
    assert question["Reply-To"] == "luis@example.org"
    assert "Estudio Lumbre answers, usually within a day. You will get an email at luis@example.org." in text_of(
        request
    )
    assert "https://book.example.org/manage/Lumbre/?day=2026-11-26" in text_of(question)
    assert booking.token.open() not in text_of(question) + html_of(question), "the attendee's address is theirs"


def test_m2_no_mail_of_a_request_has_a_join_page_or_a_calendar_entry(mail_server: MailServer) -> None:
    ask(contact_email="ana@example.com")

    for mail in sent(mail_server).values():
        assert "/j/" not in text_of(mail) + html_of(mail)
        assert not has_calendar(mail)


def test_without_a_contact_address_the_owner_is_asked_at_their_own(mail_server: MailServer) -> None:
    booking = ask()
    make_member(booking.account, Membership.Role.OWNER, "owner@example.com")

    assert sent(mail_server)["Approve"]["To"] == "owner@example.com"


def test_where_there_is_nobody_to_ask_the_mail_is_dropped_and_says_so(mail_server: MailServer) -> None:
    booking = ask()

    assert list(sent(mail_server)) == ["Request"]
    assert reasons(booking) == ["The account has no address to write to."]


def test_the_owner_reads_it_in_the_language_of_the_account(mail_server: MailServer) -> None:
    ask(contact_email="ana@example.com", language="es")

    send_due()

    languages = {str(mail["To"]): str(mail["Content-Language"]) for mail in mail_server.received}
    assert languages == {"luis@example.org": "en", "ana@example.com": "es"}


def test_a_request_that_is_answered_meanwhile_asks_nobody(mail_server: MailServer) -> None:
    booking = ask(contact_email="ana@example.com")

    approve(booking, by=OWNER, now=NOW)
    send_due()

    assert subjects(mail_server) == ["Booked: Thu 26 Nov, 10:00 (Madrid) – Consultations with Estudio Lumbre"]
    assert reasons(booking) == ["It was answered.", "It was answered."]


def test_a_request_that_is_declined_leads_to_other_times(mail_server: MailServer) -> None:
    booking = ask(contact_email="ana@example.com")
    send_due()

    decline(booking, by=OWNER, now=NOW)
    declined = sent(mail_server)["Not"]

    assert declined["Subject"] == "Not possible: Thu 26 Nov, 10:00 – choose another time"
    assert "https://book.example.org/schedule/Lumbre/consultations" in text_of(declined)
    assert not has_calendar(declined)


# Moves


def test_b6_a_move_updates_the_calendar_entry_and_the_link_stays_the_same(mail_server: MailServer) -> None:
    booking = book(make_resource_schedule(make_account(), link_source="manual", reminder_minutes=None))
    type_link(booking.slot, LINK, now=NOW)
    booked = sent(mail_server)["Booked"]

    move_appointment(booking, at("12:00"), now=NOW)
    moved = sent(mail_server)["Moved"]

    assert moved["Subject"] == "Moved to Thu 26 Nov, 12:00 (Madrid) – was Thu 26, 10:00"
    assert "Before: Thursday 26 November 2026, 10:00" in text_of(moved)
    assert "Your calendar entry will update. The meeting link stays the same." in text_of(moved)
    assert LINK in text_of(moved)
    before, after = calendar_of(booked), calendar_of(moved)
    assert after["METHOD"] == "REQUEST"
    assert after.events[0]["UID"] == before.events[0]["UID"]
    assert sequence_of(moved) > sequence_of(booked)
    assert after.events[0].start == at("12:00")


def test_after_a_move_only_the_reminder_of_the_new_time_is_sent(mail_server: MailServer) -> None:
    """Of a place in a class, too: its old reminder knows nothing of the other slot."""
    schedule = make_capacity_schedule(make_account(), reminder_minutes=60)
    booking = sign_up(make_class(schedule))
    send_due()

    move_place(booking, make_class(schedule, starts_at=at("20:00")), now=AFTER_GRACE)
    send_due(at("17:00"))
    early = subjects(mail_server)
    send_due(at("19:00"))

    assert len(early) == 2
    assert [each for each in subjects(mail_server) if each.startswith("In 1 hour")] == [
        "In 1 hour: Yoga for backs with Estudio Lumbre"
    ]
    assert reasons(booking) == ["A later mail took its place."]


def test_the_sequence_grows_also_when_the_old_class_was_changed_more_often(mail_server: MailServer) -> None:
    schedule = make_capacity_schedule(make_account(), reminder_minutes=None)
    often = make_class(schedule)
    Slot.objects.filter(pk=often.pk).update(revision=7)
    often.refresh_from_db()
    booking = sign_up(often)
    before = sequence_of(sent(mail_server)["Booked"])

    move_place(booking, make_class(schedule, starts_at=at("20:00")), now=NOW)

    assert sequence_of(sent(mail_server)["Moved"]) > before


def test_a_link_that_comes_after_the_mail_of_a_move_is_mailed(mail_server: MailServer) -> None:
    booking = book(make_resource_schedule(make_account(), link_source="manual", reminder_minutes=None))
    Notification.objects.update(due_at=NOW + timedelta(minutes=1))
    move_appointment(booking, at("12:00"), now=NOW)
    send_due()

    type_link(Slot.objects.get(), LINK, now=NOW)
    send_due(NOW + timedelta(minutes=2))

    assert LINK in text_of(mail_server.received[-1])


def test_a_cancellation_taken_back_is_confirmed_anew_and_reminded_of_once(mail_server: MailServer) -> None:
    booking = book(make_resource_schedule(make_account(), reminder_minutes=60))
    send_due()

    cancel(booking, now=NOW)
    undo_cancel(booking, now=NOW + timedelta(minutes=1))
    send_due(at("09:00"))

    verbs = [each.split(" ")[0] for each in subjects(mail_server)]
    assert verbs == ["Booked:", "Booked:", "In"]
    assert "The booking is not cancelled any more." in reasons(booking)


# Waiting lists


def test_who_waits_is_told_their_number_and_no_link(mail_server: MailServer) -> None:
    slot, _ = full_class()
    wait_for(slot, "a@example.org")

    mail = sent(mail_server)["Waiting"]

    assert mail["Subject"] == "Waiting list, number 1: Yoga for backs with Estudio Lumbre"
    assert (
        "You are number 1 on the waiting list. If a place opens we email you and hold it for 12 hours. "
        "Places are offered in order." in text_of(mail)
    )
    assert LINK not in str(mail)
    assert "/j/" not in text_of(mail)
    assert not has_calendar(mail)


def test_an_offer_says_until_when_and_leads_to_the_page_where_it_is_taken(mail_server: MailServer) -> None:
    slot, inside = full_class()
    waiting = wait_for(slot, "a@example.org")
    send_due()

    cancel(inside, now=NOW)
    offer = sent(mail_server)["A"]

    assert offer["To"] == "a@example.org"
    assert str(offer["Subject"]).startswith("A place is free until Tue 24 Nov, 21:00 (Madrid): Yoga")
    assert "Take it before Tue 24 Nov, 21:00 (Madrid)." in text_of(offer)
    assert f"https://book.example.org/b/{waiting.token.open()}" in text_of(offer)
    assert (LINK in str(offer), "/j/" in text_of(offer), has_calendar(offer)) == (False, False, False)


def test_who_let_an_offer_pass_is_told_and_stays_on_the_list(mail_server: MailServer) -> None:
    slot, inside = full_class()
    wait_for(slot, "a@example.org")
    wait_for(slot, "b@example.org")
    cancel(inside, now=NOW)
    send_due()
    passed = NOW + timedelta(hours=12)

    expire_next(now=passed)
    send_due(passed)

    mails = {str(mail["To"]): mail for mail in mail_server.received[-2:]}
    assert str(mails["a@example.org"]["Subject"]).startswith("Still on the waiting list: Thu 26 Nov, 18:00")
    assert "You are still on the list." in text_of(mails["a@example.org"])
    assert str(mails["b@example.org"]["Subject"]).startswith("A place is free until")


def test_an_offer_is_not_mailed_when_its_time_has_passed(mail_server: MailServer) -> None:
    slot, inside = full_class()
    waiting = wait_for(slot, "a@example.org")
    send_due()
    cancel(inside, now=NOW)

    send_due(NOW + timedelta(hours=12))

    assert reasons(waiting) == ["The offer has passed."]


@pytest.mark.parametrize(
    ("kind", "subject"),
    [
        ("request", "Solicitud enviada: jue 26 nov, 10:00 (Madrid)"),
        ("approval_wanted", "¿Aprobar? Luis Pérez, jue 26 nov, 10:00"),
    ],
)
def test_subjects_in_spanish(mail_server: MailServer, kind: str, subject: str) -> None:
    account = make_account(contact_email="ana@example.com", language="es")
    book(make_resource_schedule(account, requires_approval=True), client=make_client(language="es"))

    send_due()

    assert subject in subjects(mail_server)
    assert Notification.objects.filter(kind=kind, sent_at__isnull=False).exists()
