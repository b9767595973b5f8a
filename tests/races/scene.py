"""What the crowds rush at, made and counted in the database of a whole installation.

A program of its own, started with that installation's environment: `python -m tests.races.scene make|count`.
"""

import json
import sys
from datetime import datetime, timedelta

import django

HOUR = timedelta(hours=1)
PLACES = 20


def make() -> dict[str, str]:
    """Make one free time and one class of twenty, and return the pages to book them on and what to choose there."""
    from django.utils import timezone

    from convoca.booking.operations.slots import open_slot
    from convoca.core.time import Interval
    from tests.booking.building import at, make_account, make_capacity_schedule, make_resource_schedule

    now = timezone.now()
    day = (now + timedelta(days=3)).date()
    account = make_account()
    consultations = make_resource_schedule(account, link_source="jitsi")
    yoga = make_capacity_schedule(account, link_source="jitsi")
    evening = at("18:00", day)
    slot = open_slot(yoga, Interval(evening, evening + HOUR), title="Yoga for backs", capacity=PLACES, now=now)
    days = f"?day={day}&all=1"
    return {
        "time_page": f"/schedule/{account.name}/{consultations.slug}{days}",
        "time": _written(at("10:00", day)),
        "class_page": f"/schedule/{account.name}/{yoga.slug}{days}",
        "class": str(slot.pk),
    }


def count() -> dict[str, int]:
    """Count what the crowds have left."""
    from convoca.booking.models import Booking, Meeting, Notification, Occupancy, Slot

    of_class = Slot.objects.get(schedule__slug="yoga")
    confirmed = Booking.objects.filter(status=Booking.Status.CONFIRMED)
    return {
        "times": Slot.objects.filter(schedule__slug="consultations").count(),
        "time_bookings": confirmed.filter(slot__schedule__slug="consultations").count(),
        "time_meetings": Meeting.objects.filter(slot__schedule__slug="consultations").count(),
        "occupancies": Occupancy.objects.count(),
        "class_bookings": confirmed.filter(slot=of_class).count(),
        "class_taken": of_class.taken,
        "class_meetings": Meeting.objects.filter(slot=of_class).count(),
        "confirmations": Notification.objects.filter(kind=Notification.Kind.CONFIRMATION).count(),
    }


def _written(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%MZ")


if __name__ == "__main__":
    django.setup()
    print(json.dumps({"make": make, "count": count}[sys.argv[1]]()))
