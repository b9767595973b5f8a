"""What every mail says, in every language and state of the link (T17, T18, L2)."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.utils.translation import override
from pytest_django import Settings

from convoca.booking.mail.compose import compose
from convoca.booking.mail.envelope import BookingMail
from convoca.booking.mail.kinds import OF_A_PLACE
from convoca.booking.mail.outcomes import Undeliverable
from convoca.booking.mail.phrases import join_sentence
from convoca.booking.models import Account, Booking, Meeting, Notification, ReminderStop, Sealed, Slot
from convoca.booking.operations.cancelling import cancel
from convoca.booking.questions.links import Link, LinkState, links_for
from convoca.booking.questions.viewers import token_holder
from tests.booking.building import (
    NOW,
    book,
    make_account,
    make_capacity_schedule,
    make_class,
    make_client,
    make_resource_schedule,
    sign_up,
)
from tests.booking.mail.arranging import AFTER_GRACE, PASSCODE, ZOOM_LINK, book_with_zoom, zoom_answers
from tests.booking.mail.mail_server import parsed

pytestmark = pytest.mark.django_db

Kind = Notification.Kind
READY = Link(state=LinkState.READY, label="Zoom", url=ZOOM_LINK, passcode=PASSCODE, meeting_id=1)
STATES = [
    READY,
    Link(state=LinkState.NONE),
    Link(state=LinkState.HIDDEN),
    Link(state=LinkState.PENDING, label="Zoom", meeting_id=1),
    Link(state=LinkState.DELAYED, label="Zoom", again_at=NOW),
    Link(state=LinkState.FAILED, label="Zoom", reason="Invalid user 1001"),
    Link(state=LinkState.QUOTA, label="Zoom", again_at=NOW + timedelta(hours=16)),
    Link(state=LinkState.QUOTA, label="Zoom"),
    Link(state=LinkState.DISCONNECTED, label="Zoom"),
    Link(state=LinkState.MANUAL_MISSING),
]
TO_THE_OWNER = {Kind.APPROVAL_WANTED, Kind.LEFT}
WITHOUT_A_MEETING = {LinkState.NONE, LinkState.HIDDEN}
# Signs of our own workings in front of people: values of the code, names of columns and states, unfilled places.
INTERNAL = re.compile(r"None|[{}]|\bNaN\b|&amp;lt;|<[a-z]+>|_|\b(manual|pending|confirmed|delayed|quota|slot|uuid)\b")


def composed(booking: Booking, kind: str, link: Link, *, before: timedelta = timedelta(days=1)) -> BookingMail:
    fresh = Booking.objects.select_related("account", "slot__schedule", "slot__service").get(pk=booking.pk)
    fresh.waits_since = fresh.offered_until = NOW
    notification = Notification(account=fresh.account, booking=fresh, kind=kind, slot_revision=0, booking_revision=0)
    if kind in TO_THE_OWNER:
        notification.recipient = Notification.Recipient.OWNER
    return compose(notification, link, now=fresh.slot.starts_at - before)


def html(mail: BookingMail) -> str:
    return str(mail.alternatives[0][0])


def seen_in(mail: BookingMail) -> str:
    """Return what a person reads, without addresses: those are long random texts."""
    shown = re.sub(
        r"<style>.*?</style>|<script type=\"application/ld\+json\">.*?</script>|<[^>]+>",
        " ",
        html(mail),
        flags=re.DOTALL,
    )
    return re.sub(r"https?://\S+|\S+@\S+", "", f"{mail.subject}\n{mail.body}\n{shown}")


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("kind", Kind.values)
def test_t18_no_mail_shows_the_inside_of_the_program(kind: str, language: str) -> None:
    """T18: «internal token shown to guests»."""
    booking = book_with_zoom(language=language)

    for link in STATES:
        seen = seen_in(composed(booking, kind, link))
        assert INTERNAL.findall(seen) == [], seen


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("kind", Kind.values)
def test_every_mail_about_an_online_meeting_leads_to_the_join_page(kind: str, language: str) -> None:
    """L2: no mail about a place on a link schedule without a join address; who has no place has nothing to join."""
    booking = book_with_zoom(language=language)
    join = f"http://localhost:8000/j/{booking.join_token.open()}"

    for link in STATES:
        mail = composed(booking, kind, link)
        expected = kind in OF_A_PLACE and link.state not in WITHOUT_A_MEETING
        assert (join in mail.body, f'href="{join}"' in html(mail)) == (expected, expected), link


@pytest.mark.parametrize("kind", Kind.values)
def test_the_providers_address_is_in_a_mail_only_if_the_link_is_ready(kind: str) -> None:
    booking = book_with_zoom()

    for link in STATES:
        whole = composed(booking, kind, link).message().as_string()
        expected = link.is_ready and kind in OF_A_PLACE
        mail = composed(booking, kind, link)
        assert (ZOOM_LINK in mail.body, PASSCODE in mail.body) == (expected, expected), link
        assert "Invalid user" not in whole


def test_both_forms_say_the_same() -> None:
    booking = book_with_zoom()

    mail = composed(booking, Kind.CONFIRMATION, READY)

    for words in ("Your appointment is booked, Luis Pérez.", "Thursday 26 November 2026, 10:00–10:30", ZOOM_LINK):
        assert words in mail.body
        assert words in html(mail)


@pytest.mark.parametrize(
    ("kind", "language", "subject"),
    [
        (Kind.CONFIRMATION, "en", "Booked: Thu 26 Nov, 10:00 (Madrid) – Consultations with Ana Ruiz"),
        (Kind.CONFIRMATION, "es", "Reservado: jue 26 nov, 10:00 (Madrid) – Consultations con Ana Ruiz"),
        (Kind.LINK_READY, "en", "Meeting link for Thu 26 Nov, 10:00 (Madrid)"),
        (Kind.LINK_READY, "es", "Enlace para el jue 26 nov, 10:00 (Madrid)"),
        (Kind.LINK_CHANGED, "en", "New meeting link for Thu 26 Nov, 10:00 (Madrid)"),
        (Kind.LINK_CHANGED, "es", "Enlace nuevo para el jue 26 nov, 10:00 (Madrid)"),
        (Kind.REMINDER, "en", "Tomorrow 10:00 (Madrid): Consultations with Ana Ruiz"),
        (Kind.REMINDER, "es", "Mañana 10:00 (Madrid): Consultations con Ana Ruiz"),
        (Kind.CANCELLATION, "en", "Cancelled: Thu 26 Nov, 10:00 – Consultations with Ana Ruiz"),
        (Kind.CANCELLATION, "es", "Cancelada: jue 26 nov, 10:00 – Consultations con Ana Ruiz"),
    ],
)
def test_subjects_carry_the_verb_the_day_and_the_hour_first(kind: str, language: str, subject: str) -> None:
    booking = book_with_zoom(language=language)
    Account.objects.update(title="Ana Ruiz")

    assert composed(booking, kind, READY).subject == subject


@pytest.mark.parametrize(
    ("before", "subject"),
    [
        (timedelta(hours=1, minutes=2), "In 1 hour: Consultations with Estudio Lumbre – join link inside"),
        (timedelta(minutes=3), "In 5 minutes: Consultations with Estudio Lumbre – join link inside"),
        (timedelta(hours=3), "Today 10:00 (Madrid): Consultations with Estudio Lumbre"),
        (timedelta(days=3), "Reminder: Thu 26 Nov, 10:00 (Madrid) – Consultations with Estudio Lumbre"),
    ],
)
def test_a_reminder_says_how_far_off_it_is_when_it_leaves(before: timedelta, subject: str) -> None:
    assert composed(book_with_zoom(), Kind.REMINDER, READY, before=before).subject == subject


def test_tomorrow_is_the_readers_tomorrow() -> None:
    """Half past midnight in Auckland, the reminder 24 hours before: there it is tomorrow, in Madrid it is not."""
    booking = book_with_zoom(time_zone="Pacific/Auckland")

    mail = composed(booking, Kind.REMINDER, READY, before=timedelta(hours=23))

    assert mail.subject.startswith("Tomorrow 22:00 (Auckland): ")


@pytest.mark.parametrize("kind", Kind.values)
def test_a_subject_has_78_characters_at_most_and_one_line(kind: str) -> None:
    booking = book_with_zoom()
    Slot.objects.update(title="A very long title\r\nBcc: everybody@example.org " + "that goes on " * 10)

    subject = composed(booking, kind, READY).subject

    assert len(subject) <= 78
    assert subject.isprintable()


def test_the_readers_clock_comes_first_and_the_organisers_second() -> None:
    booking = book_with_zoom(time_zone="America/New_York")

    body = composed(booking, Kind.CONFIRMATION, READY).body

    assert body.splitlines()[3:6] == [
        "Thursday 26 November 2026, 04:00–04:30",
        "New York time, GMT-5",
        "Thu 26 Nov, 10:00–10:30 (Madrid time, GMT+1)",
    ]


def test_the_organisers_clock_is_left_out_where_it_shows_the_same() -> None:
    booking = book_with_zoom(time_zone="Europe/Paris")

    assert "Madrid" not in composed(booking, Kind.CONFIRMATION, READY).body


def test_a_mail_without_an_online_meeting_speaks_of_none() -> None:
    booking = book(make_resource_schedule(make_account()))

    mail = composed(booking, Kind.CONFIRMATION, _link(booking))

    assert "/j/" not in mail.body + html(mail)
    assert "link" not in mail.body.casefold()


def test_a_class_is_a_place_and_names_its_room() -> None:
    slot = make_class(make_capacity_schedule(make_account()))
    Slot.objects.filter(pk=slot.pk).update(location="Sala 2")
    booking = sign_up(slot)

    body = composed(booking, Kind.CONFIRMATION, _link(booking)).body

    assert body.startswith("Your place is booked, Luis Pérez.\n\nYoga for backs\n")
    assert "\nSala 2\n" in body


@pytest.mark.parametrize("name", ["Win at www.casino.example now", "http://evil.example", "a@b.example", "x" * 80])
def test_a_name_that_reads_as_an_address_is_not_repeated(name: str) -> None:
    """Anybody may type anybody's address: we carry nobody's advertising to it."""
    booking = book(make_resource_schedule(make_account()), client=make_client(name=name))

    mail = composed(booking, Kind.CONFIRMATION, Link(state=LinkState.NONE))

    assert mail.body.startswith("Your appointment is booked.\n")
    assert name not in mail.body + html(mail)


def test_what_people_type_is_never_markup() -> None:
    booking = book(make_resource_schedule(make_account()), client=make_client(name="<b>Luis</b> & {x} %s"))
    Slot.objects.update(title="<script>alert(1)</script>")

    mail = composed(booking, Kind.CONFIRMATION, Link(state=LinkState.NONE))

    assert "<script>" not in html(mail)
    assert "&lt;b&gt;Luis" not in html(mail)  # it holds a slash, so it is not repeated at all
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html(mail)


def test_a_mail_is_small_enough_not_to_be_cut() -> None:
    booking = book_with_zoom()

    mail = composed(booking, Kind.CONFIRMATION, READY)

    assert len(html(mail)) < 20_000
    assert len(mail.message().as_bytes()) < 40_000


def test_nothing_in_a_mail_is_fetched_when_it_is_opened() -> None:
    """No pixel, no font, no picture: opening a mail tells nobody anything."""
    page = html(composed(book_with_zoom(), Kind.CONFIRMATION, READY))

    # Words for programs, which nothing runs or fetches.
    page = page.replace('<script type="application/ld+json">', "")
    assert re.findall(r"<(?:img|link|script|iframe|object)\b|\bsrc=|url\(|@import|@font-face", page) == []


def test_t17_what_the_mail_says_of_the_link_is_what_its_reader_may_know() -> None:
    """T17: one accessor, asked with the reader's own eyes."""
    booking = book_with_zoom()
    assert _link(booking).state is LinkState.PENDING
    zoom_answers(booking)
    assert _link(booking).url == ZOOM_LINK

    cancelled = cancel(booking, now=NOW)

    assert _link(cancelled).url == ""
    assert Meeting.objects.get(slot=booking.slot).link


