"""What is wanted of a slot's event in its owner's calendar. Operations call this in their own transaction.

Whoever changes what an event shows (the slot, who is in it, its link) calls `wish_for_event` afterwards, and need not
know what is shown: the worker compares it with what was sent.
"""

import uuid
from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import F, Max, Q, Sum

from convoca.booking.models import Booking, Calendar, Meeting, Publication, Resource, Schedule, Slot
from convoca.booking.operations.leasing import unleased
from convoca.core.reconcile import UNDO_WINDOW, Wanted, wanted
from convoca.providers import PROVIDERS, calendar_provider_by_id

BORN_WITH_EVENT = frozenset(each.id for each in PROVIDERS if each.capabilities.born_with_event)

# In place of a vendor's words, who says nothing at all: the doors know it by this, and explain.
NO_MEETINGS = "no meeting comes with events of this calendar"

FREED = {"blocked": Publication.Blocked.NONE, "reason": ""}

CARRIED = Q(wanted=Meeting.Wanted.PRESENT) | Q(stands_in=True)


def wish_for_events(slots: Iterable[Slot], *, now: datetime) -> None:
    for slot in slots:
        wish_for_event(slot, now=now)


def wish_for_event(slot: Slot, *, now: datetime) -> Publication | None:
    """Bring the wish for the slot's event up to date and return the event that is wanted, or None.

    It is wanted if the slot is published or a live meeting depends on it. The caller holds the slot's lock. A wish that
    is withdrawn takes effect at the vendor when the undo window has passed, and finds the same event if it is made
    again before. Costs nothing where nothing was ever published.
    """
    if slot.schedule.published_at is None:
        return None
    current = wanted_event(slot)
    if slot.ends_at <= now and slot.is_live:
        # What has taken place stays in the calendar as it was.
        return current
    meeting = _meeting_to_carry(slot)
    calendar = _calendar_for(slot, current, meeting)
    if calendar is None or _wanted(slot, now=now) is Wanted.ABSENT:
        if current is not None:
            withdraw_event(current, now=now, due_at=now + UNDO_WINDOW)
        return None
    if current is not None and current.calendar_id != calendar.pk:
        withdraw_event(current, now=now, due_at=now)
        current = None
    event = current or _revive(slot, calendar, now=now) or _take_up(slot, calendar, now=now)
    event = event or _bear(slot, calendar, now=now)
    _refresh(event, meeting, now=now)
    return event


def wanted_event(slot: Slot) -> Publication | None:
    """Return the event that is wanted of the slot, whatever is known of it."""
    events = Publication.objects.filter(account_id=slot.account_id, slot=slot, wanted=Publication.Wanted.PRESENT)
    return events.select_related("calendar").first()


def _meeting_to_carry(slot: Slot) -> Meeting | None:
    """Return the slot's live meeting that comes with its event: the wanted one, or one that stands in."""
    carried = Meeting.objects.filter(CARRIED, account_id=slot.account_id, slot=slot, provider__in=BORN_WITH_EVENT)
    # Whose link was typed is no part of an event, whatever service it leads to.
    ours = carried.exclude(observed=Meeting.Observed.EXTERNAL)
    return ours.order_by("stands_in", "-generation").first()


def _calendar_for(slot: Slot, current: Publication | None, meeting: Meeting | None) -> Calendar | None:
    """Return where the event belongs: one that carries a meeting stays where it was born."""
    if current is not None and current.has_meeting and meeting is not None and meeting.publication_id == current.pk:
        return current.calendar
    return calendar_of(slot) or (current.calendar if current is not None and meeting is not None else None)


def calendar_of(slot: Slot) -> Calendar | None:
    """Return the calendar in which the slot is shown: its resource's, if that has one, else its schedule's."""
    if slot.schedule.calendar_id is None:
        return None
    taken = Resource.objects.filter(occupancies__slot=slot, occupancies__released_at__isnull=True)
    own = taken.filter(calendar__isnull=False).order_by("pk").values_list("calendar_id", flat=True).first()
    calendars = Calendar.objects.filter(account_id=slot.account_id, pk=own or slot.schedule.calendar_id)
    return calendars.select_related("connection").first()


def _wanted(slot: Slot, *, now: datetime) -> Wanted:
    return wanted(
        live=slot.is_live,
        made_ahead=slot.schedule.kind == Schedule.Kind.CAPACITY,
        confirmed=confirmed_places(slot),
        has_source=True,
        ends_at=slot.ends_at,
        now=now,
    )


def confirmed_places(slot: Slot) -> int:
    bookings = Booking.objects.filter(slot=slot, status=Booking.Status.CONFIRMED)
    return bookings.aggregate(places=Sum("quantity"))["places"] or 0


