"""Bookings, found by their addresses or for those who supervise."""

import hashlib
from collections.abc import Iterable

from django.db.models import QuerySet

from convoca.booking.models import Booking, Occupancy, Schedule, Slot
from convoca.booking.questions.viewers import Viewer
from convoca.core.time import Interval


def _with_context() -> QuerySet[Booking]:
    return Booking.objects.select_related("slot__schedule__account", "slot__service", "account", "membership")


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def booking_by_token(token: str) -> Booking | None:
    """Return the booking whose address is /b/<token>, or None. The token yields the account."""
    return _with_context().filter(token_digest=_digest(token)).first()


def booking_by_join_token(token: str) -> Booking | None:
    """Return the booking whose join page is /j/<token>, or None."""
    return _with_context().filter(join_token_digest=_digest(token)).first()


def bookings_between(viewer: Viewer, window: Interval, *, schedule: Schedule | None = None) -> list[Booking]:
    """Return the live bookings that start in `window` on schedules that the viewer supervises, in order."""
    bookings = _with_context().filter(
        account_id=viewer.account_id,
        slot__starts_at__gte=window.starts_at,
        slot__starts_at__lt=window.ends_at,
        slot__cancelled_at__isnull=True,
    ).exclude(status=Booking.Status.CANCELLED)  # fmt: skip
    if schedule is not None:
        bookings = bookings.filter(slot__schedule=schedule)
    if not viewer.supervises_account:
        bookings = bookings.filter(slot__schedule__in=viewer.supervised if viewer.supervises_anything else [])
    return list(bookings.order_by("slot__starts_at", "slot_id", "pk"))


def slots_between(viewer: Viewer, window: Interval, *, schedule: Schedule | None = None) -> list[Slot]:
    """Return the live slots that start in `window` on schedules that the viewer supervises, in order."""
    slots = Slot.objects.select_related("schedule", "service").filter(
        account_id=viewer.account_id,
        starts_at__gte=window.starts_at,
        starts_at__lt=window.ends_at,
        cancelled_at__isnull=True,
    )
    if schedule is not None:
        slots = slots.filter(schedule=schedule)
    if not viewer.supervises_account:
        slots = slots.filter(schedule__in=viewer.supervised if viewer.supervises_anything else [])
    return list(slots.order_by("starts_at", "pk"))


def resources_of(account_id: int, slots: Iterable[Slot]) -> dict[int, str]:
    """Return with whom or what each of the slots takes place; those that take no resource are left out."""
    taken = Occupancy.objects.filter(account_id=account_id, slot__in=[slot.pk for slot in slots])
    names: dict[int, str] = {}
    for slot_id, name in taken.order_by("pk").values_list("slot_id", "resource__name"):
        names[slot_id] = f"{names[slot_id]}, {name}" if slot_id in names else name
    return names
