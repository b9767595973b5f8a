"""What an owner answers when the vendor's copy of a meeting is not as we made it."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet

from convoca.booking.models import Meeting
from convoca.booking.operations.leasing import unleased
from convoca.booking.operations.making_meetings import spec_of
from convoca.booking.operations.owing import keep_owed
from convoca.booking.operations.provisioning import provision_due
from convoca.booking.operations.recording import lock_slot


def keep_appointment(meeting: Meeting) -> bool:
    """Note that the appointment takes place although its meeting was deleted. False if that is not asked."""
    gone = Meeting.objects.filter(account_id=meeting.account_id, pk=meeting.pk, observed=Meeting.Observed.GONE)
    return bool(gone.update(accepted=Meeting.Observed.GONE))


def keep_theirs(meeting: Meeting) -> bool:
    """Leave the meeting as the vendor has it, until it differs in another way. False if it does not differ."""
    return bool(_differing(meeting).update(accepted=F("differences")))


def may_put_back(meeting: Meeting) -> bool:
    """Say whether any of what differs can be told to the vendor; the meeting's slot and schedule are at hand."""
    return bool(set(meeting.differences.split()) & spec_of(meeting).told().keys())


def put_ours_back(meeting: Meeting, *, now: datetime) -> bool:
    """Tell the vendor again what we wanted of what differs. False if it does not differ, or is being worked on now."""
    with transaction.atomic():
        slot = lock_slot(meeting.slot)
        held = _differing(meeting).filter(unleased()).select_for_update(no_key=True).first()
        if held is None:
            return False
        differing = held.differences.split()
        slot.revision += 1
        slot.save(update_fields=["revision"])
        keep_owed([slot])
        Meeting.objects.filter(pk=held.pk).update(
            sent={name: told for name, told in held.sent.items() if name not in differing},
            wanted_revision=slot.revision,
            accepted="",
            due_at=now,
        )
        provision_due.enqueue()
    return True


def _differing(meeting: Meeting) -> QuerySet[Meeting]:
    mine = Meeting.objects.filter(account_id=meeting.account_id, pk=meeting.pk, wanted=Meeting.Wanted.PRESENT)
    return mine.filter(observed=Meeting.Observed.PRESENT).exclude(differences="")
