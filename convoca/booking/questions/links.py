"""Who sees a meeting link. One function decides it for page, mail, calendar, export and API."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Q

from convoca.booking.models import Booking, Connection, Meeting, Schedule, Sealed, Slot
from convoca.booking.questions.differences import Difference, differences_of
from convoca.booking.questions.viewers import Viewer
from convoca.providers import provider_by_id

# The manual promises the link within a minute; from then on we say that it is late.
PROMISED_WITHIN = timedelta(seconds=60)


class LinkState(StrEnum):
    """What can be said of a slot's link to somebody."""

    NONE = "none"
    HIDDEN = "hidden"
    NOT_YET = "not_yet"
    PENDING = "pending"
    DELAYED = "delayed"
    READY = "ready"
    FAILED = "failed"
    QUOTA = "quota"
    DISCONNECTED = "disconnected"
    MANUAL_MISSING = "manual_missing"


# A meeting that has no link so shortly before its start is held at the schedule's backup link, if it has one.
BACKUP_BEFORE = timedelta(minutes=30)

# Without a link there is nothing to stand in for, or it is promised within the minute: then nobody is sent elsewhere.
NEEDS_NO_BACKUP = frozenset({LinkState.READY, LinkState.NONE, LinkState.HIDDEN, LinkState.NOT_YET, LinkState.PENDING})

# In these nothing comes by itself: somebody has to act.
IN_NEED = frozenset({LinkState.FAILED, LinkState.DISCONNECTED, LinkState.MANUAL_MISSING})

# In these the page asks again by itself.
MOVING = frozenset({LinkState.PENDING, LinkState.DELAYED})


@dataclass(frozen=True, kw_only=True)
class Link:
    """What one viewer may know of one slot's link. `url` and `passcode` are empty unless the state is READY.

    `is_typed`: somebody typed it, and it can be replaced or taken away by hand. `is_backup`: it is the schedule's spare
    one, used because the meeting's own was not ready in time; it must be called so wherever it is shown, and
    `instead_of` is the brand that failed ("" if nobody typed one). `label` is the brand of the meeting that exists;
    `reason` is the vendor's words, for those who supervise, and so are the `differences` between what was asked of the
    vendor and what it made; `again_at` is when a waiting meeting is tried again, `opens_at` when a link that is NOT_YET
    shown is. `has_host_link`: whoever supervises starts the meeting by another link than the guests'.
    """

    state: LinkState
    label: str = ""
    url: str = field(default="", repr=False)
    passcode: str = field(default="", repr=False)
    reason: str = ""
    again_at: datetime | None = None
    opens_at: datetime | None = None
    meeting_id: int | None = None
    is_typed: bool = False
    is_backup: bool = False
    instead_of: str = ""
    differences: tuple[Difference, ...] = ()
    has_host_link: bool = False

    @property
    def is_ready(self) -> bool:
        return self.state is LinkState.READY


NO_LINK = Link(state=LinkState.NONE)
HIDDEN = Link(state=LinkState.HIDDEN)


def links_for(viewer: Viewer, slots: Sequence[Slot], *, now: datetime) -> dict[int, Link]:
    """Return what `viewer` may know of each slot's link, by the slot's id.

    Two queries, however many slots; a third if a backup link may be needed.

    A link is seen by those who have a confirmed place in the slot and by those who supervise its schedule. Whoever
    waits, whose booking awaits approval, or has cancelled, has none: «Los enlaces de reunión se mantienen ocultos para
    el usuario hasta que se registre para una clase o haya creado una cita.» Where the schedule has a reveal window,
    those with a place see it from then on; those who supervise see it always.
    """
    entitled = _entitled(viewer, slots)
    meetings = _meetings(viewer.account_id, entitled)
    told = {
        slot.pk: _in_time(slot, _told(slot, meetings.get(slot.pk), viewer, now=now), viewer, now=now)
        for slot in slots
        if slot.pk in entitled
    }
    in_need = {slot.pk: slot for slot in slots if slot.pk in told and _needs_backup(slot, told[slot.pk], now=now)}
    return {slot.pk: _withheld(slot) for slot in slots} | told | _backups(viewer.account_id, in_need, told)


def opens_at(slot: Slot) -> datetime | None:
    """Return from when on people with a place in the slot see its link; None if that is as soon as it is there."""
    minutes = slot.schedule.reveal_minutes
    return None if minutes is None else slot.starts_at - timedelta(minutes=minutes)


def _in_time(slot: Slot, link: Link, viewer: Viewer, *, now: datetime) -> Link:
    """Return `link`, or when it will be shown to somebody who has a place and looks too early."""
    if link.state is LinkState.NONE or viewer.supervises(slot.schedule_id):
        return link
    opens = opens_at(slot)
    return link if opens is None or opens <= now else Link(state=LinkState.NOT_YET, opens_at=opens)


def backup_link_of(viewer: Viewer, schedule: Schedule) -> str:
    """Return the backup link of a schedule to somebody who supervises it; "" to everybody else, or if there is none."""
    return schedule.backup_link.open() if viewer.supervises(schedule.pk) else ""


def shared_link_of(viewer: Viewer, schedule: Schedule) -> str:
    """Return the link that a schedule's bookings share to somebody who supervises it; "" to everybody else."""
    return schedule.shared_link.open() if viewer.supervises(schedule.pk) else ""


