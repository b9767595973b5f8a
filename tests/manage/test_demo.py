"""`convoca demo`: examples that look alive, made the way clients make them."""

from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client

from convoca.booking.models import Account, AuditEntry, Booking, Membership, Schedule, Slot, Supervision, User
from convoca.booking.operations import demonstrating
from convoca.booking.operations.demonstrating import fill_with_examples
from tests.booking.building import NOW


@pytest.fixture
def examples(db: None) -> Account:
    return fill_with_examples(now=NOW)


def test_there_is_a_schedule_of_each_kind_and_a_new_installation_makes_links_at_once(examples: Account) -> None:
    """M18, B4: repeats, services with prices, classes, a pool with lengths to choose, a rental by whole days."""
    found = Schedule.objects.filter(account=examples).values_list("slug", "kind", "link_source", "length_kind")

    assert set(found) == {
        ("consultations", "resource", "jitsi", "fixed"),
        ("lessons", "service", "jitsi", "fixed"),
        ("yoga", "capacity", "jitsi", "fixed"),
        ("rooms", "resource", "none", "chosen"),
        ("cabin", "resource", "manual", "days"),
    }


def test_each_has_bookings_to_come_in_every_state_that_there_is(examples: Account) -> None:
    """M20: a request to approve, a full class with somebody who waits and an offer, a cancelled one, a moved one."""
    booked = Booking.objects.filter(account=examples, slot__starts_at__gt=NOW)

    assert set(booked.values_list("slot__schedule__slug", flat=True)) == set(demonstrating.SCHEDULES)
    assert set(booked.values_list("status", flat=True)) == set(Booking.Status)
    assert AuditEntry.objects.filter(account=examples, verb=AuditEntry.Verb.MOVED).count() == 1
    [offered] = booked.filter(status=Booking.Status.OFFERED)
    [waiting] = booked.filter(status=Booking.Status.WAITING)
    assert offered.slot == waiting.slot
    assert offered.slot.is_full


def test_there_are_people_of_every_rank_and_one_who_books_with_a_log_in(examples: Account) -> None:
    """M19: the owner, a superuser, a superuser of one schedule, a user."""
    roles = Membership.objects.filter(account=examples).values_list("role", flat=True)

    assert sorted(roles) == ["owner", "superuser", "user", "user"]
    assert [each.schedule.slug for each in Supervision.objects.filter(account=examples)] == ["yoga"]
    assert Booking.objects.filter(account=examples, membership__user__email="luis@example.org").exists()


@pytest.mark.parametrize(("language", "word"), [("en", "Consultations"), ("es", "Consultas")])
def test_what_clients_read_is_in_the_language_that_was_asked_for(db: None, language: str, word: str) -> None:
    account = fill_with_examples(now=NOW, language=language)

    assert account.language == language
    assert Schedule.objects.get(account=account, slug="consultations").name == word


def test_the_owner_logs_in_with_the_password_that_is_printed(
    examples: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("demo")
    printed = capsys.readouterr().out

    assert f"log in as {demonstrating.OWNER_EMAIL}, password {demonstrating.PASSWORD}" in printed
    assert Client().login(username=demonstrating.OWNER_EMAIL, password=demonstrating.PASSWORD)


def test_filling_twice_keeps_what_is_there(examples: Account) -> None:
    Account.objects.update(title="Renamed")
    before = set(Booking.objects.values_list("pk", flat=True)), set(Slot.objects.values_list("pk", flat=True))

    fill_with_examples(now=NOW + timedelta(minutes=5))

    assert (set(Booking.objects.values_list("pk", flat=True)), set(Slot.objects.values_list("pk", flat=True))) == before
    assert Account.objects.get().title == "Renamed"
    assert User.objects.count() == len(demonstrating.PEOPLE)


def test_a_month_later_the_days_to_come_are_alive_again(examples: Account) -> None:
    later = NOW + timedelta(days=30)

    with time_machine.travel(later, tick=False):
        fill_with_examples(now=later)

    assert Booking.objects.filter(slot__starts_at__gt=later).exists()
    assert Slot.objects.filter(schedule__slug="yoga", starts_at__gt=later).count() >= 13
