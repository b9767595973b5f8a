"""A schedule's page: one form of radio buttons, a name and an e-mail address. Posting it to itself books."""

from collections.abc import Sequence
from datetime import date, datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from convoca.booking.models import Account, Booking, Schedule, Slot
from convoca.booking.operations.booking import Client, book_place, book_resource, book_service
from convoca.booking.operations.refusals import NotOffered
from convoca.booking.questions.offers import local_window, next_free_day, slots_on_offer, starts_on_offer
from convoca.booking.wording import language, minutes_text
from convoca.core.admission import Refusal
from convoca.core.time import local_day
from convoca.public import phrases
from convoca.public.answers import SeeOther, reads, reads_and_writes
from convoca.public.calendar import WINDOW_DAYS, Offer, list_days, month_days, month_table
from convoca.public.disclosure import disclose
from convoca.public.forms import BookingForm
from convoca.public.summary import summary_of
from convoca.public.visit import Visit, read_visit, resource_address
from convoca.public.zones import regions

WEEK = 7


@reads
def show_account(request: HttpRequest, account: str) -> HttpResponse:
    """List the schedules of an account."""
    found = Account.objects.filter(name=account).first()
    if found is None:
        raise Http404
    schedules = [summary_of(each) for each in Schedule.objects.select_related("account").filter(account=found)]
    return render(request, "public/account.html", {"account": found, "schedules": schedules})


@reads_and_writes
def show_schedule(request: HttpRequest, account: str, schedule: str, resource: str | None = None) -> HttpResponse:
    """Show what can be booked, and book it."""
    now = timezone.now()
    visit = read_visit(request, account=account, schedule=schedule, resource=resource, now=now)
    if visit.picks_zone and request.method != "POST":
        return render(request, "public/zones.html", _frame(visit, now) | {"regions": regions(now)})
    if visit.must_pick_service and request.method != "POST":
        return render(request, "public/services.html", _frame(visit, now) | {"services": _services(visit)})
    if request.method == "POST":
        return _book(request, visit, now=now)
    form = BookingForm(chooses_slot=visit.schedule.is_capacity)
    return render(request, "public/schedule.html", _page(visit, form, now=now))


def _book(request: HttpRequest, visit: Visit, *, now: datetime) -> HttpResponse:
    form = BookingForm(request.POST, chooses_slot=visit.schedule.is_capacity)
    if not form.is_valid():
        return render(request, "public/schedule.html", _page(visit, form, now=now), status=422)
    client = Client(
        name=form.cleaned_data["name"],
        email=form.cleaned_data["email"],
        language=language(),
        time_zone=visit.time_zone,
    )
    try:
        booking = _make_booking(visit, form, client=client, now=now)
    except Refusal as refusal:
        form.add_error(form.choice, phrases.say(refusal, visit.schedule))
        return render(request, "public/schedule.html", _page_after_refusal(visit, form, now=now), status=409)
    response = SeeOther(reverse("booking", args=[booking.token.open()]))
    disclose(response, booking, now=now)
    return response


def _make_booking(visit: Visit, form: BookingForm, *, client: Client, now: datetime) -> Booking:
    """Book what was chosen. Raises a core Refusal."""
    schedule = visit.schedule
    if schedule.is_capacity:
        slot = Slot.objects.filter(account_id=schedule.account_id, schedule=schedule, pk=form.slot_id).first()
        if slot is None:
            raise NotOffered
        return book_place(slot, client=client, now=now)
    if schedule.kind == Schedule.Kind.SERVICE and visit.service is not None:
        return book_service(schedule, visit.service, form.starts_at, client=client, now=now)
    if visit.resource is not None:
        return book_resource(schedule, visit.resource, form.starts_at, client=client, now=now)
    raise NotOffered


def _page(
    visit: Visit, form: BookingForm, *, now: datetime, checked: str | None = None, not_before: datetime | None = None
) -> dict[str, object]:
    context = _frame(visit, now) | {"form": form, "resources": _resources(visit)}
    if visit.must_pick_service:
        return context | {"services": _services(visit), "days": None}
    if visit.month is not None:
        return context | {"month": month_table(_offers(visit, *month_days(visit), now=now), visit)}
    offers = _offers(visit, visit.first_day, WINDOW_DAYS, now=now)
    checked = form.chosen if checked is None else checked
    days = list_days(offers, visit, checked=checked, not_before=not_before)
    return context | {"days": days} | ({} if days.days else _nothing_free(visit, now=now))


def _page_after_refusal(visit: Visit, form: BookingForm, *, now: datetime) -> dict[str, object]:
    """Show the page again with the details kept, and first of all the times that come next."""
    if visit.schedule.is_capacity or visit.must_pick_service:
        return _page(visit, form, now=now, checked="")
    wanted_day = local_day(form.starts_at, visit.time_zone)
    if wanted_day < visit.today:
        return _page(visit, form, now=now, checked="")
    return _page(visit.starting(wanted_day, opened=False), form, now=now, checked="", not_before=form.starts_at)


def _offers(visit: Visit, first: date, days: int, *, now: datetime) -> Sequence[Offer]:
    """Return what can be chosen on `days` days of the visitor's time zone."""
    window = local_window(first, days, visit.time_zone)
    if visit.schedule.is_capacity:
        return slots_on_offer(visit.schedule, window=window, now=now)
    if visit.resource is None and visit.service is None:
        return []
    return starts_on_offer(visit.schedule, window=window, now=now, resource=visit.resource, service=visit.service)


def _nothing_free(visit: Visit, *, now: datetime) -> dict[str, object]:
    day = None
    if visit.schedule.is_capacity or visit.resource or visit.service:
        day = next_free_day(
            visit.schedule, after=visit.first_day, now=now, resource=visit.resource, service=visit.service
        )
    is_class = visit.schedule.is_capacity
    weeks = WINDOW_DAYS // WEEK
    return {
        "nothing": gettext("No sessions in the next {n} weeks.").format(n=weeks)
        if is_class
        else gettext("No free times in the next {n} weeks.").format(n=weeks),
        "later_dates": visit.at(day=day.isoformat()) if day else "",
    }


def _frame(visit: Visit, now: datetime) -> dict[str, object]:
    """Return what every page about a schedule says of it."""
    return {
        "visit": visit,
        "schedule": visit.schedule,
        "account": visit.schedule.account,
        "summary": summary_of(visit.schedule, visit=visit, now=now),
        "links": {
            "zones": visit.at(zones="1"),
            "month": visit.at(month=f"{visit.first_day:%Y-%m}"),
            "days": visit.at(),
            "services": visit.path,
        },
    }


def _resources(visit: Visit) -> Sequence[dict[str, object]]:
    """Return the resources to pick from, if there is something to pick."""
    if len(visit.resources) < 2:
        return []
    query = visit.at().removeprefix(visit.path)
    return [
        {
            "name": each.name,
            "url": resource_address(visit.schedule, each, visit.resources) + query,
            "is_picked": visit.resource is not None and each.pk == visit.resource.pk,
        }
        for each in visit.resources
    ]


def _services(visit: Visit) -> Sequence[dict[str, object]]:
    return [
        {
            "name": each.name,
            "description": each.description,
            "length": minutes_text(each.minutes),
            "price": each.price_label,
            "url": visit.at(service=str(each.pk)),
        }
        for each in visit.services
    ]
