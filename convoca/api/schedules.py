"""What there is to book on: schedules, their resources or services, their forms, and the account's groups."""

import json
from typing import Any

from ninja import Router

from convoca.api.asked import MaybeNumber, Number
from convoca.api.door import Keyed, NotHere
from convoca.api.finding import schedule_called, schedules_for
from convoca.api.told import Errors, FieldTold, Named
from convoca.booking.asking import label_of
from convoca.booking.models import FormField, Group, Schedule
from convoca.booking.questions.forms import asked_fields, sign_up_fields

WRONG = {400: Errors, 401: Errors, 404: Errors, 429: Errors}
router = Router(tags=["schedules"])


@router.get("/ping", response={200: dict[str, str], 401: Errors, 429: Errors}, url_name="ping")
def ping(request: Keyed) -> dict[str, str]:
    """Say that the key is good."""
    return {"account": request.auth.account.name}


@router.get("/schedules.json", response={200: list[Named], **WRONG}, url_name="schedules")
def list_schedules(request: Keyed) -> list[dict[str, Any]]:
    return [{"id": each.pk, "name": each.name} for each in schedules_for(request.auth)]


@router.get("/resources.json", response={200: list[Named], 405: Errors, **WRONG}, url_name="resources")
def list_resources(request: Keyed, schedule_id: Number) -> list[dict[str, Any]]:
    """List the resources of a resource schedule, or the services of a service schedule."""
    schedule = schedule_called(request.auth, schedule_id)
    if schedule.is_capacity:
        raise NotHere
    return [{"id": pk, "name": name} for pk, name in _listed(schedule)]


def _listed(schedule: Schedule) -> list[tuple[int, str]]:
    if schedule.kind == Schedule.Kind.SERVICE:
        return list(schedule.services.filter(account=schedule.account_id).values_list("pk", "name"))
    return list(schedule.listed.order_by("position", "id").values_list("resource_id", "resource__name"))


@router.get("/field_list.json", response={200: list[FieldTold], **WRONG}, url_name="field-list", exclude_unset=True)
def list_fields(request: Keyed, schedule_id: MaybeNumber = None) -> list[dict[str, Any]]:
    """List what is asked of who books on a schedule; without one, of who becomes a user."""
    schedule = None if schedule_id is None else schedule_called(request.auth, schedule_id)
    asked = sign_up_fields(request.auth.account) if schedule is None else asked_fields(schedule)
    always = [{"name": key, "type": "text", "label": key, "advanced": False} for key in ("full_name", "email")]
    return [*always, *(_field(each) for each in asked)]


def _field(asked: FormField) -> dict[str, Any]:
    told = {"name": asked.key, "type": "text", "label": label_of(asked), "advanced": False}
    if asked.kind == FormField.Kind.CHOICE:
        return told | {"type": "list", "spec": [json.dumps(option) for option in asked.choices]}
    return told


@router.get("/groups.json", response={200: list[Named], **WRONG}, url_name="groups")
def list_groups(request: Keyed) -> list[dict[str, Any]]:
    groups = Group.objects.filter(account=request.auth.account).order_by("name", "pk")
    return [{"id": group.pk, "name": group.name} for group in groups]
