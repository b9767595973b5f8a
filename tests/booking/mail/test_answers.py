"""What a mail server may answer, or not answer, and what becomes of the mail then (T42)."""

from datetime import timedelta

import pytest
from pytest_django import Settings

from convoca.booking.models import Booking, Notification
from convoca.booking.operations.sending import MAIL_LEASE
from tests.booking.building import (
    book,
    make_account,
    make_client,
    make_resource_schedule,
)
from tests.booking.mail.arranging import (
    AFTER_GRACE,
    let_lease_end,
    owed,
    reasons,
    send_due,
)
from tests.booking.mail.conftest import send_through
from tests.booking.mail.mail_server import HANG_UP, SAY_NOTHING, TAKEN, MailServer, free_port

pytestmark = pytest.mark.django_db

Kind = Notification.Kind
NEXT_HOUR = AFTER_GRACE + timedelta(hours=1)


def test_a_server_that_cannot_be_reached_costs_no_mail(settings: Settings, mail_server: MailServer) -> None:
    booking = book(make_resource_schedule(make_account()))
    send_through(settings, free_port())

    send_due()
    confirmation = owed(booking, Kind.CONFIRMATION)
    assert (confirmation.sent_at, confirmation.unanswered, confirmation.attempts) == (None, 0, 1)
    assert confirmation.due_at is not None
    assert AFTER_GRACE < confirmation.due_at <= AFTER_GRACE + timedelta(seconds=2)
    send_through(settings, mail_server.port)
    send_due(confirmation.due_at)

    assert len(mail_server.received) == 1


def test_a_server_that_is_down_is_not_asked_for_every_mail(settings: Settings) -> None:
    """The threads that wait for it are those that make meetings."""
    schedule = make_resource_schedule(make_account())
    for clock in ("10:00", "11:00", "12:00"):
        book(schedule, clock)
    send_through(settings, free_port())

    assert send_due() == 0

    assert sorted(Notification.objects.filter(kind=Kind.CONFIRMATION).values_list("attempts", flat=True)) == [0, 0, 1]


@pytest.mark.parametrize("answer", ["450 4.2.0 greylisted", "451 4.3.0 try later", "550 5.7.1 relaying denied"])
def test_a_refusal_that_may_pass_is_tried_again_with_patience(mail_server: MailServer, answer: str) -> None:
    booking = book(make_resource_schedule(make_account()))
    mail_server.to_recipient = answer

    send_due()
    send_due(AFTER_GRACE + timedelta(seconds=2))
    confirmation = owed(booking, Kind.CONFIRMATION)
    assert (confirmation.attempts, confirmation.unanswered) == (2, 0)
    assert confirmation.due_at is not None
    assert confirmation.due_at >= AFTER_GRACE + timedelta(seconds=7)
    mail_server.to_recipient = "250 OK"
    send_due(confirmation.due_at)

    assert len(mail_server.received) == 1


def test_a_body_that_is_refused_was_not_sent(mail_server: MailServer) -> None:
    booking = book(make_resource_schedule(make_account()))
    mail_server.after_body = "451 4.3.0 out of space"

    send_due()
    mail_server.after_body = TAKEN
    send_due(NEXT_HOUR)

    assert len(mail_server.received) == 1
    assert owed(booking, Kind.CONFIRMATION).unanswered == 0


def test_an_address_that_does_not_exist_is_not_tried_again(mail_server: MailServer) -> None:
    booking = book(make_resource_schedule(make_account()))
    mail_server.to_recipient = "550 5.1.1 <luis@example.org> user unknown"

    send_due()
    mail_server.to_recipient = "250 OK"
    send_due(NEXT_HOUR)

    assert mail_server.received == []
    assert reasons(booking) == ["The mail server refused the recipient (550 5.1.1)."]


def test_one_refused_address_stands_in_nobodys_way(mail_server: MailServer) -> None:
    schedule = make_resource_schedule(make_account())
    bad = book(schedule, "10:00")
    Booking.objects.filter(pk=bad.pk).update(email="josé@example.org")
    book(schedule, "11:00", client=make_client(email="eva@example.org"))

    send_due()

    assert [mail["To"] for mail in mail_server.received] == ["eva@example.org"]
    assert reasons(bad) == ["The address cannot be written in a form that every mail server takes."]


@pytest.mark.parametrize(
    "address", ["josé@example.org", "a@b\r\nBcc: x@example.org", "no-at-sign", "@example.org", "a@", "a b@example.org"]
)
def test_an_address_that_cannot_be_written_is_dropped_with_a_reason(mail_server: MailServer, address: str) -> None:
    booking = book(make_resource_schedule(make_account()))
    Booking.objects.filter(pk=booking.pk).update(email=address)

    send_due()

    assert mail_server.received == []
    assert reasons(booking) == ["The address cannot be written in a form that every mail server takes."]


def test_a_domain_in_another_script_is_written_in_ascii(mail_server: MailServer) -> None:
    booking = book(make_resource_schedule(make_account()))
    Booking.objects.filter(pk=booking.pk).update(email="ana@müller.example")

    send_due()

    assert [mail["To"] for mail in mail_server.received] == ["ana@xn--mller-kva.example"]


@pytest.mark.parametrize("silence", [HANG_UP, SAY_NOTHING])
def test_after_a_lost_answer_the_same_mail_goes_out_once_more_and_no_more(
    mail_server: MailServer, settings: Settings, silence: str
) -> None:
    send_through(settings, mail_server.port, timeout=0.3)
    booking = book(make_resource_schedule(make_account()))
    mail_server.after_body = silence

    for minutes in range(0, 30, 5):
        send_due(AFTER_GRACE + timedelta(minutes=minutes))

    assert len(mail_server.received) == 2
    assert len({mail["Message-ID"] for mail in mail_server.received}) == 1
    assert reasons(booking) == ["The mail server's answer was lost twice; the mail may have arrived."]


def test_a_lost_answer_followed_by_a_good_one_ends_the_matter(mail_server: MailServer) -> None:
    booking = book(make_resource_schedule(make_account()))
    mail_server.after_body = HANG_UP
    send_due()
    mail_server.after_body = TAKEN

    send_due(AFTER_GRACE + timedelta(seconds=59))
    assert len(mail_server.received) == 1
    send_due(AFTER_GRACE + timedelta(seconds=60))
    send_due(NEXT_HOUR)

    assert len(mail_server.received) == 2
    assert owed(booking, Kind.CONFIRMATION).sent_at == AFTER_GRACE + timedelta(seconds=60)


def test_a_worker_that_died_while_sending_is_followed_by_one_more_sending(mail_server: MailServer) -> None:
    """Killed after the hand-over: the row says so, and the lease ends by itself."""
    booking = book(make_resource_schedule(make_account()))
    confirmation = owed(booking, Kind.CONFIRMATION)
    mail_server.after_body = HANG_UP
    send_due()
    Notification.objects.filter(pk=confirmation.pk).update(
        due_at=AFTER_GRACE, claim="5f0c5d0e-3f0a-4f8e-9d53-0c60a1f7f5f5", lease_until=AFTER_GRACE + MAIL_LEASE * 99999
    )
    mail_server.after_body = TAKEN

    send_due()
    assert len(mail_server.received) == 1
    let_lease_end(confirmation)
    send_due()
    send_due(NEXT_HOUR)

    first, second = mail_server.received
    assert first["Message-ID"] == second["Message-ID"]
