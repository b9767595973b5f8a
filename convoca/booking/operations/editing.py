"""Changing and calling off what was made ahead: one slot of a capacity schedule, or it and the following ones.

Lock order: slots by ascending id, then all of their bookings, before anything is written.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F

from convoca.booking.models import Booking, Meeting, Slot
from convoca.booking.operations.auditing import Actor, Verb, note, note_each
from convoca.booking.operations.linking import find_link, take_link_away, type_link, typed_link
from convoca.booking.operations.notifying import notify_due
from convoca.booking.operations.owing import (
    OF_OTHERS,
    OF_THE_TIME,
    keep_owed,
    let_others_tell,
    owe_cancellations,
    owe_moves,
)
from convoca.booking.operations.provisioning import provision_due
from convoca.booking.operations.refusals import NotOffered
from convoca.booking.operations.taking import lock_slots
from convoca.booking.operations.waiting import offer_next
from convoca.booking.operations.wishing import wish_for_meeting
from convoca.booking.questions.series import rest_of_series
from convoca.core.admission import InThePast, SlotOver
from convoca.core.time import Interval, localize

# What the meeting at the vendor shows; the rest costs no call there.
TIMES = frozenset({"starts_at", "ends_at"})
SHOWN_AT_VENDOR = TIMES | {"title"}

STANDING = frozenset(Booking.Status) - {Booking.Status.CANCELLED}

LONGEST_LOCATION = 200

type BySlot = Mapping[int, Sequence[Booking]]


@dataclass(frozen=True, kw_only=True)
class SlotChanges:
    """What a slot is to be, whole. A URL in `location` becomes its meeting link, never a column.

    A slot whose link was typed shows it as its location where it has no other; so whoever leaves it there, keeps it.
    """

    title: str
    description: str
    location: str
    capacity: int | None
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, kw_only=True)
class _Edit:
    """How a slot differs from what it is to be: what the following ones are changed in, too.

    `shift` is on the clocks of the wall, `length` is time that passes; None leaves each slot its own. `link` is typed
    anew, or, if it is empty, taken away; None leaves it.
    """

    columns: Mapping[str, object] = field(default_factory=dict)
    link: str | None = None
    shift: timedelta = timedelta(0)
    length: timedelta | None = None


def edit_slot(slot: Slot, changes: SlotChanges, *, following: bool, by: Actor, now: datetime) -> list[Slot]:
    """Change a slot, and if `following` also the later ones of its series, in what differs from the slot as it is.

    Who has a place in a slot that moves is told by mail, once; its meeting and link stay. More places are offered to
    who waits; fewer than are taken let nobody new in. Returns the slots that were changed. Raises SlotOver or
    InThePast, or NotOffered if it is cancelled or of another kind of schedule.
    """
    with transaction.atomic():
        target, *later = _lock(slot, following=following, now=now)
        if changes.starts_at != target.starts_at and changes.starts_at < now:
            raise InThePast
        edit = _difference(target, changes)
        people = _lock_bookings([target, *later], statuses=[Booking.Status.CONFIRMED])
        before = {each.pk: Interval(each.starts_at, each.ends_at) for each in [target, *later]}
        changed = [each for each in [target, *later] if _change(each, edit, by=by, now=now)]
        moved = [each for each in changed if before[each.pk] != Interval(each.starts_at, each.ends_at)]
        let_others_tell([each for slot in moved for each in people.get(slot.pk, [])], kinds=OF_THE_TIME, now=now)
        told = _each_person_once(moved, people)
        owe_moves(((each, before[each.slot_id].starts_at, teller) for each, teller in told), now=now)
        if changed:
            provision_due.enqueue()
            notify_due.enqueue()
    return changed


def cancel_slot(slot: Slot, *, following: bool, message: str, by: Actor, now: datetime) -> list[Slot]:
    """Call a slot off, and if `following` also the later ones of its series; return them.

    Everybody who has, asks for or waits for a place is told by mail, once, with the `message`. Raises SlotOver, or
    NotOffered if it is cancelled already or of another kind of schedule.
    """
    with transaction.atomic():
        held = _lock(slot, following=following, now=now)
        people = _lock_bookings(held, statuses=STANDING)
        for each in held:
            _call_off(each, people.get(each.pk, []), message=message, by=by, now=now)
        owe_cancellations(_each_person_once(held, people), now=now)
        let_others_tell([each for slot in held for each in people.get(slot.pk, [])], kinds=OF_OTHERS, now=now)
        provision_due.enqueue()
        notify_due.enqueue()
    return held


def _lock(slot: Slot, *, following: bool, now: datetime) -> list[Slot]:
    """Hold the slot and, if wanted, what follows it, and return them in order. Raises NotOffered or SlotOver."""
    rest = rest_of_series(slot, now=now) if following else []
    held = lock_slots(rest or [slot])
    target = next((each for each in held if each.pk == slot.pk), None)
    if target is None or not target.is_live or not target.schedule.is_capacity:
        raise NotOffered
    if target.ends_at <= now:
        raise SlotOver
    return [target, *(each for each in held if each.is_live and each.pk != target.pk)]


def _lock_bookings(slots: Sequence[Slot], *, statuses: Iterable[str]) -> BySlot:
    """Hold the bookings of these statuses in the slots, by ascending id."""
    of = {slot.pk: slot for slot in slots}
    held = Booking.objects.select_for_update(no_key=True).filter(
        account_id=slots[0].account_id, slot__in=of, status__in=statuses
    )
    found: defaultdict[int, list[Booking]] = defaultdict(list)
    for booking in held.order_by("pk"):
        booking.slot = of[booking.slot_id]
        found[booking.slot_id].append(booking)
    return found


def _each_person_once(slots: Sequence[Slot], people: BySlot) -> Iterator[tuple[Booking, Booking | None]]:
    """Yield the bookings in the slots, each with the same person's first one, whose mail tells of all; it with None."""
    first: dict[int | str, Booking] = {}
    for slot in slots:
        for booking in people.get(slot.pk, []):
            person = booking.membership_id or booking.email.lower()
            yield booking, first.get(person)
            first.setdefault(person, booking)


