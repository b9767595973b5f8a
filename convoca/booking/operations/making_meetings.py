"""A meeting at its vendor: what is sent, what the answer means for the row, and what others are owed then."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db.models import QuerySet

from convoca.booking.models import Attempt, Booking, Connection, Meeting, MeetingAttempt, Remote, Sealed, Slot
from convoca.booking.operations.claiming import Claim, Columns, Facts, Learnt
from convoca.booking.operations.concluding import erased, named, settled
from convoca.booking.operations.notifying import notify_due
from convoca.booking.operations.owing import owe_link, owe_link_mails
from convoca.booking.operations.vendors import application_for
from convoca.booking.operations.wishing import bear_meeting, let_go_of_stand_ins, next_generation
from convoca.booking.operations.wishing_events import wish_for_event
from convoca.booking.questions.differences import asked_for_passcode
from convoca.core.reconcile import Step
from convoca.providers import provider_by_id
from convoca.providers.contract import Exchange, MeetingFacts, MeetingSpec


class MeetingCraft:
    """How the engine works on meetings."""

    name = "meeting"

    def rows(self) -> QuerySet[Meeting]:
        return Meeting.objects.select_related("slot__schedule", "slot__service", "connection__grant")

    def rests(self, row: Remote) -> bool:
        """Say whether somebody else does its work: a meeting that is born with an event makes no call."""
        return provider_by_id(row.provider).capabilities.born_with_event

    def spec_of(self, row: Remote) -> MeetingSpec:
        return spec_of(_meeting(row))

    def exchange(self, claim: Claim, changed: frozenset[str]) -> Exchange[Learnt]:
        meeting, application = claim.row, application_for(claim.row.provider)
        spec, provider = _spec(claim), provider_by_id(meeting.provider)
        match claim.step:
            case Step.CREATE:
                return provider.create(spec, application=application, token=claim.token)
            case Step.LOOK if meeting.observed == Meeting.Observed.PRESENT:
                return provider.read(meeting.remote_id, application=application, token=claim.token)
            case Step.LOOK:
                return provider.look(spec, application=application, token=claim.token)
            case Step.UPDATE:
                return provider.update(
                    meeting.remote_id, spec, changed=changed, application=application, token=claim.token
                )
            case Step.DELETE:
                return provider.delete(meeting.remote_id, application=application, token=claim.token)
            case _:
                raise ValueError(f"{claim.step} makes no call")

    def bear_next(self, row: Remote, slot: Slot, *, now: datetime) -> None:
        bear_meeting(slot, now=now)

    def attempt(self, row: Remote) -> Attempt:
        return MeetingAttempt(account_id=row.account_id, meeting=_meeting(row))

    def hold(self, claim: Claim) -> Meeting | None:
        return Meeting.objects.select_for_update(no_key=True).filter(pk=claim.row.pk, claim=claim.key).first()

    def present(self, claim: Claim, facts: Sequence[Facts], *, now: datetime) -> Columns | None:
        """Adopt the first meeting that no other row holds; what the vendor made beside it is to be deleted.

        None if all of them are other rows'.
        """
        asked, meetings = _meeting(claim.row), [each for each in facts if isinstance(each, MeetingFacts)]
        of_slot = Meeting.objects.filter(slot_id=asked.slot_id).exclude(pk=asked.pk)
        held_elsewhere = set(of_slot.values_list("remote_id", flat=True))
        ours = [each for each in meetings if each.remote_id not in held_elsewhere or not each.remote_id]
        if not ours:
            return None
        first, *others = ours
        keep_strays(asked, others, now=now)
        return settled() | {
            "observed": Meeting.Observed.PRESENT,
            "remote_id": first.remote_id,
            "link": Sealed.seal(first.link),
            "passcode": Sealed.seal(first.passcode),
            "ready_at": now,
            "differences": named(first.differences(_spec(claim))),
            "doubted_at": None,
        }

    def still_stands(self, claim: Claim, facts: Facts, *, now: datetime) -> Columns:
        """Take over what is the vendor's, the link and the passcode.

        We own the time and the topic: if the host changed them there, the difference is kept, to be shown.
        """
        assert isinstance(facts, MeetingFacts)
        return settled() | {
            "link": Sealed.seal(facts.link),
            "passcode": Sealed.seal(facts.passcode),
            "differences": named(facts.differences(_as_asked(claim))),
            "doubted_at": None,
        }

    def erased(self) -> Columns:
        return erased() | {"remote_id": "", "link": Sealed(), "passcode": Sealed()}

    def keep_strays(self, row: Remote, facts: Sequence[Facts], *, now: datetime) -> None:
        """Keep what was made under a lost claim as a retired row, so that it is deleted at the vendor."""
        keep_strays(_meeting(row), [each for each in facts if isinstance(each, MeetingFacts)], now=now)

    def tell_others(
        self, asked: Remote, held: Remote, facts: Sequence[Facts], places: Sequence[Booking], *, now: datetime
    ) -> None:
        meeting = _meeting(held)
        if facts and meeting.wanted == Meeting.Wanted.PRESENT and meeting.observed == Meeting.Observed.PRESENT:
            let_go_of_stand_ins([meeting.slot_id], due_at=now)
            wish_for_event(asked.slot, now=now)
            if places:
                owe_entrance(_meeting(asked), meeting, places, now=now)


def _meeting(row: Remote) -> Meeting:
    assert isinstance(row, Meeting)
    return row


def _spec(claim: Claim) -> MeetingSpec:
    assert isinstance(claim.spec, MeetingSpec)
    return claim.spec


def spec_of(meeting: Meeting) -> MeetingSpec:
    """Return the meeting that we want at the vendor. It names the occasion, never the client.

    How guests come in is asked only of a vendor that knows such a choice.
    """
    slot, able = meeting.slot, provider_by_id(meeting.provider).capabilities
    return MeetingSpec(
        marker=meeting.marker,
        topic=slot.title or (slot.service.name if slot.service else slot.schedule.name),
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        time_zone=slot.schedule.time_zone,
        passcode=able.passcodes and slot.schedule.meeting_passcode,
        waiting_room=able.waiting_rooms and slot.schedule.waiting_room,
    )


def _as_asked(claim: Claim) -> MeetingSpec:
    """Return what the vendor was asked for: how guests come in may be wanted otherwise by now, for other meetings."""
    asked, spec = _meeting(claim.row), _spec(claim)
    waiting_room = bool(asked.sent.get("waiting_room", spec.waiting_room))
    return replace(spec, waiting_room=waiting_room, passcode=asked_for_passcode(asked))


def owe_entrance(asked: Meeting, held: Meeting, places: Sequence[Booking], *, now: datetime) -> None:
    """Owe those who have a place the link of a meeting just made, or its new one to those who were mailed the old."""
    if asked.observed != Meeting.Observed.PRESENT:
        owe_link(held, list(places), now=now)
    elif _entrance(asked) != _entrance(held):
        told = [each for each in places if each.mailed_meeting_id == held.pk]
        owe_link_mails(told, held, now=now)
        Booking.objects.filter(pk__in=[each.pk for each in told]).update(mailed_meeting=None)
    notify_due.enqueue()


def _entrance(meeting: Meeting) -> tuple[str, str]:
    return meeting.link.open(), meeting.passcode.open()


def keep_strays(asked: Meeting, facts: Sequence[MeetingFacts], *, now: datetime) -> int:
    """Insert retired rows for meetings of ours at the vendor that no row holds; return how many.

    They are to be deleted there, if we still have the access that it takes.
    """
    deletable = asked.connection_id is None or Connection.objects.filter(
        pk=asked.connection_id, grant__isnull=False
    ).exists()  # fmt: skip
    known = set(Meeting.objects.filter(slot_id=asked.slot_id).values_list("remote_id", flat=True))
    strays = [each for each in facts if each.remote_id and each.remote_id not in known]
    for each in strays:
        Meeting.objects.create(
            account_id=asked.account_id,
            slot_id=asked.slot_id,
            generation=next_generation(asked.slot),
            provider=asked.provider,
            connection_id=asked.connection_id,
            wanted=Meeting.Wanted.ABSENT,
            wanted_at=now,
            observed=Meeting.Observed.PRESENT if deletable else Meeting.Observed.DETACHED,
            remote_id=each.remote_id,
            due_at=(asked.due_at or now) if deletable else None,
        )
    return len(strays)
