"""The calendar entry: golden files, two parsers that know nothing of each other, and the nights of the clock (E1)."""

import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import vobject  # type: ignore[import-untyped]
from icalendar import Calendar
from pytest_django import Settings

from convoca.booking.mail.calendar import cancellation, invitation
from convoca.booking.models import Account, Booking, Schedule, Sealed, Slot
from convoca.booking.operations.cancelling import cancel
from tests.booking.building import (
    NOW,
    book,
    make_account,
    make_capacity_schedule,
    make_class,
    make_resource_schedule,
    sign_up,
)
from tests.booking.mail.arranging import ZOOM_LINK, book_with_zoom, zoom_answers

pytestmark = pytest.mark.django_db

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture(autouse=True)
def host(settings: Settings) -> None:
    settings.BASE_URL = "https://book.example.org"
    settings.DEFAULT_FROM_EMAIL = "Convoca <bookings@example.org>"


def known(booking: Booking) -> Booking:
    """Return the booking with everything random about it replaced, as a golden file needs it."""
    booking.uid = uuid.UUID("0b3c1a52-7d2e-4a53-9f77-2f1c5f0a9e10")
    booking.token, booking.join_token = Sealed.seal("TOKEN-OF-THE-BOOKING-22"), Sealed.seal("TOKEN-OF-THE-JOIN-PAGE")
    booking.save()
    return Booking.objects.select_related("account", "slot__schedule", "slot__service").get(pk=booking.pk)


def golden(name: str) -> bytes:
    return (GOLDEN / name).read_text(encoding="utf-8").replace("\n", "\r\n").encode()


def test_an_invitation_is_the_golden_one() -> None:
    booking = known(book_with_zoom(language="es"))

    assert invitation(booking, now=NOW) == golden("invitation.es.ics")


def test_a_cancellation_is_the_golden_one() -> None:
    booking = book_with_zoom()
    cancel(booking, now=NOW)
    booking.refresh_from_db()

    assert cancellation(known(booking), now=NOW) == golden("cancellation.en.ics")


def test_the_entry_never_holds_the_providers_address() -> None:
    """Calendars are shared, and links change: the entry leads to our page, which knows."""
    booking = book_with_zoom()
    before = invitation(known(booking), now=NOW)
    zoom_answers(booking)

    assert invitation(known(booking), now=NOW) == before
    assert ZOOM_LINK.encode() not in before


def test_the_sequence_grows_with_the_slot_and_with_the_booking() -> None:
    booking = known(book_with_zoom())
    Slot.objects.update(revision=2)
    Booking.objects.update(revision=3)

    calendar = Calendar.from_ical(invitation(Booking.objects.get(pk=booking.pk), now=NOW))

    assert calendar.events[0]["SEQUENCE"] == 5


def test_only_the_reader_is_named_as_attendee() -> None:
    slot = make_class(make_capacity_schedule(make_account()))
    booking = sign_up(slot, "luis@example.org")
    sign_up(slot, "eva@example.org")

    event = Calendar.from_ical(invitation(booking, now=NOW)).events[0]

    assert event["ATTENDEE"] == "mailto:luis@example.org"
    assert (event["ATTENDEE"].params["PARTSTAT"], event["ATTENDEE"].params["RSVP"]) == ("ACCEPTED", "FALSE")
    assert event["ORGANIZER"] == "mailto:bookings@example.org"


def test_without_an_online_meeting_the_place_is_the_room() -> None:
    slot = make_class(make_capacity_schedule(make_account()))
    Slot.objects.update(location="Sala 2; segunda planta, derecha")
    booking = known(sign_up(slot))

    event = Calendar.from_ical(invitation(booking, now=NOW)).events[0]

    assert event["LOCATION"] == "Sala 2; segunda planta, derecha"
    assert "CONFERENCE" not in event


def test_lines_are_folded_at_75_octets_and_end_with_crlf() -> None:
    booking = known(book_with_zoom(name="Núria Peñaranda Güell i Ñáñez " * 3))
    Account.objects.update(title="Clínica Ñandú")

    lines = invitation(booking, now=NOW).split(b"\r\n")

    assert max(map(len, lines)) <= 75
    assert lines[-1] == b""
    assert b"\n" not in b"".join(lines)


def test_quotes_and_colons_in_names_stay_in_names() -> None:
    booking = known(book_with_zoom(name='Luis "el Rápido"; Pérez: x@y.example, S.L.'))

    attendee = vobject.readOne(invitation(booking, now=NOW).decode()).vevent.attendee

    assert attendee.value == "mailto:luis@example.org"
    assert attendee.params["CN"] == ["Luis 'el Rápido'; Pérez: x@y.example, S.L."]


