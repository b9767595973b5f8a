"""The bookings of others that a user may change: on which schedules, and which they are."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from convoca.booking.models import Booking, Changes, Membership, Schedule
from convoca.booking.questions.permissions import changes_others
from convoca.booking.questions.viewers import Viewer

# Who only waits, or was offered a place and has not taken it, has booked nothing that others see.
BOOKED = (Booking.Status.CONFIRMED, Booking.Status.PENDING)


def changed_by(viewer: Viewer) -> list[Schedule]:
    """Return the schedules on which this user changes the bookings of others, in the account's order. One query."""
    meant = Schedule.objects.select_related("account").filter(
        account_id=viewer.account_id, who_changes=Changes.EVERYBODYS
    )
    return [schedule for schedule in meant if changes_others(viewer, schedule)]


def theirs(viewer: Viewer, schedules: Iterable[Schedule]) -> QuerySet[Booking]:
    """Return the bookings on these schedules that are somebody else's; of a blocked person only who supervises."""
    of_others = Booking.objects.filter(
        account_id=viewer.account_id,
        # Said of the slot as well, whose index begins with it.
        slot__account_id=viewer.account_id,
        slot__schedule__in=list(schedules),
    )
    of_others = of_others.exclude(membership=viewer.membership).exclude(membership__role=Membership.Role.BLOCKED)
    return of_others.select_related("slot__schedule__account", "slot__service", "account", "membership")


def theirs_coming(viewer: Viewer, schedules: Iterable[Schedule], *, now: datetime) -> QuerySet[Booking]:
    """Return those that have not begun, the soonest first."""
    standing = theirs(viewer, schedules).filter(
        status__in=BOOKED, slot__cancelled_at__isnull=True, slot__starts_at__gt=now
    )
    return standing.order_by("slot__starts_at", "pk")
