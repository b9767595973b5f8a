"""Sending through a mail service's API, and what the service reports afterwards: mails that came back, complaints."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from convoca.booking.models import Alert, Booking, Membership, Notification, ReminderStop
from convoca.booking.operations.digesting import choose_digest, wants_digest
from convoca.booking.questions.health import undelivered
from convoca.manage.health_phrases import not_delivered
from tests.booking.building import NOW, at, book, make_account, make_member, make_resource_schedule
from tests.booking.mail.arranging import AFTER_GRACE, owed, reasons, send_due
from tests.booking.mail.mail_server import free_port
from tests.booking.mail.mail_service import HANG_UP, INACTIVE, MailService, running_mail_service

pytestmark = pytest.mark.django_db

Kind = Notification.Kind
SECRET = "a-long-webhook-secret"
HOOK = "/hooks/mail"


@pytest.fixture
def service(settings: Settings) -> Iterator[MailService]:
    with running_mail_service() as running:
        send_through(settings, running.url)
        hear(settings, "postmark", WEBHOOK_SECRET=f"convoca:{SECRET}")
        yield running


def send_through(settings: Settings, url: str) -> None:
    options = {"service": "postmark", "server_token": "the-key", "api_url": url, "timeout": 5}
    settings.MAILERS = {"default": {"BACKEND": "convoca.booking.mail.service.ServiceBackend", "OPTIONS": options}}
    settings.BASE_URL = "https://book.example.org"
    settings.DEFAULT_FROM_EMAIL = "Convoca <bookings@example.org>"


def hear(settings: Settings, service: str, **secrets: str) -> None:
    settings.MAIL_SERVICE, settings.MAIL_WEBHOOK_SECRET, settings.ANYMAIL = service, SECRET, secrets


def booked() -> Booking:
    return book(make_resource_schedule(make_account(contact_email="ana@example.com"), reminder_minutes=60))


def test_a_mail_leaves_through_the_api_as_it_would_by_smtp(service: MailService) -> None:
    booking = booked()

    send_due()

    [mail] = service.received
    headers = {each["Name"]: each["Value"] for each in mail["Headers"]}
    assert service.keys == ["the-key"]
    assert (mail["To"], mail["From"]) == ("luis@example.org", "Estudio Lumbre <bookings@example.org>")
    assert mail["ReplyTo"] == "ana@example.com"
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["Message-ID"].endswith("@book.example.org>")
    assert "Your appointment is booked" in mail["TextBody"]
    assert "<h1" in mail["HtmlBody"]
    [calendar] = mail["Attachments"]
    assert calendar["Name"] == "appointment.ics"
    assert calendar["ContentType"].startswith("text/calendar")
    assert b"METHOD:REQUEST" in base64.b64decode(calendar["Content"])
    assert mail["Metadata"] == {"mail": f"notification-{owed(booking, Kind.CONFIRMATION).pk}"}
    assert not mail.get("TrackOpens")
    assert owed(booking, Kind.CONFIRMATION).sent_at is not None


@pytest.mark.parametrize("status", [401, 429, 500, 503])
def test_a_service_that_is_down_or_refuses_our_key_costs_no_mail(service: MailService, status: int) -> None:
    booking = booked()
    service.status = status
    for minutes in range(0, 60, 5):
        send_due(AFTER_GRACE + timedelta(minutes=minutes))
    confirmation = owed(booking, Kind.CONFIRMATION)
    assert (confirmation.sent_at, confirmation.unanswered, confirmation.failed) == (None, 0, False)

    service.status = 200
    send_due(AFTER_GRACE + timedelta(hours=2))

    assert [mail["To"] for mail in service.received] == ["luis@example.org"]


def test_a_service_that_cannot_be_reached_has_taken_nothing(settings: Settings) -> None:
    booking = booked()
    send_through(settings, f"http://127.0.0.1:{free_port()}/")

    send_due()

    confirmation = owed(booking, Kind.CONFIRMATION)
    assert (confirmation.unanswered, confirmation.attempts, confirmation.failed) == (0, 1, False)


def test_a_lost_answer_is_asked_for_once_more_under_the_same_identifier(service: MailService) -> None:
    booking = booked()
    service.status = HANG_UP
    send_due()
    send_due(AFTER_GRACE + timedelta(minutes=2))
    send_due(AFTER_GRACE + timedelta(minutes=10))

    identifiers = {
        each["Value"] for mail in service.received for each in mail["Headers"] if each["Name"] == "Message-ID"
    }
    assert (len(service.received), len(identifiers)) == (2, 1)
    assert reasons(booking) == ["The mail server's answer was lost twice; the mail may have arrived."]


def test_a_recipient_that_the_service_refuses_is_given_up_and_seen(service: MailService) -> None:
    booking = booked()
    service.status, service.answer = 422, dict(INACTIVE)

    send_due()

    assert owed(booking, Kind.CONFIRMATION).failed
    assert reasons(booking) == ["The mail service refused the recipient."]


def test_a_refusal_that_the_library_does_not_understand_counts_as_no_mail_sent(service: MailService) -> None:
    booking = booked()
    service.status, service.answer = 422, {"ErrorCode": 406, "Message": "Inactive."}

    send_due()

    assert owed(booking, Kind.CONFIRMATION).failed
    assert reasons(booking) == ["The mail service refused the mail (422)."]


# --- what the service reports ---


def report(client: Client, body: object, *, password: str = SECRET) -> int:
    signed = base64.b64encode(f"convoca:{password}".encode()).decode()
    answer = client.post(HOOK, json.dumps(body), "application/json", headers={"Authorization": f"Basic {signed}"})
    return answer.status_code


def bounce(mail: str) -> dict[str, Any]:
    """https://postmarkapp.com/developer/webhooks/bounce-webhook"""
    return {
        "RecordType": "Bounce",
        "Type": "HardBounce",
        "ID": 4323372036854775807,
        "Email": "luis@example.org",
        "BouncedAt": "2026-11-24T08:05:00Z",
        "Metadata": {"mail": mail},
    }


