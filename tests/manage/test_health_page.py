"""The health page: every state in words, every meeting that is not ready with its reason and one button (B5, J10)."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from convoca.booking.models import (
    Account,
    AuditEntry,
    Connection,
    Delivery,
    Incident,
    Meeting,
    Membership,
    Notification,
    QuotaDay,
    Schedule,
    Webhook,
)
from convoca.booking.operations.hooking import CHOOSABLE, Telling, make_webhook
from convoca.booking.operations.linking import type_link
from convoca.manage import health
from tests.booking.alarms import look
from tests.booking.building import (
    NOW,
    at,
    book,
    connect_zoom,
    make_account,
    make_capacity_schedule,
    make_class,
    make_client,
    make_member,
    make_resource_schedule,
)
from tests.booking.zooming import SimulatedZoom, meeting_of
from tests.manage.conftest import LogIn
from tests.manage.reading import buttons, plain, words

LATER = NOW + timedelta(minutes=5)


def page_of(account: Account) -> str:
    return f"/manage/{account.name}/health"


def press(browser: Client, path: str, **form: str) -> str:
    """Press a button of the page, and return where that leads."""
    answer = browser.post(path, form)
    assert answer.status_code == 303
    return answer.headers["Location"]


def refused(schedule: Schedule, clock: str = "10:00") -> Meeting:
    """Book, and let the vendor refuse the meeting."""
    booking = book(schedule, clock, client=make_client(email=f"c{clock[:2]}@example.org"))
    Meeting.objects.filter(slot=booking.slot).update(blocked="rejected", reason="No permission.", due_at=None)
    return meeting_of(booking.slot)


def test_where_nothing_is_connected_it_says_so(owner: Client, account: Account) -> None:
    page = owner.get(page_of(account))

    assert "Nothing is connected. Bookings work; links are off." in words(page)
    assert buttons(page) == []


def test_links_that_need_no_connection_are_not_called_off(owner: Client, account: Account) -> None:
    make_resource_schedule(account, link_source="jitsi")

    assert "Everything works." in words(owner.get(page_of(account)))


def test_b5_a_connection_that_works_says_what_uses_it_its_last_success_and_today_s_quota(
    owner: Client, account: Account, zoom: SimulatedZoom
) -> None:
    schedule = make_resource_schedule(account)
    zoom.connect(schedule)
    book(schedule)
    zoom.work()

    with time_machine.travel(NOW + timedelta(minutes=2, seconds=30), tick=False):
        page = words(owner.get(page_of(account)))

    assert "Everything works. Last check 2 minutes ago." in page
    assert "Working. Last link created 2 minutes ago." in page
    assert "Schedules Consultations Last success 2 minutes ago Today 1 of 100 meetings used" in page


def test_b5_a_lost_access_counts_what_waits_and_offers_one_button(
    owner: Client, account: Account, zoom: SimulatedZoom, settings: Settings
) -> None:
    schedule = make_resource_schedule(account)
    zoom.connect(schedule)
    book(schedule)
    book(schedule, "11:00", client=make_client(email="eva@example.org"))
    Connection.objects.update(state=Connection.State.NEEDS_OWNER)
    look(NOW)

    with time_machine.travel(LATER, tick=False):
        page = owner.get(page_of(account))

    assert "1 connection needs your attention" in words(page)
    assert (
        "Access was revoked on Tue 24 Nov, 09:00. 2 upcoming bookings have no link; the next is on Thu 26 Nov, 10:00."
    ) in words(page)
    assert buttons(page) == ["Reconnect Zoom", "Do not remind me", "Reconnect Zoom", "Reconnect Zoom"]


def test_m22_it_speaks_spanish(owner: Client, account: Account) -> None:
    connect_zoom(make_resource_schedule(account))
    Connection.objects.update(state=Connection.State.NEEDS_OWNER)

    page = words(owner.get(page_of(account), headers={"Accept-Language": "es"}))

    assert "1 conexión necesita tu atención" in page
    assert "Volver a conectar Zoom" in page


def test_t32_a_used_up_allowance_says_how_many_wait_until_when(owner: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)
    connection = connect_zoom(schedule)
    QuotaDay.objects.create(provider="zoom", external_user=connection.external_user, day=NOW.date(), used=100)
    booking = book(schedule)
    Meeting.objects.filter(slot=booking.slot).update(waiting="quota", due_at=NOW + timedelta(hours=16))

    with time_machine.travel(LATER, tick=False):
        page = owner.get(page_of(account))

    assert "100 of 100 used today. 1 meeting waits until Wed 25 Nov, 01:00." in words(page)
    assert words(page).count("of 100") == 1
    assert "Today's Zoom meetings are used up: it waits until Wed 25 Nov, 01:00." in words(page)
    assert f'id="paste-{booking.slot_id}"' in page.text
    assert "Paste a link" in words(page)


def test_what_waits_for_tomorrow_was_said_to_be_created_now(owner: Client, account: Account) -> None:
    """T32: within the first minute it was counted twice, as waiting and as on its way."""
    schedule = make_resource_schedule(account)
    connect_zoom(schedule)
    booking = book(schedule)
    Meeting.objects.filter(slot=booking.slot).update(waiting="quota", due_at=NOW + timedelta(hours=16))

    with time_machine.travel(NOW, tick=False):
        page = words(owner.get(page_of(account)))

    assert "1 meeting waits until Wed 25 Nov, 01:00." in page
    assert "being created" not in page


def test_many_that_one_reconnection_mends_pushed_away_what_needs_an_act_of_its_own(
    owner: Client, account: Account
) -> None:
    """B5: what is refused stands first, and of what one consent mends only a few are unfolded."""
    schedule = make_resource_schedule(account)
    connect_zoom(schedule)
    for hour in range(10, 16):
        book(schedule, f"{hour}:00", client=make_client(email=f"c{hour}@example.org"))
    refused(schedule, "16:00")
    Connection.objects.update(state=Connection.State.NEEDS_OWNER)

    with time_machine.travel(LATER, tick=False):
        page = owner.get(page_of(account))

    shown, folded = page.text.split("<details>", 1)
    assert "2 more without a link" in folded
    assert shown.index("16:00–") < shown.index("10:00–")
    assert [f"{hour}:00–" in shown for hour in range(10, 16)] == [True, True, True, True, False, False]
    assert [f"{hour}:00–" in folded for hour in range(14, 16)] == [True, True]


def test_the_first_line_stopped_counting_at_the_rows_of_the_page(
    owner: Client, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "ROWS_AT_MOST", 2)
    schedule = make_resource_schedule(account)
    connect_zoom(schedule)
    for hour in range(10, 13):
        refused(schedule, f"{hour}:00")

    page = words(owner.get(page_of(account)))

    assert "3 meetings need your attention" in page
    assert "1 more waits behind these." in page


def test_the_operator_s_error_says_who_must_act(owner: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)
    connect_zoom(schedule)
    book(schedule)
    Connection.objects.update(reason="invalid_client", blocked_until=NOW + timedelta(minutes=15))

    with time_machine.travel(LATER, tick=False):
        page = owner.get(page_of(account))

    assert "Zoom does not accept this server's application. Whoever runs the server must check it." in words(page)
    assert "What Zoom said: invalid_client" in words(page)


def test_t11_a_request_approved_after_the_disconnection_is_listed_with_paste_a_link(
    owner: Client, account: Account
) -> None:
    schedule = make_resource_schedule(account)
    connect_zoom(schedule)
    booking = book(schedule)
    Meeting.objects.all().delete()

    page = owner.get(page_of(account))

    assert "Zoom is disconnected: this one has no link." in words(page)
    assert f"?day=2026-11-26#slot-{booking.slot_id}" in page.text
    type_link(booking.slot, "https://meet.example/typed", now=NOW)
    assert "Without a meeting link" not in words(owner.get(page_of(account)))


def test_m11_t35_plan_warnings_stand_with_their_connection(owner: Client, account: Account) -> None:
    yoga = make_capacity_schedule(account)
    connect_zoom(yoga)
    Connection.objects.update(plan="basic")
    make_class(yoga, starts_at=at("18:00"))
    make_class(yoga, starts_at=at("18:30"))

    page = words(owner.get(page_of(account)))

    assert "Your Zoom plan ends meetings after 40 minutes; 2 upcoming ones are longer" in page
    assert "More meetings run at once than one Zoom account can start (1): on Thu 26 Nov, 18:30." in page


def test_mails_that_did_not_arrive_are_listed_and_sent_again(owner: Client, account: Account) -> None:
    booking = book(make_resource_schedule(account))
    Notification.objects.filter(kind="confirmation").update(
        failed=True, dropped_at=NOW, due_at=None, reason="The mail server refused the recipient (550 5.1.1)."
    )

    page = owner.get(page_of(account))
    press(owner, f"{page_of(account)}/mails/again")

    assert "1 email was not accepted" in words(page)
    assert "Luis Pérez · Thu 26 Nov, 10:00 The mail server refused the address (550 5.1.1)." in words(page)
    assert "Correct the address" in buttons(page)
    owed = Notification.objects.get(booking=booking, kind="confirmation")
    assert (owed.failed, owed.dropped_at, owed.due_at) == (False, None, NOW)


def test_a_copy_that_did_not_arrive_is_no_reason_to_correct_the_attendees_address(
    owner: Client, account: Account
) -> None:
    book(make_resource_schedule(account, copies_to="desk@example.com", reminder_minutes=None))
    Notification.objects.filter(reader="desk@example.com").update(
        failed=True, dropped_at=NOW, due_at=None, reason="The mail server refused the recipient (550 5.1.1)."
    )

    page = owner.get(page_of(account))

    assert "desk@example.com: Luis Pérez · Thu 26 Nov, 10:00 The mail server refused the address" in words(page)
    assert "Correct the address" not in buttons(page)


def of_service(page: Any, name: str) -> str:
    """Return the words of the row of one service."""
    html = page.content.decode()
    [row] = re.findall(rf'<li class="health-row" id="service-{name}">(.*?)</li>', html, re.DOTALL)
    return plain(row)


def test_j10_mails_and_reminders_say_how_they_do(owner: Client, account: Account) -> None:
    """«One row per service: … mail, reminders, webhooks»: state, last success, last error, where it is seen to."""
    assert of_service(owner.get(page_of(account)), "emails") == "Emails None has been sent yet. Messages"
    book(make_resource_schedule(account, reminder_minutes=60))
    assert of_service(owner.get(page_of(account)), "reminders") == (
        "Reminders None was due yet. Next Thu 26 Nov, 09:00 Schedules"
    )

    Notification.objects.filter(kind="confirmation").update(sent_at=NOW - timedelta(minutes=3), due_at=None)
    Notification.objects.filter(kind="reminder").update(
        failed=True, dropped_at=NOW, due_at=None, reason="The mail server refused the recipient (550 5.1.1)."
    )

    page = owner.get(page_of(account))
    refused = "Last error just now. The mail server refused the address (550 5.1.1)."
    assert of_service(page, "emails") == f"Emails Working. Last success 3 minutes ago {refused} Messages"
    assert of_service(page, "reminders") == f"Reminders None is planned. {refused} Schedules"


def test_j10_a_mail_that_nobody_tries_names_the_worker(owner: Client, account: Account) -> None:
    book(make_resource_schedule(account, reminder_minutes=None))

    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        said = of_service(owner.get(page_of(account)), "emails")

    assert "1 email waits for this server's worker. Whoever runs the server must look." in said


def test_j10_webhooks_say_how_they_do(owner: Client, account: Account) -> None:
    assert of_service(owner.get(page_of(account)), "webhooks") == "Webhooks There is none yet. Webhooks"
    told = Telling(url="https://hooks.example.com/convoca", happenings=CHOOSABLE)
    webhook = make_webhook(account, told, now=NOW)
    assert of_service(owner.get(page_of(account)), "webhooks") == "Webhooks Working. Webhooks"
    book(make_resource_schedule(account))
    Delivery.objects.filter(happening="booking.created").update(delivered_at=NOW - timedelta(hours=2), due_at=None)
    Delivery.objects.filter(happening="slot.created").update(
        tried_at=NOW - timedelta(minutes=1), reason="status", status=500, attempts=3
    )
    Webhook.objects.update(failing_since=NOW)

    assert of_service(owner.get(page_of(account)), "webhooks").startswith(
        "Webhooks 1 webhook does not take what we send; we try again. Last success 2 hours ago"
    )
    Webhook.objects.filter(pk=webhook.pk).update(switched_off_at=NOW)
    assert "1 webhook is switched off." in of_service(owner.get(page_of(account)), "webhooks")
    Webhook.objects.update(switched_off_at=None, failing_since=None, paused_at=NOW)
    assert "Paused." in of_service(owner.get(page_of(account)), "webhooks")


def test_whoever_wants_quiet_sees_until_when(owner: Client, account: Account) -> None:
    connection = connect_zoom(make_resource_schedule(account))
    Connection.objects.update(state=Connection.State.NEEDS_OWNER)
    incident = Incident.objects.create(
        account=account, kind="access", provider="zoom", connection=connection, opened_at=NOW
    )

    press(owner, f"{page_of(account)}/incidents/{incident.pk}/quiet")

    assert "You asked us not to remind you until Tue 1 Dec, 09:00." in words(owner.get(page_of(account)))


def test_another_account_s_rows_do_not_exist_here(owner: Client, account: Account, log_in: LogIn) -> None:
    other = make_account("Otra")
    make_member(other, Membership.Role.OWNER)
    meeting = refused(make_resource_schedule(other, link_source="jitsi"))
    connection = connect_zoom(make_resource_schedule(other, slug="zoom"))

    for path in (f"meetings/{meeting.pk}/retry", f"connections/{connection.pk}/reconnect"):
        assert owner.post(f"{page_of(account)}/{path}").status_code == 404


def test_connecting_and_disconnecting_are_in_the_trail(owner: Client, account: Account, zoom: SimulatedZoom) -> None:
    schedule = make_resource_schedule(account)
    zoom.connect(schedule)

    owner.post(f"/manage/{account.name}/integrations/zoom/{schedule.slug}/disconnect")

    lines = AuditEntry.objects.filter(connection__isnull=False).values_list("verb", "actor")
    assert list(lines) == [("connected", "system"), ("disconnected", "owner")]


def fill(account: Account, *names: str) -> None:
    """Leave several of everything that the page lists on a schedule, and at a Zoom user, of each of these names."""
    for number, name in enumerate(names):
        schedule = make_resource_schedule(account, slug=name, name=name)
        connection = connect_zoom(schedule, external_user=name)
        Connection.objects.filter(pk=connection.pk).update(state="needs_owner" if number % 2 else "open")
        for clock in ("09:00", "09:30", "14:00"):
            refused(schedule, clock)
        gone = book(schedule, "11:00", client=make_client(email=f"gone@{name}.example"))
        Meeting.objects.filter(slot=gone.slot).update(observed="gone", wanted="absent", due_at=None)
        changed = book(schedule, "12:00", client=make_client(email=f"changed@{name}.example"))
        Meeting.objects.filter(slot=changed.slot).update(observed="present", differences="topic", due_at=None)
        Notification.objects.filter(booking=changed, kind="confirmation").update(failed=True, dropped_at=NOW)


def test_the_page_costs_the_same_however_much_there_is_to_show(owner: Client, account: Account) -> None:
    fill(account, "one", "two")
    with CaptureQueriesContext(database) as few:
        owner.get(page_of(account))

    fill(account, "three", "four", "five", "six")
    with CaptureQueriesContext(database) as many:
        owner.get(page_of(account))

    assert len(few) == len(many) == 29


def test_the_day_said_nothing_of_a_connection_that_needs_its_owner(
    owner: Client, superuser: Client, account: Account, zoom: SimulatedZoom
) -> None:
    """J10: whoever only ever looks at the day must find the repair; it is the owner's alone."""
    schedule = make_resource_schedule(account)
    zoom.connect(schedule)
    day = f"/manage/{account.name}/"
    assert "needs your attention" not in words(owner.get(day))

    Connection.objects.update(state=Connection.State.NEEDS_OWNER)

    assert f'<a href="{page_of(account)}">1 connection needs your attention</a>' in owner.get(day).content.decode()
    assert "needs your attention" not in words(superuser.get(day))


def test_the_first_line_counted_no_more_than_the_page_has_rows(
    owner: Client, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What comes by itself stands before what does not, and hid it from the count."""
    monkeypatch.setattr(health, "ROWS_AT_MOST", 1)
    schedule = make_resource_schedule(account)
    connect_zoom(schedule)
    for clock in ("10:00", "11:00", "12:00"):
        refused(schedule, clock)
    Meeting.objects.filter(slot__starts_at=at("10:00")).update(blocked="", wanted_at=NOW - timedelta(hours=1))

    page = words(owner.get(page_of(account)))

    assert "2 meetings need your attention" in page
    assert "2 more wait behind these." in page
