"""What programs are owed to be told: written in the transaction of what happened, beside its line in the trail."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q, QuerySet

from convoca.booking.models import AuditEntry, Booking, Delivery, Happening, Slot, Webhook
from convoca.booking.operations.delivering import deliver_due

Verb = AuditEntry.Verb

OF_BOOKINGS = {
    Verb.BOOKED: Happening.BOOKING_CREATED,
    Verb.REQUESTED: Happening.BOOKING_CREATED,
    Verb.WAITS: Happening.BOOKING_CREATED,
    Verb.APPROVED: Happening.BOOKING_APPROVED,
    Verb.DECLINED: Happening.BOOKING_CANCELLED,
    Verb.CANCELLED: Happening.BOOKING_CANCELLED,
    Verb.RESTORED: Happening.BOOKING_RESTORED,
    Verb.MOVED: Happening.BOOKING_MOVED,
    Verb.OFFERED: Happening.WAITING_OFFERED,
    Verb.ACCEPTED: Happening.WAITING_PROMOTED,
    Verb.PASSED_OVER: Happening.BOOKING_CHANGED,
    Verb.EDITED: Happening.BOOKING_CHANGED,
    Verb.ERASED: Happening.BOOKING_CHANGED,
    Verb.MISSED: Happening.BOOKING_CHANGED,
    Verb.CAME: Happening.BOOKING_CHANGED,
}
OF_SLOTS = {
    Verb.OPENED: Happening.SLOT_CREATED,
    Verb.EDITED: Happening.SLOT_CHANGED,
    Verb.RESTORED: Happening.SLOT_CHANGED,
    Verb.CANCELLED: Happening.SLOT_CANCELLED,
}
OF_PEOPLE = {
    Verb.JOINED: Happening.USER_CREATED,
    Verb.ADDED: Happening.USER_CREATED,
    Verb.EDITED: Happening.USER_CHANGED,
    Verb.RANKED: Happening.USER_CHANGED,
    Verb.BLOCKED: Happening.USER_CHANGED,
    Verb.UNBLOCKED: Happening.USER_CHANGED,
    Verb.REMOVED: Happening.USER_DELETED,
}


def tell_programs(entries: Sequence[AuditEntry], *, now: datetime) -> None:
    """Owe each webhook of the account what it is told of these lines. The caller's transaction holds it.

    One query in an account without webhooks.
    """
    happened = [(entry, happening) for entry in entries if (happening := _happening(entry)) is not None]
    if not happened:
        return
    owed = [
        _delivery(webhook, entry, happening, now=now)
        for webhook in _listening(happened[0][0].account_id)
        for entry, happening in happened
        if _is_told(webhook, entry, happening)
    ]
    if owed:
        Delivery.objects.bulk_create(owed)
        deliver_due.enqueue()


def tell_of_link(slot: Slot, bookings: Sequence[Booking], *, now: datetime) -> None:
    """Owe those webhooks that are told links the news that these bookings of the slot have another one."""
    if not bookings:
        return
    of_this = Q(schedule=None) | Q(schedule=slot.schedule_id)
    listening = _listening(slot.account_id).filter(of_this, tells_links=True)
    owed = [
        Delivery(
            account_id=slot.account_id,
            webhook=webhook,
            happening=Happening.LINK_READY,
            booking=booking,
            slot=slot,
            happened_at=now,
            due_at=now,
        )
        for webhook in listening
        if Happening.LINK_READY in webhook.told_of
        for booking in bookings
    ]
    if owed:
        Delivery.objects.bulk_create(owed)
        deliver_due.enqueue()


def _listening(account_id: int) -> QuerySet[Webhook]:
    return Webhook.objects.filter(account_id=account_id, paused_at__isnull=True, switched_off_at__isnull=True)


def _happening(entry: AuditEntry) -> Happening | None:
    """Return what a line tells programs, or None if it is no business of theirs."""
    verb = Verb(entry.verb)
    if entry.booking is not None:
        was_waiting = verb == Verb.REQUESTED and entry.booking.waits_since is not None
        return Happening.WAITING_PROMOTED if was_waiting else OF_BOOKINGS.get(verb)
    if entry.slot_id is not None:
        return OF_SLOTS.get(verb)
    return OF_PEOPLE.get(verb) if entry.person_id is not None else None


def _is_told(webhook: Webhook, entry: AuditEntry, happening: Happening) -> bool:
    if happening not in webhook.told_of:
        return False
    if webhook.schedule_id is None:
        return True
    return entry.slot is not None and entry.slot.schedule_id == webhook.schedule_id


def _delivery(webhook: Webhook, entry: AuditEntry, happening: Happening, *, now: datetime) -> Delivery:
    return Delivery(
        account_id=webhook.account_id,
        webhook=webhook,
        happening=happening,
        booking_id=entry.booking_id,
        slot_id=entry.slot_id,
        person_id=None if happening is Happening.USER_DELETED else entry.person_id,
        gone=entry.person_id if happening is Happening.USER_DELETED else None,
        happened_at=now,
        due_at=now,
    )
