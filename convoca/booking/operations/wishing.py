"""What is wanted of a slot's online room. Operations call this in their own transaction; nothing is sent from here."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db.models import Case, DateTimeField, Exists, Max, OuterRef, Q, QuerySet, Sum, Value, When

from convoca.booking.models import Booking, Connection, Meeting, Schedule, Sealed, Slot
from convoca.booking.operations.recognising import recognise
from convoca.booking.operations.wishing_events import (
    BORN_WITH_EVENT,
    confirmed_places,
    wanted_event,
    wish_for_event,
    withdraw_events_of,
)
from convoca.core.reconcile import UNDO_WINDOW, Wanted, wanted
from convoca.providers import PROVIDERS, provider_by_id
from convoca.providers.contract import Provider

WITH_A_LINK = frozenset({Meeting.Observed.PRESENT, Meeting.Observed.EXTERNAL, Meeting.Observed.DETACHED})

# What a vendor has refused to make or to change it may well delete: a refusal ends with the wish that it was about.
FREED = {"blocked": Meeting.Blocked.NONE, "reason": ""}

AUTOMATIC = frozenset(provider.id for provider in PROVIDERS if provider.capabilities.automatic)


def wish_for_meeting(slot: Slot, *, now: datetime) -> Meeting | None:
    """Bring the slot's wish up to date and return the meeting that is wanted, or None.

    The caller holds the slot's lock. A wish that is withdrawn takes effect at the vendor when the undo window has
    passed, and finds the same meeting if it is made again before.
    """
    current = wanted_meeting(slot)
    # A link that was typed by hand is a source too, whatever the slot was born with.
    has_source = current is not None or _has_source(slot) or _typed_before([slot.pk]).exists()
    if _wanted(slot, confirmed_places(slot), has_source=has_source, now=now) is Wanted.PRESENT:
        return current or _revive(slot, now=now) or bear_meeting(slot, now=now)
    if current is not None:
        withdraw(current, now=now, due_at=now + UNDO_WINDOW)
    return None


def wish_for_meetings(slots: Sequence[Slot], *, now: datetime) -> None:
    """Bring the wishes of slots that take place again up to date, as `wish_for_meeting` does, in a few statements.

    They are of one schedule, and the caller holds them.
    """
    confirmed = _confirmed_in(slots)
    ids = [slot.pk for slot in slots]
    present = Meeting.objects.filter(slot__in=ids, wanted=Meeting.Wanted.PRESENT).values_list("slot", flat=True)
    has_one = set(present)
    typed = set(_typed_before(ids).values_list("slot", flat=True))
    wish = {
        slot.pk: _wanted(
            slot, confirmed.get(slot.pk, 0), has_source=slot.pk in has_one | typed or _has_source(slot), now=now
        )
        for slot in slots
    }
    if unwanted := [slot for slot in slots if slot.pk in has_one and wish[slot.pk] is Wanted.ABSENT]:
        withdraw_all(unwanted, now=now, due_at=now + UNDO_WINDOW)
    without = [slot for slot in slots if slot.pk not in has_one and wish[slot.pk] is Wanted.PRESENT]
    revived = _revive_all(without, now=now) if without else set()
    _bear_all([slot for slot in without if slot.pk not in revived], now=now)


def born_with_meeting(slot: Slot, *, confirmed: int, now: datetime) -> Meeting | None:
    """Wish for the first meeting of a slot just inserted with `confirmed` places; return None if none is wanted."""
    if _wanted(slot, confirmed, has_source=_has_source(slot), now=now) is Wanted.ABSENT:
        return None
    return bear_meeting(slot, now=now, generation=1)


def _has_source(slot: Slot) -> bool:
    """Say whether the slot gets a link by itself: from a vendor, or the one that its schedule's bookings share."""
    return slot.link_source in AUTOMATIC or _shares(slot)


def _shares(slot: Slot) -> bool:
    return slot.link_source == Schedule.MANUAL and bool(slot.schedule.shared_link)


def wanted_meeting(slot: Slot) -> Meeting | None:
    """Return the meeting that is wanted for the slot, whatever is known of it."""
    return Meeting.objects.filter(account_id=slot.account_id, slot=slot, wanted=Meeting.Wanted.PRESENT).first()


def _confirmed_in(slots: Sequence[Slot]) -> dict[int, int]:
    bookings = Booking.objects.filter(slot__in=[slot.pk for slot in slots], status=Booking.Status.CONFIRMED)
    return dict(bookings.order_by().values_list("slot").annotate(places=Sum("quantity")))


def _wanted(slot: Slot, confirmed: int, *, has_source: bool, now: datetime) -> Wanted:
    return wanted(
        live=slot.is_live,
        made_ahead=slot.schedule.is_capacity,
        confirmed=confirmed,
        has_source=has_source,
        ends_at=slot.ends_at,
        now=now,
    )


