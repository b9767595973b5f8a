"""The backup link's mails: half an hour before the start, to whoever was mailed no link (ux decision 7, T5, T43)."""

from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest

from convoca.booking.models import Booking, Meeting, Notification, Schedule, Sealed
from convoca.booking.operations.backing import slots_to_back_up, tell_of_backup
from convoca.booking.operations.cancelling import cancel
from convoca.booking.operations.linking import type_link
from tests.booking.building import (
    NOW,
    at,
    book,
    connect_zoom,
    make_account,
    make_capacity_schedule,
    make_class,
    make_resource_schedule,
    sign_up,
)
from tests.booking.mail.arranging import (
    ZOOM_LINK,
    calendar_of,
    owed,
    reasons,
    send_due,
    zoom_answers,
)
from tests.booking.mail.arranging import text_of as sent_text_of
from tests.booking.mail.mail_server import MailServer

pytestmark = pytest.mark.django_db

SPARE = "https://rooms.example.org/spare?key=4711"
Kind = Notification.Kind
HALF_AN_HOUR = timedelta(minutes=30)


def sweep(now: datetime) -> None:
    """Do what the sweep finds to be done at `now`."""
    for slot in slots_to_back_up(now=now):
        tell_of_backup(slot, now=now)


def text_of(mail: EmailMessage) -> str:
    return sent_text_of(mail).replace("\r\n", "\n")


@pytest.fixture
def failed() -> Booking:
    """A booking with a backup link behind it, whose confirmation went out without a link because Zoom refuses."""
    account = make_account(contact_email="ana@example.com")
    schedule = make_resource_schedule(account, backup_link=Sealed.seal(SPARE), reminder_minutes=None)
    connect_zoom(schedule)
    booking = book(schedule)
    Meeting.objects.update(blocked=Meeting.Blocked.REJECTED, due_at=None)
    return booking


def test_half_an_hour_before_the_start_the_backup_link_is_mailed_and_called_so(
    mail_server: MailServer, failed: Booking
) -> None:
    send_due()
    moment = failed.slot.starts_at - HALF_AN_HOUR
    sweep(moment - timedelta(seconds=1))
    assert [mail["Subject"][:6] for mail in mail_server.received] == ["Booked"]

    sweep(moment)
    send_due(moment)

    _, mail = mail_server.received
    assert mail["Subject"] == "Meeting link for Thu 26 Nov, 10:00 (Madrid)"
    text = text_of(mail)
    assert "Use this link for your appointment, Luis Pérez." in text
    assert "The usual link was not ready in time. Estudio Lumbre uses this backup link instead." in text
    assert f"Join by the backup link:\nhttps://book.example.org/j/{failed.join_token.open()}" in text
    assert f"Backup link:\n{SPARE}" in text


def test_in_spanish_it_is_called_so_too(mail_server: MailServer, failed: Booking) -> None:
    Booking.objects.update(language="es")
    moment = failed.slot.starts_at - HALF_AN_HOUR
    sweep(moment)
    send_due(moment)

    text = text_of(mail_server.received[-1])
    assert "Únete con el enlace de respaldo:" in text
    assert f"Enlace de respaldo:\n{SPARE}" in text


def test_its_calendar_entry_is_newer_and_leads_to_the_join_page_which_knows(
    mail_server: MailServer, failed: Booking
) -> None:
    send_due()
    moment = failed.slot.starts_at - HALF_AN_HOUR
    sweep(moment)
    send_due(moment)

    before, after = (calendar_of(mail).events[0] for mail in mail_server.received)
    assert after["UID"] == before["UID"]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (0, 1)
    assert after["LOCATION"] == before["LOCATION"]
    assert after["CONFERENCE"].params["LABEL"] == "Video call by the backup link"
    assert "It leads to the backup link." in str(after["DESCRIPTION"])
    assert SPARE not in str(after)


def test_it_is_mailed_once_however_often_somebody_looks(mail_server: MailServer, failed: Booking) -> None:
    moment = failed.slot.starts_at - HALF_AN_HOUR
    for minutes in range(0, 60, 5):
        sweep(moment + timedelta(minutes=minutes))
        send_due(moment + timedelta(minutes=minutes))

    assert Notification.objects.filter(kind=Kind.BACKUP_LINK).count() == 1
    assert not slots_to_back_up(now=moment + timedelta(minutes=1)).exists()


