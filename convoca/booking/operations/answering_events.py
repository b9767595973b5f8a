"""What an owner answers when somebody has deleted or changed an event of ours in the calendar."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet

from convoca.booking.models import Publication
from convoca.booking.operations.leasing import unleased
from convoca.booking.operations.provisioning import provision_due
from convoca.booking.operations.recording import lock_slot
from convoca.booking.operations.wishing_events import put_back


def leave_event(event: Publication) -> bool:
    """Leave it as it is in the calendar, deleted or changed, until it is changed otherwise. False if nothing is."""
    mine = Publication.objects.filter(account_id=event.account_id, pk=event.pk, wanted=Publication.Wanted.PRESENT)
    gone = mine.filter(observed=Publication.Observed.GONE).update(accepted=Publication.Observed.GONE)
    return bool(gone or _differing(event).update(accepted=F("differences")))


def put_event_back(event: Publication, *, now: datetime) -> bool:
    """Make it in the calendar as it is booked here. False if nobody changed it, or it is being worked on now."""
    with transaction.atomic():
        event.slot = lock_slot(event.slot)
        done = put_back(event, now=now) or _tell_again(event, now=now)
        if done:
            provision_due.enqueue()
    return done


def _tell_again(event: Publication, *, now: datetime) -> bool:
    held = _differing(event).filter(unleased()).select_for_update(no_key=True).first()
    if held is None:
        return False
    differing = held.differences.split()
    Publication.objects.filter(pk=held.pk).update(
        sent={name: told for name, told in held.sent.items() if name not in differing},
        wanted_revision=F("wanted_revision") + 1,
        accepted="",
        due_at=now,
    )
    return True


def _differing(event: Publication) -> QuerySet[Publication]:
    mine = Publication.objects.filter(account_id=event.account_id, pk=event.pk, wanted=Publication.Wanted.PRESENT)
    return mine.filter(observed=Publication.Observed.PRESENT).exclude(differences="")