def _revive(slot: Slot, *, now: datetime) -> Meeting | None:
    """Take back a withdrawal that has not reached the vendor, or of a link that somebody had typed."""
    if _typed_before([slot.pk]).update(wanted=Meeting.Wanted.PRESENT, wanted_at=now):
        return wanted_meeting(slot)
    made = Meeting.objects.filter(slot=slot, observed=Meeting.Observed.PRESENT)
    last = made.filter(due_at__gt=now, lease_until__isnull=True).order_by("-generation").first()
    if last is None:
        return None
    revived = Meeting.objects.filter(pk=last.pk, wanted=Meeting.Wanted.ABSENT, claim__isnull=True).update(
        wanted=Meeting.Wanted.PRESENT, wanted_at=now, due_at=now
    )
    last.refresh_from_db()
    return last if revived else None


def _revive_all(slots: Sequence[Slot], *, now: datetime) -> set[int]:
    """Take back the withdrawals that have not reached the vendor, and return the ids of the slots that have one.

    And those of links that somebody had typed.
    """
    typed = list(_typed_before([slot.pk for slot in slots]).values_list("pk", "slot"))
    Meeting.objects.filter(pk__in=[pk for pk, _slot in typed]).update(wanted=Meeting.Wanted.PRESENT, wanted_at=now)
    others = {slot.pk for slot in slots} - {slot for _pk, slot in typed}
    made = Meeting.objects.filter(slot__in=others, observed=Meeting.Observed.PRESENT)
    waiting = made.filter(due_at__gt=now, lease_until__isnull=True).order_by("generation")
    last = dict(waiting.values_list("slot", "pk"))
    free = Meeting.objects.filter(pk__in=last.values(), wanted=Meeting.Wanted.ABSENT, claim__isnull=True)
    free.update(wanted=Meeting.Wanted.PRESENT, wanted_at=now, due_at=now)
    taken_back = Meeting.objects.filter(pk__in=last.values(), wanted=Meeting.Wanted.PRESENT)
    return set(taken_back.values_list("slot", flat=True)) | {slot for _pk, slot in typed}


def _typed_before(slots: Collection[int]) -> QuerySet[Meeting]:
    """Return what was wanted last for these slots and is so no longer, where somebody had typed its link.

    What was taken away by hand has no link any more; and the one that all share may have become another.
    """
    later = Meeting.objects.filter(slot=OuterRef("slot"), generation__gt=OuterRef("generation"))
    typed = Meeting.objects.filter(~Exists(later), slot__in=slots, observed=Meeting.Observed.EXTERNAL, is_shared=False)
    return typed.filter(wanted=Meeting.Wanted.ABSENT).exclude(link=Sealed())


def _bear_all(slots: Sequence[Slot], *, now: datetime) -> None:
    """Insert the next generation of each of these slots of one schedule, as `bear_meeting` does."""
    by_themselves = [slot for slot in slots if slot.link_source not in BORN_WITH_EVENT]
    for slot in slots:
        if slot.link_source in BORN_WITH_EVENT:
            bear_meeting(slot, now=now)
    earlier = Meeting.objects.filter(slot__in=[slot.pk for slot in by_themselves]).order_by()
    latest = dict(earlier.values_list("slot").annotate(latest=Max("generation"))) if by_themselves else {}
    sources = {slot.link_source: provider_by_id(slot.link_source) for slot in by_themselves}
    connects = {source for source, provider in sources.items() if provider.capabilities.connects}
    connections = {source: connection_of(slots[0].schedule, source) for source in connects}
    Meeting.objects.bulk_create(
        _next_meeting(slot, connections.get(slot.link_source), generation=latest.get(slot.pk, 0) + 1, now=now)
        for slot in by_themselves
        if slot.link_source not in connects or connections[slot.link_source] is not None
    )


def bear_meeting(slot: Slot, *, now: datetime, generation: int | None = None) -> Meeting | None:
    """Insert the slot's next generation, due at once; None if its provider acts for nobody who could be asked.

    One that is born with an event is never due: the event is.
    """
    provider = provider_by_id(slot.link_source)
    connection = connection_of(slot.schedule, provider.id) if provider.capabilities.connects else None
    if not _is_served(slot, provider, connection):
        return None
    meeting = _next_meeting(slot, connection, generation=generation or next_generation(slot), now=now)
    if provider.capabilities.born_with_event:
        meeting.due_at = None
    meeting.save(force_insert=True)
    if provider.capabilities.born_with_event:
        wish_for_event(slot, now=now)
    return meeting


def _next_meeting(slot: Slot, connection: Connection | None, *, generation: int, now: datetime) -> Meeting:
    """Return a meeting of the slot's source that is due at once, or has the link that all share; not saved yet."""
    if slot.link_source == Schedule.MANUAL:
        return _sharing_meeting(slot, generation=generation, now=now)
    return Meeting(
        account_id=slot.account_id,
        slot=slot,
        generation=generation,
        provider=slot.link_source,
        connection=connection,
        wanted_at=now,
        wanted_revision=slot.revision,
        due_at=now,
    )


