"""Supervise > Synchronize: a schedule and its owner's Google calendars (M4, J7)."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from convoca.booking.models import Connection, Publication, Resource, Schedule, WhenUnknown
from convoca.booking.operations.answering_events import leave_event, put_event_back
from convoca.booking.operations.auditing import acting
from convoca.booking.operations.busy import depend_no_more, depend_on, set_when_unknown
from convoca.booking.operations.calendars import (
    calendar_called,
    may_ask_when_busy,
    may_make_calendars,
    new_calendar,
    read_calendars,
)
from convoca.booking.operations.connecting import give_up_unused
from convoca.booking.operations.granting import NoTokenNow
from convoca.booking.operations.publishing import (
    CannotPublish,
    publish,
    publish_resource,
    publish_resource_with_schedule,
    unpublish,
    write_events,
)
from convoca.booking.operations.vendors import is_registered
from convoca.booking.operations.wishing_events import BORN_WITH_EVENT
from convoca.booking.questions.publishing import meetings_that_stay, shown_slots
from convoca.manage import phrases
from convoca.manage import synchronize_phrases as say
from convoca.manage.consent import ask_for_consent
from convoca.manage.csp import TO_VENDORS
from convoca.manage.pages import render_page, schedule_tabs, see_other
from convoca.manage.policy import Visit, for_owner, supervised_schedule
from convoca.manage.reconnecting import FOR_MEET, to_calendars, to_synchronize, to_vendor
from convoca.manage.synchronizing import (
    GOOGLE,
    WhenUnknownForm,
    busy_rows,
    changed_rows,
    google_accounts,
    is_of_test_mode,
    progress_block,
    resources_of,
    texts_form,
    usable_accounts,
)
from convoca.providers import calendar_provider_by_id
from convoca.providers.calendars import CalendarFacts
from convoca.providers.contract import OutcomeLost, ProviderError

NEW_CALENDAR = "new"


@csp_override(TO_VENDORS)
@require_safe
@for_owner
def list_publications(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show every schedule and where it is published, and the Google accounts that are connected."""
    schedules = Schedule.objects.filter(account=visit.account, closing_at__isnull=True)
    listed = schedules.select_related("calendar__connection").order_by("position", "pk")
    context = {
        "rows": [(each, say.publication_words(each.calendar)) for each in listed],
        "accounts": google_accounts(visit.account, now=timezone.now()),
    }
    return render_page(request, visit, "manage/publications.html", context)


@require_POST
@for_owner
def give_up(request: HttpRequest, visit: Visit, connection: int) -> HttpResponse:
    """Let go of a Google account that nothing uses: its credentials are deleted here, and our access there."""
    given = get_object_or_404(Connection, account=visit.account, provider=GOOGLE, pk=connection)
    if give_up_unused(given, by=acting(visit.viewer.membership), now=timezone.now()):
        messages.success(request, say.given_up(given.email))
    else:
        messages.error(request, say.still_used(given.email))
    return see_other("manage:publications", account=visit.account.name)


@csp_override(TO_VENDORS)
@require_safe
@for_owner
def synchronize(request: HttpRequest, visit: Visit, schedule: str) -> HttpResponse:
    shown, now = _schedule(visit, schedule), timezone.now()
    return render_page(
        request,
        visit,
        "manage/synchronize.html",
        _context(request, visit, shown)
        | {
            "form": texts_form(shown),
            "progress": progress_block(visit, shown, now=now) if shown.calendar else None,
            "changed": changed_rows(visit, shown, now=now),
            "busy": busy_rows(visit, shown, now=now),
            "apart": [each for each in resources_of(shown) if each.calendar_id is not None],
            "unknown": WhenUnknownForm(initial={"when_unknown": shown.when_unknown}),
        },
    )


def _context(request: HttpRequest, visit: Visit, schedule: Schedule) -> dict[str, object]:
    provider, now = calendar_provider_by_id(GOOGLE), timezone.now()
    calendar, accounts = schedule.calendar, usable_accounts(visit)
    told = [*accounts, *([calendar.connection] if calendar else [])]
    return {
        "schedule": schedule,
        "tabs": schedule_tabs(request, visit, schedule),
        "calendar": calendar,
        "words": say.publication_words(calendar),
        "lost": calendar.connection if calendar and calendar.connection.state != Connection.State.OPEN else None,
        "test_mode": say.test_mode() if any(is_of_test_mode(each, now=now) for each in told) else "",
        "accounts": accounts,
        "for_meet": _for_meet(request),
        "not_registered": "" if is_registered(provider.id) else phrases.not_registered(provider),
        "resources": resources_of(schedule),
    }


