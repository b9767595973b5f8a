"""Which mails are owed. Rows only: what they say, and whether they are still owed, is decided when they are sent."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q

from convoca.booking.mail.kinds import OF_A_TIME
from convoca.booking.models import Booking, Meeting, Notification, Schedule, Slot
from convoca.booking.operations.copying import copies_of, questions_to_superusers
from convoca.booking.operations.telling import tell_of_link
from convoca.core.reminders import follow_up_due, reminder_due

# How long a confirmation waits for its link; then it goes out and the link follows in a mail of its own.
LINK_GRACE = timedelta(seconds=20)

# Somebody who meets in a few minutes needs the confirmation, and the join page in it, at once.
STARTS_SOON = timedelta(minutes=10)

# What a booking that has ended was to tell of others; that they are cancelled too is told with its own end.
OF_OTHERS = frozenset(Notification.Kind) - {Notification.Kind.CANCELLATION}
# What a booking that has moved tells no more.
OF_THE_TIME = frozenset({Notification.Kind.CONFIRMATION})

TO_ATTENDEES = Q(recipient=Notification.Recipient.ATTENDEE)
UNTOLD: dict[str, Any] = {"sent_at__isnull": True, "dropped_at__isnull": True}


def owe_confirmation(
    booking: Booking,
    slot: Slot,
    *,
    link_is_coming: bool = False,
    told_by: Booking | None = None,
    now: datetime,
) -> None:
    """Owe the mail that says "booked", copies of it, and the reminders whose instants have not passed.

    `told_by` is the first booking made in the same act: its mail tells of this one.
    """
    waits = link_is_coming and slot.starts_at - now > STARTS_SOON
    due_at = now + LINK_GRACE if waits else now
    confirmation = _owed(booking, slot, Notification.Kind.CONFIRMATION, due_at=due_at, told_by=told_by)
    booking.slot = slot
    copies = copies_of([confirmation], now=now)
    _owe([confirmation, *copies, *_around(booking, slot, now=now)])


def owe_confirmations(standing: Iterable[tuple[Booking, Booking | None]], *, now: datetime) -> None:
    """Owe at once what `owe_confirmation` owes for bookings, each with whose mail tells of it, if another's.

    The bookings' slots are known, and no link of theirs is being waited for.
    """
    owed: list[Notification] = []
    for booking, teller in standing:
        confirmation = _owed(booking, booking.slot, Notification.Kind.CONFIRMATION, due_at=now, told_by=teller)
        owed += [confirmation, *_around(booking, booking.slot, now=now)]
    _owe([*owed, *copies_of(owed, now=now)])


def _around(booking: Booking, slot: Slot, *, now: datetime) -> list[Notification]:
    """Return the reminders and the follow-up that the schedule wants, without those whose instant has passed."""
    owed = []
    for before in slot.schedule.reminds_before:
        due_at = reminder_due(starts_at=slot.starts_at, before=timedelta(minutes=before), now=now)
        if due_at is not None:
            owed.append(_owed(booking, slot, Notification.Kind.REMINDER, due_at=due_at, offset_minutes=-before))
    after = slot.schedule.follow_up_minutes
    if after is not None:
        due_at = follow_up_due(ends_at=slot.ends_at, after=timedelta(minutes=after), now=now)
        if due_at is not None:
            owed.append(_owed(booking, slot, Notification.Kind.FOLLOW_UP, due_at=due_at, offset_minutes=after))
    return owed


def owe_cancellation(booking: Booking, slot: Slot, *, now: datetime) -> None:
    booking.slot = slot
    owe_cancellations([(booking, None)], now=now)


def owe_cancellations(ended: Iterable[tuple[Booking, Booking | None]], *, now: datetime) -> None:
    """Owe the mails that say "cancelled" for bookings, each with whose mail tells of it, if another's.

    The bookings' slots are known.
    """
    owed = [
        _owed(booking, booking.slot, Notification.Kind.CANCELLATION, due_at=now, told_by=teller)
        for booking, teller in ended
    ]
    _owe([*owed, *copies_of(owed, now=now)])


def owe_parting(booking: Booking, slot: Slot, *, now: datetime) -> None:
    """Owe the owner what somebody said who cancelled."""
    recipient = Notification.Recipient.OWNER
    _owe([_owed(booking, slot, Notification.Kind.LEFT, due_at=now, recipient=recipient)])


def owe_request(booking: Booking, slot: Slot, *, told_by: Booking | None = None, now: datetime) -> None:
    """Owe the attendee the word that the request has arrived, and the owner's side the question."""
    booking.slot = slot
    owe_requests([(booking, told_by)], now=now)


