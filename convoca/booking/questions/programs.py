"""What webhooks there are, what became of what they were owed, and what is said to each: no more than it may know."""

from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from convoca.booking.models import Account, ApiKey, Booking, Delivery, Happening, Membership, Slot, Webhook
from convoca.booking.questions.links import links_for
from convoca.booking.questions.viewers import token_holder
from convoca.booking.questions.wire_form import told_bookings, told_slot, told_user, utc

# The word that programs of SuperSaaS look for in a notice about a booking; ours is the more exact `type`.
EVENTS = {
    Happening.BOOKING_CREATED: "create",
    Happening.BOOKING_CANCELLED: "destroy",
    Happening.SLOT_CREATED: "create",
    Happening.SLOT_CANCELLED: "destroy",
    Happening.USER_CREATED: "new",
    Happening.USER_DELETED: "destroy",
    Happening.TEST: "test",
}
LOG_LINES = 50


def said_in(delivery: Delivery, *, now: datetime) -> dict[str, Any]:
    """Return what is said in a delivery: what happened, and the booking, slot or user as it stands now.

    It carries a meeting link only where the owner has ticked that this webhook be told it, and then the one that the
    attendee would see at this moment: none before they have a place, none after they have lost it.
    """
    happening = Happening(delivery.happening)
    what = {"event": EVENTS.get(happening, "edit"), "type": happening.value, "timestamp": utc(delivery.happened_at)}
    return what | {"account": delivery.account.name} | _about(delivery, now=now)


def _about(delivery: Delivery, *, now: datetime) -> dict[str, Any]:
    account, tells_links = delivery.account_id, delivery.webhook.tells_links
    if delivery.booking_id is not None:
        related = ("slot__schedule", "slot__service", "membership")
        booking = Booking.objects.select_related(*related).get(account=account, pk=delivery.booking_id)
        links = links_for(token_holder(booking), [booking.slot], now=now) if tells_links else None
        [told] = told_bookings([booking], links)
        return told
    if delivery.slot_id is not None:
        return told_slot(Slot.objects.select_related("schedule").get(account=account, pk=delivery.slot_id))
    if delivery.person_id is not None:
        return told_user(Membership.objects.select_related("user").get(account=account, pk=delivery.person_id))
    return {} if delivery.gone is None else {"id": delivery.gone, "deleted": True}


def webhooks_of(account: Account) -> QuerySet[Webhook]:
    """Return the account's webhooks, each with how much it is owed and how much was given up."""
    owed = Count("deliveries", filter=Q(deliveries__due_at__isnull=False))
    dropped = Count("deliveries", filter=Q(deliveries__dropped_at__isnull=False))
    return Webhook.objects.filter(account=account).select_related("schedule").annotate(owed=owed, dropped=dropped)


def last_deliveries(webhook: Webhook) -> list[Delivery]:
    """Return what a webhook was owed last, the newest first."""
    deliveries = Delivery.objects.filter(account_id=webhook.account_id, webhook=webhook)
    return list(deliveries.order_by("-pk")[:LOG_LINES])


def api_key_of(account: Account) -> ApiKey | None:
    return ApiKey.objects.filter(account=account).first()
