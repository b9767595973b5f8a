"""J5: [Fill with examples] and [Remove examples], in an owner's own account, of whose own nothing is touched."""

from datetime import timedelta

import pytest
import time_machine

from convoca.booking.models import Account, Booking, Delivery, Notification, Schedule, Slot
from convoca.booking.operations.examples import add_examples, has_examples, remove_examples
from tests.booking.building import (
    NOW,
    book,
    connect_zoom,
    make_account,
    make_capacity_schedule,
    make_class,
    make_client,
    make_resource_schedule,
    sign_up,
)
from tests.walk.tables import snapshot

pytestmark = pytest.mark.django_db

# Sequences and the trail go on counting, and that is all.
LEFT_ASIDE = ("sqlite_sequence", "booking_auditentry", "django_task", "procrastinate", "django_tasks")


def everything() -> dict[str, list[str]]:
    return {name: rows for name, rows in snapshot().items() if not name.startswith(LEFT_ASIDE)}


@pytest.fixture
def account() -> Account:
    """An account in which there is something of the owner's."""
    account = make_account(language="es")
    book(make_resource_schedule(account))
    sign_up(make_class(make_capacity_schedule(account)))
    return account


def test_examples_are_marked_and_people_are_on_them(account: Account) -> None:
    add_examples(account, now=NOW)

    examples = list(Schedule.objects.filter(is_example=True).order_by("pk"))
    assert [each.name for each in examples] == ["Consultas (ejemplo)", "Yoga (ejemplo)"]
    assert Booking.objects.filter(slot__schedule=examples[0]).count() >= 8
    assert [slot.taken for slot in Slot.objects.filter(schedule=examples[1]).order_by("starts_at")] == [6, 4]
    assert {each.email.partition("@")[2] for each in Booking.objects.filter(slot__schedule__in=examples)} == {
        "example.org"
    }
    assert has_examples(account)


def test_nobody_is_written_to_about_examples(account: Account) -> None:
    before = Notification.objects.count()

    add_examples(account, now=NOW)
    remove_examples(account, now=NOW)

    assert Notification.objects.count() == before
    assert not Delivery.objects.exists()


def test_filling_twice_is_filling_once(account: Account) -> None:
    add_examples(account, now=NOW)
    once = everything()

    add_examples(account, now=NOW)

    assert everything() == once


def test_removed_they_leave_nothing_and_the_owner_s_own_is_as_it_was(account: Account) -> None:
    with time_machine.travel(NOW, tick=False):
        before = everything()
        add_examples(account, now=NOW)
        assert everything() != before

        remove_examples(account, now=NOW)

    assert everything() == before
    assert not has_examples(account)


def test_what_somebody_real_has_booked_on_an_example_stays_and_the_schedule_with_it(account: Account) -> None:
    add_examples(account, now=NOW)
    example = Schedule.objects.filter(is_example=True).order_by("pk")[0]
    taken = set(Booking.objects.filter(slot__schedule=example).values_list("slot__starts_at", flat=True))
    monday = NOW.replace(hour=9, minute=0) + timedelta(days=14 - NOW.weekday())
    assert monday not in taken
    real = book(example, "10:00", day=monday.date(), client=make_client("Nora Gil", "nora@gil.example"))

    remove_examples(account, now=NOW)

    example.refresh_from_db()
    assert not example.is_example
    assert Booking.objects.get(pk=real.pk).status == Booking.Status.CONFIRMED
    made_up = Booking.objects.filter(slot__schedule=example, email__endswith="@example.org", slot__starts_at__gt=NOW)
    assert {each.status for each in made_up} == {Booking.Status.CANCELLED}
    assert not Notification.objects.filter(booking__in=made_up, due_at__isnull=False).exists()
    assert not Schedule.objects.filter(is_example=True).exists()


def test_an_example_that_the_owner_has_connected_stays(account: Account) -> None:
    add_examples(account, now=NOW)
    example = Schedule.objects.filter(is_example=True).order_by("pk")[0]
    connect_zoom(example)

    remove_examples(account, now=NOW)

    example.refresh_from_db()
    assert not example.is_example


def test_examples_of_another_account_are_left_alone(account: Account) -> None:
    other = make_account("Otra")
    add_examples(other, now=NOW)

    remove_examples(account, now=NOW)

    assert has_examples(other)
    assert not has_examples(account)
