"""The page of mails: what was sent, what waits, what failed and why; one button sends a mail again."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from convoca.booking.mail.post import Post
from convoca.booking.models import (
    Account,
    Alert,
    AuditEntry,
    Booking,
    Connection,
    Membership,
    Notification,
    Supervision,
)
from convoca.booking.operations.alerting import alert_next
from convoca.booking.operations.cancelling import cancel
from convoca.booking.operations.provisioning import provision_next
from tests.booking.building import NOW, book, connect_zoom, make_capacity_schedule, make_member, make_resource_schedule
from tests.booking.mail.arranging import send_due
from tests.booking.mail.conftest import send_through
from tests.booking.mail.mail_server import MailServer, running_mail_server
from tests.manage.conftest import LogIn
from tests.manage.reading import said, words

Kind = Notification.Kind


@pytest.fixture
def booking(account: Account) -> Booking:
    Account.objects.update(contact_email="ana@example.com")
    return book(make_resource_schedule(account, link_source="jitsi"))


@pytest.fixture
def address(account: Account) -> str:
    return f"/manage/{account.name}/mails"


def owed(booking: Booking, kind: str) -> Notification:
    return booking.notifications.get(kind=kind)


def test_every_mail_is_listed_with_what_has_become_of_it(owner: Client, booking: Booking, address: str) -> None:
    Notification.objects.filter(kind=Kind.CONFIRMATION).update(
        due_at=None, dropped_at=NOW, failed=True, reason="The mail server refused the recipient (550 5.1.1)."
    )

    page = words(owner.get(address))

    assert "Confirmation → Luis Pérez <luis@example.org>" in page
    assert "Failed Tue 24 Nov, 09:00 · The mail server refused the address (550 5.1.1)." in page
    assert "Reminder → Luis Pérez <luis@example.org>" in page
    assert "Waiting Wed 25 Nov, 10:00" in page


def test_the_list_is_narrowed_to_what_failed_or_waits(owner: Client, booking: Booking, address: str) -> None:
    Notification.objects.filter(kind=Kind.CONFIRMATION).update(due_at=None, dropped_at=NOW, failed=True)

    failed, waiting = words(owner.get(f"{address}?state=failed")), words(owner.get(f"{address}?state=waiting"))

    assert ("Confirmation →" in failed, "Reminder →" in failed) == (True, False)
    assert ("Confirmation →" in waiting, "Reminder →" in waiting) == (False, True)


def test_no_link_is_on_the_page(owner: Client, booking: Booking, address: str) -> None:
    """M2: the list says that a mail was sent, not what it says."""
    while provision_next(now=NOW):
        continue
    link = booking.slot.meetings.get().link.open()
    assert link

    page = owner.get(address).text

    for secret in (link, booking.token.open(), booking.join_token.open()):
        assert secret not in page


def test_a_superuser_sees_the_mails_of_their_schedules_alone(
    account: Account, booking: Booking, address: str, log_in: LogIn
) -> None:
    member = make_member(account)
    other = make_capacity_schedule(account)
    Supervision.objects.create(account=account, membership=member, schedule=other)
    browser = log_in(member)

    assert "luis@example.org" not in browser.get(address).text
    assert browser.post(f"{address}/{owed(booking, Kind.CONFIRMATION).pk}/again").status_code == 404
    assert log_in(make_member(account, Membership.Role.BLOCKED)).get(address).status_code == 404


def test_a_mail_that_was_sent_is_sent_again_as_another_one(
    owner: Client, booking: Booking, address: str, settings: Settings
) -> None:
    """A mail program shows a mail with the same Message-ID once."""
    with running_mail_server() as server:
        send_through(settings, server.port)
        send_due(NOW + timedelta(minutes=1))
        confirmation = owed(booking, Kind.CONFIRMATION)

        page = again(owner, address, confirmation)
        send_due(NOW + timedelta(minutes=1))

        assert page == ["It is being sent again."]
        assert to_luis(server) == 2
        assert len({mail["Message-ID"] for mail in server.received}) == 2


def test_a_mail_that_failed_is_sent_again_as_itself(
    owner: Client, booking: Booking, address: str, settings: Settings
) -> None:
    confirmation = owed(booking, Kind.CONFIRMATION)
    Notification.objects.filter(pk=confirmation.pk).update(due_at=None, dropped_at=NOW, failed=True, unanswered=2)
    with running_mail_server() as server:
        send_through(settings, server.port)

        again(owner, address, confirmation)
        send_due(NOW)

        assert to_luis(server) == 1
    confirmation.refresh_from_db()
    assert (confirmation.failed, confirmation.again, confirmation.sent_at) == (False, 0, NOW)


@pytest.mark.parametrize("kind", [Kind.CONFIRMATION, Kind.FOLLOW_UP])
def test_whoever_had_a_mail_sent_again_is_in_the_trail_whatever_mail_it_was(
    owner: Client, booking: Booking, address: str, kind: str
) -> None:
    mail = owed(booking, Kind.CONFIRMATION)
    Notification.objects.filter(pk=mail.pk).update(kind=kind, due_at=None, sent_at=NOW)

    with time_machine.travel(NOW if kind == Kind.CONFIRMATION else booking.slot.ends_at, tick=False):
        assert again(owner, address, mail) == ["It is being sent again."]

    verb = "sent_again" if kind == Kind.CONFIRMATION else "mailed_again"
    assert AuditEntry.objects.filter(booking=booking, actor="owner", verb=verb, fields=kind).count() == 1


def test_a_mail_to_the_owner_is_sent_again_as_another_one_while_it_is_so(
    owner: Client, superuser: Client, account: Account, booking: Booking, address: str, settings: Settings
) -> None:
    """Dead-lettered visibly: also what the owner was to be told."""
    connect_zoom(booking.slot.schedule)
    connection = Connection.objects.get()
    Connection.objects.update(closing_at=NOW, wiped_at=NOW)
    receipt = Alert.objects.create(account=account, kind=Alert.Kind.RECEIPT, connection=connection, sent_at=NOW)
    path = f"{address}/to-owner/{receipt.pk}/again"
    assert superuser.post(path).status_code == 404
    assert owner.post(f"{address}/to-owner/4711/again").status_code == 404

    owner.post(path)
    assert said(owner.get(address)) == ["It is being sent again."]
    with running_mail_server() as server:
        send_through(settings, server.port)
        with Post() as post:
            assert alert_next(now=timezone.now(), post=post)
        assert [mail["Message-ID"] for mail in server.received] == [
            f"<alert-{receipt.pk}.receipt.again-1@book.example.org>"
        ]
    assert AuditEntry.objects.filter(actor="owner", verb="mailed_again", fields="receipt").count() == 1

    Connection.objects.update(closing_at=None)
    owner.post(path)
    assert said(owner.get(address)) == ["It was not sent again: It was connected again."]


def test_what_makes_no_sense_any_more_is_not_sent_again(owner: Client, booking: Booking, address: str) -> None:
    confirmation = owed(booking, Kind.CONFIRMATION)
    assert again(owner, address, confirmation) == ["It was not sent again: It is still waiting to be sent."]
    Notification.objects.filter(pk=confirmation.pk).update(due_at=None, sent_at=NOW)
    cancel(booking, now=NOW)

    assert again(owner, address, confirmation) == ["It was not sent again: The booking does not stand any more."]
    confirmation.refresh_from_db()
    assert (confirmation.sent_at, confirmation.again) == (NOW, 0)


def test_a_reminder_of_somebody_who_wants_none_says_so(owner: Client, booking: Booking, address: str) -> None:
    Client().post(f"/b/{booking.token.open()}/reminders")
    send_due(NOW + timedelta(days=1, hours=2))

    assert "They want no reminders." in words(owner.get(f"{address}?state=needless"))


def again(browser: Client, address: str, mail: Notification) -> list[str]:
    browser.post(f"{address}/{mail.pk}/again")
    return said(browser.get(address))


def to_luis(server: MailServer) -> int:
    return len([mail for mail in server.received if mail["To"] == "luis@example.org"])


def test_a_mail_to_a_domain_of_examples_says_that_none_was_sent(
    owner: Client, booking: Booking, address: str, settings: Settings
) -> None:
    """RFC 2606: no delivery is attempted, and Health has nothing to mend."""
    options = {"host": "mail.lumbre.invalid", "port": 587, "timeout": 1}
    settings.MAILERS = {"default": {"BACKEND": "convoca.booking.mail.SmtpBackend", "OPTIONS": options}}

    send_due(NOW + timedelta(minutes=1))

    assert "its domain is reserved for examples. No email was sent." in words(owner.get(address))
    assert "was not accepted" not in words(owner.get(address.removesuffix("mails") + "health"))
