"""Days, times and places as people say them, in English and Spanish, for every page and mail.

A zone is named by its city and its distance from Greenwich: "Madrid time, GMT+1". Abbreviations such as CET or IST mean
different zones to different readers, and Babel's own names mention summer time in November.
"""

from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, get_timezone_location
from django.utils.translation import get_language, gettext, ngettext, pgettext

from convoca.booking.manner import Dates, manner

DAY_PATTERNS = {
    "en": {
        "day": "EEE d",
        "short": "EEE d MMM",
        "medium": "EEE d MMM y",
        "long": "EEEE d MMMM",
        "full": "EEEE d MMMM y",
        "date": "d MMMM",
        "date of a year": "d MMMM y",
    },
    "es": {
        "day": "EEE d",
        "short": "EEE d MMM",
        "medium": "EEE, d MMM y",
        "long": "EEEE d 'de' MMMM",
        "full": "EEEE d 'de' MMMM 'de' y",
        "date": "d 'de' MMMM",
        "date of a year": "d 'de' MMMM 'de' y",
    },
}
# As accounts may choose it: as Americans write, or in numbers that sort.
MONTH_FIRST_PATTERNS = {
    "day": "EEE d",
    "short": "EEE, MMM d",
    "medium": "EEE, MMM d, y",
    "long": "EEEE, MMMM d",
    "full": "EEEE, MMMM d, y",
    "date": "MMMM d",
    "date of a year": "MMMM d, y",
}
NUMBER_PATTERNS = {
    "day": "EEE d",
    "short": "EEE y-MM-dd",
    "medium": "EEE y-MM-dd",
    "long": "EEEE y-MM-dd",
    "full": "EEEE y-MM-dd",
    "date": "y-MM-dd",
    "date of a year": "y-MM-dd",
}
HALVES = {"en": ("AM", "PM"), "es": ("a.\u00a0m.", "p.\u00a0m.")}


def language() -> str:
    """Return the language of the page or mail being written, "en" or "es"."""
    return "es" if (get_language() or "en").startswith("es") else "en"


def day_text(day: date, style: str = "long") -> str:
    """Return "Tuesday 24 November" or "martes 24 de noviembre"; styles are day, short, medium, long and full.

    Without a weekday, the styles are date, and date of a year.
    """
    return _day_text(day, style, language(), manner().dates)


@lru_cache(maxsize=4096)
def _day_text(day: date, style: str, language: str, order: Dates) -> str:
    patterns = {Dates.LANGUAGE: MONTH_FIRST_PATTERNS, Dates.NUMBERS: NUMBER_PATTERNS}.get(order, DAY_PATTERNS[language])
    return format_date(day, patterns[style], locale=language)


def clock_text(instant: datetime, time_zone: str) -> str:
    """Return "16:30", on the clocks of `time_zone`; "4:30 PM" where the account writes so."""
    return hour_text(instant.astimezone(ZoneInfo(time_zone)))


def hour_text(local: datetime | time) -> str:
    """Return "16:30" or "4:30 PM" of a time that is local already."""
    if not manner().has_half_clock:
        return f"{local:%H:%M}"
    return f"{local.hour % 12 or 12}:{local:%M} {HALVES[language()][local.hour // 12]}"


def week_begin(day: date) -> date:
    """Return the first day of the week in which `day` is."""
    return day - timedelta(days=(day.weekday() - manner().first_weekday) % 7)


def weekdays() -> list[int]:
    """Return the numbers of the weekdays, Monday is 0, in the order in which a week is shown."""
    return [(manner().first_weekday + place) % 7 for place in range(7)]


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