def owe_requests(asked: Iterable[tuple[Booking, Booking | None]], *, now: datetime) -> None:
    """Owe what `owe_request` owes for bookings, each with whose mail tells of it, if another's. Slots are known."""
    owner = Notification.Recipient.OWNER
    owed: list[Notification] = []
    for booking, teller in asked:
        owed.append(_owed(booking, booking.slot, Notification.Kind.REQUEST, due_at=now, told_by=teller))
        kind = Notification.Kind.APPROVAL_WANTED
        question = _owed(booking, booking.slot, kind, due_at=now, told_by=teller, recipient=owner)
        owed += [question, *questions_to_superusers(question, now=now)]
    _owe(owed)


def owe_request_again(booking: Booking, slot: Slot, *, now: datetime) -> None:
    """Owe the attendee alone the word that the request has arrived: the owner has had the question."""
    _owe([_owed(booking, slot, Notification.Kind.REQUEST, due_at=now)])


def owe_decline(booking: Booking, slot: Slot, *, told_by: Booking | None = None, now: datetime) -> None:
    _owe([_owed(booking, slot, Notification.Kind.DECLINED, due_at=now, told_by=told_by)])


def owe_move(booking: Booking, slot: Slot, *, was_at: datetime, now: datetime) -> None:
    """Owe the mail that says "moved" to `slot`, from when it was to be, and the reminder of the new time."""
    booking.slot = slot
    owe_moves([(booking, was_at, None)], now=now)


def owe_moves(
    moves: Iterable[tuple[Booking, datetime, Booking | None]], *, is_for_all: bool = False, now: datetime
) -> None:
    """Owe the mails that say "moved": for each booking when it was to be, and whose mail tells of it, if another's.

    The bookings' slots are known, and are those of the new times. Of what was moved for all who come there are no
    copies, of which there would be one for each of them.
    """
    moves = list(moves)
    untold = Notification.objects.filter(
        booking__in=[booking for booking, _, _ in moves], kind=Notification.Kind.MOVED, **UNTOLD
    )
    # Who was moved twice before the first mail left knows the first time only.
    first = dict(untold.order_by("-pk").values_list("booking_id", "was_at"))
    untold.filter(told_by__isnull=False).update(dropped_at=now, reason="A later mail took its place.")
    owed: list[Notification] = []
    for booking, was_at, teller in moves:
        moved = _owed(booking, booking.slot, Notification.Kind.MOVED, due_at=now, told_by=teller)
        moved.was_at = first.get(booking.pk) or was_at
        owed += [moved, *_around(booking, booking.slot, now=now)]
    copies = [] if is_for_all else copies_of(owed, now=now)
    _owe([*owed, *copies])


def let_others_tell(bookings: Sequence[Booking], *, kinds: Collection[str], now: datetime) -> None:
    """Let other mails tell what those of these bookings will not come to tell: they have ended, or moved.

    Of each, the next booking made in the same act that stands tells of itself and of the rest.
    """
    untold = Notification.objects.filter(told_by__in=bookings, kind__in=kinds, **UNTOLD)
    standing = untold.exclude(booking__status=Booking.Status.CANCELLED).order_by("pk")
    for teller, kind, recipient, reader in set(standing.values_list("told_by", "kind", "recipient", "reader")):
        same = standing.filter(told_by=teller, kind=kind, recipient=recipient, reader=reader)
        first = same[0]
        same.exclude(pk=first.pk).update(told_by=first.booking_id)
        Notification.objects.filter(pk=first.pk).update(told_by=None, due_at=now)


def keep_owed(slots: Iterable[Slot]) -> None:
    """Let what was owed of these slots' last revision be owed of the one just written: the change moved nobody.

    What is owed of revisions before that, such as the reminder of a time it has been moved from, stays outdated.
    """
    owed = Notification.objects.filter(
        booking__slot__in=[slot.pk for slot in slots],
        kind__in=OF_A_TIME,
        slot_revision=F("booking__slot__revision") - 1,
        **UNTOLD,
    )
    owed.update(slot_revision=F("slot_revision") + 1)


def owe_waiting(booking: Booking, slot: Slot, *, now: datetime) -> None:
    booking.slot = slot
    owe_turns([booking], now=now)


def owe_turns(waiting: Iterable[Booking], *, now: datetime) -> None:
    """Owe each of these bookings, whose slots are known, the word that it waits."""
    _owe([_owed(booking, booking.slot, Notification.Kind.WAITING, due_at=now) for booking in waiting])


def owe_offer(booking: Booking, slot: Slot, *, now: datetime) -> None:
    _owe([_owed(booking, slot, Notification.Kind.OFFER, due_at=now)])


