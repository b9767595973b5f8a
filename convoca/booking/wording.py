"""Days, times and places as people say them, in English and Spanish, for every page and mail.

A zone is named by its city and its distance from Greenwich: "Madrid time, GMT+1". Abbreviations such as CET or IST mean
different zones to different readers, and Babel's own names mention summer time in November.
"""

from datetime import date, datetime
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, get_timezone_location
from django.utils.translation import get_language, gettext, ngettext, pgettext

DAY_PATTERNS = {
    "en": {
        "day": "EEE d",
        "short": "EEE d MMM",
        "medium": "EEE d MMM y",
        "long": "EEEE d MMMM",
        "full": "EEEE d MMMM y",
    },
    "es": {
        "day": "EEE d",
        "short": "EEE d MMM",
        "medium": "EEE, d MMM y",
        "long": "EEEE d 'de' MMMM",
        "full": "EEEE d 'de' MMMM 'de' y",
    },
}


def language() -> str:
    """Return the language of the page or mail being written, "en" or "es"."""
    return "es" if (get_language() or "en").startswith("es") else "en"


def day_text(day: date, style: str = "long") -> str:
    """Return "Tuesday 24 November" or "martes 24 de noviembre"; styles are day, short, medium, long and full."""
    return _day_text(day, style, language())


@lru_cache(maxsize=4096)
def _day_text(day: date, style: str, language: str) -> str:
    return format_date(day, DAY_PATTERNS[language][style], locale=language)


def clock_text(instant: datetime, time_zone: str) -> str:
    """Return "16:30", on the clocks of `time_zone`."""
    return f"{instant.astimezone(ZoneInfo(time_zone)):%H:%M}"


@cache
def _city(time_zone: str, locale: str) -> str:
    if "/" not in time_zone:
        return time_zone
    return get_timezone_location(time_zone, locale=locale, return_city=True).rsplit("/", 1)[-1].strip()


def city_text(time_zone: str) -> str:
    """Return the city that names the zone: "Madrid", "Nueva York"; "UTC" stays as it is."""
    return _city(time_zone, language())


def greenwich_text(time_zone: str, instant: datetime) -> str:
    """Return "GMT", "GMT+1" or "GMT-3:30": the zone's distance from Greenwich at that instant."""
    offset = instant.astimezone(ZoneInfo(time_zone)).utcoffset()
    minutes = int(offset.total_seconds() // 60) if offset else 0
    if not minutes:
        return "GMT"
    hours, rest = divmod(abs(minutes), 60)
    return f"GMT{'+' if minutes > 0 else '-'}{hours}{f':{rest:02}' if rest else ''}"


def zone_text(time_zone: str, instant: datetime) -> str:
    """Return "Madrid time, GMT+1" or "hora de Madrid, GMT+1"."""
    return pgettext("a time zone named by its city and its distance from Greenwich", "{city} time, {offset}").format(
        city=city_text(time_zone), offset=greenwich_text(time_zone, instant)
    )


def span_text(starts_at: datetime, ends_at: datetime, time_zone: str) -> str:
    """Return "16:30–17:00"; an end on another day carries its day."""
    starts, ends = starts_at.astimezone(ZoneInfo(time_zone)), ends_at.astimezone(ZoneInfo(time_zone))
    end = clock_text(ends_at, time_zone)
    if ends.date() != starts.date():
        end = f"{day_text(ends.date(), 'short')}, {end}"
    return f"{clock_text(starts_at, time_zone)}–{end}"


def minutes_text(minutes: int) -> str:
    """Return "30 minutes", "1 hour", "1 hour 30 minutes" as a length."""
    hours, rest = divmod(minutes, 60)
    parts = []
    if hours:
        parts.append(gettext("1 hour") if hours == 1 else gettext("{n} hours").format(n=hours))
    if rest or not hours:
        parts.append(gettext("1 minute") if rest == 1 else gettext("{n} minutes").format(n=rest))
    return " ".join(parts)


def queue_text(position: int, hours: int) -> str:
    """Return what somebody on a waiting list is told: their place, and for how long an offer holds."""
    return ngettext(
        "You are number {n} on the waiting list. If a place opens we email you and hold it for {h} hour. "
        "Places are offered in order.",
        "You are number {n} on the waiting list. If a place opens we email you and hold it for {h} hours. "
        "Places are offered in order.",
        hours,
    ).format(n=position, h=hours)
