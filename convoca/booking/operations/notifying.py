"""The worker's way with mails: take the one that is due first, ask whether it is still owed, send it, record it.

SMTP has no way to ask whether a mail arrived. So a sending is counted as unanswered, and committed as such, before the
mail is handed over, and counted back when the server answers. Killed between the two, or left without an answer, the
same mail (the same Message-ID) goes out once more; a second silence is the last.
"""

import random
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
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
from convoca.booking.operations.faults import place_of
from convoca.booking.operations.leasing import unleased
from convoca.booking.operations.owing import owe_link_mails
from convoca.booking.questions.links import Link, links_for
from convoca.booking.questions.viewers import token_holder
from convoca.core.reconcile import back_off

log = structlog.get_logger(__name__)

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

# Longer than a mail server may take from the first word to its answer to the body, or two workers would send it.
MAIL_LEASE = timedelta(seconds=60)

# A body is handed over only while its answer can still come within the lease.
HAND_OVER_WITHIN_SECONDS = 25.0

# A mail server that hangs keeps so many of the worker's threads and no more: the others make meetings meanwhile.
MAILS_IN_FLIGHT = 4

# A first sending and one repetition.
SENDINGS_WITHOUT_ANSWER = 2

# Whoever did not answer is given time to deliver what it may have taken.
REPEAT_AFTER = timedelta(minutes=1)


@dataclass(frozen=True)
class Claim:
    """A mail of ours to send, for as long as the lease lives; handed over before `deadline` on the monotonic clock."""

    notification: Notification
    key: uuid.UUID
    deadline: float

    @property
    def held(self) -> QuerySet[Notification]:
        """The row, while it is ours: updates through this write nothing once the claim is lost."""
        return Notification.objects.filter(pk=self.notification.pk, claim=self.key)


@task()
def notify_due() -> None:
    """Send every mail that is due, the one that has waited longest first, until none is left or the server is down."""
    with Post() as post:
        while goes_on() and notify_next(now=timezone.now(), post=post):
            continue


def notify_next(*, now: datetime, post: Post) -> bool:
    """Send the mail that is due first, or drop it if it is not owed any more. Return whether to go on with the next."""
    notification = due_notifications(now=now).first()
    if notification is None or _in_flight(now=now) >= MAILS_IN_FLIGHT:
        return False
    claim = _claim(notification)
    return True if claim is None else _act(claim, post, now=now)


def due_notifications(*, now: datetime) -> QuerySet[Notification]:
    """Return the mails that a worker may send now, in order. One booking's mails leave one after the other."""
    sending = Notification.objects.filter(
        booking=OuterRef("booking"), due_at__isnull=False, lease_until__gte=Now()
    ).exclude(pk=OuterRef("pk"))
    return Notification.objects.filter(unleased(), ~Exists(sending), due_at__lte=now).order_by("due_at", "pk")


def _in_flight(*, now: datetime) -> int:
    return Notification.objects.filter(due_at__lte=now, lease_until__gte=Now()).count()


def _claim(notification: Notification) -> Claim | None:
    """Take the lease; None if another worker was first. What the mail says is read afterwards."""
    key, deadline = uuid.uuid4(), time.monotonic() + HAND_OVER_WITHIN_SECONDS
    taken = Notification.objects.filter(unleased(), pk=notification.pk, due_at=notification.due_at).update(
        claim=key, lease_until=Now() + MAIL_LEASE
    )
    if not taken:
        return None
    held = Notification.objects.select_related(
        "account", "booking__account", "booking__slot__schedule", "booking__slot__service"
    ).get(pk=notification.pk)
    return Claim(held, key, deadline)