def _difference(slot: Slot, changes: SlotChanges) -> _Edit:
    columns: dict[str, object] = {
        name: getattr(changes, name)
        for name in ("title", "description", "capacity")
        if getattr(changes, name) != getattr(slot, name)
    }
    link = None
    shown = slot.location or typed_link(slot)
    if changes.location != shown:
        link = find_link(changes.location)
        columns["location"] = "" if link else changes.location[:LONGEST_LOCATION]
        if link is None and shown and not slot.location:
            link = ""
    zone = ZoneInfo(slot.schedule.time_zone)
    length = Interval(changes.starts_at, changes.ends_at).duration
    return _Edit(
        columns=columns,
        link=link,
        shift=_wall(changes.starts_at, zone) - _wall(slot.starts_at, zone),
        length=None if length == slot.ends_at - slot.starts_at else length,
    )


def _wall(instant: datetime, zone: ZoneInfo) -> datetime:
    """Return what the clocks and the calendar on the wall show."""
    return instant.astimezone(zone).replace(tzinfo=None)


def _change(slot: Slot, edit: _Edit, *, by: Actor, now: datetime) -> bool:
    """Write what is different, and see to its meeting, its mails and who waits. Return whether anything is."""
    columns = {name: value for name, value in _columns(slot, edit).items() if getattr(slot, name) != value}
    if columns:
        _write(slot, columns, now=now)
    if edit.link:
        type_link(slot, edit.link, now=now)
    elif edit.link == "":
        take_link_away(slot, now=now)
    if not columns and edit.link is None:
        return False
    note(Verb.EDITED, by=by, slot=slot, fields=" ".join(sorted(columns) or ["location"]), now=now)
    if "capacity" in columns:
        offer_next(slot, now=now)
    return True


def _columns(slot: Slot, edit: _Edit) -> dict[str, object]:
    if not edit.shift and edit.length is None:
        return dict(edit.columns)
    starts_at = _shifted(slot, edit.shift)
    length = edit.length or slot.ends_at - slot.starts_at
    return {**edit.columns, "starts_at": starts_at, "ends_at": starts_at + length}


def _shifted(slot: Slot, shift: timedelta) -> datetime:
    """Return the start that far on. One that stays is left as it is: the clocks may show it twice."""
    if not shift:
        return slot.starts_at
    local = _wall(slot.starts_at, ZoneInfo(slot.schedule.time_zone)) + shift
    past_the_minute = timedelta(seconds=local.second, microseconds=local.microsecond)
    return localize(local.date(), local.hour * 60 + local.minute, slot.schedule.time_zone) + past_the_minute


def _write(slot: Slot, columns: Mapping[str, object], *, now: datetime) -> None:
    """Save the columns. What people or the vendor have been shown is stale then, unless only the places changed."""
    was = slot.revision
    for name, value in columns.items():
        setattr(slot, name, value)
    if columns.keys() != {"capacity"}:
        slot.revision += 1
    slot.save(update_fields=[*columns, "revision"])
    if columns.keys() & TIMES:
        offered = Booking.objects.filter(slot=slot, status=Booking.Status.OFFERED, offered_until__gt=slot.starts_at)
        offered.update(offered_until=slot.starts_at)
    elif slot.revision != was:
        keep_owed(slot, was=was)
    if columns.keys() & SHOWN_AT_VENDOR:
        wanted = Meeting.objects.filter(slot=slot, wanted=Meeting.Wanted.PRESENT)
        wanted.update(wanted_revision=slot.revision, due_at=now)


def _call_off(slot: Slot, bookings: Sequence[Booking], *, message: str, by: Actor, now: datetime) -> None:
    slot.cancelled_at, slot.taken = now, 0
    slot.save(update_fields=["cancelled_at", "taken"])
    Booking.objects.filter(slot=slot, status__in=STANDING).update(
        status=Booking.Status.CANCELLED,
        cancelled_at=now,
        cancel_message=message,
        offered_until=None,
        revision=F("revision") + 1,
    )
    for booking in bookings:
        booking.revision += 1
    note(Verb.CANCELLED, by=by, slot=slot, now=now)
    note_each(Verb.CANCELLED, bookings, by=by, now=now)
    wish_for_meeting(slot, now=now)
