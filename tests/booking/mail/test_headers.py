"""ux.md 5.3: the headers of a mail. What somebody waits for belongs to no list; what they do not wait for does."""

import re

import pytest
from django.test import Client

from convoca.booking.mail.alerting import compose_alert
from convoca.booking.mail.compose import compose
from convoca.booking.mail.digesting import compose_digest
from convoca.booking.mail.envelope import BookingMail
from convoca.booking.mail.example import Shown, trial_mail
from convoca.booking.mail.kinds import NUDGES
from convoca.booking.mail.own_words import Text
from convoca.booking.models import Account, Alert, Booking, Incident, Membership, Notification
from convoca.booking.operations.digesting import choose_digest, wants_digest
from tests.booking.building import NOW, at, book, make_account, make_member, make_resource_schedule, message_to_owner
from tests.booking.mail.test_letters import READY

pytestmark = pytest.mark.django_db

Kind, Recipient = Notification.Kind, Notification.Recipient
OF_A_LIST = ("List-Id", "Feedback-ID", "List-Unsubscribe", "List-Unsubscribe-Post")
# RFC 2919, 3: list-id = "<" list-label "." list-id-namespace ">", of dots and atoms.
LIST_ID = re.compile(r"<[a-z0-9_-]+(\.[a-z0-9_-]+)+>")


@pytest.fixture
def account() -> Account:
    return make_account("Lum_Bre-2", contact_email="ana@example.com")


@pytest.fixture
def booking(account: Account) -> Booking:
    return book(make_resource_schedule(account))


def written(booking: Booking, kind: str, recipient: str = Recipient.ATTENDEE) -> BookingMail:
    booking.waits_since = booking.offered_until = NOW
    owed = {"kind": kind, "recipient": recipient, "slot_revision": 0, "booking_revision": 0}
    return compose(Notification(account=booking.account, booking=booking, **owed), READY, now=NOW)


def digest_of(account: Account) -> BookingMail:
    reader = make_member(account, Membership.Role.SUPERUSER)
    day = at("09:00").date()
    return compose_digest(Alert(account=account, kind=Alert.Kind.DIGEST, membership=reader, day=day), now=NOW)


@pytest.mark.parametrize("kind", Kind.values)
@pytest.mark.parametrize("recipient", [Recipient.ATTENDEE, Recipient.OWNER])
def test_every_mail_about_a_booking_says_that_a_machine_wrote_it(booking: Booking, kind: str, recipient: str) -> None:
    """RFC 3834; Exchange knows no other way to be told that its out-of-office answer is not wanted."""
    headers = written(booking, kind, recipient).extra_headers

    assert (headers["Auto-Submitted"], headers["X-Auto-Response-Suppress"]) == ("auto-generated", "All")
    assert headers["Content-Language"] == "en"
    assert re.fullmatch(r"<[^<>@\s]+@[^<>@\s]+>", headers["Message-ID"])


def test_so_do_the_mails_to_owners_and_those_that_try_a_text_out(account: Account, booking: Booking) -> None:
    make_member(account, Membership.Role.OWNER)
    incident = Incident(account=account, kind=Incident.Kind.REFUSED, provider="zoom", opened_at=NOW)
    alert = compose_alert(Alert(account=account, kind=Alert.Kind.OPENED, incident=incident), now=NOW)
    trial = trial_mail(message_to_owner(account, "digest"), Text(), shown=Shown.NONE, to="ana@example.com", now=NOW)

    for mail in (alert, trial, digest_of(account)):
        headers = mail.extra_headers
        assert (headers["Auto-Submitted"], headers["X-Auto-Response-Suppress"]) == ("auto-generated", "All")
        assert headers["Content-Language"] == "en"
        assert headers["Message-ID"]
    for mail in (alert, trial):
        assert not set(OF_A_LIST) & set(mail.extra_headers)


@pytest.mark.parametrize("kind", Kind.values)
def test_what_nobody_waits_for_belongs_to_a_list_and_nothing_else_does(booking: Booking, kind: str) -> None:
    """Google counts no mail about a booking that is made, moved or cancelled as one of a subscription."""
    headers = written(booking, kind).extra_headers

    assert [name for name in OF_A_LIST if name in headers] == (list(OF_A_LIST) if kind in NUDGES else [])
    if kind in NUDGES:
        name = kind.replace("_", "-")
        assert headers["List-Id"] == f"<{name}.lum_bre-2.localhost>"
        assert LIST_ID.fullmatch(headers["List-Id"])
        slot = booking.slot
        assert headers["Feedback-ID"] == f"{name}:{slot.schedule_id}:{booking.account_id}:localhost"
        assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert headers["List-Unsubscribe"] == f"<http://localhost:8000/b/{booking.token.open()}/reminders>"


def test_one_press_stops_the_day_by_mail_and_looking_does_not(account: Account, client: Client) -> None:
    """RFC 8058, for whoever supervises: no log-in, no question, and nothing but those mails."""
    mail = digest_of(account)
    reader = Membership.objects.get(role=Membership.Role.SUPERUSER)
    choose_digest(reader, wanted=True, now=NOW)
    path = mail.extra_headers["List-Unsubscribe"].strip("<>").removeprefix("http://localhost:8000")
    assert mail.extra_headers["List-Id"] == "<day.lum_bre-2.localhost>"
    assert path in mail.body

    for ask in (client.get, client.head):
        assert ask(path).status_code == 200
        assert wants_digest(reader)
    client.post(path, {"List-Unsubscribe": "One-Click"})

    assert not wants_digest(reader)
    assert "by email no more" in client.get(path).text
    client.post(path, {"again": "1"})
    assert wants_digest(reader)


def test_a_made_up_way_out_stops_nothing(account: Account, client: Client) -> None:
    reader = make_member(account, Membership.Role.SUPERUSER)
    choose_digest(reader, wanted=True, now=NOW)

    for key in (str(reader.pk), "nonsense", f"{reader.pk}:nonsense"):
        assert client.post(f"/day/{key}").status_code == 404
    assert wants_digest(reader)