def _act(claim: Claim, post: Post, *, now: datetime) -> bool:
    link = _link_of(claim.notification.booking, now=now)
    reason = why_not_owed(claim.notification, link, now=now)
    if reason:
        _drop(claim, reason, now=now)
        return True
    # What is added to it from here on is told by a mail of its own, even if this one has it already.
    beside = [each.pk for each in told_beside(claim.notification)]
    try:
        _send(claim, link, post, now=now)
    except Undeliverable as error:
        _drop(claim, error.reason, now=now)
    except NotNow as error:
        _try_later(claim, error, now=now)
        return not isinstance(error, NoMailServer)
    except AnswerLost:
        _repeat_later(claim, now=now)
        return False
    else:
        _record(claim, link, beside, now=now)
    return True


def _link_of(booking: Booking, *, now: datetime) -> Link:
    return links_for(token_holder(booking), [booking.slot], now=now)[booking.slot_id]


def why_not_owed(notification: Notification, link: Link, *, now: datetime) -> str:
    """Return why this mail is not to be sent (any more), or nothing if it is owed."""
    booking = notification.booking
    if notification.unanswered >= SENDINGS_WITHOUT_ANSWER:
        return "The mail server's answer was lost twice; the mail may have arrived."
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
    if notification.kind in LINK_MAILS and not link.is_ready:
        return "The link is not there any more."
    if notification.kind in LINK_MAILS and link.meeting_id == booking.mailed_meeting_id:
        return "An earlier mail carried this link."
    return ""


def _send(claim: Claim, link: Link, post: Post, *, now: datetime) -> None:
    """Compose the mail, commit that its outcome is open, and hand it over."""
    try:
        mail = compose(claim.notification, link, now=now)
    except Undeliverable:
        raise
    except Exception as error:
        # A mail that we fail to write must stand in nobody's way; it waits for somebody to read this.
        at = place_of(error)
        log.error("mail not written", notification=claim.notification.pk, error=type(error).__name__, at=at)
        raise NotNow("The mail could not be written.") from error
    mail.hand_over_before = claim.deadline
    if not claim.held.update(unanswered=F("unanswered") + 1):
        raise NotNow("The claim was lost.")
    try:
        post.send(mail)
    except (Undeliverable, NotNow):
        claim.held.update(unanswered=F("unanswered") - 1)
        raise


def _drop(claim: Claim, reason: str, *, now: datetime) -> None:
    claim.held.update(dropped_at=now, reason=reason[:300], due_at=None, claim=None, lease_until=None)
    log.info("mail dropped", notification=claim.notification.pk, kind=claim.notification.kind, reason=reason)


def _try_later(claim: Claim, error: NotNow, *, now: datetime) -> None:
    attempts = claim.notification.attempts + 1
    wait = back_off(attempts, jitter=random.random())
    claim.held.update(attempts=attempts, reason=error.reason[:300], due_at=now + wait, claim=None, lease_until=None)
    log.warning("mail not taken", notification=claim.notification.pk, attempts=attempts, reason=error.reason)


def _repeat_later(claim: Claim, *, now: datetime) -> None:
    claim.held.update(
        reason="The mail server's answer was lost.", due_at=now + REPEAT_AFTER, claim=None, lease_until=None
    )
    log.warning("mail unanswered", notification=claim.notification.pk, unanswered=claim.notification.unanswered + 1)


def _record(claim: Claim, link: Link, beside: Sequence[int], *, now: datetime) -> None:
    """Write that the mail was taken, what it told of beside and which meeting's link it carried.

    The link that came meanwhile is owed.
    """
    with transaction.atomic():
        slot = Slot.objects.select_for_update(no_key=True).get(pk=claim.notification.booking.slot_id)
        booking = Booking.objects.select_for_update(no_key=True).get(pk=claim.notification.booking_id)
        booking.slot = slot
        sent = claim.held.update(
            sent_at=now, reason="", unanswered=F("unanswered") - 1, due_at=None, claim=None, lease_until=None
        )
        if not sent:
            log.warning("claim lost", notification=claim.notification.pk)
            return
        if beside:
            Notification.objects.filter(pk__in=beside).update(sent_at=now)
        if link.is_ready:
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
