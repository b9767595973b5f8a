"""What is booked already and the source of links: what has none, what could be replaced, and how far that is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from convoca.booking.models import Account, Connection, Schedule
from convoca.booking.operations.wishing import can_make_meetings
from convoca.booking.questions.existing import Existing, existing_of, time_left, to_be_turned
from convoca.booking.questions.plans import forecast_for
from convoca.manage import existing_phrases as say
from convoca.manage.progress import EVERY_TWO_SECONDS, Bar
from convoca.providers import provider_by_id


@dataclass(frozen=True, kw_only=True)
class Act:
    """One button: what it is about, what it does, and what to expect of it."""

    extent: str
    about: str
    label: str
    forecast: str


@dataclass(frozen=True, kw_only=True)
class ExistingBlock:
    """What is said of the existing bookings of a schedule, and asked again while something is on its way."""

    slug: str
    address: str
    poll: str
    seen: str
    bar: Bar
    notes: Sequence[str]
    acts: Sequence[Act]

    @property
    def is_shown(self) -> bool:
        return bool(self.bar.text or self.notes or self.acts)


def blocks_of(account: Account, schedules: Sequence[Schedule], *, now: datetime) -> dict[int, ExistingBlock]:
    """Return the block of each schedule whose source makes meetings. One query, and three where there is an act."""
    making = [schedule for schedule in schedules if can_make_meetings(schedule)]
    found = existing_of(making, now=now)
    return {schedule.pk: _block(account, schedule, found[schedule.pk], now=now) for schedule in making}


def _block(account: Account, schedule: Schedule, existing: Existing, *, now: datetime) -> ExistingBlock:
    provider = provider_by_id(schedule.link_source)
    zone = account.time_zone
    # Without access nothing goes on: what is said of it, and done about it, stands with the connection.
    goes_on = schedule.connection is None or schedule.connection.state == Connection.State.OPEN
    acts = _acts(schedule, existing, now=now) if goes_on and not existing.applying else []
    is_moving = goes_on and existing.is_moving
    text = say.progress(existing, time_left(schedule, existing, now=now)) if is_moving else ""
    return ExistingBlock(
        slug=schedule.slug,
        address=reverse("manage:existing", args=[account.name, schedule.slug]),
        poll=EVERY_TWO_SECONDS if is_moving else "",
        seen=_seen(existing) if goes_on else f"{_seen(existing)}-lost",
        bar=Bar(text=text, done=existing.ready, total=existing.in_play),
        notes=say.hindrances(existing, provider, time_zone=zone) if goes_on else (),
        acts=acts,
    )


def _seen(existing: Existing) -> str:
    return (
        f"{int(existing.applying)}-{existing.missing}-{existing.elsewhere}"
        f"-{existing.making}-{existing.waiting}-{existing.refused}"
    )


def _acts(schedule: Schedule, existing: Existing, *, now: datetime) -> list[Act]:
    extents, is_class = Schedule.Applying, schedule.is_capacity
    offered = []
    if existing.missing:
        offered.append((extents.MISSING, say.without_link(existing.missing, is_class=is_class), say.create_them()))
    if existing.elsewhere:
        both = existing.missing + existing.elsewhere
        about = say.from_elsewhere(existing.elsewhere, is_class=is_class)
        offered.append((extents.ALL, about, say.apply_to_all(both, is_class=is_class)))
    return [
        Act(extent=extent, about=about, label=label, forecast=_forecast(schedule, extent, now=now))
        for extent, about, label in offered
    ]


def _forecast(schedule: Schedule, extent: str, *, now: datetime) -> str:
    starts = list(to_be_turned(schedule, extent, now=now).values_list("starts_at", flat=True))
    return say.forecast(forecast_for(schedule, starts, now=now), provider_by_id(schedule.link_source), now=now)
