"""Which mails are owed. Rows only: what they say, and whether they are still owed, is decided when they are sent."""

from datetime import datetime, timedelta

from django.db.models import F

from convoca.booking.models import Booking, Meeting, Notification, Slot
from convoca.core.reminders import reminder_due

# How long a confirmation waits for its link; then it goes out and the link follows in a mail of its own.
LINK_GRACE = timedelta(seconds=20)

# Somebody who meets in a few minutes needs the confirmation, and the join page in it, at once.
STARTS_SOON = timedelta(minutes=10)


def owe_confirmation(booking: Booking, slot: Slot, *, link_is_coming: bool, now: datetime) -> None:
    """Owe the mail that says "booked", and the reminder if its instant has not passed."""
    waits = link_is_coming and slot.starts_at - now > STARTS_SOON
    owed = [_owed(booking, slot, Notification.Kind.CONFIRMATION, due_at=now + LINK_GRACE if waits else now)]
    before = slot.schedule.reminder_minutes
    if before is not None:
        due_at = reminder_due(starts_at=slot.starts_at, before=timedelta(minutes=before), now=now)
        if due_at is not None:
            owed.append(_owed(booking, slot, Notification.Kind.REMINDER, due_at=due_at, offset_minutes=-before))
    _owe(owed)


def owe_cancellation(booking: Booking, slot: Slot, *, now: datetime) -> None:
    _owe([_owed(booking, slot, Notification.Kind.CANCELLATION, due_at=now)])


def lock_places(slot: Slot) -> list[Booking]:
    """Hold the bookings of everybody who has a place in the slot, and return them.

    The caller holds the slot's lock; those of its meetings come later.
    """
    return list(
        Booking.objects.select_for_update(no_key=True)
        .filter(account_id=slot.account_id, slot=slot, status=Booking.Status.CONFIRMED)
        .order_by("pk")
    )


def owe_link(meeting: Meeting, bookings: list[Booking], *, now: datetime) -> None:
    """Owe those who have a place the link of `meeting`, which has just become known.

    A confirmation that still waits for it leaves at once and carries it; who was mailed without it, or with another,
    gets a mail of its own. The caller holds the slot and its places.
    """
    waiting = set(
        Notification.objects.filter(
            booking__in=bookings, kind=Notification.Kind.CONFIRMATION, sent_at__isnull=True, dropped_at__isnull=True
        ).values_list("booking_id", flat=True)
    )
    Notification.objects.filter(booking__in=waiting, kind=Notification.Kind.CONFIRMATION, due_at__gt=now).update(
        due_at=now
    )
    others = [each for each in bookings if each.pk not in waiting and each.mailed_meeting_id != meeting.pk]
    owe_link_mails(others, meeting, now=now)


def owe_link_mails(bookings: list[Booking], meeting: Meeting, *, now: datetime) -> None:
    """Owe these bookings the link of `meeting` in a mail of its own. The caller holds the slot and the bookings."""
    Booking.objects.filter(pk__in=[each.pk for each in bookings]).update(revision=F("revision") + 1)
    for booking in bookings:
        booking.revision += 1
    _owe([_owed(booking, meeting.slot, _link_kind(booking), due_at=now) for booking in bookings])


def _link_kind(booking: Booking) -> Notification.Kind:
    return Notification.Kind.LINK_CHANGED if booking.mailed_meeting_id else Notification.Kind.LINK_READY


def _owed(
    booking: Booking, slot: Slot, kind: Notification.Kind, *, due_at: datetime, offset_minutes: int = 0
) -> Notification:
    return Notification(
        account_id=booking.account_id,
        booking=booking,
        kind=kind,
        offset_minutes=offset_minutes,
        slot_revision=slot.revision,
        booking_revision=booking.revision,
        due_at=due_at,
    )


def _owe(notifications: list[Notification]) -> None:
    """Insert them; what is owed already is owed once."""
    Notification.objects.bulk_create(notifications, ignore_conflicts=True)
