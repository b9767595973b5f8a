"""M21: several reminders before the start and a follow-up after the end, while they make sense and are wanted."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from convoca.booking.models import Booking, Notification, ReminderStop
from convoca.booking.operations.attending import mark_missed
from convoca.booking.operations.auditing import SYSTEM
from convoca.booking.operations.cancelling import cancel
from convoca.booking.operations.moving import move_appointment
from tests.booking.building import NOW, at, book, make_account, make_resource_schedule
from tests.booking.mail.arranging import send_due, text_of
from tests.booking.mail.mail_server import MailServer

pytestmark = pytest.mark.django_db

Kind = Notification.Kind
DAY_BEFORE, HOUR_BEFORE, HOUR_AFTER = 24 * 60, 60, 60


def booked(**rules: object) -> Booking:
    """Book Thursday from ten to half past ten."""
    usual: dict[str, Any] = {"reminder_minutes": DAY_BEFORE, "second_reminder_minutes": HOUR_BEFORE}
    return book(make_resource_schedule(make_account(contact_email="ana@example.com"), **usual | rules))


def subjects(server: MailServer) -> Sequence[str]:
    return [mail["Subject"] for mail in server.received]


def test_each_reminder_of_the_schedule_is_sent_at_its_time(mail_server: MailServer) -> None:
    booked(third_reminder_minutes=10)

    for now in (NOW, at("10:00") - timedelta(days=1), at("09:00"), at("09:50")):
        send_due(now)

    assert subjects(mail_server) == [
        "Booked: Thu 26 Nov, 10:00 (Madrid) – Consultations with Estudio Lumbre",
        "Tomorrow 10:00 (Madrid): Consultations with Estudio Lumbre",
        "In 1 hour: Consultations with Estudio Lumbre",
        "In 10 minutes: Consultations with Estudio Lumbre",
    ]


def test_after_an_outage_only_the_reminder_nearest_to_the_start_is_sent(mail_server: MailServer) -> None:
    """Reminders that were due while the system was down are sent late only while they still make sense."""
    booking = booked()
    send_due(NOW)

    send_due(at("09:30"))

    assert subjects(mail_server)[1:] == ["In 30 minutes: Consultations with Estudio Lumbre"]
    [dropped] = booking.notifications.filter(dropped_at__isnull=False)
    assert (dropped.offset_minutes, dropped.reason) == (-DAY_BEFORE, "A later reminder is due as well.")


def test_no_reminder_is_sent_once_it_has_begun(mail_server: MailServer) -> None:
    booked()
    send_due(NOW)

    send_due(at("10:01"))

    assert len(mail_server.received) == 1


def test_the_follow_up_leaves_after_the_end_and_leads_to_the_next_booking(mail_server: MailServer) -> None:
    booking = booked(follow_up_minutes=HOUR_AFTER, reminder_minutes=None, second_reminder_minutes=None)
    for now in (NOW, at("11:29")):
        send_due(now)
    assert len(mail_server.received) == 1

    send_due(at("11:30"))

    mail = mail_server.received[1]
    assert mail["Subject"] == "Thank you for coming: Consultations with Estudio Lumbre"
    assert f"/schedule/{booking.account.name}/" in text_of(mail)
    assert "/j/" not in text_of(mail)
    assert [part.get_content_type() for part in mail.walk() if "calendar" in part.get_content_type()] == []


def test_a_follow_up_is_not_sent_days_late_nor_to_who_did_not_come(mail_server: MailServer) -> None:
    late = booked(follow_up_minutes=HOUR_AFTER, reminder_minutes=None, second_reminder_minutes=None)
    missed = book(late.slot.schedule, "12:00")
    send_due(NOW)
    mark_missed(missed, by=SYSTEM, now=at("12:10"))
    send_due(at("14:00"))

    assert subjects(mail_server)[2:] == ["Thank you for coming: Consultations with Estudio Lumbre"]
    assert missed.notifications.get(kind=Kind.FOLLOW_UP).reason == "They did not come."
    Notification.objects.filter(booking=late, kind=Kind.FOLLOW_UP).update(sent_at=None, due_at=NOW)
    send_due(at("14:00") + timedelta(days=4))
    assert late.notifications.get(kind=Kind.FOLLOW_UP).reason == "It comes too late."


def test_what_is_moved_or_cancelled_re_times_or_drops_what_is_owed(mail_server: MailServer) -> None:
    moved, cancelled = booked(follow_up_minutes=HOUR_AFTER), None
    cancelled = book(moved.slot.schedule, "12:00")
    send_due(NOW)
    move_appointment(moved, at("15:00"), now=NOW)
    cancel(cancelled, now=NOW)
    before = len(mail_server.received)

    for now in (NOW, at("09:30"), at("11:40"), at("13:45"), at("14:00"), at("16:30")):
        send_due(now)

    assert subjects(mail_server)[before:] == [
        "Moved to Thu 26 Nov, 15:00 (Madrid) – was Thu 26, 10:00",
        "Cancelled: Thu 26 Nov, 12:00 – Consultations with Estudio Lumbre",
        "Today 15:00 (Madrid): Consultations with Estudio Lumbre",
        "In 1 hour: Consultations with Estudio Lumbre",
        "Thank you for coming: Consultations with Estudio Lumbre",
    ]


def test_one_click_at_the_mail_program_stops_reminders_and_cancels_nothing(
    mail_server: MailServer, client: Client
) -> None:
    """RFC 8058: List-Unsubscribe stands on reminders and follow-ups only; looking stops nothing."""
    booking = booked(follow_up_minutes=HOUR_AFTER)
    send_due(NOW)
    send_due(at("10:00") - timedelta(days=1))
    confirmation, reminder = mail_server.received
    assert confirmation["List-Unsubscribe"] is None
    assert reminder["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = str(reminder["List-Unsubscribe"]).strip(" <>").removeprefix("https://book.example.org")
    assert client.get(path).status_code == 200
    assert not ReminderStop.objects.exists()

    client.post(path, {"List-Unsubscribe": "One-Click"})
    for now in (at("09:00"), at("11:30")):
        send_due(now)

    assert len(mail_server.received) == 2
    booking.refresh_from_db()
    assert booking.is_confirmed
    assert "no more reminders" in client.get(path).text
    client.post(path, {"again": "1"})
    assert not ReminderStop.objects.exists()


def test_stopping_reminders_stops_no_mail_about_the_booking_itself(mail_server: MailServer, client: Client) -> None:
    booking = booked()
    client.post(f"/b/{booking.token.open()}/reminders")

    cancel(booking, now=NOW)
    send_due(NOW)

    assert [subject.partition(":")[0] for subject in subjects(mail_server)] == ["Cancelled"]