def owe_offer_passed(booking: Booking, slot: Slot, *, now: datetime) -> None:
    _owe([_owed(booking, slot, Notification.Kind.OFFER_PASSED, due_at=now)])


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
            TO_ATTENDEES, booking__in=bookings, kind=Notification.Kind.CONFIRMATION, **UNTOLD
        ).values_list("booking_id", flat=True)
    )
    # Whose booking was moved before it was confirmed has had that mail instead.
    waiting -= set(
        Notification.objects.filter(
            TO_ATTENDEES, booking__in=waiting, kind=Notification.Kind.MOVED, sent_at__isnull=False
        ).values_list("booking_id", flat=True)
    )
    Notification.objects.filter(booking__in=waiting, kind=Notification.Kind.CONFIRMATION, due_at__gt=now).update(
        due_at=now
    )
    others = [each for each in bookings if each.pk not in waiting and each.mailed_meeting_id != meeting.pk]
    owe_link_mails(_without_those_told_of(others), meeting, now=now)
    tell_of_link(meeting.slot, bookings, now=now)


def _without_those_told_of(bookings: list[Booking]) -> list[Booking]:
    """Leave out who has only been told of this date beside others: that mail leads to the link whenever it is there.

    Or a series of fifty-two would be as many mails, one for each link as it is made.
    """
    sent = Notification.objects.filter(TO_ATTENDEES, booking__in=bookings, sent_at__isnull=False)
    beside = set(sent.filter(told_by__isnull=False).values_list("booking_id", flat=True))
    beside -= set(sent.filter(told_by__isnull=True, booking__in=beside).values_list("booking_id", flat=True))
    return [each for each in bookings if each.pk not in beside]


def owe_link_mails(bookings: list[Booking], meeting: Meeting, *, now: datetime) -> None:
    """Owe these bookings the link of `meeting` in a mail of its own. The caller holds the slot and the bookings."""
    had_backup = set(
        Notification.objects.filter(
            booking__in=bookings, kind=Notification.Kind.BACKUP_LINK, sent_at__isnull=False
        ).values_list("booking_id", flat=True)
    )
    Booking.objects.filter(pk__in=[each.pk for each in bookings]).update(revision=F("revision") + 1)
    for booking in bookings:
        booking.revision += 1
    changed, ready = Notification.Kind.LINK_CHANGED, Notification.Kind.LINK_READY
    kinds = [changed if each.mailed_meeting_id or each.pk in had_backup else ready for each in bookings]
    _owe([_owed(booking, meeting.slot, kind, due_at=now) for booking, kind in zip(bookings, kinds, strict=True)])


def owe_backup_link(bookings: list[Booking], slot: Slot, *, now: datetime) -> None:
    """Owe the backup link to those of these bookings that have not been told of it as they and the slot are now.

    The caller holds the slot and the bookings.
    """
    told = Notification.objects.filter(
        booking__in=bookings, kind=Notification.Kind.BACKUP_LINK, slot_revision=slot.revision
    ).values_list("booking_id", "booking_revision")
    untold = [each for each in bookings if (each.pk, each.revision) not in set(told)]
    Booking.objects.filter(pk__in=[each.pk for each in untold]).update(revision=F("revision") + 1)
    for booking in untold:
        booking.revision += 1
    _owe([_owed(booking, slot, Notification.Kind.BACKUP_LINK, due_at=now) for booking in untold])


def ask_again_of_links(schedule: Schedule, *, now: datetime) -> None:
    """Let the mails that wait until links open be looked at now, for it is another moment. They wait on, or leave."""
    waiting = Notification.objects.filter(
        account=schedule.account_id,
        booking__slot__schedule=schedule,
        kind__in=(Notification.Kind.LINK_CHANGED, Notification.Kind.BACKUP_LINK),
        due_at__gt=now,
    )
    waiting.update(due_at=now)


def remember_backup_link(booking: Booking, slot: Slot, *, now: datetime) -> None:
    """Note that a mail about something else has just carried the backup link: it needs none of its own."""
    of = Notification.objects.filter(booking=booking, kind=Notification.Kind.BACKUP_LINK)
    if not of.filter(**UNTOLD).update(sent_at=now, due_at=None):
        told = _owed(booking, slot, Notification.Kind.BACKUP_LINK, due_at=now)
        told.due_at, told.sent_at = None, now
        _owe([told])


def _owed(
    booking: Booking,
    slot: Slot,
    kind: Notification.Kind,
    *,
    due_at: datetime,
    told_by: Booking | None = None,
    offset_minutes: int = 0,
    recipient: Notification.Recipient = Notification.Recipient.ATTENDEE,
    reader: str = "",
) -> Notification:
    return Notification(
        account_id=booking.account_id,
        booking=booking,
        kind=kind,
        offset_minutes=offset_minutes,
        slot_revision=slot.revision,
        booking_revision=booking.revision,
        recipient=recipient,
        reader=reader,
        told_by=told_by,
        due_at=None if told_by else due_at,
    )


def _owe(notifications: list[Notification]) -> None:
    """Insert them; what is owed already is owed once."""
    Notification.objects.bulk_create(notifications, ignore_conflicts=True)
