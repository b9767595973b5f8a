"""What one person holds already, where a rule counts it."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet, Value
from django.db.models.functions import Upper

from convoca.booking.models import Booking, Membership, Schedule, Slot
from convoca.booking.operations.taking import HOLDING
from convoca.booking.questions.prepared import Blank, Prepared
from convoca.booking.questions.terms import Terms
from convoca.core.admission import OverlapsOwn, admit_person
from convoca.core.time import Interval


def _in_slot() -> QuerySet[Booking]:
    standing = Booking.objects.filter(account_id=Blank("account"), slot_id=Blank("slot"))
    return standing.exclude(status=Booking.Status.CANCELLED).only("quantity")


_OF_MEMBER = Prepared(lambda: _in_slot().filter(membership_id=Blank("membership")))
_OF_GUEST = Prepared(
    lambda: _in_slot().alias(folded=Upper("email")).filter(membership__isnull=True, folded=Upper(Blank("email")))
)


def lock_person(account_id: int, membership: Membership | None, email: str) -> None:
    """Hold the person, so that two bookings of theirs are counted one after the other. Comes before every other lock.

    A guest has no row: on PostgreSQL an advisory lock on account and e-mail stands for it.
    """
    if membership is not None:
        Membership.objects.select_for_update(no_key=True).filter(account_id=account_id, pk=membership.pk).first()
    else:
        hold_name(f"{account_id}:{email.lower()}")


def hold_name(name: str) -> None:
    """Hold what has a name but no row until the transaction ends. On SQLite every write transaction is alone anyway."""
    if connection.vendor == "postgresql":
        key = hashlib.sha256(name.encode()).digest()[:8]
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(key, signed=True)])


def bookings_of(account_id: int, membership: Membership | None, email: str) -> QuerySet[Booking]:
    """Return what one person holds or waits for in an account; a guest is known by their e-mail address.

    However many others have booked there: both are found by an index.
    """
    if membership is not None:
        # Said of the membership: of the booking SQLite would take the account as the way in, and read all of its own.
        return Booking.objects.filter(membership=membership, membership__account=account_id)
    own = Booking.objects.filter(account_id=account_id)
    # As the index has it. The database writes both in capitals: it and Python differ about letters beyond ASCII.
    return own.alias(folded=Upper("email")).filter(membership__isnull=True, folded=Upper(Value(email)))


def own_places(slot: Slot, membership: Membership | None, email: str) -> int:
    """Return how many places of the slot one person has, asks for or waits for. One query."""
    if membership is not None:
        own = _OF_MEMBER.all(account=slot.account_id, slot=slot.pk, membership=membership.pk)
        return sum(each.quantity for each in own)
    return sum(each.quantity for each in _OF_GUEST.all(account=slot.account_id, slot=slot.pk, email=email))


def admit_for_person(
    wanted: Interval, schedule: Schedule, own: QuerySet[Booking], *, terms: Terms, now: datetime
) -> None:
    """Return if the person who has `own` may have `wanted` too. Raises LimitReached or OverlapsOwn.

    Limits count the schedule's bookings; two appointments at once are refused across all of the account's schedules.
    """
    times, elsewhere = own_times(own, schedule, span=wanted, terms=terms)
    admit_person(wanted, own=times, limits=terms.limits, now=now, time_zone=schedule.time_zone)
    refuse_overlap(wanted, elsewhere)


def own_times(
    own: QuerySet[Booking], schedule: Schedule, *, span: Interval, terms: Terms
) -> tuple[list[Interval], list[Interval]]:
    """Return what of `own` counts on this schedule, and what on others of the account may overlap within `span`.

    Two queries at most.
    """
    holding = own.filter(status__in=HOLDING)
    times = _intervals(holding.filter(slot__schedule=schedule))
    if not terms.limits.no_overlap:
        return times, []
    others = holding.exclude(slot__schedule=schedule)
    return times, _intervals(others.filter(slot__starts_at__lt=span.ends_at, slot__ends_at__gt=span.starts_at))


def refuse_overlap(wanted: Interval, others: Iterable[Interval]) -> None:
    """Raise OverlapsOwn if one of `others` is at the same time."""
    for interval in others:
        if interval.overlaps(wanted):
            raise OverlapsOwn(interval)


def _intervals(bookings: QuerySet[Booking]) -> list[Interval]:
    return [Interval(*times) for times in bookings.values_list("slot__starts_at", "slot__ends_at")]
