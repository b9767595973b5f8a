"""How an owed mail leaves, whoever reads it: claimed, counted as unanswered before it is handed over, recorded after.

SMTP has no way to ask whether a mail arrived. So a sending is counted as unanswered, and committed as such, before the
mail is handed over, and counted back when the server answers. Killed between the two, or left without an answer, the
same mail (the same Message-ID) goes out once more; a second silence is the last.
"""

import random
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db.models import F, QuerySet
from django.db.models.functions import Now

from convoca.booking.mail.envelope import BookingMail
from convoca.booking.mail.outcomes import NotNow, Undeliverable
from convoca.booking.mail.post import Post
from convoca.booking.models import Alert, Notification
from convoca.booking.operations.faults import place_of
from convoca.booking.operations.leasing import unleased
from convoca.core.reconcile import back_off

log = structlog.get_logger(__name__)

# Longer than a mail server may take from the first word to its answer to the body, or two workers would send it.
MAIL_LEASE = timedelta(seconds=60)

# A body is handed over only while its answer can still come within the lease.
HAND_OVER_WITHIN_SECONDS = 25.0

# A first sending and one repetition.
SENDINGS_WITHOUT_ANSWER = 2
LOST_TWICE = "The mail server's answer was lost twice; the mail may have arrived."

# Whoever did not answer is given time to deliver what it may have taken.
REPEAT_AFTER = timedelta(minutes=1)


@dataclass(frozen=True)
class Claim[Owed: (Notification, Alert)]:
    """A mail of ours to send, for as long as the lease lives; handed over before `deadline` on the monotonic clock."""

    row: Owed
    key: uuid.UUID
    deadline: float

    @property
    def held(self) -> QuerySet[Owed]:
        """The row, while it is ours: updates through this write nothing once the claim is lost."""
        return type(self.row)._default_manager.filter(pk=self.row.pk, claim=self.key)

    @property
    def named(self) -> dict[str, object]:
        """Return what logs call it."""
        return {str(self.row._meta.model_name): self.row.pk, "kind": self.row.kind}


def name_of(owed: Notification | Alert) -> str:
    """Return the name under which a mail service is handed the mail, to tell us what became of it. It opens nothing."""
    return f"{owed._meta.model_name}-{owed.pk}"


def claim[Owed: (Notification, Alert)](row: Owed, read: QuerySet[Owed]) -> Claim[Owed] | None:
    """Take the lease; None if another worker was first. What the mail says is `read` afterwards."""
    key, deadline = uuid.uuid4(), time.monotonic() + HAND_OVER_WITHIN_SECONDS
    mine = type(row)._default_manager.filter(unleased(), pk=row.pk, due_at=row.due_at)
    if not mine.update(claim=key, lease_until=Now() + MAIL_LEASE):
        return None
    return Claim(read.get(pk=row.pk), key, deadline)


def hand_over[Owed: (Notification, Alert)](claim: Claim[Owed], compose: Callable[[], BookingMail], post: Post) -> None:
    """Compose the mail, commit that its outcome is open, and hand it over. Raises what has become of it."""
    try:
        mail = compose()
    except Undeliverable:
        raise
    except Exception as error:
        # A mail that we fail to write must stand in nobody's way; it waits for somebody to read this.
        log.error("mail not written", **claim.named, error=type(error).__name__, at=place_of(error))
        raise NotNow("The mail could not be written.") from error
    mail.hand_over_before = claim.deadline
    mail.metadata = {"mail": name_of(claim.row)}
    if not claim.held.update(unanswered=F("unanswered") + 1):
        raise NotNow("The claim was lost.")
    try:
        post.send(mail)
    except (Undeliverable, NotNow):
        claim.held.update(unanswered=F("unanswered") - 1)
        raise


def drop[Owed: (Notification, Alert)](claim: Claim[Owed], reason: str, *, failed: bool, now: datetime) -> None:
    """Send it no more. `failed`: it was owed, and somebody should know that it did not arrive."""
    claim.held.update(dropped_at=now, failed=failed, reason=reason[:300], due_at=None, claim=None, lease_until=None)
    log.info("mail dropped", **claim.named, reason=reason)


def try_later[Owed: (Notification, Alert)](claim: Claim[Owed], error: NotNow, *, now: datetime) -> None:
    attempts = claim.row.attempts + 1
    wait = back_off(attempts, jitter=random.random())
    claim.held.update(attempts=attempts, reason=error.reason[:300], due_at=now + wait, claim=None, lease_until=None)
    log.warning("mail not taken", **claim.named, attempts=attempts, reason=error.reason)


def wait_until[Owed: (Notification, Alert)](claim: Claim[Owed], instant: datetime) -> None:
    """Let go of a mail that must not leave before then, whenever it was owed for."""
    claim.held.update(due_at=instant, claim=None, lease_until=None)


def repeat_later[Owed: (Notification, Alert)](claim: Claim[Owed], *, now: datetime) -> None:
    claim.held.update(
        reason="The mail server's answer was lost.", due_at=now + REPEAT_AFTER, claim=None, lease_until=None
    )
    log.warning("mail unanswered", **claim.named, unanswered=claim.row.unanswered + 1)


def record[Owed: (Notification, Alert)](claim: Claim[Owed], *, now: datetime) -> bool:
    """Write that the mail was taken; return False if the claim was lost meanwhile."""
    sent = claim.held.update(
        sent_at=now, reason="", unanswered=F("unanswered") - 1, due_at=None, claim=None, lease_until=None
    )
    if not sent:
        log.warning("claim lost", **claim.named)
    return bool(sent)
