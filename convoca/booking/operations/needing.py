"""Whether a mail is still owed: asked when it is about to be sent, of what is true then."""

from datetime import datetime, timedelta

from convoca.booking.mail.kinds import NUDGES, OF_A_TIME, OF_AN_END
from convoca.booking.models import Booking, Notification
from convoca.booking.operations.copying import COPIED, addresses_copied
from convoca.booking.operations.sending import LOST_TWICE, SENDINGS_WITHOUT_ANSWER
from convoca.booking.questions.links import Link, LinkState
from convoca.booking.questions.stopping import wants_no_reminders
from convoca.core.reminders import is_late_to_follow_up

Kind, Recipient = Notification.Kind, Notification.Recipient
# Reminders that are due within this time of one another say the same.
TWO_AT_ONCE = timedelta(minutes=5)

LINK_MAILS = frozenset({Kind.LINK_READY, Kind.LINK_CHANGED})
# What must be told once a link opens: who has another one from an earlier mail would go there. Whoever has none yet was
# told from when on the join page leads to it, and needs no mail for that.
TOLD_WHEN_IT_OPENS = frozenset({Kind.LINK_CHANGED, Kind.BACKUP_LINK})
OF_A_QUEUE = frozenset({Kind.WAITING, Kind.OFFER, Kind.OFFER_PASSED})

# A mail about a place that somebody does not have yet is owed only while it is so.
STATUS_OF_A_QUESTION = {
    Kind.REQUEST: Booking.Status.PENDING,
    Kind.APPROVAL_WANTED: Booking.Status.PENDING,
    Kind.WAITING: Booking.Status.WAITING,
    Kind.OFFER: Booking.Status.OFFERED,
    Kind.OFFER_PASSED: Booking.Status.WAITING,
}

# What tells the same as an earlier mail, or owes it anew: each comes with a reminder of its own.
OF_A_NEW_START = frozenset({Kind.CONFIRMATION, Kind.MOVED})
LATER_THAN = {
    Kind.CONFIRMATION: OF_A_NEW_START,
    Kind.MOVED: OF_A_NEW_START,
    Kind.REMINDER: OF_A_NEW_START,
    Kind.FOLLOW_UP: OF_A_NEW_START,
    Kind.REQUEST: frozenset({Kind.REQUEST}),
    Kind.APPROVAL_WANTED: frozenset({Kind.APPROVAL_WANTED}),
}


def opens_later(notification: Notification, link: Link) -> datetime | None:
    """Return until when this mail has to wait, because its reader may not see the link before; None if it need not."""
    is_too_early = link.state is LinkState.NOT_YET and notification.kind in TOLD_WHEN_IT_OPENS
    return link.opens_at if is_too_early else None


def why_not_owed(notification: Notification, link: Link, *, now: datetime) -> str:
    """Return why this mail is not to be sent (any more), or nothing if it is owed."""
    booking = notification.booking
    if notification.unanswered >= SENDINGS_WITHOUT_ANSWER:
        return LOST_TWICE
    if notification.kind in OF_AN_END:
        current = booking.status == Booking.Status.CANCELLED and notification.booking_revision == booking.revision
        return _why_no_copy(notification) if current else "The booking is not cancelled any more."
    return (
        _why_void(notification, now=now)
        or _why_replaced(notification)
        or _why_needless(notification, link, now=now)
        or _why_no_copy(notification)
    )


def _why_void(notification: Notification, *, now: datetime) -> str:
    """Say what has made every mail but those of an end pointless."""
    booking, slot = notification.booking, notification.booking.slot
    expected = STATUS_OF_A_QUESTION.get(Kind(notification.kind), Booking.Status.CONFIRMED)
    if booking.status != expected or not slot.is_live:
        return "The booking does not stand any more." if expected == Booking.Status.CONFIRMED else "It was answered."
    if notification.kind in OF_A_TIME and notification.slot_revision != slot.revision:
        return "The occasion has changed since."
    if slot.ends_at <= now and notification.kind != Kind.FOLLOW_UP:
        return "The occasion is over."
    return ""


def _why_replaced(notification: Notification) -> str:
    """Say whether a later mail tells the same, of what is true now: after a move, or a cancellation taken back."""
    booking = notification.booking
    if notification.kind in OF_A_QUEUE:
        return "" if notification.booking_revision == booking.revision else "The waiting list has moved on."
    later = LATER_THAN.get(Kind(notification.kind))
    same = booking.notifications.filter(recipient=notification.recipient, reader=notification.reader)
    if later and same.filter(kind__in=later, pk__gt=notification.pk).exists():
        return "A later mail took its place."
    return ""


def _why_needless(notification: Notification, link: Link, *, now: datetime) -> str:
    booking = notification.booking
    if notification.kind == Kind.OFFER and booking.offered_until is not None and booking.offered_until <= now:
        return "The offer has passed."
    if notification.kind in NUDGES:
        return _why_no_nudge(notification, now=now)
    if link.state is LinkState.NOT_YET and notification.kind in LINK_MAILS:
        return "The link is shown later, as they were told."
    if notification.kind == Kind.BACKUP_LINK and not link.is_backup:
        return "The backup link is not in use any more."
    if notification.kind in LINK_MAILS and (not link.is_ready or link.is_backup):
        return "The link is not there any more."
    if notification.kind in LINK_MAILS and link.meeting_id == booking.mailed_meeting_id and not notification.again:
        return "An earlier mail carried this link."
    return ""


def _why_no_nudge(notification: Notification, *, now: datetime) -> str:
    """Say why a reminder or a follow-up comes too late, comes twice, or is not wanted."""
    booking = notification.booking
    if getattr(notification, "may_be_stopped", True) and wants_no_reminders(booking.account_id, booking.email):
        return "They want no reminders."
    if notification.kind == Kind.REMINDER:
        if booking.slot.starts_at <= now:
            return "The occasion has begun."
        return "A later reminder is due as well." if _has_closer_reminder(notification, now=now) else ""
    if booking.was_missed:
        return "They did not come."
    after = timedelta(minutes=notification.offset_minutes)
    return "It comes too late." if is_late_to_follow_up(ends_at=booking.slot.ends_at, after=after, now=now) else ""


def _has_closer_reminder(notification: Notification, *, now: datetime) -> bool:
    """Say whether a reminder nearer to the start is due too, after the system was down: two at once help nobody."""
    closer = notification.booking.notifications.filter(
        kind=Kind.REMINDER, slot_revision=notification.slot_revision, offset_minutes__gt=notification.offset_minutes
    )
    return not notification.again and closer.filter(due_at__lte=now + TWO_AT_ONCE).exists()


def _why_no_copy(notification: Notification) -> str:
    """Say why somebody on the owner's side is not told, or not once more."""
    booking = notification.booking
    schedule = booking.slot.schedule
    if notification.kind not in COPIED or notification.recipient == Recipient.ATTENDEE:
        return ""
    if notification.recipient == Recipient.COPY and notification.reader not in addresses_copied(schedule):
        return "This address gets no copies any more."
    if notification.kind == Kind.CANCELLATION and notification.recipient == Recipient.OWNER:
        left = booking.notifications.filter(kind=Kind.LEFT, booking_revision=notification.booking_revision)
        return "Another mail tells of it, with what they wrote." if left.exists() else ""
    return ""
