"""Who is looking: a stranger, the holder of one booking's address, or a person with a log-in in this account."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from convoca.booking.models import (
    Account,
    Booking,
    Membership,
    Right,
    Schedule,
    ScheduleGroup,
    Slot,
    Supervision,
    User,
)

SUPERVISORS = frozenset({Membership.Role.OWNER, Membership.Role.SUPERUSER})


@dataclass(frozen=True, kw_only=True)
class Viewer:
    """Somebody who looks at one account's data.

    `booking` binds a token holder to exactly one booking. `supervised` are schedules of which the person is superuser
    though not of the whole account; `granted` is what they may do on each.
    """

    account_id: int
    membership: Membership | None = None
    booking: Booking | None = None
    supervised: frozenset[int] = field(default_factory=frozenset)
    granted: Mapping[int, frozenset[Right]] = field(default_factory=dict)

    @property
    def role(self) -> str | None:
        return self.membership.role if self.membership else None

    @property
    def supervises_account(self) -> bool:
        return self.role in SUPERVISORS

    def supervises(self, schedule_id: int) -> bool:
        """Say whether this person is the owner, a superuser, or a superuser of this schedule."""
        blocked = self.role == Membership.Role.BLOCKED
        return self.supervises_account or (not blocked and schedule_id in self.supervised)

    @property
    def supervises_anything(self) -> bool:
        return self.supervises_account or (self.role != Membership.Role.BLOCKED and bool(self.supervised))

    @property
    def owns_account(self) -> bool:
        return self.role == Membership.Role.OWNER

    def rights_on(self, schedule_id: int) -> frozenset[Right]:
        """Return what the owner lets this person do on the schedule as its superuser; nothing to who is none."""
        if not self.supervises(schedule_id) or self.membership is None:
            return frozenset()
        return self.membership.rights if self.supervises_account else self.granted.get(schedule_id, frozenset())

    @cached_property
    def admissions(self) -> frozenset[tuple[int, str]]:
        """What the person's groups let them see or book on: a schedule's id and the purpose. Read when first asked."""
        if self.membership is None:
            return frozenset()
        admitted = ScheduleGroup.objects.filter(account_id=self.account_id, group__members=self.membership)
        return frozenset(admitted.values_list("schedule_id", "purpose"))


def stranger(account: Account) -> Viewer:
    return Viewer(account_id=account.pk)


def token_holder(booking: Booking) -> Viewer:
    """Whoever holds a booking's address sees what its attendee sees, of this booking and no other."""
    return Viewer(account_id=booking.account_id, booking=booking)


def calendar_owner(slot: Slot) -> Viewer:
    """Whoever reads the calendar in which the slot is published; its owner chose it, and those who may read it."""
    return Viewer(account_id=slot.account_id, supervised=frozenset({slot.schedule_id}))


def viewer_of(account: Account, user: User | None) -> Viewer:
    """Return what `user` is in `account`; a person of another account is a stranger here."""
    if user is None or not user.is_authenticated:
        return stranger(account)
    membership = Membership.objects.filter(account=account, user=user).first()
    if membership is None:
        return stranger(account)
    granted = {
        each.schedule_id: each.rights for each in Supervision.objects.filter(account=account, membership=membership)
    }
    return Viewer(account_id=account.pk, membership=membership, supervised=frozenset(granted), granted=granted)


def supervised_schedules(viewer: Viewer) -> list[Schedule]:
    """Return the schedules whose bookings the viewer supervises, in the account's order."""
    schedules = Schedule.objects.filter(account_id=viewer.account_id, closing_at__isnull=True)
    return [schedule for schedule in schedules if viewer.supervises(schedule.pk)]
