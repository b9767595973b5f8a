"""Schedules: the list, what one is like, and Configure > Process."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from convoca.booking.models import OpeningHours, Schedule
from convoca.booking.operations.configuring import AT_ONCE, LinkSourceUnavailable, Process, may_choose, set_process
from convoca.booking.operations.linking import NotALink
from convoca.booking.operations.refusals import HostLink
from convoca.booking.operations.vendors import application_for
from convoca.booking.questions.closing import schedules_being_deleted
from convoca.booking.questions.existing import upcoming as upcoming_of
from convoca.booking.questions.links import backup_link_of, shared_link_of
from convoca.booking.questions.permissions import Action, may
from convoca.booking.questions.viewers import supervised_schedules
from convoca.booking.wording import city_text, minutes_text
from convoca.manage import existing_phrases, phrases
from convoca.manage.agenda import known_as
from convoca.manage.existing import blocks_of
from convoca.manage.forms import ProcessForm, SharedLinkForm
from convoca.manage.furnishing_phrases import length_text
from convoca.manage.hours import week_of
from convoca.manage.pages import integration_title, public_address, render_page, schedule_tabs, see_other
from convoca.manage.plan_warnings import plan_warnings
from convoca.manage.policy import Visit, configured_schedule, for_supervisors, supervised_schedule
from convoca.providers import PROVIDERS
from convoca.providers.contract import Provider


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One source of links. A choice that cannot be made says why, and where that is changed."""

    value: str
    label: str
    is_chosen: bool
    is_open: bool
    lets_choose_entrance: bool = False
    hint: str = ""
    way_out: str = ""
    way_out_label: str = ""


@require_safe
@for_supervisors
def list_schedules(request: HttpRequest, visit: Visit) -> HttpResponse:
    schedules = [
        {
            "name": schedule.name,
            "slug": schedule.slug,
            "kind": schedule.get_kind_display(),
            "address": public_address(visit, schedule),
            "source": _source_in_words(schedule),
            "is_capacity": schedule.is_capacity,
            "is_paused": schedule.is_paused,
        }
        for schedule in supervised_schedules(visit.viewer)
    ]
    deleting = schedules_being_deleted(visit.account) if visit.is_owner else []
    return render_page(request, visit, "manage/schedules.html", {"schedules": schedules, "deleting": deleting})


