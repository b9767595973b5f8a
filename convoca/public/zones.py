"""The time zones that a visitor can choose, by region and city."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from zoneinfo import available_timezones

from django.utils.translation import get_language, pgettext

from convoca.booking.wording import city_text, greenwich_text

UTC = "UTC"


@dataclass(frozen=True)
class Zone:
    name: str
    text: str


@dataclass(frozen=True)
class Region:
    name: str
    zones: list[Zone]


@cache
def _known() -> frozenset[str]:
    return frozenset(available_timezones())


def is_time_zone(name: str) -> bool:
    """Say whether `name` is in the IANA database; what comes in an address is never opened as a file."""
    return name in _known()


@cache
def _inhabited() -> tuple[str, ...]:
    """Return the zones of the tz database's own list for choosing, in which no zone has two names."""
    table = (files("tzdata.zoneinfo") / "zone.tab").read_text("utf-8")
    return tuple(line.split("\t")[2] for line in table.splitlines() if line and not line.startswith("#"))


def regions(now: datetime) -> list[Region]:
    """Return all zones to choose from, cities in the order of the alphabet within their region."""
    by_region: dict[str, list[Zone]] = {UTC: [Zone(UTC, "UTC (GMT)")]}
    for name in _inhabited():
        if is_time_zone(name):
            zone = Zone(name, f"{_place_text(name)} ({greenwich_text(name, now)})")
            by_region.setdefault(name.split("/", 1)[0], []).append(zone)
    return [
        Region(_region_text(region), sorted(zones, key=lambda zone: zone.text))
        for region, zones in sorted(by_region.items(), key=lambda item: (item[0] == UTC, item[0]))
    ]


@cache
def _place_in(name: str, language: str) -> str:
    return city_text(name)


def _place_text(name: str) -> str:
    return _place_in(name, get_language() or "en")


def _region_text(region: str) -> str:
    named = {
        "Africa": pgettext("region of time zones", "Africa"),
        "America": pgettext("region of time zones", "America"),
        "Antarctica": pgettext("region of time zones", "Antarctica"),
        "Arctic": pgettext("region of time zones", "Arctic"),
        "Asia": pgettext("region of time zones", "Asia"),
        "Atlantic": pgettext("region of time zones", "Atlantic"),
        "Australia": pgettext("region of time zones", "Australia"),
        "Europe": pgettext("region of time zones", "Europe"),
        "Indian": pgettext("region of time zones", "Indian Ocean"),
        "Pacific": pgettext("region of time zones", "Pacific"),
    }
    return named.get(region, region)


def zone_choices(current: str, *, now: datetime) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return every zone by its region; the one in force is among them, even under an old name."""
    known = [(region.name, [(zone.name, zone.text) for zone in region.zones]) for region in regions(now)]
    if any(current == name for _, zones in known for name, _ in zones):
        return known
    return [("", [(current, current)]), *known]
