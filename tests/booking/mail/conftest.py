"""Mails of these tests leave through a real mail server on loopback."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.booking.mail.mail_server import MailServer, running_mail_server


@pytest.fixture
def mail_server(settings: Settings) -> Iterator[MailServer]:
    with running_mail_server() as server:
        send_through(settings, server.port)
        yield server


def send_through(settings: Settings, port: int, *, timeout: float = 10) -> None:
    """Let mails leave through the server on `port`, which is given `timeout` seconds for each answer."""
    options = {"host": "127.0.0.1", "port": port, "timeout": timeout}
    settings.MAILERS = {"default": {"BACKEND": "convoca.booking.mail.SmtpBackend", "OPTIONS": options}}
    settings.BASE_URL = "https://book.example.org"
    settings.DEFAULT_FROM_EMAIL = "Convoca <bookings@example.org>"
