"""Webhooks to programs that fail, hang, send elsewhere or die: told again, given up, and never twice at once."""

import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from django.db import connection
from pytest_django import Settings

from convoca.booking.models import Account, Booking, Delivery, Schedule, Webhook
from convoca.booking.operations import delivering
from convoca.booking.operations.hooking import (
    resume_webhook,
)
from convoca.booking.operations.pruning import prune
from convoca.booking.operations.waking import wake_due
from tests.booking.alarms import letters, send_alerts, text_of
from tests.booking.building import (
    NOW,
    book,
    make_account,
    make_member,
    make_resource_schedule,
)
from tests.booking.hearing import deliver, listen
from tests.booking.workers import DEADLINE_SECONDS, database_address
from tests.receiving import Program, answering, dying, hanging, program

pytestmark = pytest.mark.usefixtures("within")


@pytest.fixture
def account(db: None) -> Account:
    return make_account()


@pytest.fixture
def schedule(account: Account) -> Schedule:
    return make_resource_schedule(account, link_source=Schedule.MANUAL)


@pytest.mark.parametrize("status", [500, 503, 429, 408])
def test_a_program_that_fails_is_told_again_later_under_the_same_number(
    account: Account, schedule: Schedule, other: Program, status: int
) -> None:
    listen(account, other)
    other.reaction = answering(status)
    book(schedule, "10:00")
    deliver()
    assert len(other.told) == 1
    first = Delivery.objects.get()
    assert (first.status, first.reason, first.attempts) == (status, "status", 1)

    other.reaction = answering(200)
    deliver(seconds=2)

    assert len({headers["webhook-id"] for headers, _ in other.told}) == 1
    assert Delivery.objects.get().delivered_at == NOW + timedelta(seconds=2)
    assert Webhook.objects.get().failing_since is None


def test_an_address_that_fails_is_left_in_peace_whatever_else_it_is_owed(
    account: Account, schedule: Schedule, other: Program
) -> None:
    listen(account, other)
    other.reaction = answering(500)
    for clock in ("10:00", "11:00", "12:00"):
        book(schedule, clock)

    deliver()

    assert len(other.told) == 1


def test_what_a_program_does_not_want_holds_nothing_else_up(
    account: Account, schedule: Schedule, other: Program
) -> None:
    listen(account, other)
    other.reaction = answering(422)
    for clock in ("10:00", "11:00"):
        book(schedule, clock)

    deliver()

    assert len(other.told) == 2
    assert Webhook.objects.get().failing_since is None


def test_a_program_that_dies_with_all_received_is_told_again(
    account: Account, schedule: Schedule, other: Program
) -> None:
    """At least once: an answer that was lost is no answer."""
    listen(account, other)
    other.reaction = dying
    book(schedule, "10:00")
    deliver()
    assert Delivery.objects.get().reason == "no_answer"

    other.reaction = answering(204)
    deliver(seconds=2)

    assert len(other.told) == 2
    assert len({headers["webhook-id"] for headers, _ in other.told}) == 1
    assert Delivery.objects.get().delivered_at is not None


def test_a_program_that_hangs_is_not_waited_for(
    account: Account, schedule: Schedule, other: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "CALL_SECONDS", 0.2)
    listen(account, other)
    other.reaction = hanging
    book(schedule, "10:00")

    deliver()

    delivery = Delivery.objects.get()
    assert (delivery.reason, delivery.status, delivery.lease_until) == ("no_answer", None, None)
    assert delivery.due_at is not None


def test_a_redirect_is_not_followed(account: Account, schedule: Schedule, other: Program) -> None:
    with program() as elsewhere:
        listen(account, other)
        other.reaction = answering(307, Location=elsewhere.url)
        book(schedule, "10:00")

        deliver()

        assert elsewhere.told == []
    assert Delivery.objects.get().status == 307


def test_what_was_tried_for_a_day_is_given_up_and_stays_in_the_list(
    account: Account, schedule: Schedule, other: Program
) -> None:
    webhook = listen(account, other)
    other.reaction = answering(500)
    book(schedule, "10:00")

    for hours in range(26):
        deliver(hours=hours)

    delivery = Delivery.objects.get()
    assert delivery.due_at is None
    assert delivery.dropped_at is not None
    assert Webhook.objects.get(pk=webhook.pk).is_on


def test_an_address_that_fails_for_days_is_called_no_more_until_its_owner_says_so(
    account: Account, schedule: Schedule, other: Program
) -> None:
    webhook = listen(account, other)
    other.reaction = answering(500)
    for day in range(6):
        book(schedule, f"{10 + day}:00")
        Delivery.objects.filter(due_at__isnull=False).update(happened_at=NOW + timedelta(days=day))
        deliver(days=day, minutes=1)
    assert Webhook.objects.get().switched_off_at == NOW + timedelta(days=5, minutes=1)
    assert not Delivery.objects.filter(due_at__isnull=False).exists()
    heard = len(other.told)
    book(schedule, "16:00")
    deliver(days=6)
    assert len(other.told) == heard

    resume_webhook(webhook)
    other.reaction = answering(204)
    book(schedule, "16:30")
    deliver(days=6)

    assert len(other.told) == heard + 1


