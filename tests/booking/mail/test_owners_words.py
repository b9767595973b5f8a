"""M21: the mails to the owner's side say what the owner wants them to: «subject and body per message and language»."""

from datetime import timedelta

import pytest

from convoca.booking.mail.alerting import compose_alert
from convoca.booking.mail.compose import compose
from convoca.booking.mail.digesting import compose_digest
from convoca.booking.mail.envelope import BookingMail
from convoca.booking.mail.own_words import Text
from convoca.booking.models import (
    Account,
    Alert,
    Booking,
    Connection,
    Incident,
    Membership,
    Notification,
    OwnersMessage,
)
from convoca.booking.operations.copying import COPIED
from convoca.booking.operations.texts import publish_text
from tests.booking.building import (
    NOW,
    at,
    book,
    connect_zoom,
    make_account,
    make_member,
    make_resource_schedule,
    message_of,
    message_to_owner,
)
from tests.booking.mail.test_letters import READY, composed

pytestmark = pytest.mark.django_db

Kind = Notification.Kind
Owners = OwnersMessage


@pytest.fixture
def account() -> Account:
    """An account with a booking at ten, whose owner has lost access to Zoom."""
    account = make_account(contact_email="ana@example.com")
    make_member(account, Membership.Role.OWNER)
    schedule = make_resource_schedule(account)
    connect_zoom(schedule)
    book(schedule)
    Connection.objects.update(state=Connection.State.NEEDS_OWNER, reason="revoked")
    return account


def alert_of(account: Account, kind: str) -> Alert:
    """Return the mail owed that is worded as `kind`."""
    if kind == Owners.RECEIPT:
        Connection.objects.update(closing_at=NOW, wiped_at=NOW, withdrawn_at=NOW)
        return Alert(account=account, kind=Alert.Kind.RECEIPT, connection=Connection.objects.get())
    trouble = Incident.Kind.REFUSED if kind == Owners.LINK_PROBLEM else Incident.Kind.ACCESS
    connection = Connection.objects.get()
    incident = Incident(account=account, kind=trouble, provider="zoom", connection=connection, opened_at=NOW)
    kinds = {Owners.STILL_OPEN: Alert.Kind.STILL_OPEN, Owners.ALL_CLEAR: Alert.Kind.ALL_CLEAR}
    return Alert(account=account, kind=kinds.get(Owners(kind), Alert.Kind.OPENED), incident=incident)


def forms_of(mail: BookingMail) -> tuple[str, str]:
    return str(mail.body), str(mail.alternatives[0][0])


def to_owner(booking: Booking, kind: str) -> BookingMail:
    owed = {"kind": kind, "slot_revision": 0, "booking_revision": 0}
    recipient = Notification.Recipient.OWNER
    return compose(Notification(account=booking.account, booking=booking, recipient=recipient, **owed), READY, now=NOW)


@pytest.mark.parametrize("way", ["added", "in place"])
@pytest.mark.parametrize(
    "kind", [Owners.LINK_PROBLEM, Owners.ACCESS_LOST, Owners.STILL_OPEN, Owners.ALL_CLEAR, Owners.RECEIPT]
)
def test_mails_about_links_and_credentials_say_what_their_owner_has_published(
    account: Account, kind: str, way: str
) -> None:
    alert = alert_of(account, kind)
    standard = compose_alert(alert, now=NOW)
    text = Text(subject="{provider}!", body="Call Marco.\n\nHe knows {provider}.", replaces=way == "in place")
    publish_text(message_to_owner(account, kind), text, now=NOW)

    mail = compose_alert(alert, now=NOW)

    assert (mail.subject, mail.to) == ("Zoom!", standard.to)
    opening = str(standard.body).splitlines()[0]
    for form in forms_of(mail):
        assert "He knows Zoom." in form
        assert (opening in form) == (way == "added")
        assert "/manage/Lumbre/health" in form
    # What is told as a fact stands whatever else is said.
    for form in forms_of(mail) if kind == Owners.RECEIPT else ():
        assert "credentials deleted from this server." in form


def test_lost_access_and_other_trouble_are_worded_apart_and_each_in_its_own_language(account: Account) -> None:
    publish_text(message_to_owner(account, Owners.ACCESS_LOST), Text(body="Access!"), now=NOW)
    publish_text(message_to_owner(account, Owners.LINK_PROBLEM, "es"), Text(body="¡Enlaces!"), now=NOW)

    lost, missing = (
        compose_alert(alert_of(account, kind), now=NOW) for kind in (Owners.ACCESS_LOST, Owners.LINK_PROBLEM)
    )

    assert "Access!" in lost.body
    assert "Access!" not in missing.body
    assert "¡Enlaces!" not in missing.body


def test_the_day_by_mail_says_what_the_owner_has_published_to_everybody_who_wants_it(account: Account) -> None:
    superuser = make_member(account, Membership.Role.SUPERUSER)
    body = "{count} today.{if in_need} {in_need} need you.{end}\n{day_page}"
    publish_text(message_to_owner(account, Owners.DIGEST), Text(body=body, replaces=True), now=NOW)
    day = at("09:00").date()

    mail = compose_digest(Alert(account=account, kind=Alert.Kind.DIGEST, membership=superuser, day=day), now=NOW)

    for form in forms_of(mail):
        assert "1 today. 1 need you." in form
        assert "/manage/Lumbre/?day=2026-11-26" in form
        assert "Luis Pérez, Consultations" in form
    assert "Thursday 26 November" not in mail.body


@pytest.mark.parametrize("kind", sorted({*COPIED, Kind.APPROVAL_WANTED, Kind.LEFT}))
def test_copies_are_worded_apart_from_what_the_attendee_gets(account: Account, kind: str) -> None:
    booking = book(make_resource_schedule(account, slug="talks", name="Talks"), "12:00")
    booking.waits_since = booking.offered_until = NOW
    key = {"confirmation": Owners.NEW_BOOKING, "moved": Owners.MOVED, "cancellation": Owners.CANCELLED}.get(kind, kind)
    text = Text(body="For us: {name}, {email}", replaces=True)
    publish_text(message_of(booking.slot.schedule, str(key)), text, now=NOW)

    ours = to_owner(booking, kind)

    for form in forms_of(ours):
        assert "For us: Luis Pérez, luis@example.org" in form
        assert booking.token.open() not in form
        assert booking.join_token.open() not in form
        assert READY.url not in form
    if kind in COPIED:
        assert "For us" not in composed(booking, kind, READY).body


def test_a_text_of_one_account_is_in_no_other_accounts_mails(account: Account) -> None:
    other = make_account("Otra", contact_email="otra@example.com")
    publish_text(message_to_owner(other, Owners.ACCESS_LOST), Text(body="Not yours."), now=NOW)

    assert "Not yours." not in compose_alert(alert_of(account, Owners.ACCESS_LOST), now=NOW + timedelta(1)).body
