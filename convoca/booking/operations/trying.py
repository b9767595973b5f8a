"""A mail that is tried out: sent at once to whoever words it, while they wait."""

import structlog

from convoca.booking.mail.envelope import BookingMail
from convoca.booking.mail.outcomes import AnswerLost, NotNow, Undeliverable
from convoca.booking.mail.post import Post

log = structlog.get_logger(__name__)


class NotSent(Exception):
    """The mail server did not take the mail. `reason` names no person and no address."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def send_trial(mail: BookingMail) -> None:
    """Send it. Raises NotSent. Never inside a transaction: a mail server takes its time."""
    try:
        with Post() as post:
            post.send(mail)
    except (NotNow, Undeliverable) as error:
        raise NotSent(error.reason) from error
    except AnswerLost as error:
        raise NotSent("The mail server's answer was lost.") from error
    log.info("trial sent", account=mail.account_id)