def _revive(slot: Slot, calendar: Calendar, *, now: datetime) -> Publication | None:
    """Take back a withdrawal that has not reached the vendor."""
    made = Publication.objects.filter(slot=slot, calendar=calendar, observed=Publication.Observed.PRESENT)
    last = made.filter(due_at__gt=now, lease_until__isnull=True).order_by("-generation").first()
    if last is None:
        return None
    withdrawn = Publication.objects.filter(pk=last.pk, wanted=Publication.Wanted.ABSENT, claim__isnull=True)
    if not withdrawn.update(wanted=Publication.Wanted.PRESENT, wanted_at=now, due_at=now):
        return None
    last.refresh_from_db()
    return last


def _take_up(slot: Slot, calendar: Calendar, *, now: datetime) -> Publication | None:
    """Take up again an event that was left in the calendar when publication stopped: a second one stood beside it.

    If somebody has deleted it meanwhile, the first change that it is told brings that to light.
    """
    left = Publication.objects.filter(
        slot=slot, calendar=calendar, connection=calendar.connection, observed=Publication.Observed.DETACHED
    )
    last = left.filter(wanted=Publication.Wanted.ABSENT).order_by("-generation").first()
    if last is None:
        return None
    Publication.objects.filter(pk=last.pk).update(
        wanted=Publication.Wanted.PRESENT, wanted_at=now, observed=Publication.Observed.PRESENT, **FREED
    )
    last.refresh_from_db()
    return last


def _bear(slot: Slot, calendar: Calendar, *, now: datetime) -> Publication:
    """Insert the next generation, due at once; what it is called at the vendor is settled by that."""
    latest = Publication.objects.filter(slot=slot).aggregate(latest=Max("generation"))["latest"] or 0
    marker = uuid.uuid4()
    return Publication.objects.create(
        account_id=slot.account_id,
        slot=slot,
        generation=latest + 1,
        calendar=calendar,
        provider=calendar.connection.provider,
        connection=calendar.connection,
        marker=marker,
        remote_id=calendar_provider_by_id(calendar.connection.provider).event_id(marker),
        wanted_at=now,
        due_at=now,
    )


def _refresh(event: Publication, meeting: Meeting | None, *, now: datetime) -> None:
    """Let the worker look at what the event is to show, and make or drop the meeting that comes with it."""
    columns: dict[str, object] = {"wanted_revision": F("wanted_revision") + 1, "due_at": now}
    columns["has_meeting"] = meeting is not None
    if meeting is not None and (meeting.publication_id != event.pk or not event.has_meeting):
        # Under a name that was not used before: the vendor makes one meeting for each name, and no more.
        columns["meeting_wish"] = F("meeting_wish") + 1
        Meeting.objects.filter(pk=meeting.pk).update(
            publication=event, connection=event.connection_id, **_outlook(event.calendar)
        )
    Publication.objects.filter(pk=event.pk).update(**columns)


def _outlook(calendar: Calendar) -> dict[str, object]:
    """Say at once of a meeting that its calendar makes none."""
    if calendar.makes_meetings:
        return {}
    return {"blocked": Meeting.Blocked.REJECTED, "reason": NO_MEETINGS}


def withdraw_event(event: Publication, *, now: datetime, due_at: datetime) -> None:
    """Want the event no more; what may exist of it at the vendor is deleted at `due_at`."""
    withdraw_events([event.pk], now=now, due_at=due_at)


def withdraw_events_of(slots: Iterable[Slot], *, now: datetime, due_at: datetime) -> None:
    """Want the events of these slots no more. Costs nothing where nothing was ever published."""
    published = [slot.pk for slot in slots if slot.schedule.published_at is not None]
    if published:
        events = Publication.objects.filter(slot__in=published, wanted=Publication.Wanted.PRESENT)
        withdraw_events(list(events.values_list("pk", flat=True)), now=now, due_at=due_at)


def withdraw_events(ids: Collection[int], *, now: datetime, due_at: datetime) -> None:
    """Want these events no more. What may exist is deleted at `due_at`; what does not rests."""
    events = Publication.objects.filter(pk__in=ids, wanted=Publication.Wanted.PRESENT)
    events.update(wanted=Publication.Wanted.ABSENT, wanted_at=now, due_at=None, **FREED)
    may_exist = Publication.objects.filter(pk__in=ids, wanted=Publication.Wanted.ABSENT).filter(
        observed__in=[Publication.Observed.PRESENT, Publication.Observed.UNKNOWN]
    )
    may_exist.update(due_at=due_at)


def put_back(event: Publication, *, now: datetime) -> bool:
    """Make anew an event that somebody deleted in the calendar. False if that is not asked. The slot is held."""
    gone = Publication.objects.filter(
        unleased(), account_id=event.account_id, pk=event.pk, observed=Publication.Observed.GONE
    )
    if not gone.update(wanted=Publication.Wanted.ABSENT, wanted_at=now, due_at=None):
        return False
    return wish_for_event(event.slot, now=now) is not None