def test_who_waits_for_a_refused_link_reads_that_its_owner_has_been_told() -> None:
    """T44: which is so at once."""
    refused = Link(state=LinkState.FAILED, label="Zoom", reason="Invalid user 1001")

    said = join_sentence(refused, Account(title="Estudio Lumbre"), has_changed=False, time_zone="Europe/Madrid")

    assert said.startswith("Estudio Lumbre has been told that the meeting link needs attention.")


def _link(booking: Booking) -> Link:
    return links_for(token_holder(booking), [booking.slot], now=AFTER_GRACE)[booking.slot_id]


def test_opening_every_address_of_a_mail_changes_nothing(client: Client) -> None:
    """Mail scanners open whatever they find."""
    booking = book_with_zoom()
    zoom_answers(booking)
    addresses = set(
        re.findall(r"http://localhost:8000(/[^\s\"<\\]+)", str(composed(booking, Kind.REMINDER, READY).body))
    )
    assert len(addresses) == 3
    before = _everything()

    answers = [client.get(address).status_code for address in addresses]

    assert answers == [200, 200, 200]
    assert _everything() == before


def _everything() -> list[object]:
    rows = [
        row
        for table in (Booking, Slot, Meeting, Notification, ReminderStop)
        for row in table._default_manager.order_by("pk").values()
    ]
    return [value.ciphertext if isinstance(value, Sealed) else value for row in rows for value in row.values()]


