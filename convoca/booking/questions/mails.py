"""Mails owed and sent about bookings, for those who supervise them: what has become of each. Never what it says."""

from enum import StrEnum

from django.db.models import Q, QuerySet

from convoca.booking.models import Alert, Notification
from convoca.booking.questions.supervising import schedules_to_supervise
from convoca.booking.questions.viewers import Viewer

LATEST_ALERTS = 20


class Outcome(StrEnum):
    """What has become of a mail."""

    SENT = "sent"
    WAITING = "waiting"
    FAILED = "failed"
    NEEDLESS = "needless"
    BESIDE = "beside"


OF_OUTCOME: dict[Outcome, Q] = {
    Outcome.SENT: Q(sent_at__isnull=False),
    Outcome.WAITING: Q(due_at__isnull=False),
    Outcome.FAILED: Q(failed=True),
    Outcome.NEEDLESS: Q(dropped_at__isnull=False, failed=False, sent_at__isnull=True),
}


def mails_of(viewer: Viewer, outcome: Outcome | None = None) -> QuerySet[Notification]:
    """Return the mails about bookings on schedules that the viewer supervises, the latest first."""
    mails = Notification.objects.filter(
        account=viewer.account_id, booking__slot__schedule__in=[each.pk for each in schedules_to_supervise(viewer)]
    )
    if outcome is not None and outcome in OF_OUTCOME:
        mails = mails.filter(OF_OUTCOME[outcome])
    return mails.select_related("booking__slot__schedule", "booking__slot__service").order_by("-pk")


def alerts_to(viewer: Viewer) -> QuerySet[Alert]:
    """Return the mails to the owner about links and connections, the latest first; nobody else is shown them."""
    alerts = Alert.objects.filter(account=viewer.account_id, membership__isnull=True)
    own = alerts if viewer.owns_account else alerts.none()
    return own.select_related("incident", "connection").order_by("-pk")


def latest_alerts(viewer: Viewer) -> QuerySet[Alert]:
    return alerts_to(viewer)[:LATEST_ALERTS]


def outcome_of(mail: Notification | Alert) -> Outcome:
    if mail.sent_at is not None:
        return Outcome.SENT
    if mail.failed:
        return Outcome.FAILED
    if mail.dropped_at is not None:
        return Outcome.NEEDLESS
    return Outcome.BESIDE if mail.due_at is None else Outcome.WAITING
