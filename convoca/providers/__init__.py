"""The makers of meetings. A new one is a module or folder beside these and one line in PROVIDERS."""

from typing import Final

from convoca.providers.calendars import CalendarProvider
from convoca.providers.contract import ConnectedProvider, Provider
from convoca.providers.google import GoogleCalendar
from convoca.providers.google.meet import GoogleMeet
from convoca.providers.jitsi import Jitsi
from convoca.providers.manual import Manual
from convoca.providers.zoom import Zoom

_ZOOM: Final = Zoom()
_GOOGLE: Final = GoogleCalendar()
_MEET: Final = GoogleMeet()

# In the order in which the page Configure > Process offers them.
PROVIDERS: Final[tuple[Provider, ...]] = (Jitsi(), _ZOOM, _MEET, Manual())
# Those of which a schedule's links come by a connection of its own.
CONNECTED_PROVIDERS: Final[tuple[ConnectedProvider, ...]] = (_ZOOM,)
# Where schedules are published, and whose calendars say when somebody is busy.
CALENDAR_PROVIDERS: Final[tuple[CalendarProvider, ...]] = (_GOOGLE,)


def provider_by_id(id: str) -> Provider:
    """Return the provider called `id`, whatever it makes: meetings or events. Raises LookupError if there is none."""
    return _find(id, (*PROVIDERS, *CALENDAR_PROVIDERS))


def connected_provider_by_id(id: str) -> ConnectedProvider:
    """Return the provider called `id` that asks owners for consent. Raises LookupError if there is none."""
    return _find(id, (*CONNECTED_PROVIDERS, *CALENDAR_PROVIDERS))


def calendar_provider_by_id(id: str) -> CalendarProvider:
    """Return the provider of calendars called `id`. Raises LookupError if there is none."""
    return _find(id, CALENDAR_PROVIDERS)


def _find[P: Provider](id: str, providers: tuple[P, ...]) -> P:
    for provider in providers:
        if provider.id == id:
            return provider
    raise LookupError(f"There is no provider {id!r}.")