def test_a_reminder_that_carries_it_is_the_only_mail_of_it(mail_server: MailServer) -> None:
    schedule = make_resource_schedule(
        make_account(), backup_link=Sealed.seal(SPARE), reminder_minutes=30, link_source="jitsi"
    )
    booking = book(schedule)
    Meeting.objects.update(blocked=Meeting.Blocked.REJECTED, due_at=None)
    send_due()
    moment = booking.slot.starts_at - HALF_AN_HOUR

    send_due(moment)
    sweep(moment)
    send_due(moment)

    subjects = [mail["Subject"] for mail in mail_server.received]
    assert subjects == [
        "Booked: Thu 26 Nov, 10:00 (Madrid) – Consultations with Estudio Lumbre",
        "In 30 minutes: Consultations with Estudio Lumbre – join link inside",
    ]
    assert f"Backup link:\n{SPARE}" in text_of(mail_server.received[-1])


def test_the_link_that_comes_after_all_is_a_changed_one(mail_server: MailServer, failed: Booking) -> None:
    """Never again the words of a first link: they have another one in their mails."""
    moment = failed.slot.starts_at - HALF_AN_HOUR
    sweep(moment)
    send_due(moment)
    Meeting.objects.update(blocked="")
    zoom_answers(failed, now=moment + timedelta(minutes=5))
    send_due(moment + timedelta(minutes=5))

    mail = mail_server.received[-1]
    assert mail["Subject"] == "New meeting link for Thu 26 Nov, 10:00 (Madrid)"
    assert ZOOM_LINK in text_of(mail)
    assert SPARE not in text_of(mail)


def test_a_link_that_comes_before_the_mail_has_left_makes_it_needless(failed: Booking, mail_server: MailServer) -> None:
    moment = failed.slot.starts_at - HALF_AN_HOUR
    send_due()
    sweep(moment)
    type_link(failed.slot, "https://meet.example/own", now=moment)
    send_due(moment)

    assert reasons(failed) == ["The backup link is not in use any more."]


def test_whoever_books_in_the_last_minutes_is_not_sent_elsewhere_while_the_link_is_promised(
    mail_server: MailServer,
) -> None:
    """A new booking's link comes within the minute; only then is there something to stand in for."""
    schedule = make_resource_schedule(make_account(), backup_link=Sealed.seal(SPARE))
    connect_zoom(schedule)
    soon = at("09:40")
    booking = book(schedule, now=soon)

    sweep(soon + timedelta(seconds=59))
    send_due(soon + timedelta(seconds=59))
    assert SPARE not in text_of(mail_server.received[0])
    sweep(soon + timedelta(seconds=61))
    send_due(soon + timedelta(seconds=61))

    assert owed(booking, Kind.BACKUP_LINK).sent_at is not None
    assert SPARE in text_of(mail_server.received[1])


def test_everybody_in_a_class_gets_it_and_nobody_who_waits_or_has_left(mail_server: MailServer) -> None:
    """M2."""
    schedule = make_capacity_schedule(make_account(), backup_link=Sealed.seal(SPARE))
    connect_zoom(schedule)
    lesson = make_class(schedule, capacity=3)
    for email in ("luis@example.org", "eva@example.org"):
        sign_up(lesson, email)
    left = sign_up(lesson, "marta@example.org")
    cancel(left, now=NOW)
    asked = sign_up(lesson, "iris@example.org")
    Booking.objects.filter(pk=asked.pk).update(status=Booking.Status.PENDING)
    Meeting.objects.update(blocked=Meeting.Blocked.REJECTED, due_at=None)
    moment = lesson.starts_at - HALF_AN_HOUR

    sweep(moment)
    send_due(moment)

    told = [mail["To"] for mail in mail_server.received if SPARE in text_of(mail)]
    assert sorted(set(told)) == ["eva@example.org", "luis@example.org"]


@pytest.mark.parametrize("without", ["a backup link", "a link source"])
def test_where_nothing_stands_in_nothing_is_mailed(without: str, failed: Booking) -> None:
    if without == "a backup link":
        Schedule.objects.update(backup_link=Sealed())
    else:
        Meeting.objects.all().delete()
        type(failed.slot).objects.update(link_source=Schedule.NO_LINK)

    assert not slots_to_back_up(now=failed.slot.starts_at - HALF_AN_HOUR).exists()


def test_a_link_that_works_needs_none(failed: Booking) -> None:
    type_link(failed.slot, "https://meet.example/own", now=NOW)

    assert not slots_to_back_up(now=failed.slot.starts_at - HALF_AN_HOUR).exists()