@require_POST
@for_owner
def connect(request: HttpRequest, visit: Visit, schedule: str) -> HttpResponse:
    """Ask Google for access to somebody's calendars; what is done with it is chosen afterwards."""
    of, provider = _schedule(visit, schedule), calendar_provider_by_id(GOOGLE)
    if not is_registered(provider.id):
        messages.error(request, phrases.not_registered(provider))
        return to_synchronize(of)
    purpose = FOR_MEET if _for_meet(request) else ""
    return to_vendor(ask_for_consent(request, provider.id, of, purpose=purpose, now=timezone.now()))


@require_safe
@for_owner
def choose_calendar(request: HttpRequest, visit: Visit, schedule: str, connection: int) -> HttpResponse:
    """Show the calendars of one Google account, as they were when they were read last."""
    of, used = _schedule(visit, schedule), _connection(visit, connection)
    found = list(used.calendars.filter(is_listed=True).order_by("pk"))
    context = _context(request, visit, of) | {
        "connection": used,
        "writable": [each for each in found if each.may_write],
        "readable": found if may_ask_when_busy(used) and not of.is_capacity else [],
        "may_make": may_make_calendars(used),
        "chosen": of.calendar.remote_id if of.calendar and of.calendar.connection_id == used.pk else "",
    }
    return render_page(request, visit, "manage/synchronize_calendars.html", context)


@require_POST
@for_owner
def read_again(request: HttpRequest, visit: Visit, schedule: str, connection: int) -> HttpResponse:
    """Ask Google anew which calendars there are."""
    of, used = _schedule(visit, schedule), _connection(visit, connection)
    try:
        read_calendars(used, now=timezone.now())
    except (ProviderError, OutcomeLost, NoTokenNow) as error:
        messages.error(request, phrases.not_reached(error, calendar_provider_by_id(GOOGLE)))
    return to_calendars(of, used, for_meet=_for_meet(request))


@require_POST
@for_owner
def publish_schedule(request: HttpRequest, visit: Visit, schedule: str, connection: int) -> HttpResponse:
    """Publish to the calendar that was chosen, or to a new one (J7)."""
    of, used, now = _schedule(visit, schedule), _connection(visit, connection), timezone.now()
    by = acting(visit.viewer.membership)

    def act(facts: CalendarFacts) -> None:
        resource = _resource(of, request.POST.get("for", ""))
        if resource is None:
            copied = shown_slots(of, now=now).count()
            publish(of, used, facts, with_calls="meet" in request.POST, by=by, now=now)
            with_calls = "meet" in request.POST and of.link_source in BORN_WITH_EVENT
            messages.success(request, say.published(copied, with_calls=with_calls))
        else:
            publish_resource(resource, used, facts, now=now)
            messages.success(request, say.published(0))

    if not _with_calendar(request, of, used, act):
        return to_calendars(of, used, for_meet=_for_meet(request))
    if _for_meet(request):
        page = reverse("manage:process", args=[visit.account.name, of.slug])
        return HttpResponse(status=303, headers={"Location": f"{page}?focus=google_meet#source-google_meet"})
    return to_synchronize(of)


@require_POST
@for_owner
def show_with_schedule(request: HttpRequest, visit: Visit, schedule: str, resource: int) -> HttpResponse:
    """Show what is booked of a resource in its schedules' calendars again, and no more in one of its own."""
    of = _schedule(visit, schedule)
    shown = _resource(of, str(resource))
    if shown is None:
        raise Http404
    publish_resource_with_schedule(shown, now=timezone.now())
    messages.success(request, say.shown_with_schedule(shown.name))
    return to_synchronize(of)


@require_POST
@for_owner
def add_busy(request: HttpRequest, visit: Visit, schedule: str, connection: int) -> HttpResponse:
    """Let the busy times of a calendar count, for the schedule or for one resource."""
    of, used, now = _schedule(visit, schedule), _connection(visit, connection), timezone.now()

    def act(facts: CalendarFacts) -> None:
        depend_on(_resource(of, request.POST.get("for", "")) or of, used, facts, now=now)
        messages.success(request, say.depends_now(facts.name))

    return (
        to_synchronize(of)
        if _with_calendar(request, of, used, act)
        else to_calendars(of, used, for_meet=_for_meet(request))
    )


@require_POST
@for_owner
def remove_busy(request: HttpRequest, visit: Visit, schedule: str, number: int) -> HttpResponse:
    of = _schedule(visit, schedule)
    if depend_no_more(visit.account, number, now=timezone.now()):
        messages.success(request, say.depends_no_more())
    return to_synchronize(of)


