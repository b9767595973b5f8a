"""The superuser's day: who comes, and whether everybody has a link."""

from datetime import date, datetime, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_http_methods, require_safe

from convoca.booking.models import Slot
from convoca.booking.operations.linking import NotALink, find_link, type_link
from convoca.booking.operations.refusals import HostLink
from convoca.booking.operations.sharing_a_link import NotByHand, share_link_from
from convoca.booking.questions.bookings import confirmed_in, requests_waiting
from convoca.booking.questions.health import connections_in_need
from convoca.booking.questions.links import MOVING, LinkState, links_for
from convoca.booking.questions.permissions import Action, may
from convoca.booking.questions.supervising import State, schedules_to_supervise
from convoca.booking.wording import day_text, span_text, zone_text
from convoca.core.time import Interval, local_day, localize
from convoca.manage import health_phrases, one_link_phrases, phrases
from convoca.manage import supervise_phrases as say
from convoca.manage.agenda import Row, cells_of, known_as, rows_of, shared_link_warning
from convoca.manage.ahead import first_after, needing_ahead
from convoca.manage.csp import TO_MEETINGS
from convoca.manage.forms import LinkForm, read_day
from convoca.manage.founding import steps_in_words
from convoca.manage.live import Poll, poll_of, read_shown
from convoca.manage.pages import address_of_row, render_page
from convoca.manage.policy import Visit, for_supervisors, supervised_slot
from convoca.manage.returning import address_back
from convoca.manage.supervising import YEAR, Asked, View
from convoca.manage.views.arriving import Watch

DAY = timedelta(days=1)


@csp_override(TO_MEETINGS)
@require_safe
@for_supervisors
def show_day(request: HttpRequest, visit: Visit) -> HttpResponse:
    now = timezone.now()
    day = read_day(request.GET.get("day"), time_zone=visit.account.time_zone, now=now)
    return _render_day(request, visit, day, now=now, only_need=request.GET.get("only") == "need")


@csp_override(TO_MEETINGS)
@require_http_methods(["GET", "HEAD", "POST"])
@for_supervisors
def paste_link(request: HttpRequest, visit: Visit, slot: int) -> HttpResponse:
    """Use the address in what was pasted as the slot's link from now on (J8)."""
    now = timezone.now()
    pasted_into = supervised_slot(visit, slot)
    visit.require(Action.CHANGE, pasted_into.schedule)
    if request.method != "POST":
        return redirect(address_of_row(visit, pasted_into))
    form = LinkForm(request.POST)
    if form.is_valid():
        text = form.cleaned_data["link"]
        try:
            others = _use(visit, pasted_into, form, now=now)
        except NotALink:
            form.add_error("link", phrases.not_a_link())
        except HostLink:
            form.add_error("link", phrases.host_link())
        else:
            messages.success(request, _saved(pasted_into, text, told=form.tells))
            if others is not None:
                messages.success(request, one_link_phrases.shared(others, is_class=pasted_into.schedule.is_capacity))
            if warned := shared_link_warning(visit.viewer, pasted_into):
                messages.warning(request, warned)
            back = address_back(request, visit, otherwise=address_of_row(visit, pasted_into))
            return HttpResponse(status=303, headers={"Location": back})
    day = local_day(pasted_into.starts_at, visit.account.time_zone)
    return _render_day(request, visit, day, now=now, rejected=(pasted_into.pk, form))


def _use(visit: Visit, slot: Slot, form: LinkForm, *, now: datetime) -> int | None:
    """Use what was pasted for the slot; for all bookings of its schedule, return how many others get it."""
    for_all = form.cleaned_data["for_all"] and may(visit.viewer, Action.CONFIGURE, slot.schedule)
    try:
        shared_by = share_link_from(slot, form.cleaned_data["link"], tell=form.tells, now=now) if for_all else None
    except NotByHand:
        # The schedule's links come from elsewhere meanwhile: then it is this slot's alone.
        for_all, shared_by = False, None
    if not for_all:
        type_link(slot, form.cleaned_data["link"], tell=form.tells, now=now)
    return shared_by


