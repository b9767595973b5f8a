"""A mail to an address that nobody has stays in the house (RFC 2606); what only looks like one does not."""

from typing import Any

import pytest
from pytest_django import Settings

from convoca.booking.mail.nobodys import is_a_trap, is_nobodys
from convoca.booking.models import Booking, Notification
from convoca.booking.operations.examples import add_examples
from convoca.booking.operations.moving import move_appointment
from convoca.booking.questions.terms import supervisor_terms
from tests.booking.building import NOW, at, book, make_account, make_client, make_resource_schedule
from tests.booking.mail.arranging import send_due
from tests.booking.mail.mail_server import MailServer

pytestmark = pytest.mark.django_db

REASON = "Nobody has this address: its domain is reserved for examples."


@pytest.fixture
def far_away(settings: Settings) -> None:
    """A mail server that cannot be reached: whatever is tried there is noted as tried."""
    options = {"host": "mail.lumbre.invalid", "port": 587, "timeout": 1}
    settings.MAILERS = {"default": {"BACKEND": "convoca.booking.mail.SmtpBackend", "OPTIONS": options}}


def outcome_of(mail: Notification) -> dict[str, Any]:
    return {name: getattr(mail, name) for name in ("attempts", "sent_at", "failed", "reason")}


@pytest.mark.parametrize(
    "address",
    [
        "luis@example.org",
        "luis@example.com",
        "Luis Pérez <luis@mail.EXAMPLE.net>",
        "luis@lumbre.example",
        "luis@lumbre.test",
        "luis@lumbre.invalid.",
        "luis@localhost",
    ],
)
def test_reserved_domains_are_nobodys(address: str) -> None:
    assert is_nobodys(address)


@pytest.mark.parametrize(
    "address",
    ["luis@lumbre.es", "example.org@lumbre.es", "luis@myexample.org", "luis@example.org.es", "luis@example.es"],
)
def test_what_only_looks_like_one_is_somebodys(address: str) -> None:
    assert not is_nobodys(address)


@pytest.mark.parametrize(
    ("host", "port", "catches"),
    [("localhost", 1025, True), ("127.0.0.1", 25, False), ("::1", 587, False), ("mail.lumbre.es", 1025, False)],
)
def test_a_server_of_this_machine_at_a_port_of_its_own_only_catches_mails(
    host: str, port: int, *, catches: bool
) -> None:
    assert is_a_trap(host, port) is catches


def test_no_delivery_is_attempted_and_the_mail_says_why(far_away: None) -> None:
    """It is no failure: nobody need mend anything."""
    schedule = make_resource_schedule(make_account(), reminder_minutes=None)
    nobody = book(schedule, client=make_client(email="luis@example.org"))
    somebody = book(schedule, "11:00", client=make_client(email="luis@lumbre.es"))

    send_due(NOW)

    dropped, tried = nobody.notifications.get(), somebody.notifications.get()
    assert outcome_of(dropped) == {"attempts": 0, "sent_at": None, "failed": False, "reason": REASON}
    assert (dropped.dropped_at, dropped.due_at) == (NOW, None)
    assert (tried.attempts, tried.dropped_at) == (1, None)


def test_an_example_booking_that_the_owner_moved_wrote_to_example_org(far_away: None) -> None:
    account = make_account()
    add_examples(account, now=NOW)
    example = Booking.objects.filter(slot__schedule__is_example=True, slot__schedule__kind="resource").latest("pk")
    move_appointment(example, at("20:00"), now=NOW, terms=supervisor_terms())
    [told] = Notification.objects.filter(booking=example, due_at__lte=NOW, kind="moved")

    send_due(NOW)

    told.refresh_from_db()
    assert outcome_of(told) == {"attempts": 0, "sent_at": None, "failed": False, "reason": REASON}


def test_a_server_that_catches_mails_gets_them_all(mail_server: MailServer) -> None:
    """Whoever tries Convoca out reads what it says, wherever it would have gone."""
    book(make_resource_schedule(make_account(), reminder_minutes=None), client=make_client(email="luis@example.org"))

    send_due(NOW)

    assert Notification.objects.get().sent_at == NOW
