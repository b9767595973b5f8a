"""One act, one mail: of a whole series that is booked, moved, cancelled or called off; and the link mails it saves."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from icalendar import Calendar
from playwright.sync_api import Browser, ViewportSize

from convoca.booking.models import Booking, Membership, Notification, Schedule, Series, Slot
from convoca.booking.operations.approving import approve, approve_all, decline_all
from convoca.booking.operations.auditing import Actor, Kind, acting
from convoca.booking.operations.calling_off import cancel_slot
from convoca.booking.operations.cancelling import cancel
from convoca.booking.operations.editing import SlotChanges, edit_slot
from convoca.booking.operations.linking import type_link
from convoca.booking.operations.moving import move_appointment
from convoca.booking.operations.refusals import NotWaiting
from convoca.booking.operations.series import Repeat, book_series, cancel_following, sign_up_for_series
from convoca.booking.operations.slots import open_series
from convoca.booking.operations.waiting import join_waiting_list
from convoca.core.time import Interval
from tests.booking.building import (
    NOW,
    at,
    make_account,
    make_capacity_schedule,
    make_class,
    make_client,
    make_member,
    make_resource_schedule,
    sign_up,
)
from tests.booking.mail.arranging import AFTER_GRACE, html_of, send_due, text_of
from tests.booking.mail.mail_server import MailServer
from tests.e2e.browser import axe, overflow, shot

pytestmark = pytest.mark.django_db

THURSDAY = date(2026, 11, 26)
WEEK = timedelta(weeks=1)
OWNER = Actor(Kind.OWNER)
LINK = "https://meet.example/room-7f3a"


@dataclass
class Course:
    slots: list[Slot]
    owner: Actor

    def edit(self, clock: str, *, following: bool) -> None:
        first = Slot.objects.get(pk=self.slots[0].pk)
        changes = SlotChanges(
            title=first.title,
            description="",
            location=first.location,
            capacity=first.capacity,
            starts_at=at(clock),
            ends_at=at(clock) + timedelta(hours=1),
        )
        edit_slot(first, changes, following=following, by=self.owner, now=NOW)


@pytest.fixture
def course() -> Course:
    account = make_account()
    schedule = make_capacity_schedule(
        account, repeats=Schedule.Repeats.MAY, has_waiting_list=True, reminder_minutes=None, link_source="manual"
    )
    slots = open_series(
        schedule,
        Interval(at("18:00"), at("19:00")),
        repeat=Repeat(Series.Frequency.WEEKLY, THURSDAY + 2 * WEEK),
        title="Yoga for backs",
        capacity=3,
        now=NOW,
    )
    return Course(slots, acting(make_member(account, Membership.Role.OWNER)))


def book_weekly(weeks: int = 3, **rules: Any) -> list[Booking]:
    options: dict[str, Any] = {"repeats": Schedule.Repeats.MAY, "reminder_minutes": None} | rules
    of = make_resource_schedule(make_account(contact_email="ana@example.com"), **options)
    repeat = Repeat(Series.Frequency.WEEKLY, THURSDAY + WEEK * (weeks - 1))
    return book_series(of, of.resources.get(), at("10:00"), repeat=repeat, client=make_client(), now=NOW)


def sent(mail_server: MailServer) -> list[EmailMessage]:
    before = len(mail_server.received)
    send_due()
    return mail_server.received[before:]


def file_of(mail: EmailMessage) -> Calendar:
    (file,) = [part for part in mail.walk() if part.get_content_type() == "application/ics"]
    return Calendar.from_ical(file.get_content())


def test_a_series_is_confirmed_in_one_mail_that_lists_every_date(mail_server: MailServer) -> None:
    bookings = book_weekly(3)

    (mail,) = sent(mail_server)

    assert mail["Subject"] == "Booked: 3 dates from Thu 26 Nov, 10:00 (Madrid) – Consultations with Estudio…"
    text = text_of(mail)
    assert "Your 3 appointments are booked, Luis Pérez." in text
    for when in ("Thursday 26 November 2026, 10:00–10:30", "Thu 3 Dec 2026, 10:00–10:30", "Thu 10 Dec 2026"):
        assert when in text
    for booking in bookings:
        address = f"https://book.example.org/b/{booking.token.open()}"
        assert address in text
        assert address in html_of(mail)


def test_its_file_holds_every_date_with_the_identifier_that_each_keeps_for_life(mail_server: MailServer) -> None:
    bookings = book_weekly(3)

    (mail,) = sent(mail_server)

    calendar = file_of(mail)
    assert calendar["METHOD"] == "PUBLISH"
    assert [str(event["UID"]) for event in calendar.events] == [
        f"{booking.uid}@book.example.org" for booking in bookings
    ]
    assert not any("ATTENDEE" in event for event in calendar.events), "RFC 5546, 3.2.1"
    parts = {part.get_content_type() for part in mail.walk()}
    assert "text/calendar" not in parts, "mail programs act on the first entry of such a part only"


def test_what_was_cancelled_before_the_mail_left_is_not_in_it(mail_server: MailServer) -> None:
    _, second, third = book_weekly(3)
    cancel(second, now=NOW)

    mails = {str(mail["Subject"]).split(" ")[0]: text_of(mail) for mail in sent(mail_server)}

    assert "3 Dec" not in mails["Booked:"]
    assert third.token.open() in mails["Booked:"]


def test_if_the_first_was_cancelled_before_the_mail_left_the_rest_is_confirmed_all_the_same(
    mail_server: MailServer,
) -> None:
    first, second, third = book_weekly(3)
    cancel(first, now=NOW)

    booked = next(mail for mail in sent(mail_server) if str(mail["Subject"]).startswith("Booked"))

    assert str(booked["Subject"]).startswith("Booked: 2 dates from Thu 3 Dec")
    assert second.token.open() in text_of(booked)
    assert third.token.open() in text_of(booked)


def test_if_the_first_is_moved_before_the_mail_left_the_rest_is_confirmed_all_the_same(mail_server: MailServer) -> None:
    first, second, third = book_weekly(3)

    move_appointment(first, at("12:00"), now=NOW)
    mails = {str(mail["Subject"]).split(" ")[0]: mail for mail in sent(mail_server)}

    assert set(mails) == {"Moved", "Booked:"}
    assert str(mails["Booked:"]["Subject"]).startswith("Booked: 2 dates from Thu 3 Dec")
    assert second.token.open() in text_of(mails["Booked:"])
    assert third.token.open() in text_of(mails["Booked:"])


def test_if_the_first_session_is_called_off_before_the_mail_left_the_rest_is_confirmed_all_the_same(
    mail_server: MailServer, course: Course
) -> None:
    sign_up_for_series(course.slots, client=make_client(), now=NOW)

    cancel_slot(course.slots[0], following=False, message="", by=course.owner, now=NOW)
    subjects = [str(mail["Subject"]) for mail in sent(mail_server)]

    assert [subject.split(" – ")[0] for subject in sorted(subjects)] == [
        "Booked: 2 dates from Thu 3 Dec, 18:00 (Madrid)",
        "Cancelled: Thu 26 Nov, 18:00",
    ]


def test_links_that_are_made_one_by_one_cost_no_mail_each(mail_server: MailServer) -> None:
    bookings = book_weekly(3, link_source="manual")
    assert len(sent(mail_server)) == 1

    for booking in bookings[1:]:
        type_link(booking.slot, LINK, now=NOW)
    assert sent(mail_server) == []

    type_link(bookings[1].slot, "https://meet.example/another", now=NOW)
    type_link(bookings[0].slot, LINK, now=NOW)
    assert [mail["Subject"] for mail in sent(mail_server)] == ["Meeting link for Thu 26 Nov, 10:00 (Madrid)"]


def test_a_series_that_must_be_approved_is_asked_for_once_and_the_question_holds_no_address_of_theirs(
    mail_server: MailServer,
) -> None:
    bookings = book_weekly(3, requires_approval=True)

    request, question = sorted(sent(mail_server), key=lambda mail: str(mail["To"]), reverse=True)

    assert request["Subject"] == "Request sent: 3 dates from Thu 26 Nov, 10:00 (Madrid)"
    assert question["Subject"] == "Approve 3 dates? Luis Pérez, Thu 26 Nov, 10:00"
    assert "Thu 10 Dec 2026, 10:00–10:30" in text_of(question)
    for booking in bookings:
        assert booking.token.open() in text_of(request)
        assert booking.token.open() not in text_of(question) + html_of(question)

    approve(bookings[1], by=OWNER, now=NOW)
    assert [mail["Subject"].split(" ")[0] for mail in sent(mail_server)] == ["Booked:"]


def test_a_series_is_approved_in_one_act_and_confirmed_in_one_mail(mail_server: MailServer) -> None:
    bookings = book_weekly(3, requires_approval=True)
    sent(mail_server)

    approved = approve_all(bookings[2], by=OWNER, now=NOW)
    (mail,) = sent(mail_server)

    assert [booking.pk for booking in approved] == [booking.pk for booking in bookings]
    assert str(mail["Subject"]).startswith("Booked: 3 dates from Thu 26 Nov, 10:00")
    assert len(file_of(mail).events) == 3
    with pytest.raises(NotWaiting):
        approve_all(bookings[0], by=OWNER, now=NOW)


def test_a_series_is_declined_in_one_act_and_one_mail(mail_server: MailServer) -> None:
    bookings = book_weekly(3, requires_approval=True)
    sent(mail_server)
    approve(bookings[0], by=OWNER, now=NOW)
    sent(mail_server)

    decline_all(bookings[1], by=OWNER, now=NOW)
    (mail,) = sent(mail_server)

    assert mail["Subject"] == "Not possible: 2 dates from Thu 3 Dec, 10:00 – choose others"
    assert "None of these 2 dates is possible, Luis Pérez." in text_of(mail)
    assert "Thu 10 Dec 2026, 10:00–10:30" in text_of(mail)
    assert "/b/" not in text_of(mail)
    statuses = Booking.objects.order_by("pk").values_list("status", flat=True)
    assert list(statuses) == ["confirmed", "cancelled", "cancelled"]


def test_following_dates_are_cancelled_in_one_mail(mail_server: MailServer) -> None:
    bookings = book_weekly(3)
    sent(mail_server)

    cancel_following(bookings[1], now=NOW)
    (mail,) = sent(mail_server)

    assert mail["Subject"] == "Cancelled: 2 dates from Thu 3 Dec, 10:00 – Consultations with Estudio Lumbre"
    assert "2 of your bookings are cancelled, Luis Pérez." in text_of(mail)
    assert "Thu 10 Dec 2026, 10:00–10:30" in text_of(mail)
    calendar = file_of(mail)
    assert [event["STATUS"] for event in calendar.events] == ["CANCELLED", "CANCELLED"]
    assert [str(event["UID"]) for event in calendar.events] == [
        f"{booking.uid}@book.example.org" for booking in bookings[1:]
    ]


def test_sessions_that_move_are_told_in_one_mail_each_with_its_time_before(
    mail_server: MailServer, course: Course
) -> None:
    bookings = sign_up_for_series(course.slots, client=make_client(), now=NOW)
    sent(mail_server)

    course.edit("19:30", following=True)
    (mail,) = sent(mail_server)

    assert mail["Subject"] == "Moved: 3 dates, the first to Thu 26 Nov, 19:30 (Madrid) – Yoga for backs with…"
    text = text_of(mail)
    assert "Before: Thursday 26 November 2026, 18:00" in text
    assert "Thu 3 Dec 2026, 19:30–20:30 (before: Thu 3 Dec, 18:00)" in text
    assert [str(event["UID"]) for event in file_of(mail).events] == [
        f"{booking.uid}@book.example.org" for booking in bookings
    ]
    assert [event["SEQUENCE"] for event in file_of(mail).events] == [1, 1, 1]


def test_what_the_mail_of_an_earlier_move_did_not_come_to_tell_the_next_one_tells(
    mail_server: MailServer, course: Course
) -> None:
    sign_up_for_series(course.slots, client=make_client(), now=NOW)
    sent(mail_server)

    course.edit("19:30", following=True)
    course.edit("20:00", following=False)
    (mail,) = sent(mail_server)

    assert "Before: Thursday 26 November 2026, 18:00" in text_of(mail)
    assert "Thu 3 Dec 2026, 19:30–20:30 (before: Thu 3 Dec, 18:00)" in text_of(mail)


def test_a_session_that_is_called_off_says_by_whom_and_why(mail_server: MailServer, course: Course) -> None:
    """«This session was cancelled by {owner}. {reason} [Choose another]»"""
    sign_up(course.slots[0])
    sent(mail_server)

    message = "The teacher\r\nis ill.\r\n\r\nCome on Friday instead."
    cancel_slot(course.slots[0], following=False, message=message, by=course.owner, now=NOW)
    (mail,) = sent(mail_server)

    text = text_of(mail)
    assert mail["Subject"] == "Cancelled: Thu 26 Nov, 18:00 – Yoga for backs with Estudio Lumbre"
    assert f"This session was cancelled by Estudio Lumbre.\r\n\r\n{message}\r\n" in text
    assert re.findall(r'<p class="message"[^>]*>(.*?)</p>', html_of(mail)) == [
        "The teacher<br>is ill.",
        "Come on Friday instead.",
    ]
    assert "Choose another:\r\nhttps://book.example.org/schedule/Lumbre/yoga" in text
    assert "/b/" not in text


def test_a_course_that_is_called_off_is_one_mail_to_each_in_their_own_language(
    mail_server: MailServer, course: Course
) -> None:
    sign_up_for_series(course.slots, client=make_client(language="es"), now=NOW)
    sign_up(course.slots[1], "eva@example.org")
    sent(mail_server)

    cancel_slot(course.slots[0], following=True, message="", by=course.owner, now=NOW)
    mails = {str(mail["To"]): mail for mail in sent(mail_server)}

    assert set(mails) == {"luis@example.org", "eva@example.org"}
    assert mails["luis@example.org"]["Subject"].startswith("Canceladas: 3 fechas desde el jue 26 nov, 18:00")
    assert "Estudio Lumbre ha cancelado esta sesión." in text_of(mails["luis@example.org"])
    assert mails["eva@example.org"]["Subject"].startswith("Cancelled: Thu 3 Dec, 18:00")


def test_what_an_owner_wrote_is_text_and_no_markup(mail_server: MailServer, course: Course) -> None:
    sign_up(course.slots[0])
    sent(mail_server)

    cancel_slot(course.slots[0], following=False, message="<script>alert(1)</script>", by=course.owner, now=NOW)
    (mail,) = sent(mail_server)

    assert "<script>" not in html_of(mail)
    assert "<script>alert(1)</script>" in text_of(mail)


def test_who_waited_for_a_session_that_is_called_off_is_told_without_a_way_in(
    mail_server: MailServer, course: Course
) -> None:
    slot = make_class(course.slots[0].schedule, capacity=1)
    type_link(slot, LINK, now=NOW)
    sign_up(slot)
    join_waiting_list(slot, client=make_client(email="eva@example.org"), now=NOW)
    sent(mail_server)

    cancel_slot(slot, following=False, message="", by=course.owner, now=NOW)
    mails = {str(mail["To"]): mail for mail in sent(mail_server)}

    assert LINK not in text_of(mails["eva@example.org"]) + text_of(mails["luis@example.org"])


def test_the_mails_of_a_series_thread_under_one_that_was_sent(mail_server: MailServer) -> None:
    bookings = book_weekly(2)
    (confirmation,) = sent(mail_server)

    cancel(bookings[1], now=NOW)
    (mail,) = sent(mail_server)

    assert mail["In-Reply-To"] is None, "the second booking has had no mail of its own"
    assert confirmation["Message-ID"] != mail["Message-ID"]


@pytest.mark.parametrize(("language", "width", "scheme"), [("en", 360, "dark"), ("es", 640, "light")])
def test_a_mail_of_many_dates_can_be_read_by_everybody(
    browser: Browser, mail_server: MailServer, course: Course, language: str, width: int, scheme: str
) -> None:
    sign_up_for_series(course.slots, client=make_client(language=language), now=NOW)
    sent(mail_server)
    course.edit("19:30", following=True)
    moved = sent(mail_server)
    cancel_slot(course.slots[0], following=True, message="The teacher is ill.", by=course.owner, now=NOW)

    for name, mail in zip(("moved", "called-off"), [*moved, *sent(mail_server)], strict=True):
        context = browser.new_context(
            viewport=ViewportSize(width=width, height=800),
            color_scheme="dark" if scheme == "dark" else "light",
        )
        page = context.new_page()
        page.set_content(re.sub(r"(<body[^>]*>)", r"\1<main>", html_of(mail)).replace("</body>", "</main></body>"))
        shot(page, f"mail-series-{name}.{language}.{width}.{scheme}")
        assert axe(page) == []
        assert overflow(page) == 0
        context.close()


def test_a_mail_of_52_dates_is_not_cut_by_mail_programs(mail_server: MailServer) -> None:
    """Gmail cuts what is longer than about 100 kB."""
    book_weekly(52, horizon_days=None)

    (mail,) = sent(mail_server)

    assert len(html_of(mail).encode()) < 100_000
    assert Notification.objects.filter(sent_at__isnull=True).count() == 0
    assert AFTER_GRACE > NOW
