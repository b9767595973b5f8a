"""Existing bookings and a new source of links, on the owner's pages (J6, T14, B3)."""

from typing import Any

import pytest
import time_machine
from django.test import Client

from convoca.booking.models import Account, Connection, Meeting, QuotaDay, Schedule
from convoca.booking.operations.applying import apply_next
from convoca.booking.operations.provisioning import provision_next
from sandbox.zoom.state import ANA
from tests.booking.building import (
    NOW,
    book,
    make_capacity_schedule,
    make_class,
    make_client,
    make_resource_schedule,
)
from tests.booking.zooming import SimulatedZoom, meeting_of
from tests.manage.reading import buttons, page_of, said, words


@pytest.fixture
def schedule(account: Account, zoom: SimulatedZoom) -> Schedule:
    """Three appointments without a link, on a schedule that has been connected to Zoom since."""
    schedule = make_resource_schedule(account)
    for clock in ("10:00", "11:00", "12:00"):
        book(schedule, clock, client=make_client(email=f"{clock[:2]}@example.org"))
    zoom.connect(schedule)
    return schedule


def zoom_page(account: Account) -> str:
    return f"/manage/{account.name}/integrations/zoom"


def apply(browser: Client, schedule: Schedule, to: str, **more: str) -> Any:
    return browser.post(page_of(schedule, "process/existing"), {"to": to, **more})


def meeting_count(schedule: Schedule) -> int:
    return Meeting.objects.filter(slot__schedule=schedule).count()


def work_off() -> None:
    while apply_next(now=NOW):
        continue


def test_both_pages_say_how_many_have_no_link_and_offer_to_create_them(
    owner: Client, account: Account, schedule: Schedule
) -> None:
    for page in (owner.get(zoom_page(account)), owner.get(page_of(schedule, "process"))):
        assert "3 upcoming bookings have no link. Create them now" in words(page)
        assert "Create them now" in buttons(page)


def test_in_spanish(owner: Client, account: Account, schedule: Schedule) -> None:
    page = words(owner.get(zoom_page(account), headers={"accept-language": "es"}))

    assert "Hay 3 próximas reservas sin enlace. Crearlos ahora" in page


def test_one_press_creates_them_and_the_progress_is_there_after_every_reload(
    owner: Client, account: Account, schedule: Schedule, zoom: SimulatedZoom
) -> None:
    answer = apply(owner, schedule, "missing", back=zoom_page(account))
    begun = owner.get(zoom_page(account))
    work_off()
    meanwhile = owner.get(zoom_page(account))
    zoom.work()
    done = owner.get(zoom_page(account))

    assert (answer.status_code, answer.headers["Location"]) == (303, zoom_page(account))
    assert said(answer) == ["The links are being created. You may leave this page; it goes on by itself."]
    assert "Creating links…" in words(begun)
    assert "Creating 3 links… 0 of 3 done." in words(meanwhile)
    assert '<progress max="3" value="0"' in meanwhile.text
    assert 'hx-trigger="every 2s"' in meanwhile.text
    assert "Creating" not in words(done)
    assert "no link" not in words(done)


def test_an_open_page_is_told_only_what_has_changed(
    owner: Client, account: Account, schedule: Schedule, zoom: SimulatedZoom
) -> None:
    apply(owner, schedule, "missing")
    work_off()
    block = page_of(schedule, "process/existing")

    unchanged = owner.get(block, {"seen": "0-0-0-3-0-0"})
    zoom.work()
    changed = owner.get(block, {"seen": "0-0-0-3-0-0"})

    assert (unchanged.status_code, changed.status_code) == (204, 200)
    assert "hx-get" not in changed.text


