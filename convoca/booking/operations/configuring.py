"""The owner's choices on the pages Configure and Access Control."""

from datetime import datetime

from convoca.booking.models import Account, Schedule
from convoca.booking.operations.connecting import LinkSourceUnavailable as LinkSourceUnavailable
from convoca.booking.operations.connecting import set_link_source, usable_connection
from convoca.booking.operations.wishing import AUTOMATIC
from convoca.providers import provider_by_id


def may_choose(schedule: Schedule, source: str) -> bool:
    """Say whether `source` can be chosen for `schedule` now.

    Links typed by hand need a place to be typed: a slot's location, or the supervisor field (M15).
    """
    if source == Schedule.NO_LINK:
        return True
    if source == Schedule.MANUAL:
        return schedule.is_capacity or schedule.account.supervisor_field != Account.SupervisorField.OFF
    if source not in AUTOMATIC:
        return False
    if provider_by_id(source).capabilities.connects:
        return usable_connection(schedule.account, source) is not None
    return True


def choose_link_source(schedule: Schedule, source: str, *, now: datetime) -> None:
    """Set where the links of future slots come from. Raises LinkSourceUnavailable."""
    if source == schedule.link_source:
        return
    if not may_choose(schedule, source):
        raise LinkSourceUnavailable(source)
    connects = source in AUTOMATIC and provider_by_id(source).capabilities.connects
    connection = usable_connection(schedule.account, source) if connects else None
    set_link_source(schedule, source, connection=connection, now=now)


def set_supervisor_field(account: Account, choice: str, *, label: str) -> None:
    """Enable, disable or rename the account's supervisor field."""
    account.supervisor_field = Account.SupervisorField(choice)
    account.supervisor_label = label
    account.save(update_fields=["supervisor_field", "supervisor_label"])
