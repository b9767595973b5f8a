"""The free times of a schedule for programs: as JSON, for whoever may see its page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.utils import timezone
from django.utils.translation import gettext

from convoca.booking.models import Resource, Schedule, Service
from convoca.booking.questions.offers import local_window, slots_on_offer, starts_on_offer
from convoca.core.time import Interval, local_day
from convoca.public.answers import reads
from convoca.public.visit import DAY_FORM, FARTHEST, NUMBER_FORM

DAYS_IF_NOT_SAID = 31
DAYS_AT_MOST = 62


class Unclear(Exception):
    """The address does not say what is wanted. The message is a sentence for whoever wrote it."""


@dataclass(frozen=True, kw_only=True)
class _Question:
    window: Interval
    resource: Resource | None = None
    service: Service | None = None


@reads
def list_free_times(request: HttpRequest, account: str, schedule: str) -> HttpResponse:
    """List what can be booked, as instants in UTC: the same times that the page offers."""
    now = timezone.now()
    found = Schedule.objects.filter(account__name=account, slug=schedule).first()
    if found is None:
        return _refuse(gettext("There is no such schedule."), status=404)
    try:
        question = _read(request.GET, found, today=local_day(now, found.time_zone))
    except Unclear as unclear:
        return _refuse(str(unclear), status=400)
    offers = _free(found, question, now)
    free = [{"starts_at": _text(each.starts_at), "ends_at": _text(each.ends_at)} for each in offers]
    response = JsonResponse({"time_zone": found.time_zone, "free": free})
    response["Cache-Control"] = "no-store"
    return response


def _free(schedule: Schedule, question: _Question, now: datetime) -> Iterable[Interval]:
    if schedule.is_capacity:
        slots = slots_on_offer(schedule, window=question.window, now=now)
        return [Interval(slot.starts_at, slot.ends_at) for slot in slots if not slot.is_full]
    return starts_on_offer(
        schedule, window=question.window, now=now, resource=question.resource, service=question.service
    )


def _read(query: QueryDict, schedule: Schedule, *, today: date) -> _Question:
    """Understand all of the address. Raises Unclear."""
    first, days = _first_day(query.get("from"), today=today), _days(query.get("days"))
    window = local_window(first, days, schedule.time_zone)
    if schedule.kind == Schedule.Kind.SERVICE:
        return _Question(window=window, service=_service(schedule, query.get("service")))
    if schedule.kind == Schedule.Kind.RESOURCE and "resource" in query:
        return _Question(window=window, resource=_resource(schedule, query.get("resource", "")))
    return _Question(window=window)


def _first_day(text: str | None, *, today: date) -> date:
    if text is None:
        return today
    try:
        day = date.fromisoformat(text) if DAY_FORM.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        raise Unclear(gettext("“from” must be a day such as 2026-11-24."))
    if abs(day - today) > FARTHEST:
        raise Unclear(gettext("“from” must be a day within two years of today."))
    return day


def _days(text: str | None) -> int:
    if text is None:
        return DAYS_IF_NOT_SAID
    if not NUMBER_FORM.fullmatch(text) or not 1 <= int(text) <= DAYS_AT_MOST:
        raise Unclear(gettext("“days” must be a number from 1 to {most}.").format(most=DAYS_AT_MOST))
    return int(text)


def _resource(schedule: Schedule, text: str) -> Resource:
    listed = schedule.resources.filter(account_id=schedule.account_id)
    found = listed.filter(pk=int(text)).first() if NUMBER_FORM.fullmatch(text) else None
    if found is None:
        raise Unclear(gettext("“resource” must be the number of a resource of this schedule."))
    return found


def _service(schedule: Schedule, text: str | None) -> Service:
    services = list(schedule.services.filter(account_id=schedule.account_id))
    wanted = str(services[0].pk) if text is None and len(services) == 1 else text
    found = next((each for each in services if str(each.pk) == wanted), None)
    if found is None:
        raise Unclear(gettext("“service” must be the number of a service of this schedule."))
    return found


def _text(instant: datetime) -> str:
    """Return "2026-11-24T09:00:00Z" of an instant in UTC."""
    return f"{instant.isoformat()[:19]}Z"


def _refuse(sentence: str, *, status: int) -> JsonResponse:
    return JsonResponse({"error": sentence}, status=status)
