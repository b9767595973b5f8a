"""What can be chosen on a schedule's page, in words: a free time, a session, and what somebody else has taken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext, ngettext

from convoca.booking.models import Slot
from convoca.booking.wording import clock_text, day_text, greenwich_text, hour_text
from convoca.core.time import Interval, local_day
from convoca.public.courses import Course

# What the form adds to the number of a full session, to wait for a place in it.
TO_WAIT = "-wait"
# Of a course as many dates are said; more would be a wall of dates.
DATES_SAID = 6


@dataclass(frozen=True)
class Taken:
    """Somebody's booking, as far as others see it: when, and in `lines` who and what; none where only the time."""

    starts_at: datetime
    ends_at: datetime
    lines: tuple[str, ...] = ()


type Offer = Interval | Slot | Taken


@dataclass(frozen=True)
class Choice:
    """One radio button or check-box. `name` is what a screen reader says, `summary` what the details repeat of it.

    `detail`, `places` and `notes` belong to a session or a stay, as does `button`, what pressing it does. One that is
    `closed` cannot be chosen, and its `tag` says why; `is_out` if that is because its places are taken.
    """

    value: str
    text: str
    name: str
    summary: str
    is_checked: bool = False
    detail: str = ""
    notes: Sequence[str] = ()
    places: str = ""
    button: str = ""
    closed: bool = False
    tag: str = ""
    is_full: bool = False
    is_out: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether the time says it all."""
        return not (self.closed or self.detail or self.places or self.notes)


@dataclass(frozen=True, kw_only=True)
class Hints:
    """What the page knows beside the offers themselves.

    `waiting` is how many wait for each full session, where it can be waited for. `courses` are the sessions that are
    booked together, by series. `others` are the lines about who has a place, by session. `current` is the choice that
    one has, or somebody else has unless it `is_own`, and `quantity` how many places that needs. `whole_days`: bookings
    last for days. `is_open`: whoever looks may book.
    """

    checked: frozenset[str] = frozenset()
    waiting: Mapping[int, int] | None = None
    courses: Mapping[int, Course] = field(default_factory=dict)
    others: Mapping[int, Sequence[str]] = field(default_factory=dict)
    current: str = ""
    is_own: bool = True
    quantity: int = 1
    whole_days: bool = False
    shows_places: bool = True
    is_open: bool = True


def value_of(offer: Offer) -> str:
    """Return what the form carries: of a session its number, of anything else when it starts."""
    return str(offer.pk) if isinstance(offer, Slot) else instant_value(offer.starts_at)


def instant_value(instant: datetime) -> str:
    """Return the instant as the form carries it: "2026-11-24T15:30Z"."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")


def choices_of(offers: Sequence[Offer], day: date, time_zone: str, hints: Hints) -> list[Choice]:
    """Return the choices of one day of `time_zone`, in the order of the offers."""
    words = _DayWords(day, time_zone, hints)
    return [words.choice(offer) for offer in offers]


