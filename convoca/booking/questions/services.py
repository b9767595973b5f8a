"""How what runs by itself is doing in one account: mails, reminders, webhooks. When it last went well, and when not."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min, Q, QuerySet

from convoca.booking.models import Account, Delivery, Notification, Webhook

# A worker takes what is due within seconds; what waits for longer waits for a worker.
LATE_AFTER = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class MailHealth:
    """`held_up`: mails that the mail server does not take at the moment; `late`: those that nobody has tried in time.

    `next_at` is the next one that is due, None if none is owed. `reason` is why the last one failed.
    """

    last_ok_at: datetime | None
    failed_at: datetime | None
    reason: str
    next_at: datetime | None
    held_up: int
    late: int


@dataclass(frozen=True, kw_only=True)
class WebhookHealth:
    """Of all the account's webhooks: how many there are, and how many are off, paused or failing."""

    webhooks: int
    switched_off: int
    failing: int
    paused: int
    last_ok_at: datetime | None
    last_error: Delivery | None


def mail_health(account: Account, *, now: datetime) -> MailHealth:
    """Return how the mails about bookings are doing, reminders among them."""
    return _mail_health(Notification.objects.filter(account=account), now=now)


def reminder_health(account: Account, *, now: datetime) -> MailHealth:
    reminders = Notification.objects.filter(account=account, kind=Notification.Kind.REMINDER)
    return _mail_health(reminders, now=now)


def _mail_health(mails: QuerySet[Notification], *, now: datetime) -> MailHealth:
    owed = mails.filter(due_at__isnull=False).aggregate(
        next_at=Min("due_at"),
        held_up=Count("pk", filter=Q(attempts__gt=0)),
        late=Count("pk", filter=Q(attempts=0, due_at__lt=now - LATE_AFTER)),
    )
    # The newest first, which the index is in the order of: what left last is among them.
    sent = mails.filter(sent_at__isnull=False).order_by("-pk").values_list("sent_at", flat=True).first()
    failed = mails.filter(failed=True).order_by("-pk").values_list("dropped_at", "reason").first()
    failed_at, reason = failed or (None, "")
    return MailHealth(last_ok_at=sent, failed_at=failed_at, reason=reason, **owed)


def webhook_health(account: Account) -> WebhookHealth:
    told = Webhook.objects.filter(account=account).aggregate(
        webhooks=Count("pk"),
        switched_off=Count("pk", filter=Q(switched_off_at__isnull=False)),
        failing=Count("pk", filter=Q(failing_since__isnull=False, switched_off_at__isnull=True)),
        paused=Count("pk", filter=Q(paused_at__isnull=False)),
    )
    if not told["webhooks"]:
        return WebhookHealth(**told, last_ok_at=None, last_error=None)
    deliveries = Delivery.objects.filter(account=account)
    refused = deliveries.exclude(reason="").filter(delivered_at__isnull=True).select_related("webhook")
    last = deliveries.aggregate(last_ok_at=Max("delivered_at"))
    return WebhookHealth(**told, **last, last_error=refused.order_by("-tried_at", "-pk").first())
