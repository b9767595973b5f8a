"""One booking, for those who supervise it: what it is, its history; approve, decline, cancel and move it."""

from dataclasses import replace
from datetime import datetime, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from convoca.booking.asking import label_of
from convoca.booking.models import Account, AuditEntry, Booking, FormField, Slot
from convoca.booking.operations.approving import approve, approve_all, decline, decline_all
from convoca.booking.operations.auditing import Actor, acting_on
from convoca.booking.operations.cancelling import cancel, may_undo
from convoca.booking.operations.moving import PLACED, move_appointment, move_place
from convoca.booking.operations.refusals import NotOffered
from convoca.booking.operations.series import undo_cancel_together
from convoca.booking.questions.bookings import confirmed_in
from convoca.booking.questions.forms import asked_fields
from convoca.booking.questions.permissions import Action, may
from convoca.booking.questions.series import requests_with
from convoca.booking.questions.terms import supervisor_terms, terms_of
from convoca.booking.wording import day_text, span_text, zone_text
from convoca.core.admission import Refusal, ResourceTaken
from convoca.core.time import local_day
from convoca.manage import phrases, right_phrases, slot_phrases
from convoca.manage import supervise_phrases as say
from convoca.manage.agenda import make_rows
from convoca.manage.csp import TO_MEETINGS
from convoca.manage.forms import read_day
from convoca.manage.live import poll_of
from convoca.manage.moving import DAYS_SHOWN, TimeForm, busy, read_instant, targets_from
from convoca.manage.pages import render_page
from convoca.manage.policy import Visit, changed_booking, for_supervisors, supervised_booking
from convoca.manage.returning import address_back, came_from

LARGEST_SLOT_ID = 2**63 - 1

# These stand among the facts already.
CONTACT = frozenset({FormField.Key.PHONE, FormField.Key.MOBILE})


@csp_override(TO_MEETINGS)
@require_safe
@for_supervisors
def show_booking(request: HttpRequest, visit: Visit, booking: int) -> HttpResponse:
    now = timezone.now()
    shown = supervised_booking(visit, booking)
    is_live = shown.status != Booking.Status.CANCELLED and shown.slot.ends_at > now
    may_change = may(visit.viewer, Action.CHANGE, shown.slot.schedule)
    row = make_rows(visit.viewer, [shown.slot], [shown], time_zone=visit.account.time_zone, now=now)[0]
    if shown.slot.schedule.is_capacity:
        # Of a class this page shows one person; its link is everybody's.
        row = replace(row, told=confirmed_in(shown.slot))
    context = {
        "booking": shown,
        "row": row,
        "back": request.get_full_path(),
        "came_from": came_from(request, visit),
        "poll": poll_of(visit.account, {row.slot_id: row.link.state}) if is_live else None,
        "facts": _facts(shown) + _answers(visit, shown),
        "history": _history(visit, shown),
        "is_pending": shown.status == Booking.Status.PENDING and is_live and may_change,
        "asked_together": slot_phrases.dates_asked(len(requests_with(shown))) if is_live else "",
        "is_live": is_live,
        "may_move": may_change and is_live and shown.status in PLACED,
        "may_edit": may_change and shown.status != Booking.Status.CANCELLED and not shown.is_erased,
        "may_cancel": may_change and is_live,
        "may_undo": may_change and may_undo(shown, now=now, by=_actor(visit, shown)),
        "day": _day_of(visit, shown),
    }
    return render_page(request, visit, "manage/booking.html", context)


@require_POST
@for_supervisors
def approve_booking(request: HttpRequest, visit: Visit, booking: int) -> HttpResponse:
    """Say yes, to this one or to all that were asked for with it; each one's meeting is made with it."""
    asked, now = changed_booking(visit, booking), timezone.now()
    by = _actor(visit, asked)
    try:
        answered = approve_all(asked, by=by, now=now)[0] if "all" in request.POST else approve(asked, by=by, now=now)
    except Refusal as refusal:
        messages.error(request, phrases.say(refusal))
    else:
        messages.success(request, phrases.approved(answered))
    return _to(address_back(request, visit, otherwise=_day_of(visit, asked)))