def link_of(slot: Slot, *, now: datetime) -> Link:
    """Return the slot's link as it stands, whoever asks. For operations; doors ask `links_for`."""
    told = _told(slot, _meetings(slot.account_id, [slot.pk]).get(slot.pk), Viewer(account_id=slot.account_id), now=now)
    in_need = {slot.pk: slot} if _needs_backup(slot, told, now=now) else {}
    return _backups(slot.account_id, in_need, {slot.pk: told}).get(slot.pk, told)


def _needs_backup(slot: Slot, link: Link, *, now: datetime) -> bool:
    missing = link.state not in NEEDS_NO_BACKUP
    return missing and slot.is_live and slot.starts_at - now <= BACKUP_BEFORE and slot.ends_at > now


def _backups(account_id: int, slots: Mapping[int, Slot], told: Mapping[int, Link]) -> dict[int, Link]:
    """Return the backup link of each of the slots whose schedule has one, by the slot's id."""
    if not slots:
        return {}
    schedules = Schedule.objects.filter(account_id=account_id, pk__in={slot.schedule_id for slot in slots.values()})
    spare = dict(schedules.exclude(backup_link=Sealed()).values_list("pk", "backup_link"))
    return {
        pk: _backup(spare[slot.schedule_id].open(), instead_of=told[pk].label)
        for pk, slot in slots.items()
        if slot.schedule_id in spare
    }


def _backup(url: str, *, instead_of: str) -> Link:
    label = provider_by_id(Schedule.MANUAL).name
    return Link(state=LinkState.READY, label=label, url=url, is_backup=True, instead_of=instead_of)


def _entitled(viewer: Viewer, slots: Sequence[Slot]) -> set[int]:
    own = [slot for slot in slots if slot.account_id == viewer.account_id]
    entitled = {slot.pk for slot in own if viewer.supervises(slot.schedule_id)}
    entitled |= {slot.pk for slot in own if slot.is_live and _holds_token(viewer, slot)}
    if viewer.membership is not None and viewer.role != "blocked":
        entitled |= _booked(viewer, [slot for slot in own if slot.is_live and slot.pk not in entitled])
    return entitled


def _holds_token(viewer: Viewer, slot: Slot) -> bool:
    booking = viewer.booking
    return booking is not None and booking.is_confirmed and booking.slot_id == slot.pk


# What stands in for a meeting is no longer wanted, but its link counts as the wanted one's does.
IN_USE = Q(wanted=Meeting.Wanted.PRESENT) | Q(stands_in=True)


def _booked(viewer: Viewer, slots: Sequence[Slot]) -> set[int]:
    return set(
        Booking.objects.filter(
            account_id=viewer.account_id,
            slot__in=[slot.pk for slot in slots],
            membership=viewer.membership,
            status=Booking.Status.CONFIRMED,
        ).values_list("slot_id", flat=True)
    )


def _meetings(account_id: int, slots: Iterable[int]) -> dict[int, Meeting]:
    """Return each slot's meeting that counts: the wanted one, or while that has no link the one that stands in."""
    meetings = Meeting.objects.filter(IN_USE, account_id=account_id, slot__in=slots).select_related("connection")
    found: dict[int, Meeting] = {}
    # Those with a link come last, and the wanted one last of all of them.
    for meeting in sorted(meetings, key=lambda each: (_is_joinable(each), not each.stands_in)):
        found[meeting.slot_id] = meeting
    return found


def _is_joinable(meeting: Meeting) -> bool:
    return bool(meeting.link) and meeting.observed in _JOINABLE


def _withheld(slot: Slot) -> Link:
    return NO_LINK if slot.link_source == Schedule.NO_LINK else HIDDEN


def _told(slot: Slot, meeting: Meeting | None, viewer: Viewer, *, now: datetime) -> Link:
    if meeting is None:
        return _without_meeting(slot)
    supervises = viewer.supervises(slot.schedule_id)
    if _is_joinable(meeting):
        return Link(
            state=LinkState.READY,
            label=provider_by_id(meeting.provider).name,
            url=meeting.link.open(),
            passcode=meeting.passcode.open(),
            meeting_id=meeting.pk,
            is_typed=meeting.observed == Meeting.Observed.EXTERNAL and not meeting.stands_in,
            differences=differences_of(meeting) if supervises else (),
            has_host_link=supervises and _has_host_link(meeting),
        )
    return Link(
        state=_missing(meeting, now=now),
        label=provider_by_id(meeting.provider).name,
        reason=meeting.reason if supervises else "",
        again_at=meeting.due_at,
        meeting_id=meeting.pk,
    )


_JOINABLE = frozenset({Meeting.Observed.PRESENT, Meeting.Observed.EXTERNAL, Meeting.Observed.DETACHED})


def _has_host_link(meeting: Meeting) -> bool:
    stands = meeting.observed == Meeting.Observed.PRESENT
    return stands and provider_by_id(meeting.provider).capabilities.host_links


def _without_meeting(slot: Slot) -> Link:
    if slot.link_source == Schedule.NO_LINK or not slot.is_live:
        return NO_LINK
    if slot.link_source == Schedule.MANUAL:
        return Link(state=LinkState.MANUAL_MISSING)
    return Link(state=LinkState.DISCONNECTED, label=provider_by_id(slot.link_source).name)


def _missing(meeting: Meeting, *, now: datetime) -> LinkState:
    if meeting.blocked:
        return LinkState.FAILED
    if meeting.connection is not None and meeting.connection.state != Connection.State.OPEN:
        return LinkState.DISCONNECTED
    if meeting.waiting == Meeting.Waiting.QUOTA:
        return LinkState.QUOTA
    return LinkState.PENDING if now - meeting.wanted_at <= PROMISED_WITHIN else LinkState.DELAYED
