"""An event at its vendor: what is sent, what the answer means for the row, and for the meeting that came with it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import QuerySet

from convoca.booking.models import Attempt, Booking, Meeting, Publication, PublicationAttempt, Remote, Sealed, Slot
from convoca.booking.operations.claiming import Claim, Columns, Facts, Learnt
from convoca.booking.operations.concluding import erased, named, settled
from convoca.booking.operations.making_meetings import owe_entrance
from convoca.booking.operations.vendors import application_for
from convoca.booking.operations.wishing import bear_meeting, let_go_of_stand_ins
from convoca.booking.operations.wishing_events import NO_MEETINGS, wish_for_event
from convoca.booking.questions.events import key_of, spec_of
from convoca.core.reconcile import Step, back_off
from convoca.providers import calendar_provider_by_id
from convoca.providers.calendars import Conference, EventFacts, EventSpec
from convoca.providers.contract import Absent, Exchange, Gone

# The first polls for a meeting that is being made come soon: the client is waiting for the link.
POLL_FIRST = timedelta(seconds=0.5)
POLL_AT_MOST_EVERY = timedelta(minutes=1)

# What a vendor has not made by then it will not make: it is asked anew, under another name.
GIVEN_UP_AFTER = timedelta(minutes=5)
ASKED_AT_MOST = 3

FAILED: Columns = {"conference": Publication.Conference.FAILED, "conference_requests": 0}


class EventCraft:
    """How the engine works on publications."""

    name = "publication"

    def rows(self) -> QuerySet[Publication]:
        return Publication.objects.select_related(
            "slot__schedule__account", "slot__service", "connection__grant", "calendar"
        )

    def rests(self, row: Remote) -> bool:
        """Leave an event alone that somebody deleted by hand, until its owner has said what they meant by it.

        One whose meeting people are waiting to join is made anew at once.
        """
        event = _event(row)
        was_there = event.observed == Publication.Observed.GONE and event.ready_at is not None
        return was_there and not event.has_meeting

    def spec_of(self, row: Remote) -> EventSpec:
        return spec_of(_event(row))

    def exchange(self, claim: Claim, changed: frozenset[str]) -> Exchange[Learnt]:
        event, application, token = _event(claim.row), application_for(claim.row.provider), claim.token
        spec, provider = _spec(claim), calendar_provider_by_id(event.provider)
        match claim.step:
            case Step.CREATE:
                return provider.insert(spec, application=application, token=token)
            case Step.LOOK if event.observed == Publication.Observed.PRESENT:
                return provider.read_event(key_of(event), application=application, token=token)
            case Step.LOOK:
                return _sighted(provider.look_up(key_of(event), application=application, token=token))
            case Step.UPDATE:
                return provider.patch(spec, changed=changed, application=application, token=token)
            case Step.DELETE:
                tells = spec.tells_attendees or bool(event.sent.get("attendees"))
                return provider.remove(key_of(event), tells_attendees=tells, application=application, token=token)
            case _:
                raise ValueError(f"{claim.step} makes no call")

    def bear_next(self, row: Remote, slot: Slot, *, now: datetime) -> None:
        """Make the event anew, and the meeting that went with it: that is another one, with another link."""
        lost = Meeting.objects.filter(publication_id=row.pk, wanted=Meeting.Wanted.PRESENT).first()
        if lost is not None:
            Meeting.objects.filter(pk=lost.pk).update(wanted=Meeting.Wanted.ABSENT, wanted_at=now, due_at=None)
            meeting = bear_meeting(slot, now=now)
            if meeting is not None and not lost.link:
                # People have waited for it since then.
                Meeting.objects.filter(pk=meeting.pk).update(wanted_at=lost.wanted_at)
        following = wish_for_event(slot, now=now)
        if following is not None and row.attempts:
            pause = back_off(row.attempts, jitter=0)
            Publication.objects.filter(pk=following.pk).update(attempts=row.attempts, due_at=now + pause)

    def attempt(self, row: Remote) -> Attempt:
        return PublicationAttempt(account_id=row.account_id, publication=_event(row))

    def hold(self, claim: Claim) -> Publication | None:
        """Hold the meetings that came with it before the event itself: that is their order."""
        list(Meeting.objects.select_for_update(no_key=True).filter(publication_id=claim.row.pk).order_by("pk"))
        return Publication.objects.select_for_update(no_key=True).filter(pk=claim.row.pk, claim=claim.key).first()

    def present(self, claim: Claim, facts: Sequence[Facts], *, now: datetime) -> Columns | None:
        """Note that the event is there, and how its meeting stands. Of one that was found, nobody knows its texts."""
        asked, spec, event = _event(claim.row), _spec(claim), _facts(facts[0])
        columns = settled() | {
            "observed": Publication.Observed.PRESENT,
            "ready_at": asked.ready_at or now,
            "differences": "",
            "doubted_at": None,
        }
        if claim.step is Step.LOOK:
            return columns | _to_be_told(asked, {})
        was_told = claim.step is Step.CREATE or asked.sent.get("conference") != spec.conference_request
        if claim.step is Step.UPDATE:
            columns |= {"sent_revision": asked.wanted_revision}
        elif differing := event.differences(spec):
            # An earlier call of ours made it, which said something else.
            columns |= _to_be_told(asked, {name: said for name, said in spec.told().items() if name not in differing})
        return columns | _conference(asked, event, was_told=was_told, now=now)

    def still_stands(self, claim: Claim, facts: Facts, *, now: datetime) -> Columns:
        """Keep, to be shown to the owner, what somebody changed in the calendar; see how its meeting stands."""
        asked, event = _event(claim.row), _facts(facts)
        changed = event.differences(_spec(claim)) & asked.sent.keys()
        columns = settled() | {"differences": named(changed), "doubted_at": None}
        return columns | _conference(asked, event, was_told=False, now=now)

    def erased(self) -> Columns:
        return erased()

    def keep_strays(self, row: Remote, facts: Sequence[Facts], *, now: datetime) -> None:
        """Whatever was made under a lost claim bears the row's own name: who holds the row now finds it."""

    def tell_others(
        self, asked: Remote, held: Remote, facts: Sequence[Facts], places: Sequence[Booking], *, now: datetime
    ) -> None:
        """Let the meeting that comes with the event be as the event is."""
        event, link = _event(held), ""
        for each in facts:
            link = _facts(each).link if _facts(each).conference is Conference.SUCCESS else ""
        for meeting in Meeting.objects.filter(publication=event).order_by("pk"):
            _hand_over(event, meeting, link, places, slot=asked.slot, now=now)