@require_safe
@for_supervisors
def show_schedule(request: HttpRequest, visit: Visit, schedule: str) -> HttpResponse:
    """Show what a schedule is like: Configure > Overview."""
    shown = supervised_schedule(visit, schedule)
    resources = [listed.resource for listed in shown.listed.select_related("resource")]
    hours = OpeningHours.objects.filter(account=visit.account)
    context = {
        "schedule": shown,
        "tabs": schedule_tabs(request, visit, shown),
        "address": public_address(visit, shown),
        "kind": shown.get_kind_display(),
        "city": city_text(shown.time_zone),
        "configures": may(visit.viewer, Action.CONFIGURE, shown),
        "length": length_text(shown),
        "source": _source_in_words(shown),
        "warnings": plan_warnings(shown, time_zone=visit.account.time_zone, now=timezone.now()),
        "week": week_of(list(hours.filter(schedule=shown))),
        "resources": [{"name": resource.name, "week": week_of(list(resource.hours.all()))} for resource in resources],
        "services": [
            {
                "name": service.name,
                "length": minutes_text(service.minutes),
                "price": service.price_label,
                "is_hidden": service.is_hidden,
            }
            for service in shown.services.all()
        ],
    }
    return render_page(request, visit, "manage/schedule.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_supervisors
def configure_process(request: HttpRequest, visit: Visit, schedule: str) -> HttpResponse:
    """Choose where links come from, under "Add an online meeting link to the booking?", and what goes with them."""
    configured, now = configured_schedule(visit, schedule), timezone.now()
    form = _process_form(visit, configured, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            changes_links = _changes_links(configured, form.process)
            set_process(configured, form.process, now=now)
        except LinkSourceUnavailable:
            form.add_error("source", gettext("This choice is not open yet. Its line says what to do first."))
        except NotALink:
            form.add_error("backup_link", phrases.not_a_link())
        except HostLink:
            form.add_error("backup_link", phrases.host_link())
        else:
            messages.success(
                request, phrases.process_saved(applies=bool(configured.applying), changes_links=changes_links)
            )
            return see_other("manage:process", account=visit.account.name, schedule=configured.slug)
    return render_process(request, visit, configured, form=form, now=now)


def render_process(
    request: HttpRequest,
    visit: Visit,
    schedule: Schedule,
    *,
    form: ProcessForm | None = None,
    shared: SharedLinkForm | None = None,
    now: datetime,
) -> HttpResponse:
    """Show the page, with what was typed into a form that cannot be taken as it is."""
    form = form or _process_form(visit, schedule)
    # Whoever was sent away to make a choice possible comes back to it.
    context = _process(visit, schedule, form, focus=request.GET.get("focus", ""), now=now)
    context |= {"tabs": schedule_tabs(request, visit, schedule), "one_link": _one_link(visit, schedule, shared)}
    is_wrong = form.errors or shared is not None
    return render_page(request, visit, "manage/process.html", context, status=422 if is_wrong else 200)


def _process_form(visit: Visit, schedule: Schedule, typed: QueryDict | None = None) -> ProcessForm:
    initial = {
        "passcode": schedule.meeting_passcode,
        "waiting_room": schedule.waiting_room,
        "backup_link": backup_link_of(visit.viewer, schedule),
        "reveal": AT_ONCE if schedule.reveal_minutes is None else schedule.reveal_minutes,
    }
    return ProcessForm(typed, sources=[Schedule.NO_LINK, *(each.id for each in PROVIDERS)], initial=initial)


def _one_link(visit: Visit, schedule: Schedule, typed: SharedLinkForm | None) -> dict[str, object] | None:
    """Return the link that all bookings share and the form for it, where links are typed by hand; else None."""
    if schedule.link_source != Schedule.MANUAL:
        return None
    link = shared_link_of(visit.viewer, schedule)
    form = typed or SharedLinkForm(initial={"shared_link": link})
    return {"is_used": bool(link), "known": known_as(link) if link else "", "form": form}


def _changes_links(schedule: Schedule, process: Process) -> bool:
    """Say whether new bookings get other links than before; the backup link alone is for all of them."""
    asked = [
        (process.source, schedule.link_source),
        (process.passcode, schedule.meeting_passcode),
        (process.waiting_room, schedule.waiting_room),
    ]
    return any(wanted is not None and wanted != present for wanted, present in asked)


def _process(
    visit: Visit, schedule: Schedule, form: ProcessForm, *, focus: str = "", now: datetime
) -> dict[str, object]:
    upcoming = upcoming_of([schedule], now=now).count()
    choices = _choices(visit, schedule, chosen=form.data.get("source") or schedule.link_source)
    return {
        "schedule": schedule,
        "choices": choices,
        "entrance": any(choice.lets_choose_entrance for choice in choices),
        "form": form,
        "apply_too": existing_phrases.apply_too(upcoming, is_class=schedule.is_capacity) if upcoming else "",
        "last_of": _last_of(visit, schedule),
        "warnings": plan_warnings(schedule, time_zone=visit.account.time_zone, now=now),
        "existing": blocks_of(visit.account, [schedule], now=now).get(schedule.pk),
        "focus": focus,
    }


def _choices(visit: Visit, schedule: Schedule, *, chosen: str) -> list[Choice]:
    return [_choice(visit, schedule, provider, chosen=chosen) for provider in (None, *PROVIDERS)]


def _choice(visit: Visit, schedule: Schedule, provider: Provider | None, *, chosen: str) -> Choice:
    value = provider.id if provider else Schedule.NO_LINK
    is_chosen = chosen == value
    is_open = schedule.link_source == value or may_choose(schedule, value)
    hint, way_out, way_out_label = "", "", ""
    if provider is not None and not is_open:
        hint, way_out, way_out_label = _way_out(visit, schedule, provider)
    elif provider is not None:
        hint = _hint(provider)
    return Choice(
        value=value,
        label=phrases.source_label(provider, schedule=schedule, account=visit.account),
        is_chosen=is_chosen and is_open,
        is_open=is_open,
        lets_choose_entrance=is_open and provider is not None and _knows_entrance(provider),
        hint=hint,
        way_out=way_out,
        way_out_label=way_out_label,
    )


def _knows_entrance(provider: Provider) -> bool:
    """Say whether an owner may choose how guests come into this provider's meetings."""
    return provider.capabilities.passcodes or provider.capabilities.waiting_rooms


def _way_out(visit: Visit, schedule: Schedule, provider: Provider) -> tuple[str, str, str]:
    """Return why a choice cannot be made, and the page that opens it (M15, M5)."""
    if provider.capabilities.born_with_event:
        return _way_to_events(visit, schedule, provider)
    if provider.capabilities.connects:
        reason = gettext("Connect this schedule to {provider} first.").format(provider=provider.name)
        page = reverse("manage:integration", args=[visit.account.name, provider.id])
        return reason, page, integration_title(provider)
    reason = gettext("Enable the supervisor field first.")
    return reason, reverse("manage:access-control", args=[visit.account.name]), gettext("Access Control")


def _way_to_events(visit: Visit, schedule: Schedule, provider: Provider) -> tuple[str, str, str]:
    """Return why calls that come with events cannot be chosen, and where that is changed (M5, J7)."""
    page = reverse("manage:synchronize", args=[visit.account.name, schedule.slug])
    if schedule.calendar is not None:
        reason = gettext("This Google account cannot create Meet links.")
        return reason, page if visit.is_owner else "", gettext("Use another account")
    reason = gettext("{provider} needs this schedule to be published to Google Calendar.").format(
        provider=provider.name
    )
    return reason, f"{page}?for_meet=1" if visit.is_owner else "", gettext("Publish now")


def _hint(provider: Provider) -> str:
    if provider.capabilities.born_with_event:
        return gettext("The call comes with the booking's event in Google Calendar.")
    if provider.capabilities.connects:
        return gettext("Every booking gets a meeting of its own; a slot of a class has one for everybody.")
    if not provider.capabilities.automatic:
        return gettext("Only people with a booking can see it.")
    if provider.host_signs_in(application=application_for(provider.id)):
        return gettext(
            "No account is needed. On the public server of {provider} the host must sign in before the first guest "
            "comes in."
        ).format(provider=provider.name)
    return gettext("No account is needed.")


def _last_of(visit: Visit, schedule: Schedule) -> Provider | None:
    """Return the provider whose credentials go if this schedule turns to another source, or None."""
    if schedule.connection_id is None:
        return None
    others = Schedule.objects.filter(account=visit.account, connection=schedule.connection_id).exclude(pk=schedule.pk)
    if others.exists():
        return None
    return next((provider for provider in PROVIDERS if provider.id == schedule.link_source), None)


def _source_in_words(schedule: Schedule) -> str:
    return phrases.source_name(next((each for each in PROVIDERS if each.id == schedule.link_source), None))
