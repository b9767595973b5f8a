"""Trying again: what was refused, gave up or waits is due at once, because a person says so or access is mended."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, Q, QuerySet

from convoca.booking.models import Account, Connection, Meeting, Notification, Publication
from convoca.booking.operations.notifying import notify_due
from convoca.booking.operations.provisioning import provision_due
from convoca.booking.operations.wishing_events import BORN_WITH_EVENT
from convoca.booking.questions.unready import Spelled

NOT_MADE = Q(observed__in=[Meeting.Observed.NOTHING, Meeting.Observed.UNKNOWN, Meeting.Observed.GONE])
STALE = Q(observed=Meeting.Observed.PRESENT, sent_revision__lt=F("wanted_revision"))
UNFINISHED = NOT_MADE | STALE
PRESENT = Spelled("present")


def retry_meeting(meeting: Meeting, *, now: datetime) -> bool:
    """Try a meeting again that was refused or waits; return False if there is nothing to try.

    What the vendor refused is asked once more; what it has lost for good becomes the next generation. A pause that the
    vendor did not ask for ends: it was ours, or the operator has mended what it was about.
    """
    with transaction.atomic():
        if meeting.connection_id is not None:
            ours = Q(failures__gt=0) | ~Q(reason="")
            paused = Connection.objects.filter(ours, account_id=meeting.account_id, pk=meeting.connection_id)
            paused.filter(state=Connection.State.OPEN).update(blocked_until=None)
        mine = Meeting.objects.filter(account_id=meeting.account_id, pk=meeting.pk, wanted=Meeting.Wanted.PRESENT)
        by_itself = None if meeting.provider in BORN_WITH_EVENT else now
        lifted = mine.filter(UNFINISHED).update(blocked=Meeting.Blocked.NONE, reason="", attempts=0, due_at=by_itself)
        if lifted and meeting.publication_id is not None:
            retry_event(meeting.publication_id, now=now)
        if lifted:
            provision_due.enqueue()
    return bool(lifted)


def retry_event(number: int, *, now: datetime) -> bool:
    """Try an event again that was refused or waits, and ask anew for a meeting that did not come with it."""
    wanted = Publication.objects.filter(pk=number, wanted=Publication.Wanted.PRESENT)
    failed = Q(has_meeting=True, conference=Publication.Conference.FAILED)
    wanted.filter(failed).update(meeting_wish=F("meeting_wish") + 1, wanted_revision=F("wanted_revision") + 1)
    unfinished = wanted.filter(UNFINISHED)
    return bool(unfinished.update(blocked=Publication.Blocked.NONE, reason="", attempts=0, due_at=now))


def resume(connection: Connection, *, now: datetime) -> int:
    """Make due everything of a connection that is unfinished, refused or not; return how much that is."""
    lifted = {"blocked": Meeting.Blocked.NONE, "reason": ""}
    unfinished = connection.meetings.filter(UNFINISHED, wanted=Meeting.Wanted.PRESENT)
    meetings = unfinished.exclude(provider__in=BORN_WITH_EVENT).update(due_at=now, **lifted)
    unpublished = connection.publications.filter(UNFINISHED, wanted=Publication.Wanted.PRESENT)
    events = unpublished.exclude(observed=Publication.Observed.GONE).update(due_at=now, **lifted)
    return meetings + events


def find_forgotten(*, now: datetime) -> int:
    """Make due what is unfinished although nothing points at it; return how much that is.

    No act of ours leaves such a row. A restored backup, or a hand in the database, may.
    """
    return _find_meetings(now=now) + _find_events(now=now)


def _find_meetings(*, now: datetime) -> int:
    forgotten = [pk for found in forgotten_ones(now=now) for pk in found.values_list("pk", flat=True)]
    return Meeting.objects.filter(pk__in=forgotten, due_at__isnull=True).update(due_at=now) if forgotten else 0


def forgotten_ones(*, now: datetime) -> tuple[QuerySet[Meeting], ...]:
    """Return what is unfinished and at rest: not made, stale, left behind; each by an index that holds nothing else."""
    working = Q(connection__isnull=True) | Q(connection__state=Connection.State.OPEN, connection__grant__isnull=False)
    at_rest = Meeting.objects.filter(working, due_at__isnull=True, blocked=Spelled("")).order_by()
    at_rest = at_rest.exclude(provider__in=BORN_WITH_EVENT)
    wanted = at_rest.filter(wanted=PRESENT, slot__ends_at__gt=now)
    not_made = wanted.filter(observed__in=[Spelled(each) for each in ("nothing", "unknown", "gone")])
    stale = wanted.filter(observed=PRESENT, sent_revision__lt=F("wanted_revision"))
    left_behind = at_rest.filter(wanted=Spelled("absent"), observed__in=[PRESENT, Spelled("unknown")])
    # What stands in for a meeting waits for that; once the slot has ended it does so in vain.
    in_vain = Q(stands_in=False) | Q(slot__ends_at__lte=now)
    return not_made, stale, left_behind.filter(in_vain)


def _find_events(*, now: datetime) -> int:
    usable = Q(connection__state=Connection.State.OPEN, connection__grant__isnull=False)
    resting = Publication.objects.filter(usable, due_at__isnull=True, blocked=Publication.Blocked.NONE)
    not_made = Q(observed__in=[Publication.Observed.NOTHING, Publication.Observed.UNKNOWN])
    wanted = Q(not_made | STALE, wanted=Publication.Wanted.PRESENT, slot__ends_at__gt=now)
    may_exist = [Publication.Observed.PRESENT, Publication.Observed.UNKNOWN]
    left_behind = Q(wanted=Publication.Wanted.ABSENT, observed__in=may_exist)
    forgotten = list(resting.filter(wanted | left_behind).values_list("pk", flat=True))
    return Publication.objects.filter(pk__in=forgotten, due_at__isnull=True).update(due_at=now)


def send_again(account: Account, *, now: datetime) -> int:
    """Owe the mails about occasions to come once more that could not be delivered; return how many they are."""
    failed = Notification.objects.filter(account=account, failed=True, booking__slot__ends_at__gt=now)
    with transaction.atomic():
        again = Notification.objects.filter(pk__in=list(failed.values_list("pk", flat=True))).update(
            failed=False, dropped_at=None, reason="", attempts=0, unanswered=0, due_at=now
        )
        if again:
            notify_due.enqueue()
    return again
