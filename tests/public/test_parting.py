"""J4, screen C: whoever cancels may tell the owner why."""

import pytest
import time_machine
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client

from convoca.booking.mail.post import Post
from convoca.booking.models import Booking, Notification, Schedule
from convoca.booking.operations.notifying import notify_next
from tests.booking.building import NOW, book, make_account, make_member, make_resource_schedule
from tests.public.reading import page_of, post, words

pytestmark = pytest.mark.django_db

ILL = "I am ill, sorry.\nNext week?"


def letters(recipient: str) -> list[EmailMessage]:
    """Send what is owed; return what this reader got."""
    with Post() as office:
        while notify_next(now=NOW, post=office):
            continue
    return [each for each in outbox() if each.to == [recipient]]


def outbox() -> list[EmailMessage]:
    return list(getattr(mail, "outbox", []))


def left() -> int:
    return Notification.objects.filter(kind=Notification.Kind.LEFT).count()


def test_j4_whoever_cancels_may_leave_the_owner_a_message(client: Client) -> None:
    account = make_account(contact_email="ana@lumbre.example")
    booking = book(make_resource_schedule(account))
    question = client.get(f"{page_of(booking)}/cancel")

    answer = client.post(f"{page_of(booking)}/cancel", {"message": f"  {ILL} "})

    booking.refresh_from_db()
    [letter] = letters("ana@lumbre.example")
    assert "Message for Estudio Lumbre (optional)" in words(question)
    assert (answer.status_code, booking.parting_message) == (303, ILL)
    assert letter.subject == "Cancelled: Thu 26 Nov, 10:00 – Luis Pérez"
    assert "Their message: I am ill, sorry. Next week?" in letter.body
    assert letter.reply_to == ["luis@example.org"]
    assert page_of(booking) not in str(letter.message())


def test_after_the_message_the_page_did_not_say_what_had_become_of_it(client: Client) -> None:
    booking, silent = (book(make_resource_schedule(make_account(name)), now=NOW) for name in ("Lumbre", "Other"))

    with time_machine.travel(NOW, tick=False):
        client.post(f"{page_of(booking)}/cancel", {"message": ILL})
        client.post(f"{page_of(silent)}/cancel")

        passed_on = "Cancelled. The time is free again. Estudio Lumbre gets your message by email."
        assert passed_on in words(client.get(page_of(booking)))
        assert "message" not in words(client.get(page_of(silent)))


def test_whoever_says_nothing_writes_no_mail_to_the_owner(client: Client) -> None:
    booking = book(make_resource_schedule(make_account()))

    client.post(f"{page_of(booking)}/cancel", {"message": "  "})

    assert Booking.objects.get().status == "cancelled"
    assert left() == 0


def test_who_supervises_reads_the_message_beside_the_booking(client: Client) -> None:
    account = make_account()
    booking = book(make_resource_schedule(account))
    client.post(f"{page_of(booking)}/cancel", {"message": ILL})
    client.force_login(make_member(account, "owner").user)

    assert "Their message I am ill, sorry. Next week?" in words(client.get(f"/manage/Lumbre/bookings/{booking.pk}"))


def test_a_cancellation_that_is_taken_back_takes_the_message_with_it(client: Client) -> None:
    account = make_account(contact_email="ana@lumbre.example")
    booking = book(make_resource_schedule(account))
    client.post(f"{page_of(booking)}/cancel", {"message": ILL})

    client.post(f"{page_of(booking)}/undo")

    booking.refresh_from_db()
    assert (booking.status, booking.parting_message) == ("confirmed", "")
    assert letters("ana@lumbre.example") == []


def test_one_message_is_left_for_a_whole_series(client: Client) -> None:
    make_resource_schedule(make_account(), repeats=Schedule.Repeats.MAY)
    post(client, "/schedule/Lumbre/consultations", start="2026-11-26T09:00Z", repeat="weekly", until="2026-12-10")
    first = Booking.objects.earliest("pk")

    client.post(f"{page_of(first)}/cancel", {"which": "following", "message": ILL})

    assert list(Booking.objects.order_by("pk").values_list("status", "parting_message")) == [
        ("cancelled", ILL),
        ("cancelled", ""),
        ("cancelled", ""),
    ]
    assert left() == 1


@pytest.mark.parametrize("message", ["x" * 501, "\x00"])
def test_a_message_that_cannot_be_kept_cancels_nothing(client: Client, message: str) -> None:
    booking = book(make_resource_schedule(make_account()))

    answer = client.post(f"{page_of(booking)}/cancel", {"message": message})

    assert answer.status_code == 422
    assert 'id="message-error"' in answer.content.decode()
    assert Booking.objects.get().status == "confirmed"


def test_a_message_never_goes_to_who_cancelled_as_if_the_owner_had_written_it(client: Client) -> None:
    booking = book(make_resource_schedule(make_account()))

    client.post(f"{page_of(booking)}/cancel", {"message": ILL})

    [letter] = letters("luis@example.org")
    assert "I am ill" not in letter.body
    assert "I am ill" not in words(client.get(page_of(booking)))
