"""What else a mail tells of: the same person's other bookings that were made, moved or cancelled in one act."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

from convoca.booking.mail.calendar import manage_address
from convoca.booking.mail.kinds import OF_A_PLACE
from convoca.booking.mail.reader import is_for_staff, zone_of
from convoca.booking.models import Booking, Notification
from convoca.booking.wording import clock_text, day_text, span_text

Kind = Notification.Kind

EXPECTED = {
    Kind.CANCELLATION: Booking.Status.CANCELLED,
    Kind.DECLINED: Booking.Status.CANCELLED,
    Kind.REQUEST: Booking.Status.PENDING,
    Kind.APPROVAL_WANTED: Booking.Status.PENDING,
}


@dataclass(frozen=True, kw_only=True)
class Date:
    """One of the other dates: when, when before if it has moved, and its own page if the reader acts there."""

    when: str
    before: str
    address: str


def told_beside(notification: Notification) -> list[Notification]:
    """Return what this mail tells of besides its own booking and no mail has told yet, in the order of the starts.

    What does not hold any more is left out: of a booking that was cancelled meanwhile there is nothing to say.
    """
    if notification.booking.slot.series_id is None:
        return []
    rows = Notification.objects.filter(
        told_by=notification.booking,
        kind=notification.kind,
        recipient=notification.recipient,
        reader=notification.reader,
        sent_at__isnull=True,
        dropped_at__isnull=True,
        booking__status=EXPECTED.get(Kind(notification.kind), Booking.Status.CONFIRMED),
    ).select_related("booking__account", "booking__slot__schedule", "booking__slot__service")
    return list(rows.order_by("booking__slot__starts_at", "booking_id"))


def dates_of(notification: Notification, beside: Sequence[Notification]) -> list[Date]:
    """Return the other dates as the mail shows them, on the clocks of its reader's zone."""
    zone = zone_of(notification)
    return [
        Date(
            when=_when(each.booking, zone),
            before=_before(each, zone),
            # Whoever reads it on the owner's side has no business with the attendee's address.
            address=manage_address(each.booking) if _leads_on(notification) else "",
        )
        for each in beside
    ]


def heading(notification: Notification) -> str:
    """Return what stands above the other dates."""
    if notification.kind == Kind.MOVED:
        return gettext("These have moved too. Each one opens its own page, to see or cancel it:")
    if _leads_on(notification):
        return gettext("Also on these dates. Each one opens its own page, to see or cancel it:")
    return gettext("Also on these dates:")


def _leads_on(notification: Notification) -> bool:
    is_place = notification.kind in OF_A_PLACE or notification.kind == Kind.REQUEST
    return is_place and not is_for_staff(notification)


def _when(booking: Booking, zone: str) -> str:
    day = day_text(booking.slot.starts_at.astimezone(ZoneInfo(zone)).date(), "medium")
    return f"{day}, {span_text(booking.slot.starts_at, booking.slot.ends_at, zone)}"


def _before(notification: Notification, zone: str) -> str:
    was_at = notification.was_at
    if was_at is None or was_at == notification.booking.slot.starts_at:
        return ""
    day = day_text(was_at.astimezone(ZoneInfo(zone)).date(), "short")
    return gettext("before: {time}").format(time=f"{day}, {clock_text(was_at, zone)}")
