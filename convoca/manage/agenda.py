"""Occasions as rows, for those who supervise: who comes, what needs somebody, how the link stands, what is new."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.utils.translation import gettext, pgettext

from convoca.booking.models import Booking, Meeting, Schedule, Slot
from convoca.booking.operations.linking import what_is_known
from convoca.booking.questions.bookings import Taken, bookings_between, resources_taken, slots_between
from convoca.booking.questions.links import IN_NEED, MOVING, Link, LinkState, links_for
from convoca.booking.questions.neighbours import sharing_a_link
from convoca.booking.questions.offers import local_window
from convoca.booking.questions.permissions import Action, may
from convoca.booking.questions.supervising import longest_stay, moved_since, schedules_to_supervise
from convoca.booking.questions.viewers import Viewer
from convoca.booking.wording import day_text, span_text
from convoca.core.time import local_day
from convoca.manage import meeting_phrases, phrases

# What has no link now, whether it comes by itself or not.
WITHOUT_LINK = IN_NEED | MOVING | {LinkState.QUOTA}

# A link may be typed wherever links are meant to be: instead of one that is late, or in place of one that is there.
PASTEABLE = frozenset(LinkState) - {LinkState.NONE, LinkState.HIDDEN}

# In these the vendor can be asked once more at once.
TRIED_AGAIN = frozenset({LinkState.FAILED, LinkState.DELAYED})

# For so long a booking is called new, or moved.
NEWS_LASTS = timedelta(hours=24)

TONES = {
    Booking.Status.PENDING: "pending",
    Booking.Status.WAITING: "warning",
    Booking.Status.OFFERED: "warning",
    Booking.Status.CANCELLED: "danger",
}


@dataclass(frozen=True, kw_only=True)
class LinkCell:
    """The part of a row that changes by itself. `notes` are what is to be said of a link that is there.

    `is_automatic`: nobody has to type one. `retry` is the meeting that its owner can have tried again now, if any.
    """

    slot_id: int
    state: str
    words: phrases.Words
    url: str
    passcode: str
    may_paste: bool
    is_moving: bool
    needs_connecting: bool
    may_start: bool
    notes: Sequence[str]
    recognised: str
    is_automatic: bool
    retry: int | None


@dataclass(frozen=True, kw_only=True)
class Chip:
    """A word about a booking; `tone` chooses its colour, which never stands alone."""

    tone: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Person:
    """One booking of an occasion: whose it is, and what is to be said of it where it is not simply confirmed."""

    booking_id: int
    name: str
    chips: Sequence[Chip]
    is_pending: bool
    is_cancelled: bool
    was_missed: bool
    may_be_missed: bool
    may_be_sent: bool


@dataclass(frozen=True, kw_only=True)
class Row:
    """One occasion: an appointment with its person, or a class with all of them.

    `told` is how many of them get a mail if its link changes; `may_share`: the viewer may let all bookings of the
    schedule share a link that is typed for it.
    """

    slot_id: int
    schedule_id: int
    day: date
    day_text: str
    starts_at: datetime
    ends_at: datetime
    clock: str
    start: str
    until: str
    who: str
    what: str
    places: str
    location: str
    resources: Sequence[Taken]
    people: Sequence[Person]
    told: int
    is_class: bool
    is_over: bool
    is_next: bool
    is_cancelled: bool
    lacks_link: bool
    in_need: bool
    may_change: bool
    may_share: bool
    link: LinkCell


def rows_of(viewer: Viewer, day: date, *, time_zone: str, now: datetime) -> list[Row]:
    """Return the rows of one local day, in order; a rental of several days stands on each of them.

    Seven queries, however many; one more if a quota is used up.
    """
    window = local_window(day, 1, time_zone)
    reach = longest_stay(schedules_to_supervise(viewer))
    bookings = bookings_between(viewer, window, reach=reach)
    booked = {booking.slot_id for booking in bookings}
    slots = [slot for slot in slots_between(viewer, window, reach=reach) if _is_row(slot, booked)]
    return make_rows(viewer, slots, bookings, time_zone=time_zone, now=now)


def _is_row(slot: Slot, booked: Collection[int]) -> bool:
    return slot.schedule.is_capacity or slot.pk in booked


def make_rows(
    viewer: Viewer, slots: Sequence[Slot], bookings: Iterable[Booking], *, time_zone: str, now: datetime
) -> list[Row]:
    """Return a row for each of the slots, with these bookings of theirs. Four queries, however many."""
    bookings = list(bookings)
    today = local_day(now, time_zone)
    moved = moved_since(viewer.account_id, bookings, since=now - NEWS_LASTS)
    booked = by_slot(bookings)
    links = links_for(viewer, slots, now=now)
    people = {
        pk: [_person(each, moved, links[pk], now=now) for each in found] for pk, found in booked.items() if pk in links
    }
    cells = cells_of(viewer.account_id, links, time_zone=time_zone)
    cells |= warned_cells(viewer, slots, links, cells)
    for slot in slots:
        if slot.ends_at <= now or not slot.is_live:
            cells[slot.pk] = replace(cells[slot.pk], may_start=False)
        if is_request(slot, booked.get(slot.pk, [])):
            cells[slot.pk] = _of_request(cells[slot.pk])
        if not may(viewer, Action.CHANGE, slot.schedule):
            cells[slot.pk] = replace(cells[slot.pk], may_paste=False)
    taken = resources_taken(viewer.account_id, slots)
    of_today = [slot for slot in slots if slot.is_live and local_day(slot.starts_at, time_zone) == today]
    coming = next((slot for slot in of_today if slot.ends_at > now), None)
    return [
        _row(
            slot,
            who_comes(slot, booked.get(slot.pk, [])),
            people.get(slot.pk, []),
            sum(each.is_confirmed for each in booked.get(slot.pk, [])),
            cells[slot.pk],
            taken.get(slot.pk, ()),
            time_zone=time_zone,
            now=now,
            is_next=slot is coming,
            may_change=may(viewer, Action.CHANGE, slot.schedule),
            may_share=slot.schedule.link_source == Schedule.MANUAL and may(viewer, Action.CONFIGURE, slot.schedule),
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
            may_start=link.has_host_link,
            notes=[meeting_phrases.difference(each, link.label) for each in link.differences],
            recognised=known_as(link.url) if link.is_typed else "",
            is_automatic=not link.is_typed and link.state is not LinkState.MANUAL_MISSING,
            retry=link.meeting_id if link.state in TRIED_AGAIN else None,
        )
        for slot_id, link in links.items()
    }


def known_as(link: str) -> str:
    """Return what a typed link is recognised as, or nothing."""
    brand, known = what_is_known(link)
    return meeting_phrases.recognised(brand, known)


def shared_link_warning(viewer: Viewer, slot: Slot) -> str:
    """Return the warning that belongs to the link just typed for the slot, or nothing (T39)."""
    near = sharing_a_link(viewer.account_id, [slot]).get(slot.pk)
    return meeting_phrases.same_link(slot, near, viewer) if near else ""


def warned_cells(
    viewer: Viewer, slots: Sequence[Slot], links: Mapping[int, Link], cells: Mapping[int, LinkCell]
) -> dict[int, LinkCell]:
    """Return the cells of the slots whose typed link is also that of an occasion right before, after or meanwhile.

    One query if any link was typed.
    """
    typed = [slot for slot in slots if links[slot.pk].is_typed and slot.is_live]
    shared = sharing_a_link(viewer.account_id, typed)
    of = {slot.pk: slot for slot in typed}
    return {
        pk: replace(cells[pk], notes=[*cells[pk].notes, meeting_phrases.same_link(of[pk], near, viewer)])
        for pk, near in shared.items()
    }


def _of_request(cell: LinkCell) -> LinkCell:
    words = phrases.when_approved(LinkState(cell.state))
    return replace(cell, state=LinkState.NONE, words=words, may_paste=False, needs_connecting=False, may_start=False)


def by_slot(bookings: Iterable[Booking]) -> dict[int, list[Booking]]:
    found: defaultdict[int, list[Booking]] = defaultdict(list)
    for booking in bookings:
        found[booking.slot_id].append(booking)
    return dict(found)


def _row(
    slot: Slot,
    who: str,
    people: Sequence[Person],
    told: int,
    link: LinkCell,
    resources: Sequence[Taken],
    *,
    time_zone: str,
    now: datetime,
    is_next: bool,
    may_change: bool,
    may_share: bool,
) -> Row:
    is_over = slot.ends_at <= now
    is_class = slot.schedule.is_capacity
    is_cancelled = not slot.is_live or (bool(people) and all(person.is_cancelled for person in people))
    day = local_day(slot.starts_at, time_zone)
    what = slot.service.name if slot.service else slot.schedule.name
    stands = not is_over and not is_cancelled
    clock = span_text(slot.starts_at, slot.ends_at, time_zone)
    start, _, until = clock.partition("–")
    return Row(
        slot_id=slot.pk,
        schedule_id=slot.schedule_id,
        day=day,
        day_text=day_text(day, "full"),
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        clock=clock,
        start=start,
        until=until,
        who=who,
        what=" · ".join([what, ", ".join(each.name for each in resources)] if resources else [what]),
        places=phrases.places(slot.taken, slot.capacity) if is_class else "",
        location=slot.location,
        resources=resources,
        people=people,
        told=told,
        is_class=is_class,
        is_over=is_over,
        is_next=is_next,
        is_cancelled=is_cancelled,
        lacks_link=stands and link.state in WITHOUT_LINK,
        may_share=may_share,
        in_need=stands and (link.state in IN_NEED or any(person.is_pending for person in people)),
        may_change=may_change,
        link=link,
    )


def who_comes(slot: Slot, bookings: Sequence[Booking]) -> str:
    """Return what an occasion is called: a class by its title, an appointment by its people."""
    if slot.schedule.is_capacity or not bookings:
        return slot.title or slot.schedule.name
    return ", ".join(booking.called for booking in bookings)


def chips_of(booking: Booking, *, was_moved: bool, now: datetime) -> list[Chip]:
    """Return what is to be said of a booking beside its name: how it stands, and what is new about it."""
    chips = []
    if not booking.is_confirmed:
        status = Booking.Status(booking.status)
        chips.append(Chip(tone=TONES[status], text=booking.get_status_display()))
    if booking.was_missed:
        chips.append(Chip(tone="warning", text=gettext("No-show")))
    if not booking.is_confirmed or booking.slot.ends_at <= now:
        return chips
    if was_moved:
        chips.append(Chip(tone="plain", text=pgettext("of an appointment", "Moved")))
    elif now - booking.created_at <= NEWS_LASTS:
        chips.append(Chip(tone="plain", text=pgettext("of an appointment", "New")))
    return chips


def named(booking: Booking) -> str:
    """Return whose booking it is, with its places if there are several."""
    if booking.quantity == 1:
        return booking.called
    return gettext("{name} ({places})").format(name=booking.called, places=booking.quantity)


def _person(booking: Booking, moved: frozenset[int], link: Link, *, now: datetime) -> Person:
    return Person(
        booking_id=booking.pk,
        name=named(booking),
        chips=chips_of(booking, was_moved=booking.pk in moved, now=now),
        is_pending=booking.status == Booking.Status.PENDING,
        is_cancelled=booking.status == Booking.Status.CANCELLED,
        was_missed=booking.was_missed,
        may_be_missed=booking.is_confirmed and booking.slot.is_live and booking.slot.starts_at <= now,
        may_be_sent=booking.is_confirmed and booking.slot.ends_at > now and link.is_ready and not link.is_backup,
    )


def is_request(slot: Slot, bookings: Sequence[Booking]) -> bool:
    """Say whether an appointment awaits its approval; until then it has no meeting, and lacks none."""
    return not slot.schedule.is_capacity and any(each.status == Booking.Status.PENDING for each in bookings)


def _waiting_for_quota(account_id: int) -> int:
    waiting = Meeting.objects.filter(account_id=account_id, wanted=Meeting.Wanted.PRESENT)
    return waiting.filter(waiting=Meeting.Waiting.QUOTA).count()
