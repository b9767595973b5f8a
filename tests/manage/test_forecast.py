"""A term's slots at once: on which days their links are made, before and after they are opened (M12, B3, T32)."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from convoca.booking.models import Account, Meeting, QuotaDay, Schedule, Slot
from sandbox.zoom.state import ANA
from tests.booking.building import NOW, book, make_capacity_schedule, make_client, make_resource_schedule
from tests.booking.zooming import SimulatedZoom, meeting_of
from tests.manage.reading import buttons, page_of, said, words

REASON = (
    "Zoom allows 100 new meetings a day, counted from midnight to midnight in UTC; 20 of them are kept for meetings "
    "that start within 24 hours. The soonest come first, the rest follow by themselves."
)
FIRST = date(2026, 12, 1)


@pytest.fixture
def yoga(account: Account, zoom: SimulatedZoom) -> Schedule:
    schedule = make_capacity_schedule(account)
    zoom.connect(schedule)
    return schedule


def open_daily(browser: Client, schedule: Schedule, first: date, slots: int, **more: str) -> Any:
    """Fill in the form for so many days from the first on, each at six."""
    until = first + timedelta(days=slots - 1)
    form = {
        "title": "Yoga",
        "day": first.isoformat(),
        "starts": "18:00",
        "ends": "19:00",
        "capacity": "8",
        "location": "",
        "repeats": "daily",
        "until": until.isoformat(),
    }
    return browser.post(page_of(schedule, "slots"), form | more)


def spend(used: int) -> None:
    QuotaDay.objects.create(provider="zoom", external_user=ANA.id, day=NOW.date(), used=used)


def work_off(zoom: SimulatedZoom) -> None:
    """Let the worker come to the end, as fast as Zoom lets an account call: twenty times a second."""
    for _ in range(10):
        zoom.work_later(seconds=2)


def test_what_is_made_today_is_opened_without_a_question(owner: Client, yoga: Schedule) -> None:
    answer = open_daily(owner, yoga, FIRST, 52)

    assert answer.status_code == 303
    assert said(answer) == ["52 slots are open for sign-up."]


def test_m12_the_forecast_comes_first_and_nothing_is_opened_before_it_was_read(owner: Client, yoga: Schedule) -> None:
    spend(50)

    asked = open_daily(owner, yoga, FIRST, 52)
    before = Slot.objects.count()
    opened = open_daily(owner, yoga, FIRST, 52, foretold="1")

    assert f"52 meetings: 30 today, 22 tomorrow. {REASON}" in words(asked)
    assert "Open these slots" in buttons(asked)
    assert (asked.status_code, before) == (200, 0)
    assert said(opened) == [f"52 slots are open for sign-up. 52 meetings: 30 today, 22 tomorrow. {REASON}"]
    assert Slot.objects.count() == 52


def test_in_spanish(owner: Client, yoga: Schedule) -> None:
    spend(75)
    form = {
        "title": "Yoga", "day": "2026-12-01", "starts": "18:00", "ends": "19:00", "capacity": "8", "location": "",
        "repeats": "daily", "until": "2026-12-10",
    }  # fmt: skip

    page = owner.post(page_of(yoga, "slots"), form, headers={"accept-language": "es"})

    assert "10 reuniones: 5 hoy, 5 mañana. Zoom permite 100 reuniones nuevas al día" in words(page)


def test_where_links_are_typed_or_computed_there_is_nothing_to_foretell(
    owner: Client, account: Account, yoga: Schedule
) -> None:
    spend(100)
    jitsi = make_capacity_schedule(account, slug="jitsi", link_source="jitsi")

    assert open_daily(owner, jitsi, FIRST, 10).status_code == 303
    assert open_daily(owner, yoga, FIRST, 10, location="https://meet.example/abc").status_code == 303


def test_what_makes_no_sense_is_told_before_the_forecast(owner: Client, yoga: Schedule) -> None:
    spend(100)

    answer = open_daily(owner, yoga, FIRST, 60)

    assert answer.status_code == 422
    assert "At most 52 slots are made at once." in words(answer)
    assert "allows 100 new meetings" not in words(answer)


def test_b3_a_term_of_140_is_80_today_and_60_tomorrow_and_what_starts_soon_never_starves(
    owner: Client, account: Account, yoga: Schedule, zoom: SimulatedZoom
) -> None:
    """From the form to the simulated Zoom: three times as much as can be opened at once, and a booking for tomorrow."""
    told = []
    for first, slots in ((FIRST, 52), (FIRST + timedelta(days=52), 52), (FIRST + timedelta(days=104), 36)):
        asked = open_daily(owner, yoga, first, slots)
        told.append(words(asked) if asked.status_code == 200 else "opened at once")
        if asked.status_code == 200:
            open_daily(owner, yoga, first, slots, foretold="1")
    assert told[0] == "opened at once"
    assert "52 meetings: 28 today, 24 tomorrow." in told[1]
    assert "36 meetings: 36 tomorrow." in told[2]
    assert Slot.objects.count() == 140

    work_off(zoom)
    made = Meeting.objects.filter(observed=Meeting.Observed.PRESENT)
    assert made.count() == 80
    latest_made = made.order_by("-slot__starts_at")[0].slot.starts_at
    assert not Meeting.objects.filter(waiting="quota", slot__starts_at__lt=latest_made).exists()

    consultations = make_resource_schedule(account)
    zoom.connect(consultations)
    soon = [
        book(consultations, clock, day=NOW.date(), client=make_client(email=f"{clock[:2]}@example.org"))
        for clock in ("10:00", "11:00", "12:00")
    ]
    work_off(zoom)
    assert [meeting_of(each.slot).observed for each in soon] == ["present"] * 3

    zoom.clock.now = zoom.clock.now.replace(hour=0, minute=0, second=1) + timedelta(days=1)
    work_off(zoom)
    assert Meeting.objects.filter(observed=Meeting.Observed.PRESENT).count() == 143
    assert len(zoom.standing()) == len(set(zoom.standing())) == 143
