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
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.text import slugify

from convoca.booking.models import Resource, Schedule, Service
from convoca.core.time import local_day
from convoca.public.zones import is_time_zone

# How far ahead of today an address may lead; schedules that book further ahead do not exist in practice.
FARTHEST = timedelta(days=2 * 366)
DAY_FORM = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
MONTH_FORM = re.compile(r"\d{4}-\d{2}", re.ASCII)
NUMBER_FORM = re.compile(r"\d{1,18}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A look at one schedule's page. `time_zone` is the one that times are shown in.

    `first_day` is where the list of days begins; `opened` shows all of its times. `month` is the month whose table is
    shown instead of the list. A service schedule with several services has none until one is picked.
    """

    schedule: Schedule
    path: str
    today: date
    time_zone: str
    first_day: date
    resources: Sequence[Resource] = ()
    services: Sequence[Service] = ()
    resource: Resource | None = None
    service: Service | None = None
    opened: bool = False
    month: date | None = None
    picks_zone: bool = False

    @property
    def must_pick_service(self) -> bool:
        return self.schedule.kind == Schedule.Kind.SERVICE and self.service is None

    @cached_property
    def kept(self) -> dict[str, str]:
        """What every address of this page repeats."""
        kept = {}
        if self.service is not None and len(self.services) > 1:
            kept["service"] = str(self.service.pk)
        if self.time_zone != self.schedule.time_zone:
            kept["tz"] = self.time_zone
        return kept

    @property
    def address(self) -> str:
        """Return this page's own address, with the days that it shows."""
        shown = {"day": self.first_day.isoformat()} if self.first_day != self.today else {}
        return self.at(**shown, **({"all": "1"} if self.opened else {}))

    def at(self, **query: str) -> str:
        """Return the address of the same page with something else shown."""
        every = self.kept | query
        return f"{self.path}?{urlencode(every)}" if every else self.path

    def starting(self, day: date, *, opened: bool) -> "Visit":
        return replace(self, first_day=day, opened=opened, month=None)


def read_visit(request: HttpRequest, *, account: str, schedule: str, resource: str | None, now: datetime) -> Visit:
    """Return what the address asks for. Raises Http404 if there is no such schedule or resource."""
    found = get_object_or_404(Schedule.objects.select_related("account"), account__name=account, slug=schedule)
    query = request.GET
    time_zone = query.get("tz", "")
    time_zone = time_zone if is_time_zone(time_zone) else found.time_zone
    today = local_day(now, time_zone)
    day = _day(query.get("day", ""), today=today)
    visit = Visit(
        schedule=found,
        path=reverse("schedule", args=[account, schedule]),
        today=today,
        time_zone=time_zone,
        first_day=day or today,
        opened=day is not None and "all" in query,
        month=_month(query["month"], today=today) if "month" in query else None,
        picks_zone="zones" in query,
    )
    if found.kind == Schedule.Kind.RESOURCE:
        return _with_resource(visit, resource, posted=request.POST)
    if resource is not None:
        raise Http404
    if found.kind == Schedule.Kind.SERVICE:
        return _with_service(visit, request.POST.get("service") or query.get("service", ""))
    return visit


def resource_address(schedule: Schedule, resource: Resource, listed: Sequence[Resource]) -> str:
    """Return the path of a resource's own page."""
    return reverse("schedule_resource", args=[schedule.account.name, schedule.slug, _name_of(resource, listed)])


def _name_of(resource: Resource, listed: Sequence[Resource]) -> str:
    """Return the resource's name as addresses write it, or its number where the name alone would not find it."""
    name = slugify(resource.name, allow_unicode=True)
    same = [each for each in listed if slugify(each.name, allow_unicode=True) == name]
    return name if name and not name.isdecimal() and len(same) == 1 else str(resource.pk)


def _with_resource(visit: Visit, name: str | None, *, posted: Mapping[str, str]) -> Visit:
    """Pick the resource that the address names, else the one that the form carries, else the first."""
    own = Resource.objects.filter(account_id=visit.schedule.account_id, listed__schedule=visit.schedule)
    listed = list(own.order_by("listed__position", "listed__pk"))
    if name is not None:
        for each in listed:
            if name in {_name_of(each, listed), str(each.pk)}:
                path = resource_address(visit.schedule, each, listed)
                return replace(visit, resources=listed, resource=each, path=path)
        raise Http404
    carried = next((each for each in listed if str(each.pk) == posted.get("resource")), None)
    return replace(visit, resources=listed, resource=carried or (listed[0] if listed else None))


def _with_service(visit: Visit, wanted: str) -> Visit:
    services = list(visit.schedule.services.all())
    only = services[0] if len(services) == 1 else None
    picked = next((each for each in services if str(each.pk) == wanted), only)
    return replace(visit, services=services, service=picked)


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