def test_a_program_that_says_it_is_gone_is_called_no_more(account: Account, schedule: Schedule, other: Program) -> None:
    listen(account, other)
    other.reaction = answering(410)
    book(schedule, "10:00")

    deliver()

    assert not Webhook.objects.get().is_on


@pytest.mark.django_db(transaction=True)
def test_b1_a_worker_that_is_killed_after_the_call_tells_again_when_its_lease_has_ended() -> None:
    """kill -9, with everything received and nothing written: at least once, and known to be the same."""
    account = make_account()
    with program() as other:
        listen(account, other)
        book(make_resource_schedule(account), "10:00")

        assert run_worker("die") == -signal.SIGKILL
        assert len(other.told) == 1
        assert run_worker() == 0
        assert len(other.told) == 1

        Delivery.objects.update(lease_until=NOW - timedelta(days=9000))
        assert run_worker() == 0

        assert len({headers["webhook-id"] for headers, _ in other.told}) == 1
        assert len(other.told) == 2
        assert Delivery.objects.get().delivered_at == NOW


def run_worker(*how: str) -> int:
    """Let a process of its own tell what is owed; return its exit status."""
    settings = {
        "DATABASE_URL": database_address(),
        "DJANGO_SETTINGS_MODULE": "convoca.config.settings",
        "CONVOCA_WEBHOOKS_WITHIN": "yes",
    }
    command = [sys.executable, "-m", "tests.booking.telling_worker", NOW.isoformat(), *how]
    return subprocess.run(command, env=os.environ | settings, timeout=DEADLINE_SECONDS, check=False).returncode


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_one_tells_each_thing(settings: Settings) -> None:
    account = make_account()
    schedule = make_resource_schedule(account)
    with program() as other:
        listen(account, other)
        for clock in ("10:00", "10:30", "11:00", "11:30", "12:00", "12:30"):
            book(schedule, clock)

        workers = [threading.Thread(target=work) for _ in range(8)]
        for each in workers:
            each.start()
        for each in workers:
            each.join()
        deliver()

        assert len(other.told) == 6
        assert len({headers["webhook-id"] for headers, _ in other.told}) == 6


def work() -> None:
    try:
        deliver()
    finally:
        connection.close()


def test_the_sweep_finds_what_is_owed_and_knows_when_a_failed_address_is_tried_again(
    account: Account, schedule: Schedule, other: Program
) -> None:
    listen(account, other)
    other.reaction = answering(500)
    book(schedule, "10:00")
    deliver()
    blocked_until = Webhook.objects.get().blocked_until
    assert blocked_until is not None

    Booking.objects.get().notifications.update(due_at=None)

    assert wake_due(NOW) == max(blocked_until, Delivery.objects.get().due_at or NOW)


def test_what_was_told_is_forgotten_after_a_month(account: Account, schedule: Schedule, other: Program) -> None:
    listen(account, other)
    book(schedule, "10:00")
    deliver()

    prune(now=NOW + timedelta(days=29))
    assert Delivery.objects.count() == 1
    prune(now=NOW + timedelta(days=31))

    assert Delivery.objects.count() == 0


def test_its_owner_is_told_once_by_mail_that_a_webhook_was_switched_off(
    account: Account, schedule: Schedule, other: Program, settings: Settings
) -> None:
    """By its host: the whole address may hold a secret."""
    settings.MAILERS = {"default": {"BACKEND": "convoca.booking.mail.OutboxBackend"}}
    make_member(account, "owner")
    listen(account, other)
    other.reaction = answering(410)
    book(schedule, "10:00")
    deliver()

    send_alerts(NOW)
    send_alerts(NOW)

    [letter] = letters()
    assert letter["Subject"] == "Your webhook to 127.0.0.1 is switched off"
    assert f"/integrations/webhooks/{Webhook.objects.get().pk}" in text_of(letter)
    assert "in-the-address" not in text_of(letter)


def test_who_has_switched_it_on_meanwhile_gets_no_mail(
    account: Account, schedule: Schedule, other: Program, settings: Settings
) -> None:
    settings.MAILERS = {"default": {"BACKEND": "convoca.booking.mail.OutboxBackend"}}
    make_member(account, "owner")
    webhook = listen(account, other)
    other.reaction = answering(410)
    book(schedule, "10:00")
    deliver()

    resume_webhook(webhook)
    send_alerts(NOW)

    assert letters() == []
