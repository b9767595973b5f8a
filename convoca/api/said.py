"""What a program says of a booking: in the query or the body, as JSON or as a form, with a wrapper or without.

SuperSaaS's clients differ in all of that; whatever they send is gathered here, and an attribute that no booking has is
refused by name.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, QueryDict

from convoca.api.asked import MOST_ID, Unclear, instant, yes_or_no
from convoca.api.door import Caller
from convoca.api.finding import person_called
from convoca.booking.asking import OneLineField, PersonNameField, longest_answer
from convoca.booking.models import Membership, Resource, Schedule, Slot
from convoca.booking.operations.ordering import Wish

# What is said about the call and not about the booking.
OF_THE_CALL = frozenset({"schedule_id", "user_id", "form", "webhook", "account_name", "account", "booking"})
ANSWERS = ("phone", "mobile", "address", "country", "field_1", "field_2", "super_field")
# A field of the booking alone, as clients call it, and the user's login name, which says nothing here.
ALSO = {"field_1_r": "field_1", "field_2_r": "field_2"}
KNOWN = frozenset(
    {"start", "finish", "full_name", "email", "name", "res_name", "resource_id", "slot_id", "quantity", *ANSWERS, *ALSO}
)
MOST_PLACES = 10_000


class Wrong(Exception):
    """What is said of a booking cannot be; the messages say what."""

    def __init__(self, *titles: str) -> None:
        super().__init__(*titles)
        self.titles = titles


class Answers(forms.Form):
    """Lines of text, each as long as its column takes."""

    full_name = PersonNameField(required=False)
    email = forms.EmailField(required=False, max_length=254)

    def __init__(self, said: Mapping[str, str]) -> None:
        super().__init__(said)
        for column in ANSWERS:
            self.fields[column] = OneLineField(required=False, max_length=longest_answer(column))


@dataclass(frozen=True)
class Said:
    """All that a call says: about itself, and about the booking."""

    call: Mapping[str, Any]
    booking: Mapping[str, Any]

    @property
    def tells_webhooks(self) -> bool:
        return yes_or_no(self.call.get("webhook", "")) is True

    def schedule_number(self) -> int | None:
        return _number("schedule_id", self.call.get("schedule_id"))


def said_by(request: HttpRequest) -> Said:
    """Gather what a call says. Raises Unclear for a body that is no object, or what no booking has."""
    body = _body(request)
    every: dict[str, Any] = dict(request.GET.items()) | body
    wrapped = every.get("booking")
    if wrapped is not None and not isinstance(wrapped, dict):
        raise Unclear("booking must be an object.")
    booking = {key: value for key, value in every.items() if key not in OF_THE_CALL} if wrapped is None else wrapped
    for name in booking:
        if name not in KNOWN and name not in OF_THE_CALL:
            raise Unclear(f"unknown attribute '{str(name)[:60]}' for Booking.")
    return Said(call=every, booking=booking)


def _body(request: HttpRequest) -> dict[str, Any]:
    if request.content_type in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        return _form(request.POST)
    text = request.body.strip()
    if not text or text == b"null":
        return {}
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unclear("the body is not JSON.") from error
    if not isinstance(found, dict):
        raise Unclear("the body must be an object.")
    return found


def _form(posted: QueryDict) -> dict[str, Any]:
    """Return a form's fields; those called booking[start] are the booking's."""
    found: dict[str, Any] = {}
    for name, value in posted.items():
        if name.startswith("booking[") and name.endswith("]"):
            found.setdefault("booking", {})[name[len("booking[") : -1]] = value
        else:
            found[name] = value
    return found


def wish_of(said: Said, schedule: Schedule, caller: Caller) -> Wish:
    """Return what is wished of a booking on that schedule. Raises Unclear, Wrong or Http404."""
    booking = said.booking
    return Wish(
        starts_at=_instant("start", booking, schedule),
        ends_at=_instant("finish", booking, schedule),
        slot=_slot(booking, schedule),
        resource=_resource(booking, schedule),
        person=_person(said, caller),
        quantity=min(_number("quantity", booking.get("quantity")) or 1, MOST_PLACES),
        answers=_answers(booking),
        super_field=_super_field(booking),
    )


def _instant(name: str, booking: Mapping[str, Any], schedule: Schedule) -> datetime | None:
    return instant(name, booking[name], schedule.time_zone) if booking.get(name) else None


def _slot(booking: Mapping[str, Any], schedule: Schedule) -> Slot | None:
    number = _number("slot_id", booking.get("slot_id"))
    if number is None:
        return None
    slots = Slot.objects.filter(account=schedule.account_id, schedule=schedule, cancelled_at__isnull=True)
    slot = slots.filter(pk=number).first() if schedule.is_capacity else None
    if slot is None:
        raise Wrong("There is no such slot on this schedule.")
    slot.schedule = schedule
    return slot


def _resource(booking: Mapping[str, Any], schedule: Schedule) -> Resource | None:
    number, name = _number("resource_id", booking.get("resource_id")), booking.get("res_name")
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
    said = {ALSO.get(name, name): "" if value is None else str(value) for name, value in booking.items()}
    form = Answers(said)
    if not form.is_valid():
        raise Wrong(*(f"{name}: {' '.join(map(str, errors))}" for name, errors in form.errors.items()))
    answers = {name: value for name, value in form.cleaned_data.items() if name in said and name != "super_field"}
    if "full_name" in answers:
        answers["name"] = answers.pop("full_name")
    return answers


def _super_field(booking: Mapping[str, Any]) -> str | None:
    return None if "super_field" not in booking else " ".join(str(booking["super_field"] or "").split())


def _number(name: str, value: Any) -> int | None:
    if value is None or value == "":
        return None
    text = str(value)
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(MOST_ID)) and int(text) <= MOST_ID):
        raise Unclear(f"{name} must be a number.")
    return int(text)