class _DayWords:
    """The words for one day; what all its choices share is looked up once."""

    def __init__(self, day: date, time_zone: str, hints: Hints) -> None:
        self.time_zone, self.zone, self.hints = time_zone, ZoneInfo(time_zone), hints
        self.pattern = gettext("{start} to {end}, {day}")
        self.day = day_text(day)

    def choice(self, offer: Offer) -> Choice:
        if isinstance(offer, Slot):
            choice = _slot_choice(offer, self._when(offer), self._clocks(offer), self.time_zone, self.hints)
        elif isinstance(offer, Taken):
            return self._taken(offer)
        else:
            choice = self._stay(offer) if self.hints.whole_days else self._time(offer)
        if choice.value == self.hints.current:
            tag = gettext("Your current time") if self.hints.is_own else gettext("The current time")
            return replace(choice, closed=True, is_out=False, tag=tag)
        if not self.hints.is_open:
            return replace(choice, closed=True)
        return replace(choice, is_checked=True) if choice.value in self.hints.checked else choice

    def _clock(self, instant: datetime) -> str:
        return hour_text(instant.astimezone(self.zone))

    def _clocks(self, offer: Offer) -> str:
        return f"{self._clock(offer.starts_at)}–{self._clock(offer.ends_at)}"

    def _when(self, offer: Offer) -> str:
        return self.pattern.format(start=self._start(offer), end=self._clock(offer.ends_at), day=self.day)

    def _start(self, offer: Offer) -> str:
        local = offer.starts_at.astimezone(self.zone)
        # A clock that was put back shows this time twice: only the distance from Greenwich tells them apart.
        again = f" {greenwich_text(self.time_zone, offer.starts_at)}" if local.fold else ""
        return f"{hour_text(local)}{again}"

    def _time(self, free: Interval) -> Choice:
        name = self._when(free)
        return Choice(value=value_of(free), text=self._start(free), name=name, summary=name)

    def _stay(self, free: Interval) -> Choice:
        start, until = self._start(free), _moment_text(free.ends_at, self.time_zone)
        name = gettext("{day}, {start} until {end}").format(day=self.day, start=start, end=until)
        return Choice(
            value=value_of(free),
            text=gettext("Until {time}").format(time=until),
            name=name,
            summary=name,
            detail=gettext("From {time}").format(time=start),
        )

    def _taken(self, taken: Taken) -> Choice:
        return Choice(
            value="",
            text=self._clocks(taken) if taken.lines else self._start(taken),
            name="",
            summary="",
            notes=taken.lines,
            closed=True,
            tag=gettext("Taken"),
        )


def _moment_text(instant: datetime, time_zone: str) -> str:
    return f"{day_text(local_day(instant, time_zone), 'short')}, {clock_text(instant, time_zone)}"


def _slot_choice(slot: Slot, when: str, clocks: str, time_zone: str, hints: Hints) -> Choice:
    """Return the choice of a session, which may stand for a whole course."""
    course = hints.courses.get(slot.series_id or 0)
    left = course.left if course else places_left(slot)
    too_few = left is not None and left < hints.quantity
    waits = hints.waiting is not None and course is None and slot.is_full
    places = _places_text(slot, left, hints) if not waits else _full_text((hints.waiting or {}).get(slot.pk, 0))
    button = gettext("Join the waiting list") if waits else gettext("Sign up")
    whole = _course_text(course) if course else ""
    spoken = (when, slot.title, whole, places, button if waits else "")
    return Choice(
        value=f"{value_of(slot)}{TO_WAIT if waits else ''}",
        text=clocks,
        name=", ".join(part for part in spoken if part),
        summary=". ".join(part for part in (f"{when}, {slot.title}" if slot.title else when, whole) if part),
        detail=slot.title,
        notes=_notes(slot, course, whole, time_zone, hints),
        places=places,
        button=button,
        closed=too_few and not waits,
        is_out=too_few,
        tag=places,
        is_full=waits,
    )


def _notes(slot: Slot, course: Course | None, whole: str, time_zone: str, hints: Hints) -> tuple[str, ...]:
    dates = _dates_text(course, time_zone) if course else ""
    notes = (slot.location, slot.description, whole, dates, *hints.others.get(slot.pk, ()))
    return tuple(note for note in notes if note)


def _course_text(course: Course) -> str:
    return ngettext(
        "You sign up for the {n} session that is left.", "You sign up for all {n} sessions.", len(course.sessions)
    ).format(n=len(course.sessions))


def _dates_text(course: Course, time_zone: str) -> str:
    days = [day_text(local_day(each.starts_at, time_zone), "short") for each in course.sessions]
    return ", ".join(days) if len(days) <= DATES_SAID else f"{', '.join(days[: DATES_SAID - 1])} … {days[-1]}"


def _full_text(people: int) -> str:
    return gettext("Full · {k} waiting").format(k=people) if people else gettext("Full")


def places_left(slot: Slot) -> int | None:
    """Return how many places are free; None where they are unlimited."""
    return None if slot.capacity is None else max(slot.capacity - slot.taken, 0)


def _places_text(slot: Slot, left: int | None, hints: Hints) -> str:
    """Return "5 of 12 places left", "1 place left", "Full"; nothing where places are unlimited or not shown."""
    if left is None:
        return ""
    if left == 0:
        return gettext("Full")
    if not hints.shows_places:
        return ""
    if left == 1:
        return gettext("1 place left")
    return gettext("{n} of {m} places left").format(n=left, m=slot.capacity)
