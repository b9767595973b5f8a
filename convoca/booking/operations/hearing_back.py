"""What a mail service reports of mails that it had taken: one came back, somebody complained (as spam).

A mail that came back is a failed one, for those who look after bookings to see and to send again. Whoever complains
gets nothing more that they do not wait for; what is about their own booking still reaches them: they asked for that.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import structlog

from convoca.booking.models import Alert, Notification
from convoca.booking.operations.digesting import choose_digest
from convoca.booking.operations.stopping import stop_reminders

log = structlog.get_logger(__name__)

# What a database can hold.
LONGEST_NUMBER = 18
CAME_BACK = "The mail came back: the address does not take it."


class Fate(StrEnum):
    """What became of a mail after the service had taken it."""

    CAME_BACK = "came back"
    COMPLAINED = "complained"


@dataclass(frozen=True, kw_only=True)
class Report:
    """One report: of which mail, by the name under which we handed it over, and what became of it."""

    fate: Fate
    mail: str


def hear_back(report: Report, *, now: datetime) -> None:
    """Take a report in; the same one a second time, or one about a mail that is gone, changes nothing."""
    owed = _owed(report.mail)
    if owed is None:
        return
    if report.fate is Fate.CAME_BACK:
        came_back = type(owed)._default_manager.filter(pk=owed.pk, sent_at__isnull=False)
        if came_back.update(sent_at=None, dropped_at=now, failed=True, reason=CAME_BACK):
            log.info("mail came back", **{str(owed._meta.model_name): owed.pk})
        return
    _leave_alone(owed, now=now)
    log.info("mail complained about", **{str(owed._meta.model_name): owed.pk})


def _owed(name: str) -> Notification | Alert | None:
    kind, _, number = name.partition("-")
    if not (number.isascii() and number.isdigit()) or len(number) > LONGEST_NUMBER:
        return None
    if kind == "alert":
        return Alert.objects.select_related("membership__account").filter(pk=number).first()
    if kind == "notification":
        return Notification.objects.select_related("booking").filter(pk=number).first()
    return None


def _leave_alone(owed: Notification | Alert, *, now: datetime) -> None:
    """Send whoever got it no more of what they do not wait for."""
    if isinstance(owed, Alert):
        if owed.membership is not None:
            choose_digest(owed.membership, wanted=False, now=now)
    elif owed.recipient == Notification.Recipient.ATTENDEE and owed.booking.email:
        stop_reminders(owed.booking)
