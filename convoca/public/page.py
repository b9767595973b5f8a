"""What a schedule's page is made of."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext

from convoca.booking.models import FormField, Schedule, Slot
from convoca.booking.questions.bookings import waiting_for
from convoca.booking.questions.offers import local_window, next_free_day, slots_on_offer, starts_on_offer
from convoca.booking.questions.permissions import Action, changes_others, may, sees_of_others
from convoca.booking.wording import minutes_text
from convoca.core.time import local_day
from convoca.public.asking import field_words
from convoca.public.calendar import DAYS_SHOWN, WEEK, WINDOW_DAYS, list_days
from convoca.public.choices import Hints, Offer
from convoca.public.courses import courses_of, once_each
from convoca.public.door import has_session, login_address, why_not_book
from convoca.public.forms import BookingForm
from convoca.public.lengths import length_picker
from convoca.public.month import month_days, month_table
from convoca.public.others import lines_by_slot, others_between, others_in, with_taken
from convoca.public.sending import key_of
from convoca.public.summary import summary_of
from convoca.public.visit import ANY, Visit, address_of, resource_address

Context = dict[str, Any]

# A working week, a weekend on either side, and the day after.
FIRST_LOOK_DAYS = 10


def frame(visit: Visit, now: datetime) -> Context:
    """Return what every page about a schedule says of it."""
    return {
        "visit": visit,
        "schedule": visit.schedule,
        "account": visit.schedule.account,
        "viewer": visit.viewer,
        "summary": summary_of(visit.schedule, visit=visit, now=now),
        "links": {
            "zones": visit.at(zones="1"),
            "month": visit.at(month=f"{visit.first_day:%Y-%m}"),
            "days": visit.at(),
            "services": address_of(visit.path, visit.embedding.kept),
        },
        "embedding": visit.embedding,
    }


def services_page(visit: Visit, now: datetime) -> Context:
    return frame(visit, now) | {"services": _services(visit)}


def schedule_page(
    request: HttpRequest,
    visit: Visit,
    form: BookingForm,
    fields: Sequence[FormField],
    *,
    now: datetime,
    not_before: datetime | None = None,
    keeps_choice: bool = True,
) -> Context:
    """Return the page with its times, and beside them the form as it has been filled in so far."""
    context = frame(visit, now) | _beside(request, visit, form, fields)
    if visit.must_pick_service:
        return context | {"services": _services(visit), "days": None}
    if context["paused"]:
        return context | {"days": None}
    if visit.month is not None:
        return context | {"month": month_table(_offers(visit, *month_days(visit), now=now), visit)}
    offers, days = _upcoming(visit, now=now)
    if not offers:
        return context | {"days": None} | _nothing_free(visit, now=now)
    checked = frozenset(form.chosen) if keeps_choice else frozenset[str]()
    offers, hints = _explained(visit, offers, fields, checked, days=days, now=now)
    return context | {
        "days": list_days(offers, visit, hints=hints, not_before=not_before),
        # Where there is a form, it is kept as it is filled in when the page is shown in another language.
        "speaks_by_form": "" if context["why_not"] else "booking",
    }


def page_after_refusal(
    request: HttpRequest, visit: Visit, form: BookingForm, fields: Sequence[FormField], *, now: datetime, kept: bool
) -> Context:
    """Show the page again with the details kept, and first of all the times that come next; the choice if `kept`."""
    wanted = None if visit.schedule.is_capacity or visit.must_pick_service else form.starts_at
    if wanted is None or local_day(wanted, visit.time_zone) < visit.today:
        return schedule_page(request, visit, form, fields, now=now, keeps_choice=kept)
    visit = visit.starting(local_day(wanted, visit.time_zone), opened=False)
    return schedule_page(request, visit, form, fields, now=now, not_before=wanted, keeps_choice=kept)


def _beside(request: HttpRequest, visit: Visit, form: BookingForm, fields: Sequence[FormField]) -> Context:
    """Return what stands around the times: who books, what is asked, and why not if not."""
    why_not = why_not_book(visit.viewer, visit.schedule, is_logged_in=request.user.is_authenticated)
    return {
        "form": form,
        "form_key": key_of(form),
        "fields": field_words(form, fields),
        "resources": _resources(visit),
        "lengths": length_picker(visit),
        "person": visit.viewer.membership,
        "needs_token": has_session(request),
        "paused": paused_text(visit),
        "why_not": why_not,
        "changes_others": changes_others(visit.viewer, visit.schedule),
        "login": login_address(request) if why_not and not request.user.is_authenticated else "",
    }


def paused_text(visit: Visit) -> str:
    """Return what the owner says who lets nobody book for the moment; nothing to those who supervise."""
    schedule = visit.schedule
    if not schedule.is_paused or may(visit.viewer, Action.SUPERVISE, schedule):
        return ""
    return f"{gettext('Bookings are paused.')} {schedule.paused_message}".strip()


def _upcoming(visit: Visit, *, now: datetime) -> tuple[Sequence[Offer], int]:
    """Return what can be chosen from the first day on, and on how many days that is.

    Most schedules fill the list with a few days: only where they do not, the whole window is looked through.
    """
    if not visit.schedule.is_capacity:
        offers = _offers(visit, visit.first_day, FIRST_LOOK_DAYS, now=now)
        if len({local_day(each.starts_at, visit.time_zone) for each in offers}) > DAYS_SHOWN:
            return offers, FIRST_LOOK_DAYS
    return _offers(visit, visit.first_day, WINDOW_DAYS, now=now), WINDOW_DAYS


def _offers(visit: Visit, first: date, days: int, *, now: datetime) -> Sequence[Offer]:
    """Return what can be chosen on `days` days of the visitor's time zone."""
    window = local_window(first, days, visit.time_zone)
    if visit.schedule.is_capacity:
        return slots_on_offer(visit.schedule, window=window, now=now)
    if not visit.chooses_from_resources and visit.service is None:
        return []
    return starts_on_offer(
        visit.schedule, window=window, now=now, resource=visit.resource, service=visit.service, length=visit.length
    )


