"""The frame that all pages behind /manage share: whose account it is, where one is, and what was just done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.utils.translation import gettext

from convoca.booking.models import Schedule, Slot
from convoca.booking.questions.permissions import Action, may
from convoca.core.time import local_day
from convoca.manage.policy import Visit
from convoca.providers import CONNECTED_PROVIDERS
from convoca.providers.contract import Provider

OUTBOX = "convoca.booking.mail.OutboxBackend"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry of a navigation."""

    label: str
    address: str
    is_here: bool


def render_page(
    request: HttpRequest, visit: Visit, template: str, context: Mapping[str, object], *, status: int = 200
) -> HttpResponse:
    frame = {"account": visit.account, "visit": visit, "navigation": _navigation(request, visit)}
    return render(request, template, frame | dict(context), status=status)


def see_other(to: str, /, *, account: str, **where: str) -> HttpResponse:
    """What was posted is done; look at it on the page called `to`."""
    return HttpResponse(status=303, headers={"Location": resolve_url(to, account=account, **where)})


def _navigation(request: HttpRequest, visit: Visit) -> list[Entry]:
    account = visit.account.name
    places = [
        (gettext("Today"), reverse("manage:today", args=[account])),
        (gettext("Supervise"), reverse("manage:supervise", args=[account])),
        (gettext("Schedules"), reverse("manage:schedules", args=[account])),
    ]
    places.append((gettext("Messages"), reverse("manage:mails", args=[account])))
    if visit.may(Action.SEE_PEOPLE):
        places.append((gettext("Users"), reverse("manage:people", args=[account])))
    if visit.is_owner:
        places.append((gettext("Integrations"), reverse("manage:integrations", args=[account])))
        places += [
            (integration_title(provider), reverse("manage:integration", args=[account, provider.id]))
            for provider in CONNECTED_PROVIDERS
        ]
        places.append((gettext("Health"), reverse("manage:health", args=[account])))
        places.append((gettext("Access Control"), reverse("manage:access-control", args=[account])))
    if visit.may(Action.DRESS):
        places.append((gettext("Layout Settings"), reverse("manage:look", args=[account])))
    if visit.is_owner and has_outbox():
        places.append((gettext("Outbox"), reverse("manage:outbox", args=[account])))
    here = _innermost(request.path, [address for _, address in places], unless=places[0][1])
    return [Entry(label=label, address=address, is_here=address == here) for label, address in places]


def _innermost(path: str, addresses: Sequence[str], *, unless: str) -> str:
    """Return the address under which `path` lies, of several the longest; `unless` is its own page alone."""
    around = [each for each in addresses if path == each or (each != unless and path.startswith(f"{each}/"))]
    return max(around, key=len, default="")


def schedule_tabs(request: HttpRequest, visit: Visit, schedule: Schedule) -> list[Entry]:
    """Return the pages of one schedule that the visitor may open."""
    where = [visit.account.name, schedule.slug]
    places = [(gettext("Overview"), reverse("manage:schedule", args=where))]
    if may(visit.viewer, Action.CONFIGURE, schedule):
        places += [(label, reverse(f"manage:{page}", args=where)) for label, page in _configuring(schedule)]
    else:
        places += [(label, reverse(f"manage:{page}", args=where)) for label, page in _granted(visit, schedule)]
    if schedule.is_capacity:
        places.append((gettext("Slots"), reverse("manage:slots", args=where)))
    if visit.is_owner:
        places.append((gettext("Synchronize"), reverse("manage:synchronize", args=where)))
    overview = places[0][1]
    return [
        Entry(
            label=label,
            address=address,
            is_here=request.path == address or (address != overview and request.path.startswith(f"{address}/")),
        )
        for label, address in places
    ]


def _configuring(schedule: Schedule) -> list[tuple[str, str]]:
    """Return the pages on which a schedule of this kind is configured, by name."""
    pages = [(gettext("Share"), "share"), (gettext("Process"), "process"), (gettext("Access"), "access")]
    pages += [(gettext("Layout"), "layout"), (gettext("Form"), "form"), (gettext("Rules"), "rules")]
    if schedule.kind == Schedule.Kind.SERVICE:
        pages.append((gettext("Services"), "services"))
    if not schedule.is_capacity:
        pages += [
            (gettext("Resources"), "resources"),
            (gettext("Opening hours"), "hours"),
            (gettext("Start times"), "start-times"),
        ]
    return pages


def _granted(visit: Visit, schedule: Schedule) -> list[tuple[str, str]]:
    """Return the pages of those that the owner lets a superuser change."""
    pages = []
    if may(visit.viewer, Action.WORD, schedule):
        pages.append((gettext("Layout"), "layout"))
    if may(visit.viewer, Action.OPEN, schedule) and not schedule.is_capacity:
        pages.append((gettext("Opening hours"), "hours"))
    return pages


def address_of_row(visit: Visit, slot: Slot) -> str:
    """Return where a slot stands among the others of its day."""
    day = local_day(slot.starts_at, visit.account.time_zone)
    return f"{reverse('manage:today', args=[visit.account.name])}?day={day.isoformat()}#slot-{slot.pk}"


def integration_title(provider: Provider) -> str:
    return gettext("{provider} Integration").format(provider=provider.name)


def has_outbox() -> bool:
    """Say whether mails of this installation are kept to be read here, because it has no mail server."""
    return bool(settings.MAILERS["default"]["BACKEND"] == OUTBOX)


def public_address(visit: Visit, schedule: Schedule) -> str:
    """Return the address that clients are given."""
    return f"{settings.BASE_URL}/schedule/{visit.account.name}/{schedule.slug}"
