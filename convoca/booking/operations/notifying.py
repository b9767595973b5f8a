"""The worker's way with mails: take the one that is due first, ask whether it is still owed, send it, record it."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now
from django.tasks import task
from django.utils import timezone

from convoca.booking.mail.beside import told_beside
from convoca.booking.mail.compose import compose
from convoca.booking.mail.kinds import OF_A_PLACE, OF_AN_END
from convoca.booking.mail.outcomes import AnswerLost, NoMailServer, NotNow, Undeliverable
from convoca.booking.mail.post import Post
from convoca.booking.models import Booking, Meeting, Notification, Slot
from convoca.booking.operations.ending import goes_on
from convoca.booking.operations.leasing import unleased
from convoca.booking.operations.owing import owe_link_mails, remember_backup_link
from convoca.booking.operations.sending import (
    LOST_TWICE,
    SENDINGS_WITHOUT_ANSWER,
    Claim,
    claim,
    drop,
    hand_over,
    record,
    repeat_later,
    try_later,
)
from convoca.booking.questions.links import Link, links_for
from convoca.booking.questions.viewers import token_holder

Kind = Notification.Kind
LINK_MAILS = frozenset({Kind.LINK_READY, Kind.LINK_CHANGED})
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
    Kind.REQUEST: frozenset({Kind.REQUEST}),
    Kind.APPROVAL_WANTED: frozenset({Kind.APPROVAL_WANTED}),
}

# A mail server that hangs keeps so many of the worker's threads and no more: the others make meetings meanwhile.
MAILS_IN_FLIGHT = 4

# What a mail is written from.
WHOLE = Notification.objects.select_related(
    "account", "booking__account", "booking__slot__schedule", "booking__slot__service"
)


@task()
def notify_due() -> None:
    """Send every mail that is due until none is left or the server is down: see `_next_due` for the order."""
    with Post() as post:
        while goes_on() and notify_next(now=timezone.now(), post=post):
            continue


def notify_next(*, now: datetime, post: Post) -> bool:
    """Send the mail that is next, or drop it if it is not owed any more. Return whether to go on with the next."""
    notification = _next_due(now=now)
    if notification is None or _in_flight() >= MAILS_IN_FLIGHT:
        return False
    taken = claim(notification, WHOLE)
    return True if taken is None else _act(taken, post, now=now)


def due_notifications(*, now: datetime) -> QuerySet[Notification]:
    """Return the mails that a worker may send now, in order. One booking's mails leave one after the other.

    Of what became due in the same instant, what starts first leaves first.
    """
    sending = Notification.objects.filter(
        booking=OuterRef("booking"), due_at__isnull=False, lease_until__gte=Now()
    ).exclude(pk=OuterRef("pk"))
    return Notification.objects.filter(unleased(), ~Exists(sending), due_at__lte=now).order_by(
        "due_at", "-offset_minutes", "pk"
    )


def _next_due(*, now: datetime) -> Notification | None:
    """Return what leaves next: what somebody waits for comes before the mails of the clock, however many these are."""
    due = due_notifications(now=now)
    return due.filter(offset_minutes=0).first() or due.first()


def _in_flight() -> int:
    return Notification.objects.filter(lease_until__gte=Now(), due_at__isnull=False).count()


def _act(held: Claim[Notification], post: Post, *, now: datetime) -> bool:
    link = _link_of(held.row.booking, now=now)
    reason = why_not_owed(held.row, link, now=now)
    if reason:
        drop(held, reason, failed=reason == LOST_TWICE, now=now)
        return True
    # What is added to it from here on is told by a mail of its own, even if this one has it already.
    beside = [each.pk for each in told_beside(held.row)]
    try:
        hand_over(held, partial(compose, held.row, link, now=now), post)
    except Undeliverable as error:
        drop(held, error.reason, failed=True, now=now)
    except NotNow as error:
        try_later(held, error, now=now)
        return not isinstance(error, NoMailServer)
    except AnswerLost:
        repeat_later(held, now=now)
        return False
    else:
        _record(held, link, beside, now=now)
    return True


def _link_of(booking: Booking, *, now: datetime) -> Link:
    return links_for(token_holder(booking), [booking.slot], now=now)[booking.slot_id]


def why_not_owed(notification: Notification, link: Link, *, now: datetime) -> str:
    """Return why this mail is not to be sent (any more), or nothing if it is owed."""
    booking = notification.booking
    if notification.unanswered >= SENDINGS_WITHOUT_ANSWER:
        return LOST_TWICE
    if notification.kind in OF_AN_END:
        current = booking.status == Booking.Status.CANCELLED and notification.booking_revision == booking.revision
        return "" if current else "The booking is not cancelled any more."
    return _why_void(notification, now=now) or _why_replaced(notification) or _why_needless(notification, link, now=now)


def _why_void(notification: Notification, *, now: datetime) -> str:
    """Say what has made every mail but those of an end pointless."""
    booking, slot = notification.booking, notification.booking.slot
    expected = STATUS_OF_A_QUESTION.get(Kind(notification.kind), Booking.Status.CONFIRMED)
    if booking.status != expected or not slot.is_live:
        return "The booking does not stand any more." if expected == Booking.Status.CONFIRMED else "It was answered."
    if notification.kind in OF_A_PLACE and notification.slot_revision != slot.revision:
        return "The occasion has changed since."
    if slot.ends_at <= now:
        return "The occasion is over."
    return ""


def _why_replaced(notification: Notification) -> str:
    """Say whether a later mail tells the same, of what is true now: after a move, or a cancellation taken back."""
    booking = notification.booking
    if notification.kind in OF_A_QUEUE:
        return "" if notification.booking_revision == booking.revision else "The waiting list has moved on."
    later = LATER_THAN.get(Kind(notification.kind))
    if later and booking.notifications.filter(kind__in=later, pk__gt=notification.pk).exists():
        return "A later mail took its place."
    return ""


def _why_needless(notification: Notification, link: Link, *, now: datetime) -> str:
    booking = notification.booking
    if notification.kind == Kind.OFFER and booking.offered_until is not None and booking.offered_until <= now:
        return "The offer has passed."
    if notification.kind == Kind.REMINDER and booking.slot.starts_at <= now:
        return "The occasion has begun."
    if notification.kind == Kind.BACKUP_LINK and not link.is_backup:
        return "The backup link is not in use any more."
    if notification.kind in LINK_MAILS and (not link.is_ready or link.is_backup):
        return "The link is not there any more."
    if notification.kind in LINK_MAILS and link.meeting_id == booking.mailed_meeting_id:
        return "An earlier mail carried this link."
    return ""


def _record(held: Claim[Notification], link: Link, beside: Sequence[int], *, now: datetime) -> None:
    """Write that the mail was taken, what it told of beside and which meeting's link it carried.

    The link that came meanwhile is owed.
    """
    with transaction.atomic():
        slot = Slot.objects.select_for_update(no_key=True).get(pk=held.row.booking.slot_id)
        booking = Booking.objects.select_for_update(no_key=True).get(pk=held.row.booking_id)
        booking.slot = slot
        if not record(held, now=now):
            return
        if beside:
            Notification.objects.filter(pk__in=beside).update(sent_at=now)
        if link.is_backup and held.row.kind != Kind.BACKUP_LINK:
            remember_backup_link(booking, slot, now=now)
        elif link.is_ready and not link.is_backup:
            Booking.objects.filter(pk=booking.pk).update(mailed_meeting=link.meeting_id)
            booking.mailed_meeting_id = link.meeting_id
        _owe_what_came_meanwhile(booking, now=now)


def _owe_what_came_meanwhile(booking: Booking, *, now: datetime) -> None:
    """Owe a mail for a link that became ready while a mail without it was under way."""
    link = _link_of(booking, now=now)
    if not link.is_ready or link.meeting_id is None or link.meeting_id == booking.mailed_meeting_id:
        return
    if booking.notifications.filter(kind__in=LINK_MAILS, due_at__isnull=False).exists():
        return
    meeting = Meeting.objects.select_related("slot").get(slot_id=booking.slot_id, pk=link.meeting_id)
    owe_link_mails([booking], meeting, now=now)
