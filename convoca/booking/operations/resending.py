"""A mail is sent once more because somebody asks for it: what it says, and whether it makes sense, is read anew."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from convoca.booking.mail.kinds import carries_a_place
from convoca.booking.models import Alert, Notification
from convoca.booking.operations.alerting import WHOLE as WHOLE_ALERT
from convoca.booking.operations.alerting import alert_due
from convoca.booking.operations.alerting import why_not_owed as why_no_alert
from convoca.booking.operations.auditing import Actor, Verb, note, note_person
from convoca.booking.operations.needing import why_not_owed
from convoca.booking.operations.notifying import WHOLE, notify_due
from convoca.booking.questions.links import links_for
from convoca.booking.questions.viewers import token_holder


class NotSentAgain(Exception):
    """The mail waits to be sent anyway, or makes no sense any more, as `reason` says. Nothing was changed."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


STILL_OWED = "It is still waiting to be sent."
TOLD_BESIDE = "Another mail tells of it."


def send_mail_again(mail: Notification, *, by: Actor, now: datetime) -> None:
    """Owe a mail once more that was sent, or given up. One that had arrived is another mail to mail programs.

    Raises NotSentAgain.
    """
    with transaction.atomic():
        held = Notification.objects.select_for_update(no_key=True).get(account=mail.account_id, pk=mail.pk)
        if held.due_at is not None or held.claim is not None:
            raise NotSentAgain(STILL_OWED)
        if held.told_by_id is not None:
            raise NotSentAgain(TOLD_BESIDE)
        _owe_again(held, now=now)
        _refuse_what_makes_no_sense(held, now=now)
        verb, booking = Verb.SENT_AGAIN if carries_a_place(held) else Verb.MAILED_AGAIN, held.booking
        note(verb, by=by, slot=booking.slot, booking=booking, fields=held.kind, now=now)
        notify_due.enqueue()


def send_alert_again(mail: Alert, *, by: Actor, now: datetime) -> None:
    """Owe a mail to the owner once more, if what it says is still so. Raises NotSentAgain."""
    with transaction.atomic():
        held = Alert.objects.select_for_update(no_key=True, of=("self",)).get(account=mail.account_id, pk=mail.pk)
        if held.due_at is not None or held.claim is not None:
            raise NotSentAgain(STILL_OWED)
        _owe_again(held, now=now)
        if reason := why_no_alert(WHOLE_ALERT.get(pk=held.pk), now=now):
            raise NotSentAgain(reason)
        note_person(Verb.MAILED_AGAIN, by=by, account=held.account, person=None, fields=held.kind, now=now)
        alert_due.enqueue()


def _owe_again(held: Notification | Alert, *, now: datetime) -> None:
    was_sent = held.sent_at is not None
    type(held)._default_manager.filter(pk=held.pk).update(
        due_at=now,
        sent_at=None,
        dropped_at=None,
        failed=False,
        reason="",
        attempts=0,
        unanswered=0,
        again=F("again") + (1 if was_sent else 0),
    )


def _refuse_what_makes_no_sense(held: Notification, *, now: datetime) -> None:
    fresh = WHOLE.get(pk=held.pk)
    slot = fresh.booking.slot
    link = links_for(token_holder(fresh.booking), [slot], now=now)[slot.pk]
    if reason := why_not_owed(fresh, link, now=now):
        raise NotSentAgain(reason)