@require_http_methods(["GET", "HEAD", "POST"])
@for_supervisors
def decline_booking(request: HttpRequest, visit: Visit, booking: int) -> HttpResponse:
    """Ask first; then say no, to this one or to all that were asked for with it, and free the time."""
    asked, now = changed_booking(visit, booking), timezone.now()
    if request.method != "POST":
        return _ask_to_decline(request, visit, asked)
    by = _actor(visit, asked)
    try:
        answered = decline_all(asked, by=by, now=now)[0] if "all" in request.POST else decline(asked, by=by, now=now)
    except Refusal as refusal:
        messages.error(request, phrases.say(refusal))
    else:
        messages.success(request, phrases.declined(answered))
    return _to(address_back(request, visit, otherwise=_day_of(visit, asked)))


def _ask_to_decline(request: HttpRequest, visit: Visit, asked: Booking) -> HttpResponse:
    is_pending = asked.status == Booking.Status.PENDING
    all_of_them = is_pending and "all" in request.GET
    context = {
        "booking": asked,
        "facts": _facts(asked),
        "is_pending": is_pending,
        "asked_together": slot_phrases.dates_asked(len(requests_with(asked))) if all_of_them else "",
        "came_from": came_from(request, visit),
    }
    return render_page(request, visit, "manage/decline.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_supervisors
def cancel_booking(request: HttpRequest, visit: Visit, booking: int) -> HttpResponse:
    """Ask first; then cancel, also later than its client could."""
    held = changed_booking(visit, booking)
    if request.method != "POST":
        context = {
            "booking": held,
            "facts": _facts(held),
            "is_cancelled": held.status == Booking.Status.CANCELLED,
            "came_from": came_from(request, visit),
        }
        return render_page(request, visit, "manage/cancel.html", context)
    try:
        cancel(held, now=timezone.now(), by=_actor(visit, held), terms=supervisor_terms())
    except Refusal as refusal:
        messages.error(request, phrases.say(refusal))
    else:
        messages.success(request, phrases.cancelled(held))
    return _to(address_back(request, visit, otherwise=_day_of(visit, held)))


@require_POST
@for_supervisors
def undo(request: HttpRequest, visit: Visit, booking: int) -> HttpResponse:
    """Take a fresh cancellation back, whoever cancelled, with all of its series that was cancelled in the same act."""
    gone = changed_booking(visit, booking)
    try:
        restored = undo_cancel_together(gone, now=timezone.now(), by=_actor(visit, gone))
    except Refusal as refusal:
        messages.error(request, phrases.say(refusal))
    else:
        messages.success(request, say.restored(gone, len(restored)))
    page = reverse("manage:booking", args=[visit.account.name, gone.pk])
    return _to(address_back(request, visit, otherwise=page))


@require_http_methods(["GET", "HEAD", "POST"])
@for_supervisors
def move_booking(request: HttpRequest, visit: Visit, booking: int) -> HttpResponse:
    """Show the free times of a week, and move to one of them, or to any other time."""
    now = timezone.now()
    held = changed_booking(visit, booking)
    form = TimeForm(request.POST if "on" in request.POST else None, booking=held, now=now)
    if request.method != "POST" or (form.is_bound and not form.is_valid()):
        return _render_move(request, visit, held, form, now=now)
    wanted = form.instant if form.is_bound else read_instant(request.POST.get("start", ""), now=now)
    try:
        moved = _move(request, visit, held, wanted, now=now)
    except ResourceTaken as refusal:
        said = busy(held, wanted, now=now) if wanted else phrases.say(refusal)
        return _render_move(request, visit, held, form, now=now, refused=said)
    except Refusal as refusal:
        return _render_move(request, visit, held, form, now=now, refused=right_phrases.say(refusal))
    messages.success(request, phrases.moved(moved, _when(moved)))
    return _to(address_back(request, visit, otherwise=_day_of(visit, moved)))


def _move(request: HttpRequest, visit: Visit, held: Booking, wanted: datetime | None, *, now: datetime) -> Booking:
    """Move to the slot or the time that was chosen. Raises a Refusal."""
    by, terms = _actor(visit, held), terms_of(visit.viewer, held.slot.schedule, service=held.slot.service)
    if held.slot.schedule.is_capacity:
        return move_place(held, _slot(visit, request.POST.get("start", "")), now=now, by=by, terms=terms)
    if wanted is None:
        raise NotOffered
    return move_appointment(held, wanted, now=now, by=by, terms=terms)


def _slot(visit: Visit, text: str) -> Slot:
    """Return the slot that a button sent. Raises NotOffered if the account has none such."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < len(str(LARGEST_SLOT_ID)) else None
    slot = Slot.objects.select_related("schedule").filter(account=visit.account, pk=number).first() if number else None
    if slot is None:
        raise NotOffered
    return slot


def _render_move(
    request: HttpRequest, visit: Visit, held: Booking, form: TimeForm, *, now: datetime, refused: str = ""
) -> HttpResponse:
    schedule = held.slot.schedule
    today = local_day(now, schedule.time_zone)
    own_day = max(local_day(held.slot.starts_at, schedule.time_zone), today)
    asked = request.GET.get("day")
    first = max(read_day(asked, time_zone=schedule.time_zone, now=now), today) if asked else own_day
    week = timedelta(days=DAYS_SHOWN)
    context = {
        "booking": held,
        "facts": _facts(held),
        "zone": zone_text(schedule.time_zone, held.slot.starts_at),
        "days": targets_from(held, first, now=now),
        "first": day_text(first, "full"),
        "earlier": max(first - week, today).isoformat() if first > today else "",
        "later": (first + week).isoformat(),
        "is_class": schedule.is_capacity,
        "goes_beyond": may(visit.viewer, Action.GO_BEYOND, schedule),
        "form": form,
        "came_from": came_from(request, visit),
        "refused": refused,
    }
    status = 422 if refused or form.errors else 200
    return render_page(request, visit, "manage/move.html", context, status=status)


def _actor(visit: Visit, booking: Booking) -> Actor:
    return acting_on(booking.slot.schedule, visit.viewer)


def _when(booking: Booking) -> str:
    slot, zone = booking.slot, booking.slot.schedule.time_zone
    return f"{day_text(local_day(slot.starts_at, zone), 'full')}, {span_text(slot.starts_at, slot.ends_at, zone)}"


def _facts(booking: Booking) -> list[tuple[str, str]]:
    slot = booking.slot
    facts = [
        (gettext("When"), capfirst(_when(booking))),
        (gettext("Schedule"), slot.service.name if slot.service else slot.title or slot.schedule.name),
        (gettext("Status"), booking.get_status_display()),
        (gettext("Email"), booking.email),
        (gettext("Phone"), booking.phone),
        (gettext("Mobile phone"), booking.mobile),
    ]
    if booking.status == Booking.Status.CANCELLED:
        facts.append((gettext("Their message"), booking.parting_message))
    if booking.quantity > 1:
        facts.append((gettext("Places"), str(booking.quantity)))
    return [(name, value) for name, value in facts if value]


def _answers(visit: Visit, booking: Booking) -> list[tuple[str, str]]:
    """Return the answers to the owner's questions, as they are called there, and the superusers' own field."""
    asked = [each for each in asked_fields(booking.slot.schedule) if each.key not in CONTACT]
    answers = [(label_of(each), getattr(booking, each.key)) for each in asked]
    if visit.account.supervisor_field != Account.SupervisorField.OFF:
        answers.append((say.super_label(visit.account.supervisor_label), booking.super_field))
    return [(name, value) for name, value in answers if value]


def _history(visit: Visit, booking: Booking) -> list[dict[str, str]]:
    entries = AuditEntry.objects.filter(account=visit.account, booking=booking).select_related(
        "membership__user", "booking"
    )
    return [
        {
            "at": phrases.moment(entry.at, visit.account.time_zone),
            "who": say.who_did(entry),
            "what": entry.get_verb_display(),
            "fields": say.column_names(entry.fields),
        }
        for entry in entries
    ]


def _day_of(visit: Visit, booking: Booking) -> str:
    day = local_day(booking.slot.starts_at, visit.account.time_zone)
    return f"{reverse('manage:today', args=[visit.account.name])}?day={day.isoformat()}#slot-{booking.slot_id}"


def _to(address: str) -> HttpResponse:
    return HttpResponse(status=303, headers={"Location": address})