def _event(row: Remote) -> Publication:
    assert isinstance(row, Publication)
    return row


def _spec(claim: Claim) -> EventSpec:
    assert isinstance(claim.spec, EventSpec)
    return claim.spec


def _facts(facts: Facts) -> EventFacts:
    assert isinstance(facts, EventFacts)
    return facts


def _sighted(looked: Exchange[EventFacts | None]) -> Exchange[Learnt]:
    """Read what the vendor knows of our id: nothing at all, or an event that was deleted, or one that stands."""
    found = yield from looked
    if found is None:
        return Absent()
    if found.is_cancelled:
        raise Gone
    return found


def _to_be_told(asked: Publication, sent: Columns) -> Columns:
    """Let the next step be an update of all that is not known to have been `sent`."""
    return {"sent": sent, "sent_revision": max(asked.wanted_revision - 1, 0)}


def _conference(asked: Publication, event: EventFacts, *, was_told: bool, now: datetime) -> Columns:
    """Return how the meeting stands that was asked for with the event, and when it is asked after again.

    `was_told`: the vendor has just been asked for it, so what was known before is of another one.
    """
    if not asked.has_meeting:
        return {"conference": Publication.Conference.NONE}
    if event.conference is Conference.SUCCESS:
        return {"conference": Publication.Conference.READY, "conference_requests": 0}
    if not was_told and asked.conference != Publication.Conference.PENDING:
        return {}
    if event.conference is Conference.NONE or not asked.calendar.makes_meetings:
        return FAILED
    since = now if was_told or asked.conference_asked_at is None else asked.conference_asked_at
    if event.conference is Conference.PENDING and now - since < GIVEN_UP_AFTER:
        again = now + min(max(now - since, POLL_FIRST), POLL_AT_MOST_EVERY)
        return {"conference": Publication.Conference.PENDING, "conference_asked_at": since, "due_at": again}
    return _ask_anew(asked, now=now)


