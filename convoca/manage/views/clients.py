"""Booking for somebody, and correcting what is known of them (M20)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from convoca.booking.models import Booking, FormField, Membership, Resource, Schedule, Service, Slot
from convoca.booking.operations.auditing import acting_on
from convoca.booking.operations.behalf import Order, book_for, is_within_hours
from convoca.booking.operations.booking import Client
from convoca.booking.operations.correcting import Correction, correct
from convoca.booking.operations.resubmitting import once
from convoca.booking.questions.forms import asked_fields
from convoca.booking.questions.offers import local_window, slots_on_offer, starts_on_offer
from convoca.booking.questions.people import people_of
from convoca.booking.questions.permissions import Action, may
from convoca.booking.questions.supervising import schedules_to_supervise
from convoca.booking.questions.terms import Terms, terms_of
from convoca.booking.wording import clock_text, day_text, span_text, zone_text
from convoca.core.admission import Refusal, SeriesClash
from convoca.core.time import Interval, local_day
from convoca.manage import phrases, right_phrases
from convoca.manage import supervise_phrases as say
from convoca.manage.clients import ANY, ClientForm, NewBookingForm, answers_of
from convoca.manage.forms import read_day
from convoca.manage.pages import render_page
from convoca.manage.policy import Visit, changed_booking, for_supervisors, supervised_booking
from convoca.manage.supervising import read_id

# Sessions further ahead are booked from their own page.
SESSIONS_AHEAD = timedelta(days=120)
MOST_SESSIONS = 200
PEOPLE_NAMED = 200
TIMES_NAMED = 24


@dataclass(frozen=True, kw_only=True)
class Start:
    """With what a new booking begins: what the address names, and what an earlier booking tells."""

    schedule: Schedule
    like: Booking | None
    day: date
    values: Mapping[str, object]


@require_http_methods(["GET", "HEAD", "POST"])
@for_supervisors
def new_booking(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Book for somebody; outside opening hours only if it is meant."""
    now = timezone.now()
    schedules = schedules_to_supervise(visit.viewer)
    for schedule in schedules:
        schedule.account = visit.account
    start = _start(request, visit, schedules, now=now)
    if start is None:
        places = [(each.name, f"?schedule={each.slug}") for each in schedules]
        return render_page(request, visit, "manage/new_booking_choice.html", {"places": places})
    form = _form(request, visit, start, now=now)
    if request.method != "POST" or not form.is_valid():
        return _render(request, visit, start, form, now=now)
    try:
        order, terms = form.order, terms_of(visit.viewer, start.schedule, service=form.order.service)
        # Whom hours bind is refused by the rules themselves, and cannot mean it anyway.
        if not terms.hours_bind and not form.cleaned_data["anyway"] and not is_within_hours(order):
            return _render(request, visit, start, form, now=now, outside=say.outside_hours(start.schedule))
        booked = _book(visit, form, order, terms, now=now)
    except SeriesClash as clash:
        return _render(request, visit, start, form, now=now, refused=say.clashes(clash, start.schedule.time_zone))
    except Refusal as refusal:
        return _render(request, visit, start, form, now=now, refused=right_phrases.say(refusal))
    when = _when(booked.slot, start.schedule)
    messages.success(request, say.booked(booked, when, dates=booked.made_beside.count() + 1))
    address = reverse("manage:booking", args=[visit.account.name, booked.pk])
    return HttpResponse(status=303, headers={"Location": address})


