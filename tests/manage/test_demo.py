"""`convoca demo`: examples that look alive, made the way clients make them."""

from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client

from convoca.booking.models import Account, Booking, Meeting, Schedule, Slot, User
from convoca.booking.operations import demonstrating
from convoca.booking.operations.demonstrating import fill_with_examples
from tests.booking.building import NOW


@pytest.fixture
def examples(db: None) -> Account:
    return fill_with_examples(now=NOW)


def test_there_is_a_schedule_of_each_kind_and_each_makes_links(examples: Account) -> None:
    """M18, B4: a new installation gives a working link at once."""
    found = Schedule.objects.filter(account=examples).values_list("slug", "kind", "link_source")

    assert set(found) == {
        (demonstrating.CONSULTATIONS, "resource", "jitsi"),
        (demonstrating.LESSONS, "service", "jitsi"),
        (demonstrating.YOGA, "capacity", "jitsi"),
    }


def test_each_has_bookings_in_the_coming_days(examples: Account) -> None:
    booked = Booking.objects.filter(account=examples, slot__starts_at__gt=NOW)

    assert set(booked.values_list("slot__schedule__slug", flat=True)) == {"consultations", "lessons", "yoga"}
    assert Meeting.objects.count() == Slot.objects.count()


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
    assert Slot.objects.filter(schedule__slug=demonstrating.YOGA, starts_at__gt=later).count() >= 13
