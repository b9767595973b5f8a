"""Changing what was made ahead: one slot of a capacity schedule, or it and the following ones."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F, OuterRef, Subquery

from convoca.booking.models import Booking, Meeting, Slot
from convoca.booking.operations.auditing import Actor, Verb, note_slots
from convoca.booking.operations.gathering import each_person_once, lock_bookings_in, lock_session
from convoca.booking.operations.linking import find_link, take_link_away, type_link, typed_link
from convoca.booking.operations.notifying import notify_due
from convoca.booking.operations.owing import OF_THE_TIME, keep_owed, let_others_tell, owe_moves
from convoca.booking.operations.provisioning import provision_due
from convoca.booking.operations.waiting import offer_next
from convoca.booking.operations.wishing_events import wish_for_events
from convoca.booking.questions.links import IN_USE
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
        changed = _change([target, *later], edit, by=by, now=now)
        moved = [each for each in changed if before[each.pk] != Interval(each.starts_at, each.ends_at)]
        let_others_tell([each for slot in moved for each in people.get(slot.pk, [])], kinds=OF_THE_TIME, now=now)
        told = each_person_once(moved, people)
        owe_moves(((each, before[each.slot_id].starts_at, teller) for each, teller in told), is_for_all=True, now=now)
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


def _change(slots: Sequence[Slot], edit: _Edit, *, by: Actor, now: datetime) -> list[Slot]:
    """Write what is different, and see to meetings, mails and who waits. Return the slots in which anything is."""
    fields: dict[int, list[str]] = {}
    for slot in slots:
        columns = {name: value for name, value in _columns(slot, edit).items() if getattr(slot, name) != value}
        for name, value in columns.items():
            setattr(slot, name, value)
        if columns or edit.link is not None:
            fields[slot.pk] = sorted(columns)
    changed = [slot for slot in slots if slot.pk in fields]
    _write([slot for slot in changed if fields[slot.pk]], fields, now=now)
    for slot in changed:
        if edit.link:
            type_link(slot, edit.link, now=now)
        elif edit.link == "":
            take_link_away(slot, now=now)
    told = {pk: " ".join(columns or ["location"]) for pk, columns in fields.items()}
    note_slots(Verb.EDITED, changed, by=by, fields=told, now=now)
    wish_for_events(changed, now=now)
    for slot in changed:
        if "capacity" in fields[slot.pk]:
            offer_next(slot, now=now)
    return changed


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


def _write(slots: Sequence[Slot], fields: Mapping[int, Collection[str]], *, now: datetime) -> None:
    """Save the columns of all slots at once: one after the other would keep everybody's writes waiting on SQLite.

    What people or the vendor have been shown is stale then, unless only the places changed.
    """
    if not slots:
        return
    shown = [slot for slot in slots if set(fields[slot.pk]) != {"capacity"}]
    for slot in shown:
        slot.revision += 1
    Slot.objects.bulk_update(slots, [*sorted({name for slot in slots for name in fields[slot.pk]}), "revision"])
    its = Slot.objects.filter(pk=OuterRef("slot"))
    moved = [slot for slot in slots if TIMES & set(fields[slot.pk])]
    if moved:
        offers = Booking.objects.filter(slot__in=[slot.pk for slot in moved], status=Booking.Status.OFFERED)
        late = offers.filter(offered_until__gt=F("slot__starts_at"))
        late.update(offered_until=Subquery(its.values("starts_at")))
    keep_owed(slot for slot in shown if slot not in moved)
    told = [slot.pk for slot in slots if SHOWN_AT_VENDOR & set(fields[slot.pk])]
    in_use = Meeting.objects.filter(IN_USE, slot__in=told)
    in_use.update(wanted_revision=Subquery(its.values("revision")), due_at=now)
