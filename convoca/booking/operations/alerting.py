"""Mails about no single booking: trouble, what was given up, the day. Each leaves once, and only while it is true."""

from datetime import datetime
from functools import partial

from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.tasks import task
from django.utils import timezone

from convoca.booking.mail.alerting import compose_alert
from convoca.booking.mail.digesting import compose_digest
from convoca.booking.mail.outcomes import AnswerLost, NobodysAddress, NoMailServer, NotNow, Undeliverable
from convoca.booking.mail.post import Post
from convoca.booking.models import Alert
from convoca.booking.operations.digesting import owe_next_digest, why_no_digest
from convoca.booking.operations.ending import goes_on
from convoca.booking.operations.leasing import unleased
from convoca.booking.operations.pacing import wait_for_room_for_a_mail
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
from convoca.booking.questions.troubles import is_present

WHOLE = Alert.objects.select_related("account", "incident__connection", "connection", "webhook", "membership__user")


@task()
def alert_due() -> None:
    """Send every such mail that is due, until none is left or the server is down."""
    with Post() as post:
        wait_for_room_for_a_mail()
        while goes_on() and alert_next(now=timezone.now(), post=post):
            wait_for_room_for_a_mail()


def due_alerts(*, now: datetime) -> QuerySet[Alert]:
    return Alert.objects.filter(unleased(), due_at__lte=now).order_by("due_at", "pk")


def alert_next(*, now: datetime, post: Post) -> bool:
    """Send the mail that is due first, or drop it if it is not true any more. Return whether to go on with the next.

    One at a time in the whole installation: they are few, and a server that hangs must not keep more threads.
    """
    alert = due_alerts(now=now).first()
    if alert is None or Alert.objects.filter(due_at__lte=now, lease_until__gte=Now()).exists():
        return False
    held = claim(alert, WHOLE)
    return True if held is None else _act(held, post, now=now)


def _act(held: Claim[Alert], post: Post, *, now: datetime) -> bool:
    if held.row.kind == Alert.Kind.DIGEST:
        # Before it leaves: killed afterwards, we would never owe another one.
        owe_next_digest(held.row, now=now)
    reason = why_not_owed(held.row, now=now)
    if reason:
        drop(held, reason, failed=reason == LOST_TWICE, now=now)
        return True
    try:
        compose = compose_digest if held.row.kind == Alert.Kind.DIGEST else compose_alert
        hand_over(held, partial(compose, held.row, now=now), post)
    except Undeliverable as error:
        drop(held, error.reason, failed=not isinstance(error, NobodysAddress), now=now)
    except NotNow as error:
        try_later(held, error, now=now)
        return not isinstance(error, NoMailServer)
    except AnswerLost:
        repeat_later(held, now=now)
        return False
    else:
        record(held, now=now)
    return True


def why_not_owed(alert: Alert, *, now: datetime) -> str:
    """Return why this mail is not to be sent (any more), or nothing if it is owed."""
    if alert.unanswered >= SENDINGS_WITHOUT_ANSWER:
        return LOST_TWICE
    if alert.kind == Alert.Kind.DIGEST:
        return why_no_digest(alert, now=now)
    if alert.webhook is not None:
        return "" if alert.webhook.switched_off_at is not None else "It was switched on again."
    incident, connection = alert.incident, alert.connection
    if incident is None:
        is_given_up = connection is not None and connection.closing_at is not None
        return "" if is_given_up else "It was connected again."
    if alert.kind == Alert.Kind.ALL_CLEAR:
        told = incident.alerts.exclude(pk=alert.pk).filter(Q(sent_at__isnull=False) | Q(unanswered__gt=0)).exists()
        return "" if told else "Its owner was never told of the trouble."
    if incident.closed_at is not None or not is_present(incident, now=now):
        return "The trouble is over."
    return ""
