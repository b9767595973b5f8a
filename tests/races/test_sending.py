"""J1, J2: one form that is sent many times at the same moment makes one booking, and every answer leads to it."""

from collections import Counter

import pytest
import time_machine
from django.test import Client

from convoca.booking.models import Booking, Notification, Occupancy, Schedule
from tests.booking.building import (
    NOW,
    make_account,
    make_capacity_schedule,
    make_class,
    make_resource_schedule,
    make_service_schedule,
    sign_up,
)
from tests.races.test_operations import THREADS, at_once
from tests.walk.scene import start

pytestmark = pytest.mark.django_db(transaction=True)

KEY = "k" * 22
DETAILS = {"name": "Luis Pérez", "email": "luis@example.org", "form_key": KEY}
PAGE = "/schedule/Lumbre"


def send(page: str, *forms: dict[str, str]) -> Counter[str]:
    """Let as many browsers as there are threads send the forms, in turn; count where they were led."""
    led: list[str] = []

    def one(number: int) -> None:
        answer = Client().post(page, DETAILS | forms[number % len(forms)])
        led.append(answer.get("Location", str(answer.status_code)))

    with time_machine.travel(NOW, tick=False):
        assert at_once(one) == {"done": THREADS}
    return Counter(led)


def test_one_form_sent_at_once_took_as_many_resources_as_a_pool_has() -> None:
    make_resource_schedule(make_account(), resources=THREADS)

    led = send(f"{PAGE}/consultations?resource=any", {"start": start("10:00")})

    assert list(led.values()) == [THREADS]
    assert (Booking.objects.count(), Occupancy.objects.count()) == (1, 1)
    assert Notification.objects.filter(kind=Notification.Kind.CONFIRMATION).count() == 1


def test_one_form_sent_at_once_books_a_service_once() -> None:
    schedule = make_service_schedule(make_account(), pool=THREADS)

    led = send(f"{PAGE}/services", {"start": start("10:00"), "service": str(schedule.services.get().pk)})

    assert list(led.values()) == [THREADS]
    assert (Booking.objects.count(), Occupancy.objects.count()) == (1, 1)


def test_one_form_sent_at_once_takes_its_places_in_a_class_once() -> None:
    slot = make_class(make_capacity_schedule(make_account(), places_per_person=None), capacity=None)

    led = send(f"{PAGE}/yoga", {"slot": str(slot.pk), "quantity": "2"})

    slot.refresh_from_db()
    assert list(led.values()) == [THREADS]
    assert (Booking.objects.count(), slot.taken) == (1, 2)


def test_one_form_sent_at_once_waits_once() -> None:
    slot = make_class(make_capacity_schedule(make_account(), has_waiting_list=True), capacity=1)
    sign_up(slot, "eva@example.org")

    led = send(f"{PAGE}/yoga", {"slot": f"{slot.pk}-wait"})

    assert list(led.values()) == [THREADS]
    assert Booking.objects.filter(status=Booking.Status.WAITING).count() == 1


def test_one_form_of_a_series_sent_at_once_makes_one_series() -> None:
    make_resource_schedule(make_account(), resources=THREADS, repeats=Schedule.Repeats.MAY)

    repeat = {"start": start("10:00"), "repeat": "weekly", "until": "2026-12-10"}
    led = send(f"{PAGE}/consultations?resource=any", repeat)

    assert list(led.values()) == [THREADS]
    assert (Booking.objects.count(), Occupancy.objects.count()) == (3, 3)


def test_one_key_with_two_times_at_once_is_two_forms() -> None:
    make_resource_schedule(make_account(), resources=THREADS)

    led = send(f"{PAGE}/consultations?resource=any", {"start": start("10:00")}, {"start": start("12:00")})

    assert sorted(led.values()) == [THREADS // 2, THREADS // 2]
    assert (Booking.objects.count(), Occupancy.objects.count()) == (2, 2)
