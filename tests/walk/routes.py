"""The whole URL configuration, route by route: how to visit it, who gets what answer, and who may see which link.

A route that is missing here fails the walk, and so does one whose answer is not declared for every looker.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

from tests.walk.routes_configuring import CONFIGURING
from tests.walk.routes_feeds import FEEDS
from tests.walk.routes_health import HEALTH
from tests.walk.routes_log_in import LOG_IN
from tests.walk.routes_manage import MANAGE
from tests.walk.routes_people import PEOPLE
from tests.walk.routes_programs import PROGRAMS
from tests.walk.routes_public import PUBLIC
from tests.walk.routes_supervising import SUPERVISING
from tests.walk.routes_synchronizing import SYNCHRONIZING
from tests.walk.visiting import Route

ROUTES: dict[str, Route] = (
    PUBLIC | MANAGE | LOG_IN | HEALTH | PEOPLE | CONFIGURING | SUPERVISING | FEEDS | SYNCHRONIZING | PROGRAMS
)


@dataclass(frozen=True)
class Found:
    """A route of the configuration: its name, and its address with the parameters in angle brackets."""

    name: str
    address: str


def found_routes() -> list[Found]:
    """Walk the whole URL configuration."""
    return list(_walk(get_resolver().url_patterns, "/", ""))


def _walk(patterns: Sequence[URLPattern | URLResolver], prefix: str, namespace: str) -> Iterator[Found]:
    for pattern in patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, address, inner)
        else:
            yield Found(namespace + (pattern.name or f"the unnamed route {address}"), address)
