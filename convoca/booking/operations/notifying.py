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
from convoca.booking.mail.kinds import carries_a_place
from convoca.booking.mail.outcomes import AnswerLost, NobodysAddress, NoMailServer, NotNow, Undeliverable
from convoca.booking.mail.post import Post
from convoca.booking.models import Booking, Meeting, MessageText, Notification, ReminderStop, Slot
from convoca.booking.operations.ending import goes_on
from convoca.booking.operations.leasing import unleased
from convoca.booking.operations.needing import LINK_MAILS, opens_later, why_not_owed
from convoca.booking.operations.owing import owe_link_mails, remember_backup_link
from convoca.booking.operations.pacing import wait_for_room_for_a_mail
from convoca.booking.operations.sending import (
    LOST_TWICE,
    Claim,
    claim,
    drop,
    hand_over,
    record,
    repeat_later,
    try_later,
    wait_until,
)
from convoca.booking.questions.links import Link, links_for
from convoca.booking.questions.viewers import token_holder

Kind = Notification.Kind

# A mail server that hangs keeps so many of the worker's threads and no more: the others make meetings meanwhile.
MAILS_IN_FLIGHT = 4

# What a mail is written from. Of most schedules nothing is worded, and in most accounts nobody has stopped reminders:
# that is read with the rest, so that only where there is something, somebody has to ask for it.
WHOLE = Notification.objects.select_related(
    "account", "booking__account", "booking__slot__schedule", "booking__slot__service"
).annotate(
    may_be_worded=Exists(
        MessageText.objects.filter(
            account=OuterRef("account"),
            schedule=OuterRef("booking__slot__schedule"),
            published_at__isnull=False,
            restored_at__isnull=True,
        )
    ),
    may_be_stopped=Exists(ReminderStop.objects.filter(account=OuterRef("account"))),
)


@task()
def notify_due() -> None:
    """Send every mail that is due until none is left or the server is down: see `_next_due` for the order."""
    with Post() as post:
        wait_for_room_for_a_mail()
        while goes_on() and notify_next(now=timezone.now(), post=post):
            wait_for_room_for_a_mail()


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
    if (opens := opens_later(held.row, link)) is not None:
        wait_until(held, opens)
        return True
    reason = why_not_owed(held.row, link, now=now)
    if reason:
        drop(held, reason, failed=reason == LOST_TWICE, now=now)
        return True
    # What is added to it from here on is told by a mail of its own, even if this one has it already.
    beside = [each.pk for each in told_beside(held.row)]
    try:
        hand_over(held, partial(compose, held.row, link, now=now), post)
    except Undeliverable as error:
        drop(held, error.reason, failed=not isinstance(error, NobodysAddress), now=now)
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
        if not carries_a_place(held.row):
            return
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
