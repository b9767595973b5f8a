"""The daily allowance of a vendor, spent before the call that it pays for."""

from datetime import datetime

from django.db.models import F

from convoca.booking.models import Connection, QuotaDay, Remote
from convoca.core.quota import allowance, utc_day
from convoca.core.reconcile import Step
from convoca.providers import provider_by_id

COUNTED = frozenset({Step.CREATE, Step.UPDATE})


def spend(row: Remote, step: Step, *, now: datetime) -> bool:
    """Count one write of today and return True, or change nothing and return False if none is left for this row."""
    limit = provider_by_id(row.provider).capabilities.daily_writes
    if limit is None or row.connection is None or step not in COUNTED:
        return True
    most = allowance(limit, starts_at=row.slot.starts_at, now=now)
    day = _day(row.connection, now=now)
    return bool(QuotaDay.objects.filter(pk=day.pk, used__lt=most).update(used=F("used") + 1))


def give_back(row: Remote, step: Step, *, spent_at: datetime) -> None:
    """Uncount a call that was provably never sent, if it was one that counts."""
    limit = provider_by_id(row.provider).capabilities.daily_writes
    if limit is None or row.connection is None or step not in COUNTED:
        return
    day = _day(row.connection, now=spent_at)
    QuotaDay.objects.filter(pk=day.pk, used__gt=0).update(used=F("used") - 1)


def use_up(connection: Connection, *, limit: int, now: datetime) -> None:
    """Believe the vendor that today's allowance is gone: somebody else has spent of it."""
    QuotaDay.objects.filter(pk=_day(connection, now=now).pk, used__lt=limit).update(used=limit)


def _day(connection: Connection, *, now: datetime) -> QuotaDay:
    day, _ = QuotaDay.objects.get_or_create(
        provider=connection.provider, external_user=connection.external_user, day=utc_day(now)
    )
    return day