def _explained(
    visit: Visit,
    offers: Sequence[Offer],
    fields: Sequence[FormField],
    checked: frozenset[str],
    *,
    days: int,
    now: datetime,
) -> tuple[Sequence[Offer], Hints]:
    """Add to the offers what the viewer sees of others, and return what else is known of them."""
    schedule, sees = visit.schedule, sees_of_others(visit.viewer, visit.schedule)
    is_open = may(visit.viewer, Action.BOOK, schedule)
    if schedule.is_capacity:
        slots = [each for each in offers if isinstance(each, Slot)]
        courses = courses_of(schedule, slots, now=now)
        shown = once_each(slots, courses)
        return shown, Hints(
            checked=checked,
            waiting=_waiting(schedule, shown),
            courses=courses,
            others=lines_by_slot(others_in(shown, sees, asked=fields), fields),
            shows_places=schedule.shows_places,
            is_open=is_open,
        )
    window = local_window(visit.first_day, days, visit.time_zone)
    others = others_between(schedule, window, sees, resource=visit.resource, asked=fields)
    return with_taken(offers, others, fields) if others else offers, Hints(
        checked=checked, whole_days=visit.lasts_for_days, is_open=is_open
    )


def _waiting(schedule: Schedule, slots: Sequence[Slot]) -> dict[int, int] | None:
    """Return how many wait for each full session; None where there is no waiting list."""
    if not schedule.has_waiting_list:
        return None
    full = [each for each in slots if each.is_full]
    return waiting_for(full) if full else {}


def _nothing_free(visit: Visit, *, now: datetime) -> Context:
    day = None
    if visit.schedule.is_capacity or visit.chooses_from_resources or visit.service:
        day = next_free_day(
            visit.schedule,
            after=visit.first_day,
            now=now,
            resource=visit.resource,
            service=visit.service,
            length=visit.length,
        )
    return {"nothing": _nothing_text(visit, day), "later_dates": visit.at(day=day.isoformat()) if day else ""}


def _nothing_text(visit: Visit, later: date | None) -> str:
    weeks = WINDOW_DAYS // WEEK
    if later is None and visit.length is not None and visit.length > visit.lengths[0]:
        # It may be longer than any opening: then no later date has room for it either.
        return gettext("Nothing is free for so long. Choose a shorter length.")
    if visit.lasts_for_days:
        return gettext("No free days in the next {n} weeks.").format(n=weeks)
    if not visit.schedule.is_capacity:
        return gettext("No free times in the next {n} weeks.").format(n=weeks)
    if later is None and visit.first_day == visit.today:
        return gettext("No sessions yet.")
    return gettext("No sessions in the next {n} weeks.").format(n=weeks)


def _resources(visit: Visit) -> Sequence[dict[str, object]]:
    """Return the resources to pick from, and any of them, if there is something to pick."""
    if len(visit.resources) < 2:
        return []
    kept = {name: value for name, value in visit.kept.items() if name != "resource"}
    listed: list[dict[str, object]] = [
        {
            "name": each.name,
            "url": address_of(resource_address(visit.schedule, each, visit.resources), kept),
            "is_picked": visit.resource is not None and each.pk == visit.resource.pk,
        }
        for each in visit.resources
    ]
    anyone = {
        "name": gettext("Any that is free"),
        "url": address_of(visit.schedule_path, kept | {"resource": ANY}),
        "is_picked": visit.takes_any,
    }
    return [*listed, anyone]


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
