"""What Google tells us by itself: a few headers, known by their channel's secret, that only say where to look."""

import pytest
from django.test import Client
from pytest_django import Settings

from convoca.booking.models import VendorEvent
from convoca.booking.operations.vendors import application_for
from convoca.config.env import ApplicationKeys
from convoca.providers.google.push import channel_secret

pytestmark = pytest.mark.django_db

CHANNEL = "0190d5b0-1c2d-7e3f-8a4b-5c6d7e8f9a0b"


@pytest.fixture(autouse=True)
def registered(settings: Settings) -> None:
    """An installation whose application at Google is known."""
    settings.VENDORS = {**settings.VENDORS, "google": ApplicationKeys(client_id="client", client_secret="secret")}


def told(*, number: int = 7, state: str = "exists", secret: str | None = None) -> int:
    """Say what Google says, by its own way, and return how we answer."""
    headers = {
        "X-Goog-Channel-ID": CHANNEL,
        "X-Goog-Channel-Token": channel_secret(CHANNEL, application=application_for("google"))
        if secret is None
        else secret,
        "X-Goog-Message-Number": str(number),
        "X-Goog-Resource-ID": "resource",
        "X-Goog-Resource-State": state,
    }
    return Client().post("/hooks/google", data=b"", content_type="text/plain", headers=headers).status_code


def test_a_notice_is_heard_once() -> None:
    assert [told(), told(), told(number=8)] == [204, 204, 204]
    assert VendorEvent.objects.filter(provider="google").count() == 2


def test_that_a_channel_is_open_is_thanked_for() -> None:
    assert told(state="sync") == 204
    assert VendorEvent.objects.count() == 0


def test_whoever_is_not_google_is_refused() -> None:
    assert told(secret="guessed") == 401
    assert told(secret="") == 401
    assert Client().post("/hooks/google").status_code == 401
    assert Client().get("/hooks/google").status_code == 405
    assert VendorEvent.objects.count() == 0


def test_nobody_is_heard_where_no_application_is_registered(settings: Settings) -> None:
    settings.VENDORS = {**settings.VENDORS, "google": ApplicationKeys()}

    assert told() == 404