def complaint(mail: str) -> dict[str, Any]:
    """https://postmarkapp.com/developer/webhooks/spam-complaint-webhook"""
    return bounce(mail) | {"RecordType": "SpamComplaint", "Type": "SpamComplaint"}


def test_a_mail_that_came_back_is_a_failed_one_and_seen_on_the_health_page(
    service: MailService, client: Client
) -> None:
    booking = booked()
    send_due()
    confirmation = owed(booking, Kind.CONFIRMATION)

    for _ in range(2):
        assert report(client, bounce(f"notification-{confirmation.pk}")) == 204

    confirmation.refresh_from_db()
    assert (confirmation.sent_at, confirmation.failed) == (None, True)
    assert confirmation.reason == "The mail came back: the address does not take it."
    assert list(undelivered(booking.account, now=NOW)) == [confirmation]
    assert not_delivered(confirmation.reason) == "The email came back: the address does not take it."
    assert owed(booking, Kind.REMINDER).due_at is not None


def test_whoever_complains_gets_no_more_reminders_and_keeps_their_booking(service: MailService, client: Client) -> None:
    booking = booked()
    send_due()

    report(client, complaint(f"notification-{owed(booking, Kind.CONFIRMATION).pk}"))
    send_due(at("09:00"))

    booking.refresh_from_db()
    assert (booking.is_confirmed, len(service.received)) == (True, 1)
    assert ReminderStop.objects.count() == 1
    assert "They want no reminders." in reasons(booking)


def test_whoever_complains_about_their_day_by_mail_gets_it_no_more(service: MailService, client: Client) -> None:
    reader = make_member(make_account(), Membership.Role.SUPERUSER)
    choose_digest(reader, wanted=True, now=NOW)

    report(client, complaint(f"alert-{Alert.objects.get().pk}"))

    assert not wants_digest(reader)