@pytest.mark.parametrize("language", ["en", "es"])
def test_two_independent_parsers_read_the_same(language: str) -> None:
    booking = known(book_with_zoom(language=language))
    ours = invitation(booking, now=NOW)

    first = Calendar.from_ical(ours).events[0]
    second = vobject.readOne(ours.decode()).vevent

    assert first.start == second.dtstart.value == booking.slot.starts_at
    assert first.end == second.dtend.value == booking.slot.ends_at
    for name in ("uid", "summary", "description", "location", "url", "status"):
        assert str(first[name]) == getattr(second, name).value
    assert second.valarm.action.value == "DISPLAY"
    assert second.valarm.trigger.value == timedelta(minutes=-10)


# When the clock is moved. vobject reads times by the VTIMEZONE that we send, not by the zone's name.

CHANGES = [
    ("Europe/Madrid", datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
    ("Europe/Madrid", datetime(2026, 10, 25, 1, 0, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 3, 8, 7, 0, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 11, 1, 6, 0, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 15, 0, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
    ("America/Santiago", datetime(2026, 4, 5, 3, 0, tzinfo=UTC)),
    ("America/Santiago", datetime(2026, 9, 6, 4, 0, tzinfo=UTC)),
    ("Africa/Casablanca", datetime(2026, 2, 15, 2, 0, tzinfo=UTC)),
    ("Africa/Casablanca", datetime(2026, 3, 22, 2, 0, tzinfo=UTC)),
    ("Europe/Dublin", datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
    ("Europe/Dublin", datetime(2026, 10, 25, 1, 0, tzinfo=UTC)),
]
AROUND = [timedelta(minutes=minutes) for minutes in (-1440, -90, -45, -30, -15, 0, 15, 30, 45, 60, 90, 1440)]


@pytest.mark.parametrize(("zone", "change"), CHANGES)
def test_an_entry_near_a_change_of_the_clock_means_the_right_instant(zone: str, change: datetime) -> None:
    booking = known(book(make_resource_schedule(make_account())))
    Schedule.objects.update(time_zone=zone)

    for offset in AROUND:
        starts_at, ends_at = change + offset, change + offset + timedelta(minutes=45)
        Slot.objects.update(starts_at=starts_at, ends_at=ends_at)
        entry = invitation(Booking.objects.get(pk=booking.pk), now=NOW)
        # A name of its own each time, since vobject remembers the rules that it first saw under a name.
        unheard_of = entry.decode().replace(zone, f"Zone-{uuid.uuid4()}")
        by_rules, by_name = vobject.readOne(unheard_of).vevent, Calendar.from_ical(entry).events[0]

        assert (_in_utc(by_rules.dtstart.value), _in_utc(by_rules.dtend.value)) == (starts_at, ends_at)
        assert (_in_utc(by_name.start), _in_utc(by_name.end)) == (starts_at, ends_at)


def _in_utc(clock: object) -> datetime:
    assert isinstance(clock, datetime)
    return clock.astimezone(UTC)


def test_the_zone_tells_of_the_changes_around_the_entry_and_no_others() -> None:
    """RFC 5545, 3.6.5: an onset is written on the clocks that it ends."""
    booking = known(book(make_resource_schedule(make_account())))
    Slot.objects.update(
        starts_at=datetime(2026, 3, 28, 10, 0, tzinfo=UTC), ends_at=datetime(2026, 3, 28, 11, 0, tzinfo=UTC)
    )

    entry = invitation(Booking.objects.get(pk=booking.pk), now=NOW).decode().splitlines()

    onsets = [line for line in entry if line.startswith(("BEGIN:STANDARD", "BEGIN:DAYLIGHT", "DTSTART:", "TZOFFSETTO"))]
    assert onsets == [
        "BEGIN:STANDARD",
        "DTSTART:20260326T010000",
        "TZOFFSETTO:+0100",
        "BEGIN:DAYLIGHT",
        "DTSTART:20260329T020000",
        "TZOFFSETTO:+0200",
    ]


def test_a_schedule_in_utc_needs_no_zone() -> None:
    booking = known(book(make_resource_schedule(make_account())))
    Schedule.objects.update(time_zone="UTC")

    entry = invitation(Booking.objects.get(pk=booking.pk), now=NOW)

    assert b"\r\nDTSTART:20261126T090000Z\r\n" in entry
    assert b"VTIMEZONE" not in entry


@pytest.mark.parametrize("link_source", ["zoom", "jitsi", "manual", "none"])
def test_t18_no_entry_shows_an_internal_word_where_people_look_for_the_way_in(link_source: str) -> None:
    """«"integrations:zoom" (not an invite link) in location in calendar invite»."""
    booking = known(book(make_resource_schedule(make_account(), link_source=link_source)))

    event = Calendar.from_ical(invitation(booking, now=NOW)).events[0]

    shown = [str(event[name]) for name in ("LOCATION", "CONFERENCE", "URL", "DESCRIPTION") if name in event]
    leads = [line for text in shown for line in text.splitlines()]
    assert shown
    assert all("https://book.example.org/" in line for line in leads), leads
