"""What the owner is warned of because of the plan they have at a vendor: never a refusal (M11, T35)."""

from collections.abc import Sequence
from datetime import datetime

from convoca.booking.models import Connection, Schedule
from convoca.booking.questions.plans import Overlap, longer_than_plan, overlaps
from convoca.manage import existing_phrases as say
from convoca.providers import provider_by_id

# The first ones are enough to see what is wrong.
TOLD_AT_MOST = 3


def plan_warnings(schedule: Schedule, *, time_zone: str, now: datetime) -> list[str]:
    """Return the warnings that belong to one schedule: too long for the plan, and too many at once."""
    connection = schedule.connection
    if connection is None or schedule.link_source != connection.provider:
        return []
    found = overlaps(connection, now=now)
    own = [each for each in found if any(slot.schedule_id == schedule.pk for slot in each.slots)]
    return length_warnings(schedule, now=now) + _in_words(own, connection, time_zone=time_zone)


def length_warnings(schedule: Schedule, *, now: datetime) -> list[str]:
    """Return the warning about lengths, if there is one."""
    found = longer_than_plan(schedule, now=now)
    return [say.too_long(found, provider_by_id(schedule.link_source).name)] if found else []


def overlap_warnings(connections: Sequence[Connection], *, time_zone: str, now: datetime) -> list[str]:
    """Return the warnings about meetings that one host cannot start at the same time."""
    found = [(each, overlaps(each, now=now)) for each in connections]
    return [said for each, those in found for said in _in_words(those, each, time_zone=time_zone)]


def _in_words(found: Sequence[Overlap], connection: Connection, *, time_zone: str) -> list[str]:
    provider = provider_by_id(connection.provider).name
    told = [say.overlap(each, provider, time_zone=time_zone) for each in found[:TOLD_AT_MOST]]
    return told if len(found) <= TOLD_AT_MOST else [*told, say.more_overlaps(len(found) - TOLD_AT_MOST)]
