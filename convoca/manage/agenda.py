"""What a superuser's day holds: its rows, those that need somebody first, and what changed in them since."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from convoca.booking.models import Booking, Meeting, Schedule, Slot
from convoca.booking.questions.bookings import bookings_between, resources_of, slots_between
from convoca.booking.questions.links import MOVING, Link, LinkState, links_for
from convoca.booking.questions.offers import local_window
from convoca.booking.questions.viewers import Viewer
from convoca.booking.wording import day_text, span_text
from convoca.core.time import local_day
from convoca.manage import phrases

# Somebody must do something, or there will be no link.
IN_NEED = frozenset({LinkState.FAILED, LinkState.DISCONNECTED, LinkState.MANUAL_MISSING})

# A link may be typed wherever links are meant to be: instead of one that is late, or in place of one that is there.
PASTEABLE = frozenset(LinkState) - {LinkState.NONE, LinkState.HIDDEN}

# How far ahead appointments without a link are announced, and how many of them at most.
LOOK_AHEAD = timedelta(days=14)
AHEAD_AT_MOST = 5


@dataclass(frozen=True, kw_only=True)
class LinkCell:
    """The part of a row that changes by itself."""

    slot_id: int
    state: str
    words: phrases.Words
    url: str
    passcode: str
    may_paste: bool
    is_moving: bool
    needs_connecting: bool


@dataclass(frozen=True, kw_only=True)
class Row:
    """One occasion: an appointment with its person, or a class with all of them."""

    slot_id: int
    clock: str
    who: str
    what: str
    places: str
    location: str
    people: Sequence[str]
    is_class: bool
    is_over: bool
    is_next: bool
    in_need: bool
    link: LinkCell


@dataclass(frozen=True, kw_only=True)
class Ahead:
    """An appointment of a coming day that has no link."""

    day: date
    when: str
    who: str


def rows_of(viewer: Viewer, day: date, *, time_zone: str, now: datetime) -> list[Row]:
    """Return the rows of one local day, in order. Four queries, however many; one more if a quota is used up."""
    window = local_window(day, 1, time_zone)
    bookings = _by_slot(bookings_between(viewer, window))
    slots = [slot for slot in slots_between(viewer, window) if slot.schedule.is_capacity or slot.pk in bookings]
    links = links_for(viewer, slots, now=now)
    cells = cells_of(viewer.account_id, links, time_zone=time_zone)
    resources = resources_of(viewer.account_id, slots)
    coming = next((slot for slot in slots if slot.ends_at > now), None) if window.holds(now) else None
    return [
        _row(
            slot,
            bookings.get(slot.pk, []),
            cells[slot.pk],
            resources.get(slot.pk, ""),
            time_zone=time_zone,
            now=now,
            is_next=slot is coming,
        )
        for slot in slots
    ]


def cells_of(account_id: int, links: Mapping[int, Link], *, time_zone: str) -> dict[int, LinkCell]:
    """Put each slot's link into words, for those who supervise it."""
    used_up = any(link.state is LinkState.QUOTA for link in links.values())
    waiting = _waiting_for_quota(account_id) if used_up else 0
    return {
        slot_id: LinkCell(
            slot_id=slot_id,
            state=link.state,
            words=phrases.link_words(link, time_zone=time_zone, waiting=waiting),
            url=link.url,
            passcode=link.passcode,
            may_paste=link.state in PASTEABLE,
            is_moving=link.state in MOVING,
            needs_connecting=link.state is LinkState.DISCONNECTED,
        )
        for slot_id, link in links.items()
    }


def needing_ahead(viewer: Viewer, *, after: date, time_zone: str, now: datetime) -> list[Ahead]:
    """Return the first appointments of the days after `after` that need somebody to get a link."""
    window = local_window(after + timedelta(days=1), LOOK_AHEAD.days, time_zone)
    slots = [slot for slot in slots_between(viewer, window) if slot.link_source != Schedule.NO_LINK]
    links = links_for(viewer, slots, now=now)
    lacking = [slot for slot in slots if links[slot.pk].state in IN_NEED]
    booked = _by_slot(_bookings_of(viewer.account_id, lacking[: AHEAD_AT_MOST * 2])) if lacking else {}
    wanted = [slot for slot in lacking if slot.schedule.is_capacity or slot.pk in booked]
    return [_ahead(slot, booked.get(slot.pk, []), time_zone=time_zone) for slot in wanted[:AHEAD_AT_MOST]]


def first_after(viewer: Viewer, day: date, *, time_zone: str) -> Ahead | None:
    """Return the first occasion after `day`, so that an empty day says when there is something to do."""
    slots = Slot.objects.select_related("schedule", "service").filter(
        account_id=viewer.account_id,
        starts_at__gte=local_window(day, 1, time_zone).ends_at,
        cancelled_at__isnull=True,
    )
    if not viewer.supervises_account:
        slots = slots.filter(schedule__in=viewer.supervised)
    slot = slots.order_by("starts_at", "pk").first()
    return _ahead(slot, [], time_zone=time_zone) if slot else None


def _bookings_of(account_id: int, slots: Sequence[Slot]) -> Iterable[Booking]:
    live = Booking.objects.exclude(status=Booking.Status.CANCELLED)
    return live.filter(account_id=account_id, slot__in=[slot.pk for slot in slots])


def _ahead(slot: Slot, bookings: Sequence[Booking], *, time_zone: str) -> Ahead:
    day = local_day(slot.starts_at, time_zone)
    when = f"{day_text(day, 'short')}, {span_text(slot.starts_at, slot.ends_at, time_zone)}"
    return Ahead(day=day, when=when, who=_who(slot, bookings))


def _by_slot(bookings: Iterable[Booking]) -> dict[int, list[Booking]]:
    found: defaultdict[int, list[Booking]] = defaultdict(list)
    for booking in bookings:
        found[booking.slot_id].append(booking)
    return dict(found)


def _row(
    slot: Slot,
    bookings: Sequence[Booking],
    link: LinkCell,
    resources: str,
    *,
    time_zone: str,
    now: datetime,
    is_next: bool,
) -> Row:
    is_over = slot.ends_at <= now
    is_class = slot.schedule.is_capacity
    what = slot.service.name if slot.service else slot.schedule.name
    return Row(
        slot_id=slot.pk,
        clock=span_text(slot.starts_at, slot.ends_at, time_zone),
        who=_who(slot, bookings),
        what=f"{what} · {resources}" if resources else what,
        places=phrases.places(slot.taken, slot.capacity) if is_class else "",
        location=slot.location,
        people=[_person(booking) for booking in bookings] if is_class else [],
        is_class=is_class,
        is_over=is_over,
        is_next=is_next,
        in_need=not is_over and link.state in IN_NEED,
        link=link,
    )


def _who(slot: Slot, bookings: Sequence[Booking]) -> str:
    if slot.schedule.is_capacity or not bookings:
        return slot.title or slot.schedule.name
    return ", ".join(booking.name for booking in bookings)


def _person(booking: Booking) -> str:
    return f"{booking.name} ({booking.quantity})" if booking.quantity > 1 else booking.name


def _waiting_for_quota(account_id: int) -> int:
    waiting = Meeting.objects.filter(account_id=account_id, wanted=Meeting.Wanted.PRESENT)
    return waiting.filter(waiting=Meeting.Waiting.QUOTA).count()