@require_safe
@for_supervisors
def tell_news(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Answer a page that waits for links: nothing (204) while they are as it shows them, else what has changed."""
    now = timezone.now()
    shown = read_shown(request.GET.get("rows", ""))
    slots = [
        slot
        for slot in Slot.objects.select_related("schedule").filter(account=visit.account, pk__in=shown)
        if visit.viewer.supervises(slot.schedule_id)
    ]
    links = links_for(visit.viewer, slots, now=now)
    changed = [slot for slot in slots if links[slot.pk].state != shown[slot.pk]]
    if slots and not changed:
        return HttpResponse(status=204)
    zone = visit.account.time_zone
    cells = cells_of(visit.account.pk, {slot.pk: links[slot.pk] for slot in changed}, time_zone=zone)
    arrived = [slot for slot in changed if links[slot.pk].state is LinkState.READY]
    news = {
        "visit": visit,
        "account": visit.account,
        "cells": [cells[slot.pk] for slot in changed],
        "said": " ".join(phrases.link_arrived(_when(slot, zone), links[slot.pk]) for slot in arrived),
        "poll": poll_of(visit.account, {slot.pk: links[slot.pk].state for slot in slots}),
    }
    return render(request, "manage/news.html", news)


def _when(slot: Slot, time_zone: str) -> str:
    return span_text(slot.starts_at, slot.ends_at, time_zone)


def _saved(slot: Slot, text: str, *, told: bool) -> str:
    """Say what was taken from what was pasted, as what we know it, and who is told."""
    link, sentences = find_link(text) or "", [phrases.link_saved(confirmed_in(slot) if told else 0)]
    if known := known_as(link):
        sentences.insert(0, f"{known}.")
    if link != text.strip():
        sentences.insert(0, phrases.taken_from_invitation())
    return " ".join(sentences)


def _render_day(
    request: HttpRequest,
    visit: Visit,
    day: date,
    *,
    now: datetime,
    only_need: bool = False,
    rejected: tuple[int, LinkForm] | None = None,
) -> HttpResponse:
    zone = visit.account.time_zone
    today = local_day(now, zone)
    rows = rows_of(visit.viewer, day, time_zone=zone, now=now)
    in_need = [row for row in rows if row.in_need]
    only_need = only_need and bool(in_need)
    newest = max((person.booking_id for row in rows for person in row.people), default=0)
    waiting = requests_waiting(visit.viewer, Interval(now, now + YEAR)) if day == today else 0
    following = None if rows else first_after(visit.viewer, day, time_zone=zone)
    context = {
        "day": day,
        "day_text": day_text(day, "full"),
        "is_today": day == today,
        "zone": zone_text(zone, localize(day, 12 * 60, zone)),
        "before": (day - DAY).isoformat(),
        "after": (day + DAY).isoformat(),
        "is_empty": not rows,
        "in_need": in_need,
        "others": [] if only_need else [row for row in rows if not row.in_need],
        **_strip(visit, day, len(rows), len(in_need), only_need=only_need),
        "watch": Watch(account=visit.account, day=day, after=newest, seen=newest),
        "search_address": reverse("manage:supervise", args=[visit.account.name]),
        "ahead": needing_ahead(visit.viewer, after=day, time_zone=zone, now=now) if day == today else [],
        "in_danger": _in_danger(visit),
        "steps": steps_in_words(visit.account) if visit.is_owner else "",
        "waiting": phrases.requests_waiting(waiting) if waiting else "",
        "waiting_list": Asked(today=today, day=today, view=View.COMING, state=State.PENDING).address(visit.account),
        "first_after": following,
        "no_schedules": not (rows or following or schedules_to_supervise(visit.viewer)),
        "poll": _poll(visit, rows),
        "rejected_slot": rejected[0] if rejected else None,
        "rejected_form": rejected[1] if rejected else None,
    }
    return render_page(request, visit, "manage/today.html", context, status=422 if rejected else 200)


def _in_danger(visit: Visit) -> str:
    """Say that connections need their owner, to whoever that is; the health page says why and mends it."""
    n = connections_in_need(visit.account) if visit.is_owner else 0
    return health_phrases.connections_in_need(n) if n else ""


def _strip(visit: Visit, day: date, count: int, in_need: int, *, only_need: bool) -> dict[str, object]:
    """Return "8 appointments · 2 need you": a press on either narrows the day to it."""
    whole = f"{reverse('manage:today', args=[visit.account.name])}?day={day.isoformat()}"
    return {
        "count": say.appointments(count),
        "need": say.need(in_need) if in_need else "",
        "only_need": only_need,
        "all_address": whole,
        "need_address": f"{whole}&only=need",
    }


def _poll(visit: Visit, rows: list[Row]) -> Poll | None:
    return poll_of(visit.account, {row.slot_id: row.link.state for row in rows if row.link.state in MOVING})
