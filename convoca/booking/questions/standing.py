"""How one account stands: everything that its health page and the doctor in the terminal tell, read once for both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from convoca.booking.models import Account, Meeting, Notification
from convoca.booking.questions.health import (
    Condition,
    ConnectionHealth,
    changed_at_vendor,
    connections_health,
    deleted_at_vendor,
    held_up,
    undelivered,
    unheard,
)
from convoca.booking.questions.plans import Warnings, plan_warnings
from convoca.booking.questions.unready import Unready, unready_counts, unready_meetings

# Further ahead there is time enough to be warned.
WARNED_WITHIN = timedelta(days=60)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What is wrong in one account, and what its owner is warned of. Whoever tells it tells all of it.

    `unready` and `undelivered` are the first ones of `unready_in_all` and `undelivered_in_all`; of the former, `to_do`
    do not come by themselves. The mail server does not take `held_up` mails at the moment. `unheard`: the owner could
    not be told by mail. `warnings` are by the connection's id, and never a refusal.
    """

    connections: Sequence[ConnectionHealth]
    unready: Sequence[Unready]
    unready_in_all: int
    to_do: int
    deleted: Sequence[Meeting]
    changed: Sequence[Meeting]
    undelivered: Sequence[Notification]
    undelivered_in_all: int
    held_up: int
    unheard: bool
    warnings: Mapping[int, Warnings]

    @property
    def in_need(self) -> int:
        """How many connections somebody must mend."""
        return sum(each.condition in {Condition.NEEDS_OWNER, Condition.MISCONFIGURED} for each in self.connections)

    @property
    def repairing(self) -> int:
        """How many links that waited for a reconnection are still to be made."""
        return sum(each.repair.total - each.repair.made for each in self.connections if each.repair is not None)


def standing_of(account: Account, *, at_most: int, now: datetime) -> Standing:
    """Return it, with `at_most` rows of each list. The number of queries does not depend on how much there is."""
    connections, failed = connections_health(account, now=now), undelivered(account, now=now)
    first_failed = list(failed[:at_most])
    in_all, to_do = unready_counts(account, now=now)
    used = [each.connection for each in connections]
    return Standing(
        connections=connections,
        unready=unready_meetings(account, now=now, at_most=at_most),
        unready_in_all=in_all,
        to_do=to_do,
        deleted=deleted_at_vendor(account, now=now),
        changed=changed_at_vendor(account, now=now),
        undelivered=first_failed,
        undelivered_in_all=len(first_failed) if len(first_failed) < at_most else failed.count(),
        held_up=held_up(account).count(),
        unheard=unheard(account).exists(),
        warnings=plan_warnings(used, within=WARNED_WITHIN, now=now) if used else {},
    )
