"""Hours with a mail server that refuses, greylists, hangs up after the body and is down (T17, T42).

Every mail that is owed arrives once, or twice with the same identifier where SMTP cannot tell; none arrives after it
makes no sense. The clock is moved from one due instant to the next, as the worker would wait for it.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import cycle

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from pytest_django import Settings

from convoca.booking.models import Booking, Notification
from convoca.booking.operations.cancelling import cancel
from convoca.booking.operations.moving import move_appointment
from tests.booking.building import NOW, at, book, make_account, make_client, make_resource_schedule
from tests.booking.mail.arranging import AFTER_GRACE, reasons, send_due
from tests.booking.mail.conftest import send_through
from tests.booking.mail.mail_server import HANG_UP, TAKEN, MailServer, free_port, running

pytestmark = pytest.mark.django_db

Kind = Notification.Kind
GREYLISTED = "451 4.7.1 greylisted, come back later"
BUSY = "452 4.2.2 mailbox full"


@dataclass
class MoodyServer(MailServer):
    """One that greylists whom it does not know yet, and is in another mood with every body."""

    known: set[str] = field(default_factory=set)
    moods: Iterator[str] = field(default_factory=lambda: cycle([TAKEN, "451 4.3.0 out of space", HANG_UP, BUSY, TAKEN]))
    hung_up: list[str] = field(default_factory=list)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address not in self.known:
            self.known.add(address)
            return GREYLISTED
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.after_body = next(self.moods)
        if self.after_body == HANG_UP:
            self.hung_up += envelope.rcpt_tos
        return await super().handle_DATA(server, session, envelope)


@pytest.fixture
def moody(settings: Settings) -> Iterator[MoodyServer]:
    with running(MoodyServer()) as server:
        send_through(settings, server.port)
        yield server


def pass_time(until: datetime, *, since: datetime = AFTER_GRACE) -> None:
    """Let the worker come whenever something is due, until then."""
    now = since
    while now <= until:
        send_due(now)
        # A server that is out of reach stops the round with mails still due.
        due = Notification.objects.filter(due_at__isnull=False).order_by("due_at").values_list("due_at", flat=True)
        later = [each for each in due if each is not None and each > now]
        now = later[0] if later else until + timedelta(seconds=1)
        if due and due[0] is not None and due[0] <= now - timedelta(seconds=5):
            now = min(now, due[0] + timedelta(seconds=5))


def people(count: int) -> list[Booking]:
    schedule = make_resource_schedule(make_account(), resources=1)
    start = at("09:00")
    return [
        book(
            schedule,
            f"{(start + timedelta(minutes=30 * number) + timedelta(hours=1)):%H:%M}",
            client=make_client(email=f"guest{number}@example.org"),
        )
        for number in range(count)
    ]


def identifiers(server: MailServer) -> Counter[str]:
    return Counter(str(mail["Message-ID"]) for mail in server.received)


def test_every_mail_arrives_once_whatever_the_server_s_mood(moody: MoodyServer) -> None:
    """Twice only where the line broke after the body, with the same identifier."""
    bookings = people(8)

    pass_time(NOW + timedelta(hours=6))

    counted = identifiers(moody)
    sent_twice = [number for number, times in counted.items() if times > 1]
    assert len(counted) == len(bookings)
    assert max(counted.values()) <= 2
    assert len(moody.hung_up) >= 1
    assert len(sent_twice) <= len(moody.hung_up)
    assert {str(mail["To"]) for mail in moody.received} == {each.email for each in bookings}
    owed = Notification.objects.filter(kind=Kind.CONFIRMATION)
    # Who lost two answers has it twice, and the owner is told that nobody can know.
    lost_twice = {email for email, times in Counter(moody.hung_up).items() if times == 2}
    assert set(owed.filter(failed=True).values_list("booking__email", flat=True)) == lost_twice
    assert not owed.filter(due_at__isnull=False).exists()


def test_after_an_hour_without_a_server_every_mail_arrives_once(settings: Settings, moody: MoodyServer) -> None:
    bookings = people(6)
    moody.moods, moody.known = cycle([TAKEN]), {each.email for each in bookings}
    up_again = NOW + timedelta(hours=1)
    send_through(settings, free_port())

    pass_time(up_again)
    assert moody.received == []
    send_through(settings, moody.port)
    pass_time(up_again + timedelta(hours=2), since=up_again)

    assert sorted(identifiers(moody).values()) == [1] * len(bookings)
    assert {str(mail["To"]) for mail in moody.received} == {each.email for each in bookings}


def test_nothing_arrives_that_makes_no_sense_any_more(settings: Settings, moody: MoodyServer) -> None:
    """What was cancelled, moved or has begun while the server was down is told as it is now, and not as it was."""
    cancelled, moved, begun = people(3)
    moody.moods, moody.known = cycle([TAKEN]), {each.email for each in (cancelled, moved, begun)}
    send_through(settings, free_port())
    send_due(AFTER_GRACE)
    cancel(cancelled, now=NOW + timedelta(minutes=10))
    move_appointment(moved, at("15:00"), now=NOW + timedelta(minutes=10))

    up_again = begun.slot.starts_at + timedelta(minutes=1)
    send_through(settings, moody.port)
    pass_time(up_again + timedelta(hours=1), since=up_again)

    arrived: dict[str, list[str]] = {}
    for mail in moody.received:
        arrived.setdefault(str(mail["To"]), []).append(str(mail["Subject"]).split(":")[0].split(" to ")[0])
    # Whose appointment goes on is told that it is booked, though late; nobody is reminded of what has begun.
    assert arrived[cancelled.email] == ["Cancelled"]
    assert arrived[moved.email][0] == "Moved"
    assert "Booked" not in arrived[moved.email]
    assert arrived.get(begun.email) == ["Booked"]
    assert "The occasion has begun." in reasons(begun)


def test_a_reminder_that_was_due_while_the_server_was_down_is_sent_late_while_it_still_makes_sense(
    settings: Settings, moody: MoodyServer
) -> None:
    (booking,) = people(1)
    moody.moods, moody.known = cycle([TAKEN]), {booking.email}
    pass_time(NOW + timedelta(hours=1))
    send_through(settings, free_port())
    due_at = booking.slot.starts_at - timedelta(hours=24)
    pass_time(due_at + timedelta(hours=1), since=due_at)
    assert len(moody.received) == 1

    send_through(settings, moody.port)
    pass_time(due_at + timedelta(hours=3), since=due_at + timedelta(hours=1))

    assert len(moody.received) == 2
    assert str(moody.received[1]["Subject"]).startswith("Tomorrow")
