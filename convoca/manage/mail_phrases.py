"""What the page of mails says: to whom, what has become of each, and why."""

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from convoca.booking.mail.vouching import Kind as Record
from convoca.booking.mail.vouching import State
from convoca.booking.models import Notification
from convoca.booking.questions.mails import Outcome
from convoca.manage.health_phrases import not_delivered

Recipient = Notification.Recipient

OUTCOMES: dict[Outcome, str | Promise] = {
    Outcome.SENT: pgettext_lazy("a mail", "Sent"),
    Outcome.WAITING: pgettext_lazy("a mail", "Waiting"),
    Outcome.FAILED: pgettext_lazy("a mail", "Failed"),
    Outcome.NEEDLESS: pgettext_lazy("a mail", "Not needed any more"),
    Outcome.BESIDE: pgettext_lazy("a mail", "Told in another mail"),
}
TONES = {Outcome.SENT: "success", Outcome.FAILED: "danger", Outcome.WAITING: "pending"}

# Why a mail was not sent, by what the worker noted of it.
REASONS: dict[str, str | Promise] = {
    "The booking is not cancelled any more.": gettext_lazy("The booking is not cancelled any more."),
    "The booking does not stand any more.": gettext_lazy("The booking does not stand any more."),
    "It was answered.": gettext_lazy("It was answered."),
    "The occasion has changed since.": gettext_lazy("The occasion has changed since."),
    "The occasion is over.": gettext_lazy("The occasion is over."),
    "The waiting list has moved on.": gettext_lazy("The waiting list has moved on."),
    "A later mail took its place.": gettext_lazy("A later mail took its place."),
    "The offer has passed.": gettext_lazy("The offer has passed."),
    "The backup link is not in use any more.": gettext_lazy("The backup link is not in use any more."),
    "The link is not there any more.": gettext_lazy("The link is not there any more."),
    "The link is shown later, as they were told.": gettext_lazy("The link is shown later, as they were told."),
    "An earlier mail carried this link.": gettext_lazy("An earlier mail carried this link."),
    "They want no reminders.": gettext_lazy("They want no reminders."),
    "The occasion has begun.": gettext_lazy("The occasion has begun."),
    "A later reminder is due as well.": gettext_lazy("A later reminder is due as well."),
    "They did not come.": gettext_lazy("They did not come."),
    "It comes too late.": gettext_lazy("It comes too late."),
    "This address gets no copies any more.": gettext_lazy("This address gets no copies any more."),
    "Another mail tells of it, with what they wrote.": gettext_lazy("Another mail tells of it, with what they wrote."),
    "They are no superuser any more.": gettext_lazy("They are no superuser any more."),
    "The account has no address to write to.": gettext_lazy("The account has no address to write to."),
    "The mail could not be written.": gettext_lazy("The mail could not be written."),
    "It is still waiting to be sent.": gettext_lazy("It is still waiting to be sent."),
    "Another mail tells of it.": gettext_lazy("Another mail tells of it."),
    # Of mails to the owner.
    "It was connected again.": gettext_lazy("It was connected again."),
    "Its owner was never told of the trouble.": gettext_lazy("Its owner was never told of the trouble."),
    "The trouble is over.": gettext_lazy("The trouble is over."),
    "Nothing is on that day.": gettext_lazy("Nothing is on that day."),
    "The day is half over.": gettext_lazy("The day is half over."),
    "They want no digest.": gettext_lazy("They want no digest."),
}


WHAT_FOR: dict[Record, str | Promise] = {
    Record.SPF: gettext_lazy("Names the servers that send for the domain."),
    Record.DKIM: gettext_lazy("Holds the key with which the mail server signs each mail."),
    Record.DMARC: gettext_lazy("Says what becomes of mails that neither of the two vouches for."),
}

RECORD_STATES: dict[State, str | Promise] = {
    State.RIGHT: pgettext_lazy("a DNS record", "Found"),
    State.MISSING: pgettext_lazy("a DNS record", "Missing"),
    State.WRONG: pgettext_lazy("a DNS record", "Not usable: there are two, or its key is empty"),
    State.UNKNOWN: pgettext_lazy("a DNS record", "The DNS did not answer"),
}
RECORD_TONES = {State.RIGHT: "success", State.MISSING: "danger", State.WRONG: "danger", State.UNKNOWN: "warning"}


def why(reason: str) -> str:
    """Say why a mail was not sent, or nothing."""
    if not reason:
        return ""
    return str(REASONS[reason]) if reason in REASONS else not_delivered(reason)


def to_whom(mail: Notification) -> str:
    """Say who gets it. Of a superuser the role is enough."""
    match mail.recipient:
        case Recipient.ATTENDEE:
            return f"{mail.booking.name} <{mail.booking.email}>"
        case Recipient.COPY:
            return mail.reader
        case _:
            return str(Recipient(mail.recipient).label)


def sent_again() -> str:
    return gettext("It is being sent again.")


def not_again(reason: str) -> str:
    return gettext("It was not sent again: {reason}").format(reason=why(reason))


def digest_chosen(*, wanted: bool) -> str:
    if wanted:
        return gettext("You get your day by email at seven in the morning, if there is anything on it.")
    return gettext("You get your day by email no more.")
