"""A schedule in a few words: what it is, with whom, how long, whether online."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext

from convoca.booking.models import Schedule
from convoca.booking.wording import city_text, greenwich_text, minutes_text
from convoca.public.lengths import length_text
from convoca.public.visit import Visit


@dataclass(frozen=True, kw_only=True)
class Summary:
    """`online` says when the link comes; `zone` names the time zone of the times shown. Empty is not said."""

    title: str
    url: str
    kind: str = ""
    description: str = ""
    partner: str = ""
    length: str = ""
    price: str = ""
    online: str = ""
    zone: str = ""


def summary_of(schedule: Schedule, *, visit: Visit | None = None, now: datetime | None = None) -> Summary:
    """Return the words for a schedule, and for what of it the visit has picked."""
    service = visit.service if visit else None
    resource = visit.resource if visit else None
    return Summary(
        title=service.name if service else schedule.name,
        url=reverse("schedule", args=[schedule.account.name, schedule.slug]),
        kind=gettext("Group sessions") if schedule.is_capacity else "",
        description=(service.description if service else "") or schedule.description,
        partner=gettext("with {name}").format(name=resource.name) if resource else "",
        length=_length(schedule, visit),
        price=service.price_label if service else "",
        online=_online(schedule),
        zone=_zone(visit.time_zone, now) if visit and now else "",
    )


def _length(schedule: Schedule, visit: Visit | None) -> str:
    """Return how long a booking is; classes and services not yet picked have lengths of their own."""
    if visit is not None and visit.service is not None:
        return minutes_text(visit.service.minutes)
    if schedule.kind != Schedule.Kind.RESOURCE:
        return ""
    in_days = schedule.length_kind == Schedule.LengthKind.DAYS
    if visit is not None and visit.length is not None:
        return length_text(visit.length, in_days=in_days)
    if in_days:
        return ""
    shortest = minutes_text(schedule.length_minutes)
    is_chosen = schedule.length_kind == Schedule.LengthKind.CHOSEN
    return gettext("From {length}").format(length=shortest) if is_chosen else shortest


def _online(schedule: Schedule) -> str:
    if schedule.link_source == Schedule.NO_LINK:
        return ""
    if schedule.is_capacity:
        return gettext("You get the meeting link when you sign up.")
    return gettext("Video call – you get the link when you book")


def _zone(time_zone: str, now: datetime) -> str:
    return gettext("Times are in {city} time ({offset}).").format(
        city=city_text(time_zone), offset=greenwich_text(time_zone, now)
    )
