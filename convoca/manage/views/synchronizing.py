"""Supervise > Synchronize: publishing schedules to Google Calendar, and what becomes of that (J7)."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from convoca.booking.models import Connection, Publication, Schedule
from convoca.booking.operations.answering_events import leave_event, put_event_back
from convoca.booking.operations.auditing import acting
from convoca.booking.operations.calendars import calendars_of, may_make_calendars, new_calendar
from convoca.booking.operations.connecting import give_up_unused
from convoca.booking.operations.granting import NoTokenNow
from convoca.booking.operations.publishing import CannotPublish, publish, unpublish, write_events
from convoca.booking.operations.vendors import is_registered
from convoca.booking.operations.wishing_events import BORN_WITH_EVENT
from convoca.booking.questions.publishing import meetings_that_stay, shown_slots
from convoca.manage import phrases
from convoca.manage import sync_phrases as say
from convoca.manage.consent import ask_for_consent
from convoca.manage.csp import TO_VENDORS
from convoca.manage.pages import render_page, schedule_tabs
from convoca.manage.policy import Visit, configured_schedule, for_owner
from convoca.manage.reconnecting import to_vendor
from convoca.manage.sync_forms import NEW, CalendarForm, EventTextsForm, texts_of
from convoca.manage.synchronizing import (
    PROVIDER,
    changed_events,
    google_accounts,
    progress_block,
    standing_of,
)
from convoca.providers import calendar_provider_by_id
from convoca.providers.contract import OutcomeLost, ProviderError

FAILURES = (ProviderError, OutcomeLost, NoTokenNow)


@csp_override(TO_VENDORS)
@require_safe
@for_owner
def list_publications(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show every schedule and where it is published, and the Google accounts that were connected."""
    schedules = Schedule.objects.filter(account=visit.account, closing_at__isnull=True)
    listed = schedules.select_related("calendar__connection").order_by("position", "pk")
    context = {
        "rows": [{"name": each.name, "slug": each.slug, "words": standing_of(each)} for each in listed],
        "accounts": google_accounts(visit.account, now=timezone.now()),
        "not_registered": _not_registered(),
    }
    return render_page(request, visit, "manage/synchronize.html", context)


@csp_override(TO_VENDORS)
@require_http_methods(["GET", "HEAD", "POST"])
@for_owner
def show_publication(request: HttpRequest, visit: Visit, schedule: str) -> HttpResponse:
    """Show where a schedule is published and how that stands; posted, write its events by other texts."""
    shown, now = _schedule(visit, schedule), timezone.now()
    form = EventTextsForm(request.POST if request.method == "POST" else None, initial=texts_of(shown))
    if request.method == "POST" and form.is_valid():
        write_events(shown, form.texts, now=now)
        messages.success(request, say.texts_saved())
        return _back(visit, shown)
    context = {
        "schedule": shown,
        "tabs": schedule_tabs(request, visit, shown),
        "words": standing_of(shown),
        "accounts": google_accounts(visit.account, now=now),
        "used": shown.calendar.connection_id if shown.calendar else 0,
        "progress": progress_block(visit.account, shown, now=now),
        "changed": changed_events(visit.account, shown, now=now),
        "form": form,
        "not_registered": _not_registered(),
    }
    return render_page(request, visit, "manage/publication.html", context, status=422 if form.errors else 200)


@require_safe
@for_owner
def tell_progress(request: HttpRequest, visit: Visit, schedule: str) -> HttpResponse:
    """Answer a page that waits for the copying: nothing (204) while it is as far as it was."""
    block = progress_block(visit.account, _schedule(visit, schedule), now=timezone.now())
    if block is None or block.seen == request.GET.get("seen"):
        return HttpResponse(status=204)
    return render(request, "manage/publication_progress.html", {"progress": block})


@require_POST
@for_owner
def connect_calendar(request: HttpRequest, visit: Visit, schedule: str) -> HttpResponse:
    """Ask Google for consent; its answer leads to the choice of a calendar for this schedule."""
    wanted = _schedule(visit, schedule)
    if not is_registered(PROVIDER):
        messages.error(request, _not_registered())
        return _back(visit, wanted)
    return to_vendor(ask_for_consent(request, PROVIDER, wanted, now=timezone.now()))


