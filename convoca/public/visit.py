"""What a visitor is looking at: the schedule, what of it was picked, which days, in whose time.

Read from the address. Whatever cannot be understood there is as if it had not been said.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from urllib.parse import urlencode

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.text import slugify

from convoca.booking.models import Booking, Resource, Schedule, Service, Slot
from convoca.booking.questions.schedules import listed_resources
from convoca.booking.questions.viewers import Viewer
from convoca.core.time import DAY, MINUTE, local_day
from convoca.public.embedding import NOT_EMBEDDED, Embedding
from convoca.public.zones import is_time_zone

# How far ahead of today an address may lead; schedules that book further ahead do not exist in practice.
FARTHEST = timedelta(days=2 * 366)
DAY_FORM = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
MONTH_FORM = re.compile(r"\d{4}-\d{2}", re.ASCII)
NUMBER_FORM = re.compile(r"\d{1,18}", re.ASCII)

# What addresses and the form say instead of a resource's number.
ANY = "any"


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A look at one schedule's page by `viewer`. `time_zone` is the one that times are shown in.

    `first_day` is where the list of days begins; `opened` shows all of its times. `month` is the month whose table is
    shown instead of the list. `usual_zone` needs no saying in addresses; if empty, it is the schedule's. A service
    schedule with several services has none until one is picked. `takes_any`: whichever resource is free. `lengths` are
    there where who books may choose a `length`, the usual one first.
    """

    schedule: Schedule
    viewer: Viewer
    path: str
    today: date
    time_zone: str
    first_day: date
    resources: Sequence[Resource] = ()
    services: Sequence[Service] = ()
    resource: Resource | None = None
    service: Service | None = None
    takes_any: bool = False
    lengths: Sequence[timedelta] = ()
    length: timedelta | None = None
    opened: bool = False
    month: date | None = None
    picks_zone: bool = False
    usual_zone: str = ""
    embedding: Embedding = NOT_EMBEDDED

    @property
    def must_pick_service(self) -> bool:
        return self.schedule.kind == Schedule.Kind.SERVICE and self.service is None

    @cached_property
    def kept(self) -> dict[str, str]:
        """What every address of this page repeats."""
        kept = {}
        if self.service is not None and (len(self.services) > 1 or self.service.is_hidden):
            kept["service"] = str(self.service.pk)
        if self.takes_any:
            kept["resource"] = ANY
        if self.length is not None and self.length != self.lengths[0]:
            kept["length"] = self.length_value(self.length)
        if self.time_zone != (self.usual_zone or self.schedule.time_zone):
            kept["tz"] = self.time_zone
        return kept | self.embedding.kept

    @property
    def address(self) -> str:
        """Return this page's own address, with the days that it shows."""
        shown = {"day": self.first_day.isoformat()} if self.first_day != self.today else {}
        return self.at(**shown, **({"all": "1"} if self.opened else {}))

    def at(self, **query: str) -> str:
        """Return the address of the same page with something else shown."""
        return address_of(self.path, self.kept | query)

    @property
    def schedule_path(self) -> str:
        """Return the path of the schedule's page, whichever resource's own page this is."""
        return reverse("schedule", args=[self.schedule.account.name, self.schedule.slug])

    @property
    def chooses_from_resources(self) -> bool:
        """Whether something on a resource schedule has been picked that could be free."""
        return self.resource is not None or self.takes_any

    @property
    def lasts_for_days(self) -> bool:
        """Whether what is booked here is taken for whole days."""
        return lasts_for_days(self.schedule)

    def length_value(self, length: timedelta) -> str:
        return length_value(self.schedule, length)

    def starting(self, day: date, *, opened: bool) -> "Visit":
        return replace(self, first_day=day, opened=opened, month=None)


def lasts_for_days(schedule: Schedule) -> bool:
    return schedule.kind == Schedule.Kind.RESOURCE and schedule.length_kind == Schedule.LengthKind.DAYS


