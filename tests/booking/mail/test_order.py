"""In which order mails leave when many are due at once."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from convoca.booking.models import Booking, CallPace, Notification
from convoca.booking.operations.notifying import notify_due
from convoca.booking.operations.sending import MAIL_LEASE
from tests.booking.building import at, book, make_account, make_client, make_resource_schedule
from tests.booking.mail.arranging import send_due
from tests.booking.mail.mail_server import MailServer

pytestmark = pytest.mark.django_db

Kind = Notification.Kind
DAY_BEFORE = at("10:00") - timedelta(hours=24)


def booked(*clocks: str) -> list[Booking]:
    """Book at these times, each with an address that is called like it, and let nothing but reminders be owed."""
    schedule = make_resource_schedule(make_account())
    bookings = [book(schedule, clock, client=make_client(email=f"{clock[:2]}@example.org")) for clock in clocks]
    Notification.objects.exclude(kind=Kind.REMINDER).delete()
    return bookings


def test_reminders_leave_in_the_order_of_the_starts(mail_server: MailServer) -> None:
    booked("15:00", "11:00", "13:00")

    send_due(DAY_BEFORE + timedelta(hours=6))

    assert [mail["To"] for mail in mail_server.received] == [f"{hour}@example.org" for hour in (11, 13, 15)]


def test_of_reminders_due_in_the_same_instant_what_starts_first_comes_first(mail_server: MailServer) -> None:
    """One is sent a day before, the other an hour before."""
    later, sooner = booked("15:00", "11:00")
    for booking, minutes in ((later, 24 * 60), (sooner, 60)):
        reminder = Notification.objects.filter(booking=booking)
        reminder.update(due_at=DAY_BEFORE, offset_minutes=-minutes)

    send_due(DAY_BEFORE)

    assert [mail["To"] for mail in mail_server.received] == ["11@example.org", "15@example.org"]


def test_what_somebody_waits_for_is_not_kept_waiting_by_reminders(mail_server: MailServer) -> None:
    reminded = booked("11:00", "13:00")
    book(reminded[0].slot.schedule, "16:00", client=make_client(email="new@example.org"), now=DAY_BEFORE)

    send_due(DAY_BEFORE + timedelta(hours=5))

    assert mail_server.received[0]["To"] == "new@example.org"
    assert len(mail_server.received) == 3


def test_so_many_mails_are_under_way_and_no_more(mail_server: MailServer) -> None:
    """Bounded: the worker's other threads make meetings meanwhile."""
    for number, booking in enumerate(booked("10:00", "11:00", "12:00", "13:00", "14:00")):
        if number < 4:
            Notification.objects.filter(booking=booking).update(lease_until=DAY_BEFORE + MAIL_LEASE * 99999)

    assert send_due(DAY_BEFORE + timedelta(hours=6)) == 0


def test_no_more_mails_leave_in_a_second_than_the_operator_says(mail_server: MailServer, settings: Settings) -> None:
    """The instants are written down, so that all workers keep the limit together."""
    settings.MAILS_PER_SECOND = 2
    schedule = make_resource_schedule(make_account())
    for clock in ("10:00", "11:00", "12:00"):
        book(schedule, clock, day=(timezone.now() + timedelta(days=3)).date(), now=timezone.now())
    Notification.objects.filter(kind=Kind.CONFIRMATION).update(due_at=timezone.now())
    began = time.monotonic()

    notify_due.call()

    assert len(mail_server.received) == 3
    assert time.monotonic() - began >= 1
    assert len(CallPace.objects.get(provider="mail").recent) <= 2


def test_without_a_limit_nothing_is_written_down(mail_server: MailServer) -> None:
    notify_due.call()

    assert not CallPace.objects.exists()