@require_http_methods(["GET", "HEAD", "POST"])
@for_owner
def choose_calendar(request: HttpRequest, visit: Visit, schedule: str, connection: int) -> HttpResponse:
    """Offer the calendars that Google tells of now, and publish to the one that is chosen, or to a new one."""
    wanted, used, now = _schedule(visit, schedule), _connection(visit, connection), timezone.now()
    if not is_registered(PROVIDER) or used.state != Connection.State.OPEN:
        messages.error(request, _not_registered() or say.access_ended())
        return _back(visit, wanted)
    try:
        calendars = [each for each in calendars_of(used, now=now) if each.may_write]
    except FAILURES as error:
        messages.error(request, say.not_read(error))
        return _back(visit, wanted)
    may_make = may_make_calendars(used)
    posted = request.POST if request.method == "POST" else None
    form = CalendarForm(posted, calendars=calendars, may_make=may_make, initial={"name": wanted.name})
    if request.method == "POST" and form.is_valid() and _publish(request, visit, wanted, used, form):
        return _onwards(visit, wanted)
    context = {
        "schedule": wanted,
        "tabs": schedule_tabs(request, visit, wanted),
        "who": say.who(used),
        "calendars": calendars,
        "chosen": form.data.get("calendar") or (calendars[0].id if calendars else NEW),
        "may_make": may_make,
        "new": NEW,
        "form": form,
    }
    return render_page(request, visit, "manage/choose_calendar.html", context, status=422 if form.errors else 200)


def _publish(request: HttpRequest, visit: Visit, schedule: Schedule, used: Connection, form: CalendarForm) -> bool:
    """Publish to what the form names, and say so; or say on the form why not."""
    now = timezone.now()
    try:
        facts = form.chosen or new_calendar(used, form.new_name, time_zone=schedule.time_zone, now=now)
        publish(schedule, used, facts, by=acting(visit.viewer.membership), now=now)
    except FAILURES as error:
        form.add_error("calendar", say.not_read(error))
    except CannotPublish:
        form.add_error("calendar", say.cannot_publish())
    else:
        messages.success(request, say.published(facts.name, shown_slots(schedule, now=now).count()))
        return True
    return False


@require_http_methods(["GET", "HEAD", "POST"])
@for_owner
def stop_publishing(request: HttpRequest, visit: Visit, schedule: str) -> HttpResponse:
    """Ask first, saying what happens; then publish no more."""
    shown, now = _schedule(visit, schedule), timezone.now()
    if shown.calendar is None:
        messages.info(request, say.was_not_published(shown))
        return _back(visit, shown)
    if request.method == "POST":
        removes = request.POST.get("events") == "remove"
        unpublish(shown, remove_events=removes, by=acting(visit.viewer.membership), now=now)
        messages.success(request, say.stopped(shown, removes=removes))
        return _back(visit, shown)
    sentences = say.before_stopping(
        shown,
        meetings=meetings_that_stay(shown, now=now),
        turns_meet_off=shown.link_source in BORN_WITH_EVENT,
    )
    return render_page(request, visit, "manage/unpublish.html", {"schedule": shown, "sentences": sentences})


@require_POST
@for_owner
def answer_event(request: HttpRequest, visit: Visit, schedule: str, event: int) -> HttpResponse:
    """Put back an event that somebody deleted or changed in the calendar, or leave it as it is."""
    shown = _schedule(visit, schedule)
    events = Publication.objects.select_related("slot__schedule")
    found = get_object_or_404(events, account=visit.account, slot__schedule=shown, pk=event)
    if request.POST.get("answer") == "leave":
        done, sentence = leave_event(found), say.left_alone()
    else:
        done, sentence = put_event_back(found, now=timezone.now()), say.put_back()
    if done:
        messages.success(request, sentence)
    else:
        messages.info(request, say.nothing_to_put_back())
    return _back(visit, shown)


@require_POST
@for_owner
def give_up_account(request: HttpRequest, visit: Visit, connection: int) -> HttpResponse:
    """Let go of a Google account that nothing uses: its credentials are deleted here, and our access there."""
    found = _connection(visit, connection)
    if give_up_unused(found, by=acting(visit.viewer.membership), now=timezone.now()):
        messages.success(request, say.account_removed(found))
    else:
        messages.error(request, say.account_in_use(found))
    return HttpResponse(status=303, headers={"Location": reverse("manage:synchronize", args=[visit.account.name])})


def _schedule(visit: Visit, slug: str) -> Schedule:
    schedule = configured_schedule(visit, slug)
    if schedule.calendar is not None:
        schedule.calendar.account = visit.account
    return schedule


def _connection(visit: Visit, number: int) -> Connection:
    connections = Connection.objects.select_related("grant").filter(account=visit.account, provider=PROVIDER)
    return get_object_or_404(connections, pk=number)


def _not_registered() -> str:
    return "" if is_registered(PROVIDER) else phrases.not_registered(calendar_provider_by_id(PROVIDER))


def _onwards(visit: Visit, schedule: Schedule) -> HttpResponse:
    """Go where Google Meet can be chosen now, unless it makes no calls in this calendar."""
    if schedule.calendar is None:
        raise Http404
    if not schedule.calendar.makes_meetings or schedule.link_source != Schedule.NO_LINK:
        return _back(visit, schedule)
    page = reverse("manage:process", args=[visit.account.name, schedule.slug])
    return HttpResponse(status=303, headers={"Location": f"{page}?at=google_meet#source-google_meet"})


def _back(visit: Visit, schedule: Schedule) -> HttpResponse:
    page = reverse("manage:publication", args=[visit.account.name, schedule.slug])
    return HttpResponse(status=303, headers={"Location": page})
