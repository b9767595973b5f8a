"""Without a mail server, mails are kept here for the owner to read, and forgotten in time."""

from datetime import timedelta

import pytest
from django.core.mail import EmailMessage, mailers
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from convoca.booking.models import Notification, OutboxMail
from tests.booking.mail.arranging import ZOOM_LINK, book_with_zoom, owed, send_due, text_of, zoom_answers
from tests.booking.mail.mail_server import parsed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def outbox(settings: Settings) -> None:
    settings.MAILERS = {"default": {"BACKEND": "convoca.booking.mail.OutboxBackend"}}


def test_a_mail_is_kept_whole_for_its_account() -> None:
    booking = book_with_zoom()
    zoom_answers(booking)

    send_due()

    (kept,) = OutboxMail.objects.all()
    mail = parsed(kept.message.open().encode())
    assert (kept.account, kept.recipient) == (booking.account, "luis@example.org")
    assert kept.subject == mail["Subject"] == "Booked: Thu 26 Nov, 10:00 (Madrid) – Consultations with Estudio Lumbre"
    assert ZOOM_LINK in text_of(mail)
    assert owed(booking, Notification.Kind.CONFIRMATION).sent_at is not None


def test_neither_link_nor_token_lies_open_in_the_database() -> None:
    booking = book_with_zoom()
    zoom_answers(booking)

    send_due()

    with connection.cursor() as cursor:
        cursor.execute("SELECT message FROM booking_outboxmail")
        (raw,) = cursor.fetchone()
    assert raw
    for secret in (ZOOM_LINK, booking.token.open(), booking.join_token.open(), "luis@example.org"):
        assert secret not in raw


def test_a_mail_of_the_installation_belongs_to_no_account() -> None:
    EmailMessage("Set your password", "https://…", to=["ana@example.org", "eva@example.org"]).send()

    kept = OutboxMail.objects.order_by("recipient")
    assert [(mail.account, mail.recipient) for mail in kept] == [(None, "ana@example.org"), (None, "eva@example.org")]


def test_mails_are_forgotten_after_thirty_days() -> None:
    for subject in ("old", "young"):
        mailers.default.send_messages([EmailMessage(subject, "…", to=["ana@example.org"])])
    OutboxMail.objects.filter(subject="old").update(created_at=timezone.now() - timedelta(days=30, seconds=1))
    OutboxMail.objects.filter(subject="young").update(created_at=timezone.now() - timedelta(days=29))

    mailers.default.send_messages([EmailMessage("new", "…", to=["ana@example.org"])])

    assert set(OutboxMail.objects.values_list("subject", flat=True)) == {"young", "new"}