# Headers and parts


def test_the_parts_of_a_mail_are_those_that_calendars_expect() -> None:
    booking = book_with_zoom()

    mail = parsed(composed(booking, Kind.CONFIRMATION, READY).message().as_bytes())

    assert [(part.get_content_type(), part.get_filename()) for part in mail.walk()] == [
        ("multipart/mixed", None),
        ("multipart/alternative", None),
        ("text/plain", None),
        ("text/html", None),
        ("text/calendar", None),
        ("application/ics", "appointment.ics"),
    ]
    calendar, attachment = list(mail.walk())[4:]
    assert calendar.get_payload(decode=True) == attachment.get_payload(decode=True)
    assert calendar.get_param("method") == "REQUEST"
    assert calendar.get_content_charset() == "utf-8"
    assert b"\r\nMETHOD:REQUEST\r\n" in bytes(attachment.get_payload(decode=True))


def test_a_cancellation_tells_its_method_in_both_places() -> None:
    booking = cancel(book_with_zoom(), now=NOW)

    mail = parsed(composed(booking, Kind.CANCELLATION, Link(state=LinkState.HIDDEN)).message().as_bytes())

    calendar, attachment = list(mail.walk())[4:]
    assert calendar.get_param("method") == "CANCEL"
    assert b"\r\nMETHOD:CANCEL\r\n" in bytes(attachment.get_payload(decode=True))
    assert attachment.get_filename() == "cancelled-booking.ics"