def test_t14_links_from_elsewhere_are_replaced_only_if_that_is_pressed(
    owner: Client, account: Account, zoom: SimulatedZoom
) -> None:
    schedule = make_capacity_schedule(account, link_source="jitsi")
    lesson = make_class(schedule)
    while provision_next(now=NOW):
        continue
    zoom.connect(schedule)

    page = owner.get(page_of(schedule, "process"))
    apply(owner, schedule, "all")
    work_off()
    zoom.work()

    assert "1 upcoming slot has a link from elsewhere. It keeps it until a new one is there" in words(page)
    assert "Apply to the 1 existing slot" in buttons(page)
    assert meeting_of(lesson).provider == "zoom"


def test_b3_the_forecast_of_many_stands_at_the_button(owner: Client, account: Account, schedule: Schedule) -> None:
    QuotaDay.objects.create(provider="zoom", external_user=ANA.id, day=NOW.date(), used=78)

    page = words(owner.get(zoom_page(account)))

    assert "3 upcoming bookings have no link. 3 meetings: 2 today, 1 tomorrow." in page


def test_what_waits_for_tomorrow_says_when_it_goes_on(
    owner: Client, account: Account, schedule: Schedule, zoom: SimulatedZoom
) -> None:
    QuotaDay.objects.create(provider="zoom", external_user=ANA.id, day=NOW.date(), used=79)
    apply(owner, schedule, "missing")
    work_off()
    zoom.work()

    page = owner.get(zoom_page(account))

    assert "Creating" not in words(page)
    assert "Zoom allows 100 new meetings a day. 2 continue on Wed 25 Nov, 01:00; the soonest come first." in words(page)
    assert "every 2s" not in page.text


def test_after_lost_access_the_progress_promised_what_could_not_go_on(
    owner: Client, account: Account, schedule: Schedule
) -> None:
    apply(owner, schedule, "missing")
    work_off()
    Connection.objects.update(state=Connection.State.NEEDS_OWNER)

    page = owner.get(zoom_page(account))

    assert meeting_count(schedule) == 3
    assert "Creating" not in words(page)
    assert "every 2s" not in page.text


def test_without_access_the_page_offered_to_apply_what_could_not_be_made(
    owner: Client, account: Account, schedule: Schedule
) -> None:
    with_access = words(owner.get(zoom_page(account)))
    Connection.objects.update(state=Connection.State.NEEDS_OWNER)

    assert "3 upcoming bookings have no link." in with_access
    assert "Create them now" not in words(owner.get(zoom_page(account)))


def test_links_from_elsewhere_that_nobody_replaces_are_no_part_of_the_progress(
    owner: Client, account: Account, schedule: Schedule
) -> None:
    apply(owner, schedule, "missing")
    work_off()
    Meeting.objects.filter(slot__starts_at__hour=9).update(provider="jitsi", connection=None, observed="present")

    page = words(owner.get(zoom_page(account)))

    assert "1 upcoming booking has a link from elsewhere." in page
    assert "Creating 2 links… 0 of 2 done." in page


def test_a_change_of_the_source_can_take_the_existing_along(
    owner: Client, account: Account, zoom: SimulatedZoom, this_instant: time_machine.Traveller
) -> None:
    schedule = make_resource_schedule(account)
    booking = book(schedule)
    page = owner.get(page_of(schedule, "process"))
    assert "Apply the choice also to 1 existing booking" in words(page)

    without = owner.post(page_of(schedule, "process"), {"source": "jitsi"})
    work_off()
    assert not Meeting.objects.exists()
    owner.post(page_of(schedule, "process"), {"source": "none"})
    answer = owner.post(page_of(schedule, "process"), {"source": "jitsi", "applies": "1"})
    work_off()

    assert said(without) == ["Saved. It counts for new bookings; existing ones keep their links."]
    assert "Saved. Existing bookings get their new links by themselves; you may leave this page." in said(answer)
    assert meeting_of(booking.slot).provider == "jitsi"


def test_where_there_is_nothing_to_apply_nothing_is_offered(owner: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)
    book(schedule)

    page = words(owner.get(page_of(schedule, "process")))
    answer = apply(owner, schedule, "all")

    assert "Existing bookings </h2>" not in page
    assert "no link. " not in page
    assert said(answer) == ["This schedule's links are not created by themselves. Nothing was changed."]
