"""Changing what was made ahead: one slot of a capacity schedule, or it and the following ones."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from convoca.booking.models import Booking, Meeting, Slot
from convoca.booking.operations.auditing import Actor, Verb, note
from convoca.booking.operations.gathering import each_person_once, lock_bookings_in, lock_session
from convoca.booking.operations.linking import find_link, take_link_away, type_link, typed_link
from convoca.booking.operations.notifying import notify_due
from convoca.booking.operations.owing import OF_THE_TIME, keep_owed, let_others_tell, owe_moves
from convoca.booking.operations.provisioning import provision_due
from convoca.booking.operations.waiting import offer_next
from convoca.core.admission import InThePast
from convoca.core.time import Interval, localize

# What the meeting at the vendor shows; the rest costs no call there.
TIMES = frozenset({"starts_at", "ends_at"})
SHOWN_AT_VENDOR = TIMES | {"title"}

LONGEST_LOCATION = 200


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
        target, *later = lock_session(slot, following=following, now=now)
        if changes.starts_at != target.starts_at and changes.starts_at < now:
            raise InThePast
        edit = _difference(target, changes)
        people = lock_bookings_in([target, *later], statuses=[Booking.Status.CONFIRMED])
        before = {each.pk: Interval(each.starts_at, each.ends_at) for each in [target, *later]}
        changed = [each for each in [target, *later] if _change(each, edit, by=by, now=now)]
        moved = [each for each in changed if before[each.pk] != Interval(each.starts_at, each.ends_at)]
        let_others_tell([each for slot in moved for each in people.get(slot.pk, [])], kinds=OF_THE_TIME, now=now)
        told = each_person_once(moved, people)
        owe_moves(((each, before[each.slot_id].starts_at, teller) for each, teller in told), now=now)
        if changed:
            provision_due.enqueue()
            notify_due.enqueue()
    return changed


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