def length_value(schedule: Schedule, length: timedelta) -> str:
    """Return a length as addresses and the form say it: in minutes, or in days."""
    return str(length // (DAY if lasts_for_days(schedule) else MINUTE))


def address_of(path: str, query: Mapping[str, str]) -> str:
    return f"{path}?{urlencode(query)}" if query else path


def read_visit(
    request: HttpRequest,
    schedule: Schedule,
    viewer: Viewer,
    *,
    resource: str | None,
    now: datetime,
    embedding: Embedding = NOT_EMBEDDED,
) -> Visit:
    """Return what the address asks for. Raises Http404 if the schedule has no such resource."""
    query, usual = request.GET, _usual_zone(viewer, schedule)
    time_zone = query.get("tz", "")
    time_zone = time_zone if is_time_zone(time_zone) else usual
    today = local_day(now, time_zone)
    day = _day(query.get("day", ""), today=today)
    visit = Visit(
        schedule=schedule,
        viewer=viewer,
        path=reverse("schedule", args=[schedule.account.name, schedule.slug]),
        today=today,
        time_zone=time_zone,
        usual_zone=usual,
        first_day=day or today,
        opened=day is not None and "all" in query,
        month=_month(query["month"], today=today) if "month" in query else None,
        picks_zone="zones" in query,
        embedding=embedding,
    )
    if schedule.kind == Schedule.Kind.RESOURCE:
        return _with_length(_with_resource(visit, resource, request), request)
    if resource is not None:
        raise Http404
    if schedule.kind == Schedule.Kind.SERVICE:
        return _with_service(visit, _said(request, "service"))
    return visit


def _usual_zone(viewer: Viewer, schedule: Schedule) -> str:
    """Return the zone in which this person reads times unless they ask for another: their own, if we know it."""
    own = viewer.membership.user.time_zone if viewer.membership else ""
    return own if is_time_zone(own) else schedule.time_zone


def _said(request: HttpRequest, name: str) -> str:
    """Return what the form carries, else what the address says."""
    return request.POST.get(name) or request.GET.get(name, "")


def read_change(
    request: HttpRequest, booking: Booking, viewer: Viewer, *, path: str, time_zone: str, now: datetime
) -> Visit:
    """Return what the address of a booking's change page asks for: days only, the rest is the booking's own."""
    slot = booking.slot
    today = local_day(now, time_zone)
    day = _day(request.GET.get("day", ""), today=today)
    occupancy = slot.occupancies.select_related("resource").first() if _has_one_resource(slot) else None
    return Visit(
        schedule=slot.schedule,
        viewer=viewer,
        path=path,
        today=today,
        time_zone=time_zone,
        usual_zone=time_zone,
        first_day=day or today,
        resource=occupancy.resource if occupancy else None,
        service=slot.service,
        opened=day is not None and "all" in request.GET,
        month=_month(request.GET["month"], today=today) if "month" in request.GET else None,
    )


def _has_one_resource(slot: Slot) -> bool:
    return slot.schedule.kind == Schedule.Kind.RESOURCE


def resource_address(schedule: Schedule, resource: Resource, listed: Sequence[Resource]) -> str:
    """Return the path of a resource's own page."""
    return reverse("schedule_resource", args=[schedule.account.name, schedule.slug, _name_of(resource, listed)])


def _name_of(resource: Resource, listed: Sequence[Resource]) -> str:
    """Return the resource's name as addresses write it, or its number where the name alone would not find it."""
    name = slugify(resource.name, allow_unicode=True)
    same = [each for each in listed if slugify(each.name, allow_unicode=True) == name]
    return name if name and not name.isdecimal() and len(same) == 1 else str(resource.pk)


def _with_resource(visit: Visit, name: str | None, request: HttpRequest) -> Visit:
    """Pick the resource that the address names, else the one that the form carries, else the first."""
    listed = listed_resources(visit.schedule)
    if name is not None:
        for each in listed:
            if name in {_name_of(each, listed), str(each.pk)}:
                path = resource_address(visit.schedule, each, listed)
                return replace(visit, resources=listed, resource=each, path=path)
        raise Http404
    if _said(request, "resource") == ANY and len(listed) > 1:
        return replace(visit, resources=listed, takes_any=True)
    carried = next((each for each in listed if str(each.pk) == request.POST.get("resource")), None)
    return replace(visit, resources=listed, resource=carried or (listed[0] if listed else None))


def _with_service(visit: Visit, wanted: str) -> Visit:
    """Pick the service that is wanted; a hidden one is not listed, but whoever has its address may."""
    every = list(visit.schedule.services.all())
    listed = [each for each in every if not each.is_hidden]
    only = listed[0] if len(listed) == 1 else None
    picked = next((each for each in every if str(each.pk) == wanted), only)
    return replace(visit, services=listed, service=picked)


def _with_length(visit: Visit, request: HttpRequest) -> Visit:
    lengths = choosable_lengths(visit.schedule)
    if not lengths:
        return visit
    said = _said(request, "length")
    return replace(
        visit,
        lengths=lengths,
        length=next((each for each in lengths if visit.length_value(each) == said), lengths[0]),
    )


def choosable_lengths(schedule: Schedule) -> Sequence[timedelta]:
    """Return the lengths of which whoever books chooses one; none where it is always the same."""
    match schedule.length_kind:
        case Schedule.LengthKind.DAYS:
            return [DAY * days for days in range(1, schedule.most_days + 1)]
        case Schedule.LengthKind.CHOSEN:
            longest = max(schedule.length_minutes, schedule.longest_minutes)
            return [
                MINUTE * minutes
                for minutes in range(schedule.length_minutes, longest + 1, schedule.length_step_minutes)
            ]
        case _:
            return []


def _day(text: str, *, today: date) -> date | None:
    if not DAY_FORM.fullmatch(text):
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if today <= day <= today + FARTHEST else None


def _month(text: str, *, today: date) -> date:
    """Return the first day of the month asked for, or of this month."""
    this = today.replace(day=1)
    if not MONTH_FORM.fullmatch(text):
        return this
    try:
        month = date.fromisoformat(f"{text}-01")
    except ValueError:
        return this
    return month if this <= month <= today + FARTHEST else this