def test_the_headers_of_a_mail(settings: Settings) -> None:
    booking = book_with_zoom(language="es")
    settings.DEFAULT_FROM_EMAIL = "Convoca <bookings@example.org>"

    mail = parsed(composed(booking, Kind.CONFIRMATION, READY).message().as_bytes())

    assert mail["From"] == "Estudio Lumbre <bookings@example.org>"
    assert mail["Reply-To"] == "ana@example.com"
    assert mail["To"] == "luis@example.org"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["Content-Language"] == "es"
    assert mail["List-Unsubscribe"] is None
    assert mail["Date"].datetime is not None


def test_a_message_id_is_stable_and_opens_nothing() -> None:
    booking = book_with_zoom()

    ids = {kind: composed(booking, kind, READY).extra_headers["Message-ID"] for kind in Kind.values}

    assert len(set(ids.values())) == len(ids)
    assert ids == {kind: composed(booking, kind, READY).extra_headers["Message-ID"] for kind in Kind.values}
    for secret in (booking.token.open(), booking.join_token.open(), booking.token_digest, booking.join_token_digest):
        assert secret not in str(ids)


def test_no_text_of_a_tenant_or_guest_adds_a_header() -> None:
    booking = book_with_zoom(name="Luis\r\nBcc: x@example.org")
    Account.objects.update(title='Ana "Ru" iz, S.L.\r\nBcc: y@example.org', contact_email="z\r\nBcc: z@example.org")
    Slot.objects.update(title="Talk\r\nBcc: w@example.org")

    for to_owner in TO_THE_OWNER:
        with pytest.raises(Undeliverable):
            composed(booking, to_owner, READY)
    for kind in set(Kind.values) - TO_THE_OWNER:
        mail = parsed(composed(booking, kind, READY).message().as_bytes())
        assert mail["Bcc"] is None
        assert mail["Reply-To"] is None
        assert len(mail["From"].addresses) == 1


def test_a_mail_is_written_in_its_readers_language_whoever_sends_it() -> None:
    booking = book_with_zoom(language="es")

    with override("en"):
        mail = composed(booking, Kind.CONFIRMATION, replace(READY, label="Zoom"))

    assert mail.body.startswith("Tu cita está reservada, Luis Pérez.\n")
    assert '<html lang="es" dir="ltr">' in html(mail)
    assert mail.attachments[0][0] == "cita.ics"
