"""Who else is told of a booking: the owner, superusers, and whoever the owner has named. None of them gets a link."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from convoca.booking.models import Notification, Schedule
from convoca.booking.questions.people import superusers_of

Kind, Recipient = Notification.Kind, Notification.Recipient

COPIED = frozenset({Kind.CONFIRMATION, Kind.MOVED, Kind.CANCELLATION})

type Reader = tuple[Notification.Recipient, str]


def copies_of(owed: Iterable[Notification], *, now: datetime) -> list[Notification]:
    """Return the mails that tell others what these tell the attendees, as their schedules want it.

    Of a session that was called off for everybody nobody on the owner's side hears once for each person.
    """
    told: dict[int, list[Reader]] = {}
    copies: list[Notification] = []
    for each in owed:
        slot = each.booking.slot
        if each.kind not in COPIED or (slot.schedule.is_capacity and not slot.is_live):
            continue
        if slot.schedule_id not in told:
            told[slot.schedule_id] = _readers(slot.schedule)
        copies += [_copy(each, recipient, reader, now=now) for recipient, reader in told[slot.schedule_id]]
    return copies


def questions_to_superusers(asked: Notification, *, now: datetime) -> list[Notification]:
    """Return the owner's question about a request to superusers too, if the schedule tells them."""
    schedule = asked.booking.slot.schedule
    readers = _superusers(schedule) if schedule.tells_superusers else []
    return [_copy(asked, recipient, reader, now=now) for recipient, reader in readers]


def addresses_copied(schedule: Schedule) -> Sequence[str]:
    return schedule.copies_to.split()


def _readers(schedule: Schedule) -> list[Reader]:
    readers: list[Reader] = [(Recipient.OWNER, "")] if schedule.tells_owner else []
    if schedule.tells_superusers:
        readers += _superusers(schedule)
    return readers + [(Recipient.COPY, address) for address in addresses_copied(schedule)]


def _superusers(schedule: Schedule) -> list[Reader]:
    return [(Recipient.SUPERUSER, str(member.pk)) for member in superusers_of(schedule)]


def _copy(told: Notification, recipient: Notification.Recipient, reader: str, *, now: datetime) -> Notification:
    return Notification(
        account_id=told.account_id,
        booking=told.booking,
        kind=told.kind,
        slot_revision=told.slot_revision,
        booking_revision=told.booking_revision,
        was_at=told.was_at,
        told_by=told.told_by,
        recipient=recipient,
        reader=reader,
        due_at=None if told.told_by else now,
    )