def _sharing_meeting(slot: Slot, *, generation: int, now: datetime) -> Meeting:
    link = slot.schedule.shared_link
    return Meeting(
        account_id=slot.account_id,
        slot=slot,
        generation=generation,
        provider=recognise(link.open()),
        wanted_at=now,
        observed=Meeting.Observed.EXTERNAL,
        link=link,
        is_shared=True,
        ready_at=now,
    )


def _is_served(slot: Slot, provider: Provider, connection: Connection | None) -> bool:
    if slot.link_source == Schedule.MANUAL:
        return _shares(slot)
    if provider.capabilities.born_with_event:
        return slot.schedule.calendar_id is not None or wanted_event(slot) is not None
    return connection is not None or not provider.capabilities.connects


def connection_of(schedule: Schedule, provider_id: str) -> Connection | None:
    """Return the schedule's connection as it is now; None if it is another provider's or was let go of.

    One that its owner must mend is waited for, even if its credentials are gone.
    """
    if schedule.connection_id is None:
        return None
    mine = Connection.objects.filter(
        Q(grant__isnull=False) | Q(state=Connection.State.NEEDS_OWNER),
        account_id=schedule.account_id,
        provider=provider_id,
    )
    return mine.filter(pk=schedule.connection_id).first()


def can_make_meetings(schedule: Schedule) -> bool:
    """Say whether the schedule's source makes meetings by itself, and has somebody in whose name it could.

    Or whether its bookings share one link: then they have theirs at once.
    """
    if schedule.link_source not in AUTOMATIC:
        return schedule.shares_a_link
    if schedule.link_source in BORN_WITH_EVENT:
        return schedule.calendar_id is not None
    return not provider_by_id(schedule.link_source).capabilities.connects or (
        connection_of(schedule, schedule.link_source) is not None
    )


def next_generation(slot: Slot) -> int:
    latest = Meeting.objects.filter(slot=slot).aggregate(latest=Max("generation"))["latest"]
    return (latest or 0) + 1


def withdraw(meeting: Meeting, *, now: datetime, due_at: datetime) -> None:
    """Want `meeting` no more, nor what stands in for it; what may exist of it at the vendor is deleted at `due_at`.

    What is typed by hand, not ours or not there is left where it is.
    """
    _withdraw(Meeting.objects.filter(pk=meeting.pk), [meeting.slot_id], now=now, due_at=due_at)


def withdraw_all(slots: Collection[Slot], *, now: datetime, due_at: datetime) -> None:
    """Want no meeting and no event of these slots, which do not take place, any more; see `withdraw`.

    The caller holds the slots.
    """
    ids = [slot.pk for slot in slots]
    of_slots = Meeting.objects.filter(slot__in=ids, wanted=Meeting.Wanted.PRESENT)
    _withdraw(of_slots, ids, now=now, due_at=due_at)
    withdraw_events_of(slots, now=now, due_at=due_at)


def _withdraw(meetings: QuerySet[Meeting], slots: Collection[int], *, now: datetime, due_at: datetime) -> None:
    # One statement: a worker may be about to learn more of the meetings.
    meetings.update(wanted=Meeting.Wanted.ABSENT, wanted_at=now, due_at=_due_if_it_may_exist(due_at), **FREED)
    let_go_of_stand_ins(slots, due_at=due_at)


def _due_if_it_may_exist(due_at: datetime) -> Case:
    may_exist = When(observed__in=[Meeting.Observed.PRESENT, Meeting.Observed.UNKNOWN], then=Value(due_at))
    return Case(may_exist, default=None, output_field=DateTimeField())


def replace_meeting(slot: Slot, *, now: datetime) -> Meeting | None:
    """Want a meeting of the slot's source instead of the one that it has, whose link counts until the new one has its.

    Create, switch, delete, in that order. None if the source acts for nobody who could be asked. The caller holds the
    slot.
    """
    current = wanted_meeting(slot)
    if current is not None:
        usable = bool(current.link) and current.observed in WITH_A_LINK
        Meeting.objects.filter(pk=current.pk).update(
            wanted=Meeting.Wanted.ABSENT,
            wanted_at=now,
            stands_in=usable,
            due_at=None if usable else _due_if_it_may_exist(now),
            **FREED,
        )
    return bear_meeting(slot, now=now)


def let_go_of_stand_ins(slots: Collection[int], *, due_at: datetime) -> None:
    """Use no longer what stood in for the slots' meetings; what exists of it at the vendor is deleted at `due_at`."""
    Meeting.objects.filter(slot__in=slots, stands_in=True).update(
        stands_in=False, due_at=_due_if_it_may_exist(due_at), **FREED
    )


def link_source_at_birth(schedule: Schedule) -> str:
    """Return what a slot born now keeps as its source of links."""
    return schedule.link_source
