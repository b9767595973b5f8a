"""What a program says of a booking."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import Http404

from convoca.api.asked import instant
from convoca.api.door import Caller, Wrong
from convoca.api.finding import person_called
from convoca.api.heard import ANSWERS, Kind, Said, checked, number_in
from convoca.booking.models import Membership, Resource, Schedule, Slot
from convoca.booking.operations.ordering import Wish

# A field of the booking alone, as clients call it, and the user's login name, which says nothing here.
ALSO = {"field_1_r": "field_1", "field_2_r": "field_2"}
BOOKING = Kind(
    wrapper="booking",
    attributes=frozenset(
        {"start", "finish", "full_name", "email", "name", "res_name", "resource_id", "slot_id", "quantity"}
        | {*ANSWERS, *ALSO}
    ),
    of_the_call=frozenset({"schedule_id", "user_id", "form", "webhook", "account_name", "account", "booking"}),
)
MOST_PLACES = 10_000


def wish_of(said: Said, schedule: Schedule, caller: Caller) -> Wish:
    """Return what is wished of a booking on that schedule. Raises Unclear, Wrong or Http404."""
    booking = said.about
    return Wish(
        starts_at=_instant("start", booking, schedule),
        ends_at=_instant("finish", booking, schedule),
        slot=_slot(booking, schedule),
        resource=_resource(booking, schedule),
        person=_person(said, caller),
        quantity=min(number_in("quantity", booking.get("quantity")) or 1, MOST_PLACES),
        answers=_answers(booking),
        super_field=_super_field(booking),
    )


def _instant(name: str, booking: Mapping[str, Any], schedule: Schedule) -> datetime | None:
    return instant(name, booking[name], schedule.time_zone) if booking.get(name) else None


def _slot(booking: Mapping[str, Any], schedule: Schedule) -> Slot | None:
    number = number_in("slot_id", booking.get("slot_id"))
    if number is None:
        return None
    slots = Slot.objects.filter(account=schedule.account_id, schedule=schedule, cancelled_at__isnull=True)
    slot = slots.filter(pk=number).first() if schedule.is_capacity else None
    if slot is None:
        raise Wrong("There is no such slot on this schedule.")
    slot.schedule = schedule
    return slot


def _resource(booking: Mapping[str, Any], schedule: Schedule) -> Resource | None:
    number, name = number_in("resource_id", booking.get("resource_id")), booking.get("res_name")
    if number is None and not name:
        return None
    listed = [each.resource for each in schedule.listed.select_related("resource")]
    found = next((each for each in listed if each.pk == number or (number is None and each.name == name)), None)
    if found is None:
        raise Wrong("There is no such resource on this schedule.")
    return found


def _person(said: Said, caller: Caller) -> Membership | None:
    text = said.call.get("user_id")
    if text is None or text == "":
        return None
    person = person_called(caller, str(text))
    if person is None:
        raise Http404
    return person


def _answers(booking: Mapping[str, Any]) -> dict[str, str]:
    """Return the columns that are said, checked as on any form. Raises Wrong."""
    answers = checked({ALSO.get(name, name): value for name, value in booking.items()})
    answers.pop("super_field", None)
    return answers


def _super_field(booking: Mapping[str, Any]) -> str | None:
    return None if "super_field" not in booking else " ".join(str(booking["super_field"] or "").split())