def test_what_does_not_prove_to_be_the_service_is_not_read(service: MailService, client: Client) -> None:
    booking = booked()
    send_due()
    mail = f"notification-{owed(booking, Kind.CONFIRMATION).pk}"

    assert report(client, bounce(mail), password="guessed") == 401
    assert client.post(HOOK, json.dumps(bounce(mail)), "application/json").status_code == 401
    assert client.get(HOOK).status_code == 405
    assert not owed(booking, Kind.CONFIRMATION).failed


@pytest.mark.parametrize(
    "body",
    [
        [],
        "text",
        {"RecordType": "Inbound", "FromFull": {}},
        {"RecordType": "Delivery", "Metadata": {"mail": "notification-1"}},
        bounce("notification-99999999999999999999"),
        bounce("notification-x"),
        bounce("alert-4711"),
        bounce("membership-1"),
        bounce(""),
        bounce("notification-1") | {"Metadata": None},
    ],
)
def test_a_report_that_makes_no_sense_changes_nothing(service: MailService, client: Client, body: object) -> None:
    booking = booked()
    send_due()

    assert report(client, body) in {204, 400}

    assert not owed(booking, Kind.CONFIRMATION).failed


def test_without_a_secret_nobody_is_heard(settings: Settings, service: MailService, client: Client) -> None:
    settings.MAIL_WEBHOOK_SECRET = ""

    assert report(client, bounce("notification-1")) == 404


def test_mailgun_signs_what_it_reports(settings: Settings, service: MailService, client: Client) -> None:
    """https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks"""
    booking = booked()
    send_due()
    hear(settings, "mailgun", MAILGUN_WEBHOOK_SIGNING_KEY=SECRET)
    token, timestamp = "a" * 50, "1795334400"
    signature = hmac.new(SECRET.encode(), f"{timestamp}{token}".encode(), hashlib.sha256).hexdigest()
    event = {
        "event": "failed",
        "severity": "permanent",
        "timestamp": 1795334400.5,
        "id": "x",
        "recipient": "luis@example.org",
        "user-variables": {"mail": f"notification-{owed(booking, Kind.CONFIRMATION).pk}"},
        "message": {"headers": {"message-id": "x@y"}},
        "delivery-status": {},
    }

    def told(proof: str) -> int:
        signed = {"token": token, "timestamp": timestamp, "signature": proof}
        body = json.dumps({"signature": signed, "event-data": event})
        return client.post(HOOK, body, "application/json").status_code

    assert told("0" * 64) == 401
    assert not owed(booking, Kind.CONFIRMATION).failed
    assert told(signature) == 204
    assert owed(booking, Kind.CONFIRMATION).failed


def test_of_every_service_there_is_a_way_out_and_one_back() -> None:
    from anymail.webhooks.base import AnymailBaseWebhookView
    from django.utils.module_loading import import_string

    from convoca.api.mail_hooks import READERS
    from convoca.config.env_values import MAIL_SERVICES, read_mail

    assert set(READERS) == set(MAIL_SERVICES)
    for service, reader in READERS.items():
        assert issubclass(import_string(reader), AnymailBaseWebhookView)
        keys = {"mailgun": "key@mg.example.org", "mailjet": "key:secret@"}.get(service, "key@")
        read = read_mail(f"{service}://{keys}?endpoint=https://api.example.org/v3")
        assert (read.service, read.endpoint) == (service, "https://api.example.org/v3")
        backend = import_string(f"anymail.backends.{service}.EmailBackend")
        assert backend(alias="default", **read.options).esp_name.lower() == service


@pytest.mark.parametrize("address", ["postmark://", "mailgun://key@", "mailjet://key@", "postmark://key@?x=1"])
def test_half_an_address_of_a_service_is_refused(address: str) -> None:
    from convoca.config.env_values import read_mail

    with pytest.raises(ValueError, match=r"KEY|endpoint"):
        read_mail(address)
