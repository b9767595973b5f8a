"""The makers of meetings. A new one is a module or folder beside these and one line in PROVIDERS."""

from typing import Final

from convoca.providers.contract import ConnectedProvider, Provider
from convoca.providers.jitsi import Jitsi
from convoca.providers.manual import Manual
from convoca.providers.zoom import Zoom

_ZOOM: Final = Zoom()

# In the order in which the page Configure > Process offers them.
PROVIDERS: Final[tuple[Provider, ...]] = (Jitsi(), _ZOOM, Manual())
CONNECTED_PROVIDERS: Final[tuple[ConnectedProvider, ...]] = (_ZOOM,)


def provider_by_id(id: str) -> Provider:
    """Return the provider called `id`. Raises LookupError if there is none."""
    return _find(id, PROVIDERS)


def connected_provider_by_id(id: str) -> ConnectedProvider:
    """Return the provider called `id` that asks owners for consent. Raises LookupError if there is none."""
    return _find(id, CONNECTED_PROVIDERS)


def _find[P: Provider](id: str, providers: tuple[P, ...]) -> P:
    for provider in providers:
        if provider.id == id:
            return provider
    raise LookupError(f"There is no provider {id!r}.")