def _book(visit: Visit, form: NewBookingForm, order: Order, terms: Terms, *, now: datetime) -> Booking:
    """Book what a valid form asks for, once, however often it is sent; of several, return the first."""
    client, note = _client(visit, form), form.note or ""
    return once(
        visit.account, client, lambda: book_for(order, client=client, super_field=note, terms=terms, now=now)[0]
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_supervisors
def edit_booking(request: HttpRequest, visit: Visit, booking: int) -> HttpResponse:
    """Correct whose booking it is and what they answered."""
    now = timezone.now()
    held = changed_booking(visit, booking)
    asked = asked_fields(held.slot.schedule)
    form = ClientForm(request.POST or None, account=visit.account, asked=asked, initial=answers_of(held, asked))
    refused = ""
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        correction = Correction(name=typed["name"], email=typed["email"], details=form.details, super_field=form.note)
        try:
            changed = correct(held, correction, by=acting_on(held.slot.schedule, visit.viewer), now=now)
        except Refusal as refusal:
            refused = phrases.say(refusal)
        else:
            messages.success(request, say.corrected(new_address="email" in changed))
            address = reverse("manage:booking", args=[visit.account.name, held.pk])
            return HttpResponse(status=303, headers={"Location": address})
    context = {"booking": held, "form": form, "refused": refused}
    return render_page(
        request, visit, "manage/edit_booking.html", context, status=422 if refused or form.errors else 200
    )


def _start(request: HttpRequest, visit: Visit, schedules: list[Schedule], *, now: datetime) -> Start | None:
    """Return where the form begins, or None while a schedule must be chosen, or made first."""
    like = None
    if (number := read_id(request.GET.get("like", ""))) is not None:
        like = supervised_booking(visit, number)
    named = like.slot.schedule.slug if like else request.GET.get("schedule", "")
    chosen = next((each for each in schedules if each.slug == named), None)
    schedule = chosen or (schedules[0] if len(schedules) == 1 else None)
    if schedule is None:
        return None
    day = read_day(request.GET.get("day"), time_zone=schedule.time_zone, now=now)
    return Start(schedule=schedule, like=like, day=day, values=_values(request, like, day))


def _values(request: HttpRequest, like: Booking | None, day: date) -> Mapping[str, object]:
    values: dict[str, object] = {"on": day, "at": request.GET.get("at", "")}
    values |= {name: request.GET[name] for name in ("resource", "service", "slot") if name in request.GET}
    if like is None:
        return values
    if like.membership is not None:
        values["person"] = like.membership.login_name
    taken = like.slot.occupancies.values_list("resource", flat=True).first()
    return values | {
        "name": like.name,
        "email": like.email,
        "quantity": like.quantity,
        "service": str(like.slot.service_id or ""),
        "resource": str(taken or ANY),
    }


def _form(request: HttpRequest, visit: Visit, start: Start, *, now: datetime) -> NewBookingForm:
    schedule = start.schedule
    asked: list[FormField] = asked_fields(schedule)
    initial = dict(start.values)
    if start.like is not None:
        initial |= {field.key: getattr(start.like, field.key) for field in asked}
    window = Interval(now, now + SESSIONS_AHEAD)
    is_service = schedule.kind == Schedule.Kind.SERVICE
    is_resource = schedule.kind == Schedule.Kind.RESOURCE
    slots = list(slots_on_offer(schedule, window=window, now=now))[:MOST_SESSIONS] if schedule.is_capacity else []
    for slot in slots:
        slot.schedule = schedule
    return NewBookingForm(
        request.POST or None,
        schedule=schedule,
        slots=slots,
        resources=_resources(schedule) if is_resource else [],
        services=list(Service.objects.filter(account=visit.account, schedule=schedule)) if is_service else [],
        names_people=visit.may(Action.SEE_PEOPLE),
        asked=asked,
        initial=initial,
        now=now,
    )


def _resources(schedule: Schedule) -> list[Resource]:
    listed = Resource.objects.filter(account_id=schedule.account_id, listed__schedule=schedule)
    return list(listed.order_by("listed__position", "pk"))


def _client(visit: Visit, form: NewBookingForm) -> Client:
    """Return for whom it is: a registered user is told in their language, everybody else in the account's."""
    typed, person = form.cleaned_data, form.person
    return Client(
        name=typed["name"] or (person.called if person else ""),
        email=typed["email"] or (person.user.email if person else ""),
        language=person.user.language if person else visit.account.language,
        time_zone=(person.user.time_zone if person else "") or form.schedule.time_zone,
        membership=person,
        details=form.details,
        booked_by=acting_on(form.schedule, visit.viewer),
        form=form.digest_by(visit.viewer.membership),
    )


def _render(
    request: HttpRequest,
    visit: Visit,
    start: Start,
    form: NewBookingForm,
    *,
    now: datetime,
    refused: str = "",
    outside: str = "",
) -> HttpResponse:
    schedule = start.schedule
    context = {
        "schedule": schedule,
        "form": form,
        "zone": zone_text(schedule.time_zone, now),
        "refused": refused,
        "outside": outside,
        "free": [] if schedule.is_capacity else _free_times(start, now=now),
        "free_day": day_text(start.day, "full"),
        "people": _people(visit) if visit.may(Action.SEE_PEOPLE) else [],
        "goes_beyond": may(visit.viewer, Action.GO_BEYOND, schedule),
        "has_choice": not (schedule.is_capacity and not form.slots),
    }
    status = 422 if refused or outside or form.errors else 200
    return render_page(request, visit, "manage/new_booking.html", context, status=status)


def _people(visit: Visit) -> list[Membership]:
    return list(people_of(visit.account).exclude(role=Membership.Role.BLOCKED)[:PEOPLE_NAMED])


def _free_times(start: Start, *, now: datetime) -> list[tuple[str, str]]:
    """Return what is free on the day: each time and the address that begins with it."""
    schedule = start.schedule
    service = schedule.services.first() if schedule.kind == Schedule.Kind.SERVICE else None
    if service is None and schedule.kind == Schedule.Kind.SERVICE:
        return []
    window = local_window(start.day, 1, schedule.time_zone)
    free = starts_on_offer(schedule, window=window, now=now, service=service)[:TIMES_NAMED]
    return [(clock_text(each.starts_at, schedule.time_zone), _address(start, each)) for each in free]


def _address(start: Start, free: Interval) -> str:
    local = free.starts_at.astimezone(ZoneInfo(start.schedule.time_zone))
    query = {"schedule": start.schedule.slug, "day": start.day.isoformat(), "at": f"{local:%H:%M}"}
    if start.like is not None:
        query["like"] = str(start.like.pk)
    return f"?{urlencode(query)}"


def _when(slot: Slot, schedule: Schedule) -> str:
    zone = schedule.time_zone
    return f"{day_text(local_day(slot.starts_at, zone), 'full')}, {span_text(slot.starts_at, slot.ends_at, zone)}"
