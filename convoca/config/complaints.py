"""The doctor's sentences about one account: what is wrong, whose it is to mend, and what its owner is warned of."""

from collections.abc import Iterator

from convoca.booking.questions.health import Condition, ConnectionHealth
from convoca.booking.questions.standing import Standing
from convoca.booking.questions.unready import Remedy, Unready
from convoca.providers import provider_by_id


def of(standing: Standing) -> Iterator[str]:
    """Yield a sentence for each thing that is wrong, and nothing of what passes by itself."""
    for health in standing.connections:
        yield from _of_connection(health)
    told = [said for each in standing.unready if (said := _of_unready(each))]
    yield from told
    if standing.unready_in_all > len(standing.unready):
        yield f"{standing.unready_in_all - len(standing.unready)} more occasions wait for a link behind these."
    if number := len(standing.deleted):
        yield f"{number} meetings were deleted at the vendor, and its owner has to answer."
    if number := len(standing.changed):
        yield f"{number} meetings were changed at the vendor, and its owner has to answer."
    if number := standing.undelivered_in_all:
        yield f"{number} mails about bookings to come could not be delivered."
    if number := standing.held_up:
        yield f"{number} mails are not accepted at the moment; they are tried again by themselves."
    if standing.unheard:
        yield "its owner could not be told of this by mail."


def _of_connection(health: ConnectionHealth) -> Iterator[str]:
    provider = health.connection.provider
    if health.condition is Condition.MISCONFIGURED:
        yield (
            f"{provider} does not accept this server's application ({health.reason}). {health.waiting} meetings wait "
            "until you have mended it."
        )
    if health.condition is Condition.NEEDS_OWNER:
        yield (
            f"the connection to {provider} needs its owner ({health.reason or 'access lost'}). {health.waiting} "
            "meetings wait until somebody reconnects it."
        )


def _of_unready(unready: Unready) -> str:
    """Return what somebody must do about it; nothing if it comes by itself, or with its connection."""
    if unready.remedy is Remedy.TYPE_LINK:
        return f"slot {unready.slot.pk} has no link, and its owner must paste one."
    if unready.meeting is None or unready.remedy not in {Remedy.OPERATOR, Remedy.RETRY}:
        return ""
    whose = "you" if unready.remedy is Remedy.OPERATOR else "its owner"
    return f"meeting {unready.meeting.pk} needs {whose}: {unready.reason}"


def warnings_of(standing: Standing) -> Iterator[str]:
    """Yield a sentence for each limit of a plan that what is booked goes beyond; never a complaint (M11, T35)."""
    for health in standing.connections:
        connection = health.connection
        warnings = standing.warnings.get(connection.pk)
        if warnings is None:
            continue
        who = f"{connection.provider} ({connection.email or connection.external_user})"
        limit = provider_by_id(connection.provider).capabilities.basic_plan_minutes
        if number := len(warnings.too_long):
            yield f"the plan of {who} ends meetings after {limit} minutes, and {number} to come are longer."
        if number := len(warnings.overlaps):
            at_once = warnings.overlaps[0].at_once
            yield f"{who} can start {at_once} at a time, and more than that overlap ({number} to come)."
