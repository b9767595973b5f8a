"""B5, J10: what the health page's buttons mend, and how the open page counts it."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from convoca.booking.mail.button import mending_address
from convoca.booking.models import (
    Account,
    Connection,
    Meeting,
    Notification,
)
from sandbox.faults import Kind
from tests.booking.building import (
    NOW,
    book,
    make_client,
    make_resource_schedule,
)
from tests.booking.mail.arranging import send_due
from tests.booking.zooming import SimulatedZoom, meeting_of
from tests.manage.reading import buttons, said, words
from tests.manage.test_health_page import LATER, page_of, press
from tests.manage.test_zoom_page import decide


def test_b5_one_consent_repairs_everything_and_the_row_counts_it(
    owner: Client, account: Account, zoom: SimulatedZoom, settings: Settings
) -> None:
    """J10: back on the same row, which counts links and mails while they are made."""
    settings.MAILERS = {"default": {"BACKEND": "convoca.booking.mail.OutboxBackend"}}
    schedule = make_resource_schedule(account)
    zoom.connect(schedule)
    for clock in ("10:00", "11:00", "12:00"):
        book(schedule, clock, client=make_client(email=f"c{clock[:2]}@example.org"))
    connection = Connection.objects.get()
    Connection.objects.update(state=Connection.State.NEEDS_OWNER)
    send_due(LATER)
    zoom.clock.now = LATER

    with time_machine.travel(LATER, tick=False):
        consent = press(owner, f"{page_of(account)}/connections/{connection.pk}/reconnect")
        back = owner.get(decide(consent))
        while_made = owner.get(page_of(account))
        zoom.work()
        send_due(LATER + timedelta(minutes=1))
        afterwards = owner.get(page_of(account))

    assert back.headers["Location"] == f"{page_of(account)}#connection-{connection.pk}"
    assert said(back) == ["Zoom is connected again."]
    assert "Being repaired: 0 of 3 links created, 0 emails sent." in words(while_made)
    assert "3 links that waited are still being created" in words(while_made)
    assert "Everything works" not in words(while_made)
    assert 'hx-trigger="every 2s"' in while_made.text
    assert "Repaired: 3 of 3 links created, 3 emails sent." in words(afterwards)
    assert "Everything works." in words(afterwards)
    assert "every 2s" not in afterwards.text
    assert Connection.objects.get().pk == connection.pk


def test_j10_the_mail_s_button_is_the_one_click_before_the_consent(
    owner: Client, account: Account, zoom: SimulatedZoom
) -> None:
    """O7: 1 click + consent, and all links that waited are made."""
    schedule = make_resource_schedule(account)
    zoom.connect(schedule)
    connection = Connection.objects.select_related("account").get()
    booking = book(schedule)
    Connection.objects.update(state=Connection.State.NEEDS_OWNER)
    button = mending_address(connection, now=NOW).removeprefix("http://localhost:8000")

    asked = owner.get(button)
    back = owner.get(decide(asked.headers["Location"]))
    zoom.work()
    again = owner.get(button)

    row = f"{page_of(account)}#connection-{connection.pk}"
    assert (asked.status_code, back.headers["Location"], again.headers["Location"]) == (303, row, row)
    assert meeting_of(booking.slot).observed == Meeting.Observed.PRESENT


@pytest.mark.parametrize(("hours", "tampering"), [(73, ""), (0, "x"), (0, None)])
def test_j10_a_button_that_is_old_or_forged_leads_to_the_row_and_asks_nothing(
    owner: Client, account: Account, zoom: SimulatedZoom, hours: int, tampering: str | None
) -> None:
    """It expires in 72 hours; a stranger cannot send an owner into a consent."""
    zoom.connect(make_resource_schedule(account))
    connection = Connection.objects.select_related("account").get()
    Connection.objects.update(state=Connection.State.NEEDS_OWNER)
    address, key = mending_address(connection, now=NOW).removeprefix("http://localhost:8000").split("?key=")

    with time_machine.travel(NOW + timedelta(hours=hours), tick=False):
        answer = owner.get(address, {} if tampering is None else {"key": f"{key}{tampering}"})

    assert answer.headers["Location"] == f"{page_of(account)}#connection-{connection.pk}"
    assert "consent" not in owner.session


def test_j10_the_button_asks_for_the_log_in_and_goes_on_from_there(
    client: Client, account: Account, zoom: SimulatedZoom
) -> None:
    zoom.connect(make_resource_schedule(account))
    connection = Connection.objects.select_related("account").get()
    button = mending_address(connection, now=NOW).removeprefix("http://localhost:8000")

    answer = client.get(button)

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/accounts/login/?next=/manage/Lumbre/health/connections/")
    assert "key" in answer.headers["Location"]


def test_the_repair_stopped_being_counted_before_a_mail_that_was_due_some_seconds_later(
    owner: Client, account: Account, zoom: SimulatedZoom
) -> None:
    """J10: a mail that is tried again is still part of the repair."""
    schedule = make_resource_schedule(account)
    zoom.connect(schedule)
    book(schedule)
    Connection.objects.update(connected_at=LATER)
    zoom.clock.now = LATER
    zoom.work()
    Notification.objects.filter(kind="confirmation").update(due_at=LATER + timedelta(seconds=10))

    with time_machine.travel(LATER, tick=False):
        page = owner.get(page_of(account))

    assert "1 of 1 link created, 0 emails sent." in words(page)
    assert 'hx-trigger="every 2s"' in page.text


def test_the_open_page_is_told_only_what_has_changed(owner: Client, account: Account, zoom: SimulatedZoom) -> None:
    schedule = make_resource_schedule(account)
    zoom.connect(schedule)
    book(schedule)
    seen = owner.get(page_of(account)).context["health"].digest

    before = owner.get(f"{page_of(account)}/live?seen={seen}")
    zoom.work()
    after = owner.get(f"{page_of(account)}/live?seen={seen}")

    assert (before.status_code, before.content) == (204, b"")
    assert "Working. Last link created just now." in words(after)


def test_b5_what_was_refused_can_be_tried_again_at_once(owner: Client, account: Account, zoom: SimulatedZoom) -> None:
    schedule = make_resource_schedule(account)
    zoom.connect(schedule)
    zoom.spoil("create", Kind.ANSWER, status=400, body={"code": 300, "message": "No permission"})
    booking = book(schedule)
    zoom.work()

    page = owner.get(page_of(account))
    where = press(owner, f"{page_of(account)}/meetings/{meeting_of(booking.slot).pk}/retry")
    zoom.work()

    assert "1 meeting failed for another reason: " in words(page)
    assert "Try again" in buttons(page)
    assert {"Try again", "Paste a link"} <= {*buttons(page), *re.findall(r"<summary[^>]*>([^<]*)", page.text)}
    assert where == f"{page_of(account)}#not-ready"
    assert meeting_of(booking.slot).observed == Meeting.Observed.PRESENT


def test_trying_now_ends_a_pause_of_our_own_making(owner: Client, account: Account, zoom: SimulatedZoom) -> None:
    """A vendor that did not answer five times is left in peace by us, not by itself."""
    schedule = make_resource_schedule(account)
    zoom.connect(schedule)
    booking = book(schedule)
    zoom.spoil("create", Kind.ERROR_503, count=12)
    for _ in range(6):
        zoom.work_later(minutes=20)
    Connection.objects.update(blocked_until=zoom.clock() + timedelta(hours=1), failures=7)
    zoom.sandbox.faults.clear()

    with time_machine.travel(zoom.clock(), tick=False):
        assert "Try now" in buttons(owner.get(page_of(account)))
        press(owner, f"{page_of(account)}/meetings/{meeting_of(booking.slot).pk}/retry")
    zoom.work()

    assert meeting_of(booking.slot).observed == Meeting.Observed.PRESENT