def _ask_anew(asked: Publication, *, now: datetime) -> Columns:
    """Ask for another meeting, which bears another name, up to three times."""
    again = asked.conference_requests + 1
    if again >= ASKED_AT_MOST:
        return FAILED
    return {
        "conference": Publication.Conference.PENDING,
        "conference_requests": again,
        "sent_revision": max(asked.wanted_revision - 1, 0),
        "due_at": now + back_off(again, jitter=0),
    }


def _hand_over(
    event: Publication, meeting: Meeting, link: str, places: Sequence[Booking], *, slot: Slot, now: datetime
) -> None:
    """Write into the meeting what the event says of it; people with a place are owed a link that is new."""
    before = Meeting.Observed(meeting.observed)
    lives = meeting.wanted == Meeting.Wanted.PRESENT or meeting.stands_in
    if _has_gone(event):
        gone = event.observed == Publication.Observed.GONE and lives
        _forget(meeting, Meeting.Observed.GONE if gone else Meeting.Observed.NOTHING)
    elif link and meeting.wanted == Meeting.Wanted.PRESENT and meeting.link.open() != link:
        asked = Meeting(pk=meeting.pk, observed=before, link=meeting.link, passcode=meeting.passcode)
        columns = settled() | {
            "observed": Meeting.Observed.PRESENT,
            "remote_id": event.remote_id,
            "link": Sealed.seal(link),
            "ready_at": now,
            "blocked": Meeting.Blocked.NONE,
            "sent_revision": meeting.wanted_revision,
            "due_at": None,
        }
        Meeting.objects.filter(pk=meeting.pk).update(**columns)
        meeting.refresh_from_db()
        meeting.slot = slot
        let_go_of_stand_ins([slot.pk], due_at=now)
        if places:
            owe_entrance(asked, meeting, places, now=now)
    elif event.observed == Publication.Observed.DETACHED and meeting.link:
        Meeting.objects.filter(pk=meeting.pk).update(observed=Meeting.Observed.DETACHED, due_at=None)
    elif not meeting.link:
        Meeting.objects.filter(pk=meeting.pk).update(**_as_event(event))


def _has_gone(event: Publication) -> bool:
    """Say whether no meeting comes with the event any more; one that is not made yet is still to come."""
    if event.observed == Publication.Observed.NOTHING:
        return event.wanted == Publication.Wanted.ABSENT
    is_without = event.observed == Publication.Observed.PRESENT and not event.has_meeting
    return event.observed == Publication.Observed.GONE or is_without


def _forget(meeting: Meeting, observed: Meeting.Observed) -> None:
    nothing = {"link": Sealed(), "passcode": Sealed(), "remote_id": "", "ready_at": None}
    columns = {} if observed == Meeting.Observed.GONE else nothing
    Meeting.objects.filter(pk=meeting.pk).update(observed=observed, due_at=None, **columns)


def _as_event(event: Publication) -> Columns:
    """Return why the meeting has no link yet: what keeps the event, or the vendor that makes no meeting with it."""
    if event.conference == Publication.Conference.FAILED:
        return {"blocked": Meeting.Blocked.REJECTED, "reason": NO_MEETINGS, "waiting": Meeting.Waiting.NOTHING}
    return {
        "blocked": event.blocked,
        "reason": event.reason,
        "waiting": event.waiting,
        "attempts": event.attempts,
    }
