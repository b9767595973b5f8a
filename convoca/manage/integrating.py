"""The overview of everything that an account can be connected to: how each stands, and what to do next."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from convoca.booking.models import Account, Connection, Schedule
from convoca.booking.operations.vendors import is_registered
from convoca.booking.questions.programs import api_key_of, webhooks_of
from convoca.manage import phrases, program_phrases
from convoca.manage.pages import integration_title
from convoca.manage.phrases import Words
from convoca.manage.policy import Visit
from convoca.providers import CALENDAR_PROVIDERS, CONNECTED_PROVIDERS, PROVIDERS
from convoca.providers.contract import ConnectedProvider, Provider

JITSI = "jitsi"
TEAMS = "Microsoft Teams"


@dataclass(frozen=True, kw_only=True)
class Card:
    """One service: what it is for, how it stands, and the one next step; none where there is nothing to do."""

    id: str
    title: str
    about: str
    words: Words
    action: str = ""
    address: str = ""
    is_urgent: bool = False


def cards_of(visit: Visit) -> list[Card]:
    """Return a card for each service, in the order of the page. Five queries, however many schedules."""
    account = visit.account
    schedules = list(Schedule.objects.filter(account=account, closing_at__isnull=True))
    connections = _connections(account)
    sources = Counter(schedule.link_source for schedule in schedules)
    return [
        *(_makes_links(each, account, sources, connections.get(each.id, ())) for each in CONNECTED_PROVIDERS),
        *(_calendar(each, account, schedules, connections.get(each.id, ())) for each in CALENDAR_PROVIDERS),
        _jitsi(account, sources),
        _teams(account),
        _by_hand(account, sources),
        _api(account),
        _webhooks(account),
    ]


def _connections(account: Account) -> Mapping[str, Sequence[Connection]]:
    shown = [Connection.State.OPEN, Connection.State.NEEDS_OWNER]
    found: dict[str, list[Connection]] = {}
    for each in Connection.objects.filter(account=account, state__in=shown).order_by("pk"):
        found.setdefault(each.provider, []).append(each)
    return found


def _makes_links(
    provider: ConnectedProvider, account: Account, sources: Counter[str], connections: Sequence[Connection]
) -> Card:
    words = _standing(provider, connections, _schedules_use(sources[provider.id]))
    return Card(
        id=provider.id,
        title=integration_title(provider),
        about=gettext("Every booking in a connected schedule gets a {provider} meeting of its own.").format(
            provider=provider.name
        ),
        words=words,
        action=gettext("Connect and disconnect schedules"),
        address=reverse("manage:integration", args=[account.name, provider.id]),
        is_urgent=words.tone == "danger",
    )


def _calendar(
    provider: ConnectedProvider, account: Account, schedules: Sequence[Schedule], connections: Sequence[Connection]
) -> Card:
    published = sum(schedule.published_at is not None for schedule in schedules)
    sentence = ngettext("{n} schedule is published to it.", "{n} schedules are published to it.", published)
    words = _standing(provider, connections, sentence.format(n=published))
    return Card(
        id=provider.id,
        title=gettext("Google Calendar and Google Meet"),
        about=gettext("Bookings appear in your calendar, with a Google Meet call if you like; busy times are heeded."),
        words=words,
        action=gettext("Synchronize"),
        address=reverse("manage:publications", args=[account.name]),
        is_urgent=words.tone == "danger",
    )


def _standing(provider: ConnectedProvider, connections: Sequence[Connection], used: str) -> Words:
    lost = next((each for each in connections if each.state == Connection.State.NEEDS_OWNER), None)
    if lost is not None:
        return phrases.connection_words(lost, provider)
    if connections:
        who = ", ".join(each.email or each.external_user for each in connections)
        return Words(tone="success", text=f"{gettext('Connected · {who}').format(who=who)}. {used}")
    if not is_registered(provider.id):
        return Words(tone="warning", text=phrases.not_registered(provider))
    return Words(tone="plain", text=gettext("Not connected"))


def _schedules_use(n: int) -> str:
    return ngettext("{n} schedule makes its links with it.", "{n} schedules make their links with it.", n).format(n=n)


def _jitsi(account: Account, sources: Counter[str]) -> Card:
    host = settings.VENDOR_ENDPOINTS["jitsi"].partition("://")[2]
    text = gettext("Ready, at {host}. No account is needed.").format(host=host)
    action, address = _choosing(account, sources)
    return Card(
        id=JITSI,
        title=_named(JITSI).name,
        about=gettext("A room of its own for every booking, at once. Chosen on a schedule's page Process."),
        words=Words(tone="success", text=f"{text} {_schedules_use(sources[JITSI])}"),
        action=action,
        address=address,
    )


def _choosing(account: Account, sources: Counter[str]) -> tuple[str, str]:
    """Return what a button says that leads to a schedule to choose, or to make if there is none, and its address."""
    if not sources:
        return gettext("New schedule"), reverse("manage:new-schedule", args=[account.name])
    return gettext("Choose a schedule"), reverse("manage:schedules", args=[account.name])


def _named(id: str) -> Provider:
    return next(each for each in PROVIDERS if each.id == id)


def _teams(account: Account) -> Card:
    return Card(
        id="teams",
        title=TEAMS,
        about=gettext("Meetings are not made there by themselves in this version."),
        words=Words(tone="plain", text=gettext("Not available. Links from Teams can be pasted by hand.")),
    )


def _by_hand(account: Account, sources: Counter[str]) -> Card:
    n = sources[Schedule.MANUAL]
    sentence = ngettext("{n} schedule takes links by hand.", "{n} schedules take links by hand.", n).format(n=n)
    is_off = account.supervisor_field == Account.SupervisorField.OFF
    first = gettext("For appointments, enable the supervisor field first.")
    action, address = _choosing(account, sources)
    return Card(
        id="manual",
        title=gettext("Links by hand"),
        about=gettext("Any address that begins with https://, pasted into a booking or a slot."),
        words=Words(tone="plain", text=f"{sentence} {first}" if is_off else sentence),
        action=gettext("Access Control") if is_off else action,
        address=reverse("manage:access-control", args=[account.name]) if is_off else address,
    )


def _api(account: Account) -> Card:
    return Card(
        id="api",
        title=gettext("API key"),
        about=gettext("Your own programs read and write bookings and users, as SuperSaaS's clients do."),
        words=program_phrases.key_words(api_key_of(account), account.time_zone),
        action=gettext("API key"),
        address=reverse("manage:api-key", args=[account.name]),
    )


def _webhooks(account: Account) -> Card:
    words = program_phrases.all_webhooks_words(list(webhooks_of(account)))
    return Card(
        id="webhooks",
        title=gettext("Webhooks"),
        about=gettext("Other programs are told at once what happens here, signed."),
        words=words,
        action=gettext("Webhooks"),
        address=reverse("manage:webhooks", args=[account.name]),
        is_urgent=words.tone == "danger",
    )