@require_POST
@for_owner
def choose_when_unknown(request: HttpRequest, visit: Visit, schedule: str) -> HttpResponse:
    of, form = _schedule(visit, schedule), WhenUnknownForm(request.POST)
    if form.is_valid():
        set_when_unknown(of, WhenUnknown(form.cleaned_data["when_unknown"]))
        messages.success(request, say.choice_saved())
    return to_synchronize(of)


@require_POST
@for_owner
def write_texts(request: HttpRequest, visit: Visit, schedule: str) -> HttpResponse:
    """Change how events are written."""
    of = _schedule(visit, schedule)
    form = texts_form(of, request.POST)
    if not form.is_valid():
        now = timezone.now()
        context = _context(request, visit, of) | {
            "form": form,
            "progress": progress_block(visit, of, now=now) if of.calendar else None,
            "unknown": WhenUnknownForm(initial={"when_unknown": of.when_unknown}),
        }
        return render_page(request, visit, "manage/synchronize.html", context, status=422)
    write_events(of, form.texts, now=timezone.now())
    messages.success(request, say.texts_saved())
    return to_synchronize(of)


@require_http_methods(["GET", "HEAD", "POST"])
@for_owner
def stop(request: HttpRequest, visit: Visit, schedule: str) -> HttpResponse:
    """Ask first what becomes of the events, saying what happens to Meet; then publish no more."""
    of, now = _schedule(visit, schedule), timezone.now()
    if of.calendar is None:
        messages.info(request, say.not_published())
        return to_synchronize(of)
    staying = meetings_that_stay(of, now=now)
    if request.method == "POST":
        removes = request.POST.get("events") == "delete"
        unpublish(of, remove_events=removes, by=acting(visit.viewer.membership), now=now)
        messages.success(request, say.no_longer_published(removed=removes, staying=staying))
        return to_synchronize(of)
    meets = of.link_source in BORN_WITH_EVENT
    context = {"schedule": of, "sentences": say.stop_consequences(meets=meets, staying=staying)}
    return render_page(request, visit, "manage/synchronize_stop.html", context)


@require_safe
@for_owner
def tell_progress(request: HttpRequest, visit: Visit, schedule: str) -> HttpResponse:
    """Answer a page that shows the copying: nothing (204) while it is as far as it was."""
    of = _schedule(visit, schedule)
    progress = progress_block(visit, of, now=timezone.now())
    if progress.seen == request.GET.get("seen"):
        return HttpResponse(status=204)
    return render(request, "manage/synchronize_progress.html", {"progress": progress})


@require_POST
@for_owner
def answer(request: HttpRequest, visit: Visit, schedule: str, event: int) -> HttpResponse:
    """Take the owner's answer about an event that somebody deleted or changed in the calendar."""
    of, now = _schedule(visit, schedule), timezone.now()
    events = Publication.objects.select_related("slot")
    asked = get_object_or_404(events, account=visit.account, slot__schedule=of, pk=event)
    answers: dict[str, tuple[Callable[[], bool], str]] = {
        "put-back": (lambda: put_event_back(asked, now=now), say.put_back()),
        "leave": (lambda: leave_event(asked), say.left()),
    }
    act, done = answers.get(request.POST.get("answer", ""), (lambda: False, ""))
    messages.success(request, done if act() else say.nothing_asked())
    return to_synchronize(of)


def _with_calendar(
    request: HttpRequest, schedule: Schedule, connection: Connection, act: Callable[[CalendarFacts], None]
) -> bool:
    """Do something with the calendar that was chosen, made if it is a new one; say why not and return False."""
    chosen, now = request.POST.get("calendar", ""), timezone.now()
    try:
        if chosen == NEW_CALENDAR:
            facts = new_calendar(connection, schedule.name, time_zone=schedule.time_zone, now=now)
        else:
            found = calendar_called(connection, chosen, now=now)
            if found is None:
                raise CannotPublish
            facts = found
        act(facts)
    except CannotPublish:
        messages.error(request, say.cannot_publish())
    except (ProviderError, OutcomeLost, NoTokenNow) as error:
        messages.error(request, phrases.not_reached(error, calendar_provider_by_id(GOOGLE)))
    else:
        return True
    return False


def _schedule(visit: Visit, slug: str) -> Schedule:
    found = supervised_schedule(visit, slug)
    if found.calendar is not None:
        found.calendar.account = visit.account
    return found


def _connection(visit: Visit, number: int) -> Connection:
    usable = Connection.objects.select_related("grant").filter(provider=GOOGLE, grant__isnull=False)
    return get_object_or_404(usable, account=visit.account, pk=number)


def _resource(schedule: Schedule, number: str) -> Resource | None:
    return next((each for each in resources_of(schedule) if str(each.pk) == number), None)


def _for_meet(request: HttpRequest) -> bool:
    return (request.POST if request.method == "POST" else request.GET).get("for_meet") == "1"
