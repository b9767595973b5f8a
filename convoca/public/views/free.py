"""The free times of a schedule for programs: as JSON, for whoever may see its page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.utils import timezone
from django.utils.translation import gettext

from convoca.booking.models import Audience, Resource, Schedule, Service, Slot, Visibility
from convoca.booking.questions.forms import asked_fields
from convoca.booking.questions.offers import local_window, slots_on_offer, starts_on_offer
from convoca.booking.questions.permissions import Action, Rank, may, rank_of, sees_of_others
from convoca.booking.questions.viewers import Viewer
from convoca.core.time import Interval, local_day
from convoca.public.answers import reads
from convoca.public.door import viewer_at
from convoca.public.others import Other, others_between, others_in
from convoca.public.visit import DAY_FORM, FARTHEST, NUMBER_FORM, choosable_lengths, length_value

DAYS_IF_NOT_SAID = 31
DAYS_AT_MOST = 62


class Unclear(Exception):
    """The address does not say what is wanted. The message is a sentence for whoever wrote it."""


@dataclass(frozen=True, kw_only=True)
class _Question:
    window: Interval
    resource: Resource | None = None
    service: Service | None = None
    length: timedelta | None = None


@reads
def list_free_times(request: HttpRequest, account: str, schedule: str) -> HttpResponse:
    """List what can be booked, as instants in UTC: the same times that the page offers.

    Beside it what is taken, as far as whoever asks sees the bookings of others.
    """
    now = timezone.now()
    found = (
        Schedule.objects.select_related("account").filter(account__name=account, slug=schedule, closing_at=None).first()
    )
    viewer = viewer_at(request, found.account) if found else None
    if found is None or viewer is None or _is_closed(viewer, found):
        return _refuse(gettext("There is no such schedule."), status=404)
    if not may(viewer, Action.SEE, found):
        return _refuse(gettext("Only users of {owner} see this.").format(owner=found.account.title), status=403)
    try:
        question = _read(request.GET, found, today=local_day(now, found.time_zone))
    except Unclear as unclear:
        return _refuse(str(unclear), status=400)
    return _no_store(JsonResponse(_answer(viewer, found, question, now)))


def _is_closed(viewer: Viewer, schedule: Schedule) -> bool:
    """Say whether nobody is told that there is such a schedule."""
    is_for_users = schedule.who_sees != Audience.SUPERUSERS
    return not may(viewer, Action.SEE, schedule) and not is_for_users and rank_of(viewer, schedule) is not Rank.BLOCKED


def _answer(viewer: Viewer, schedule: Schedule, question: _Question, now: datetime) -> dict[str, Any]:
    sees = sees_of_others(viewer, schedule)
    offers, others = _found(schedule, question, sees, now=now)
    if schedule.is_paused and not may(viewer, Action.SUPERVISE, schedule):
        offers = []
    answer: dict[str, Any] = {
        "time_zone": schedule.time_zone,
        "free": [{"starts_at": _text(each.starts_at), "ends_at": _text(each.ends_at)} for each in offers],
    }
    return answer if sees == Visibility.NOTHING else answer | {"taken": [_taken(each, sees) for each in others]}


def _found(
    schedule: Schedule, question: _Question, sees: Visibility, *, now: datetime
) -> tuple[Sequence[Interval | Slot], Sequence[Other]]:
    """Return what is free and what others have, both in order."""
    asked = asked_fields(schedule) if sees == Visibility.EVERYTHING else []
    if schedule.is_capacity:
        slots = slots_on_offer(schedule, window=question.window, now=now)
        return [slot for slot in slots if not slot.is_full], others_in(slots, sees, asked=asked)
    free = starts_on_offer(
        schedule,
        window=question.window,
        now=now,
        resource=question.resource,
        service=question.service,
        length=question.length,
    )
    return free, others_between(schedule, question.window, sees, resource=question.resource, asked=asked)


def _taken(other: Other, sees: Visibility) -> dict[str, Any]:
    """Return somebody's booking: its time, and of whom it may be told, who and what."""
    told = {"name": other.name, "email": other.email, **other.answers} if sees == Visibility.EVERYTHING else {}
    if sees == Visibility.NAMES:
        told = {"name": other.name}
    when = {"starts_at": _text(other.starts_at), "ends_at": _text(other.ends_at)}
    return when | {key: value for key, value in told.items() if value}


def _read(query: QueryDict, schedule: Schedule, *, today: date) -> _Question:
    """Understand all of the address. Raises Unclear."""
    first, days = _first_day(query.get("from"), today=today), _days(query.get("days"))
    window = local_window(first, days, schedule.time_zone)
    if schedule.kind == Schedule.Kind.SERVICE:
        return _Question(window=window, service=_service(schedule, query.get("service")))
    if schedule.kind == Schedule.Kind.RESOURCE:
        resource = _resource(schedule, query.get("resource", "")) if "resource" in query else None
        return _Question(window=window, resource=resource, length=_length(schedule, query.get("length")))
    return _Question(window=window)


def _length(schedule: Schedule, text: str | None) -> timedelta | None:
    """Return the length asked for; None, which is the usual one, if none was."""
    if text is None:
        return None
    lengths = choosable_lengths(schedule)
    found = next((each for each in lengths if length_value(schedule, each) == text), None)
    if found is None:
        raise Unclear(gettext("“length” must be a length that can be chosen on this schedule."))
    return found


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
    listed = [each for each in services if not each.is_hidden]
    wanted = str(listed[0].pk) if text is None and len(listed) == 1 else text
    found = next((each for each in services if str(each.pk) == wanted), None)
    if found is None:
        raise Unclear(gettext("“service” must be the number of a service of this schedule."))
    return found


def _text(instant: datetime) -> str:
    """Return "2026-11-24T09:00:00Z" of an instant in UTC."""
    # Without its zone an instant is written twice as fast, and a month has hundreds.
    return f"{instant.replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def _no_store(response: JsonResponse) -> JsonResponse:
    response["Cache-Control"] = "no-store"
    return response


def _refuse(sentence: str, *, status: int) -> JsonResponse:
    return _no_store(JsonResponse({"error": sentence}, status=status))
