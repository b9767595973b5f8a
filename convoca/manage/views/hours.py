"""Configure > Opening hours: of a schedule, or of one of its resources."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from convoca.booking.models import Resource, Schedule, SpecialDay
from convoca.booking.operations.opening import close_days, forget_special_day, open_extra, set_weekly_hours
from convoca.booking.questions.permissions import Action
from convoca.booking.wording import day_text, zone_text
from convoca.core.time import local_day
from convoca.manage.hours import period_text
from convoca.manage.pages import render_page, schedule_tabs
from convoca.manage.policy import Visit, for_supervisors, schedule_on_which
from convoca.manage.views.furnishing import listed_resource
from convoca.manage.week import ResourceWeekForm, SpecialDayForm, WeekForm


@dataclass(frozen=True, kw_only=True)
class Opened:
    """Whose hours a page is about: a schedule's, or those of one resource that it lists."""

    schedule: Schedule
    resource: Resource | None

    @property
    def subject(self) -> Schedule | Resource:
        return self.resource or self.schedule

    def address(self, page: str, *more: int) -> str:
        """Return the address of the page called `page`, or of the resource's page like it."""
        schedule, resource = self.schedule, self.resource
        where: list[object] = [schedule.account.name, schedule.slug]
        if resource is None:
            return reverse(f"manage:{page}", args=[*where, *more])
        return reverse(f"manage:resource-{page}", args=[*where, resource.pk, *more])


@require_http_methods(["GET", "HEAD", "POST"])
@for_supervisors
def configure_hours(request: HttpRequest, visit: Visit, schedule: str, resource: int | None = None) -> HttpResponse:
    """Replace the week."""
    opened = _opened(visit, schedule, resource)
    week = _week(opened, request)
    if request.method == "POST" and week.is_valid():
        set_weekly_hours(opened.subject, week.periods)
        messages.success(request, gettext("Saved. Bookings outside the new hours stay as they are."))
        return _to_hours(opened)
    return _render_hours(request, visit, opened, week=week, now=timezone.now())


@require_http_methods(["GET", "HEAD", "POST"])
@for_supervisors
def add_special_day(request: HttpRequest, visit: Visit, schedule: str, resource: int | None = None) -> HttpResponse:
    """Close one date or several, or open one also in another period."""
    now = timezone.now()
    opened = _opened(visit, schedule, resource)
    if request.method != "POST":
        return redirect(opened.address("hours"))
    form = SpecialDayForm(request.POST, schedule=opened.schedule, now=now)
    if not form.is_valid():
        return _render_hours(request, visit, opened, special=form, now=now)
    if form.is_closed:
        close_days(opened.subject, form.cleaned_data["day"], form.last_day)
    else:
        opens, closes = form.minutes
        open_extra(opened.subject, form.cleaned_data["day"], opens=opens, closes=closes)
    messages.success(request, gettext("Saved. Bookings on that day stay as they are."))
    return _to_hours(opened)


@require_POST
@for_supervisors
def remove_special_day(
    request: HttpRequest, visit: Visit, schedule: str, day: int, resource: int | None = None
) -> HttpResponse:
    opened = _opened(visit, schedule, resource)
    if not forget_special_day(opened.subject, day):
        messages.info(request, gettext("This day is as its weekday already."))
    else:
        messages.success(request, gettext("The day is as its weekday again."))
    return _to_hours(opened)


def _opened(visit: Visit, slug: str, resource: int | None) -> Opened:
    """Return what has opening hours: the slots of a capacity schedule say when it is open. Raises NotGranted."""
    schedule = schedule_on_which(visit, Action.OPEN, slug)
    if schedule.is_capacity:
        raise Http404
    opened = Opened(schedule=schedule, resource=None if resource is None else listed_resource(schedule, resource))
    if opened.resource is not None and not visit.is_owner:
        # The same hours count on every schedule that lists it.
        for other in Schedule.objects.filter(account=visit.account, listed__resource=opened.resource):
            visit.require(Action.OPEN, other)
    return opened


def _to_hours(opened: Opened) -> HttpResponse:
    return HttpResponse(status=303, headers={"Location": opened.address("hours")})


def _week(opened: Opened, request: HttpRequest | None) -> WeekForm:
    data = request.POST if request is not None and request.method == "POST" else None
    form = WeekForm if opened.resource is None else ResourceWeekForm
    return form(data, hours=opened.subject.hours.all())


def _render_hours(
    request: HttpRequest,
    visit: Visit,
    opened: Opened,
    *,
    now: datetime,
    week: WeekForm | None = None,
    special: SpecialDayForm | None = None,
) -> HttpResponse:
    schedule = opened.schedule
    week = week or _week(opened, None)
    special = special or SpecialDayForm(schedule=schedule, now=now)
    wrong = next((form for form in (week, special) if form.errors), None)
    context = {
        "schedule": schedule,
        "resource": opened.resource,
        "tabs": schedule_tabs(request, visit, schedule),
        "zone": zone_text(schedule.time_zone, now),
        "week": week,
        "whose": week["whose"] if opened.resource else None,
        "special": special,
        "hours_address": opened.address("hours"),
        "days_address": opened.address("special-days"),
        "days": _special_days(opened, now=now),
        "of_resources": [] if visit.is_owner or opened.resource else _of_resources(schedule),
        "form": wrong,
    }
    return render_page(request, visit, "manage/opening_hours.html", context, status=422 if wrong else 200)


def _of_resources(schedule: Schedule) -> list[tuple[str, str]]:
    """Return the resources and where their own hours are; the owner finds them among the resources."""
    rows = schedule.listed.select_related("resource")
    return [(each.resource.name, Opened(schedule=schedule, resource=each.resource).address("hours")) for each in rows]


def _special_days(opened: Opened, *, now: datetime) -> list[dict[str, object]]:
    today = local_day(now, opened.schedule.time_zone)
    coming = opened.subject.special_days.filter(day__gte=today).order_by("day", "kind", "opens")
    return [
        {
            "pk": first.pk,
            "day": _days_text(first.day, last),
            "what": _what(first),
            "address": opened.address("remove-special-day", first.pk),
        }
        for first, last in _runs(coming)
    ]


def _runs(days: Iterable[SpecialDay]) -> list[tuple[SpecialDay, date]]:
    """Return each special day with the last of it: closed days that follow one another are one."""
    runs: list[tuple[SpecialDay, date]] = []
    closed: int | None = None
    for each in days:
        if each.kind != SpecialDay.Kind.CLOSED:
            runs.append((each, each.day))
        elif closed is not None and each.day - runs[closed][1] == timedelta(days=1):
            runs[closed] = (runs[closed][0], each.day)
        else:
            closed = len(runs)
            runs.append((each, each.day))
    return runs


def _days_text(first: date, last: date) -> str:
    if first == last:
        return day_text(first, "full")
    return gettext("{first} to {last}").format(first=day_text(first, "full"), last=day_text(last, "full"))


def _what(special: SpecialDay) -> str:
    if special.kind == SpecialDay.Kind.CLOSED:
        return gettext("Closed")
    return gettext("Open also {period}").format(period=period_text(special.opens, special.closes))
