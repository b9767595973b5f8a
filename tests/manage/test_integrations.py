"""Integrations: one page that says how everything stands that an account is connected to, and what to do next."""

import re
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from convoca.booking.models import Account, ApiKey, Connection, Delivery, Schedule, Webhook
from convoca.booking.operations.hooking import CHOOSABLE, Telling, make_webhook
from tests.booking.building import (
    NOW,
    connect_zoom,
    make_account,
    make_resource_schedule,
    publish_at_google,
)
from tests.manage.reading import after_posting, buttons, words
from tests.receiving import Program, answering

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("within")]

SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]+")


def page(account: Account, *parts: object) -> str:
    return "/".join(["/manage", account.name, "integrations", *map(str, parts)])


def form(url: str, **more: Any) -> dict[str, Any]:
    return {"url": url, "schedule": "", "happenings": ["booking.created"], **more}


def test_of_an_account_without_anything_every_service_says_so(owner: Client, account: Account) -> None:
    said = words(owner.get(page(account)))

    for each in (
        "This server is not known to Zoom yet.",
        "This server is not known to Google Calendar yet.",
        "Ready, at meet.jit.si. No account is needed. 0 schedules make their links with it.",
        "Not available. Links from Teams can be pasted by hand.",
        "0 schedules take links by hand. For appointments, enable the supervisor field first.",
        "No key: no program can ask.",
        "None yet.",
    ):
        assert each in said


def test_m7_what_is_connected_says_who_and_for_how_many_schedules(
    owner: Client, account: Account, settings: Settings
) -> None:
    schedule = make_resource_schedule(account)
    connect_zoom(schedule)
    publish_at_google(schedule)
    make_resource_schedule(account, slug="rooms", name="Rooms", link_source="jitsi")

    said = words(owner.get(page(account)))

    assert "1 schedule makes its links with it." in said
    assert "1 schedule is published to it." in said


def test_b5_a_lost_access_is_the_first_thing_its_card_says(owner: Client, account: Account) -> None:
    connect_zoom(make_resource_schedule(account))
    Connection.objects.update(state=Connection.State.NEEDS_OWNER)

    assert "Zoom no longer accepts our access" in words(owner.get(page(account)))


def test_the_overview_costs_so_many_queries_however_many_schedules(
    owner: Client, account: Account, django_assert_num_queries: Any
) -> None:
    for number in range(5):
        connect_zoom(make_resource_schedule(account, slug=f"s{number}", name=f"S{number}"))
    owner.get(page(account))

    with django_assert_num_queries(4 + 4 + 2):
        owner.get(page(account))


def test_a_key_is_shown_once_and_kept_as_a_digest(owner: Client, account: Account) -> None:
    answer = owner.post(page(account, "api"))

    [key] = set(re.findall(r'<code class="address">([\w-]{43})</code>', answer.content.decode()))
    kept = ApiKey.objects.get()
    assert key.startswith(kept.prefix)
    assert key not in str(vars(kept))
    assert "no-store" in answer.headers["Cache-Control"]
    assert key not in owner.get(page(account, "api")).content.decode()


def test_a_new_key_takes_the_old_one_s_place_and_a_revoked_one_is_gone(owner: Client, account: Account) -> None:
    owner.post(page(account, "api"))
    first = ApiKey.objects.get().digest
    owner.post(page(account, "api"))
    assert ApiKey.objects.get().digest != first

    after = after_posting(owner, page(account, "api", "revoke"), {})

    assert not ApiKey.objects.exists()
    assert "The key is dead." in words(after)


def test_a_webhook_is_made_and_says_its_secret(owner: Client, account: Account, other: Program) -> None:
    make_resource_schedule(account)

    answer = owner.post(page(account, "webhooks"), form(other.url))

    made = Webhook.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (303, page(account, "webhooks", made.pk))
    shown = owner.get(answer.headers["Location"])
    assert SECRET.findall(shown.content.decode())[0] == made.secret.open()
    assert buttons(shown)[:2] == ["Send a test", "Pause"]
    assert (made.url.open(), made.host, made.told_of) == (other.url, "127.0.0.1", ["booking.created"])
    assert made.tells_links is False


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"url": ""}, "Enter the address that is to be told"),
        ({"url": "ftp://example.org"}, "Enter an address that begins with https://"),
        ({"happenings": []}, "Choose at least one of these"),
        ({"happenings": ["test"]}, "Choose at least one of these"),
        ({"schedule": "4711"}, "Choose one of your schedules"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(
    owner: Client, account: Account, other: Program, wrong: dict[str, Any], sentence: str
) -> None:
    answer = owner.post(page(account, "webhooks"), form(other.url) | wrong)

    assert answer.status_code == 422
    assert sentence in words(answer)
    assert not Webhook.objects.exists()


def test_an_address_of_our_own_network_is_refused_unless_the_installation_allows_it(
    owner: Client, account: Account, settings: Settings
) -> None:
    settings.WEBHOOKS_WITHIN = False

    answer = owner.post(page(account, "webhooks"), form("https://192.168.1.1/hook"))

    assert answer.status_code == 422
    assert "that everybody on the internet can reach" in words(answer)


def test_a_test_says_at_once_what_the_other_program_answered(owner: Client, account: Account, other: Program) -> None:
    owner.post(page(account, "webhooks"), form(other.url))
    where = page(account, "webhooks", Webhook.objects.get().pk)

    taken = words(after_posting(owner, f"{where}/test", {}))
    other.reaction = answering(500)
    refused = words(after_posting(owner, f"{where}/test", {}))

    assert [each["type"] for each in other.said] == ["test", "test"]
    assert "It was taken: answer 204 after" in taken
    assert "It was not taken: answer 500 after" in refused
    assert "Fails since" in refused


def test_the_log_shows_status_answer_and_duration_and_nothing_that_was_said(
    owner: Client, account: Account, other: Program
) -> None:
    webhook = make_webhook(account, Telling(url=other.url, happenings=CHOOSABLE), now=NOW)
    told = {"account": account, "webhook": webhook, "happened_at": NOW}
    Delivery.objects.create(**told, happening="booking.created", status=204, took_ms=35, delivered_at=NOW, attempts=1)
    Delivery.objects.create(**told, happening="booking.moved", reason="no_answer", attempts=3, due_at=NOW)
    Delivery.objects.create(**told, happening="booking.cancelled", status=302, reason="status", dropped_at=NOW)

    said = words(owner.get(page(account, "webhooks", webhook.pk)))

    for each in (
        "Booking made",
        "Received",
        "35 ms",
        "Tried again soon No answer came in time, so it may have arrived. 3 attempts",
        "Given up It sends elsewhere, and we do not follow.",
    ):
        assert each in said


def test_pausing_switching_on_replacing_the_secret_and_deleting(
    owner: Client, account: Account, other: Program
) -> None:
    webhook = make_webhook(account, Telling(url=other.url, happenings=CHOOSABLE), now=NOW)
    where = page(account, "webhooks", webhook.pk)

    assert "Paused: it is told nothing" in words(after_posting(owner, f"{where}/pause", {}))
    assert not Webhook.objects.get().is_on
    assert "Switch on" in buttons(owner.get(where))
    after_posting(owner, f"{where}/resume", {})
    assert Webhook.objects.get().is_on
    renewed = after_posting(owner, f"{where}/secret", {})
    assert SECRET.findall(renewed.content.decode())[0] != webhook.secret.open()
    assert "The old secret signs beside it until" in words(renewed)
    after_posting(owner, f"{where}/delete", {})
    assert not Webhook.objects.exists()


def test_a_webhook_of_one_schedule_is_changed_to_all(owner: Client, account: Account, other: Program) -> None:
    schedule = make_resource_schedule(account)
    owner.post(page(account, "webhooks"), form(other.url, schedule=schedule.pk, tells_links="on"))
    webhook = Webhook.objects.get()
    assert (webhook.schedule, webhook.tells_links) == (schedule, True)

    after_posting(owner, page(account, "webhooks", webhook.pk), form(other.url))

    changed = Webhook.objects.get()
    assert (changed.schedule, changed.tells_links) == (None, False)


def test_nobody_reaches_the_webhook_or_the_schedule_of_another_account(
    owner: Client, account: Account, other: Program
) -> None:
    elsewhere = make_account("Otra")
    foreign: Schedule = make_resource_schedule(elsewhere)
    webhook = make_webhook(elsewhere, Telling(url=other.url, happenings=CHOOSABLE), now=NOW)

    assert owner.get(page(account, "webhooks", webhook.pk)).status_code == 404
    assert owner.post(page(account, "webhooks", webhook.pk, "delete")).status_code == 404
    assert owner.post(page(account, "webhooks"), form(other.url, schedule=foreign.pk)).status_code == 422
    assert Webhook.objects.count() == 1


def test_the_overview_is_one_place_in_the_navigation_and_the_vendor_s_page_another(
    owner: Client, account: Account
) -> None:
    for path, here in ((page(account), "Integrations"), (page(account, "zoom"), "Zoom Integration")):
        shown = owner.get(path).content.decode()
        assert re.findall(r'aria-current="page">([^<]+)<', shown.partition("<main")[0]) == [here]
