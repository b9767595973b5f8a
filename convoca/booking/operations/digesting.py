"""Who wants their day by mail: one mail is owed for each day, and each one owes the next."""

from datetime import date, datetime, timedelta

from django.db import transaction

from convoca.booking.mail.digesting import day_of
from convoca.booking.models import Account, Alert, Membership
from convoca.booking.questions.viewers import viewer_of
from convoca.core.time import local_day, localize

# By the clocks of the account: before anybody comes.
LEAVES_AT_MINUTES = 7 * 60
# Afterwards whoever gets it knows more than it says.
WORTH_TELLING = timedelta(hours=5)


def wants_digest(membership: Membership) -> bool:
    return membership.digests.filter(due_at__isnull=False).exists()


def choose_digest(membership: Membership, *, wanted: bool, now: datetime) -> None:
    """Let somebody have their day by mail from the next morning on, or no more."""
    with transaction.atomic():
        Membership.objects.select_for_update(no_key=True, of=("self",)).get(pk=membership.pk)
        if not wanted:
            membership.digests.filter(due_at__isnull=False, claim__isnull=True).delete()
            membership.digests.filter(due_at__isnull=False).update(
                due_at=None, claim=None, lease_until=None, dropped_at=now, reason="They want no digest."
            )
        elif not wants_digest(membership):
            _owe(membership, _next_day(membership.account, now=now))


def owe_next_digest(digest: Alert, *, now: datetime) -> None:
    """Owe the mail of the day after, to whoever got, or was to get, this one."""
    assert digest.membership is not None
    if viewer_of(digest.account, digest.membership.user).supervises_anything:
        _owe(digest.membership, _next_day(digest.account, now=now))


def why_no_digest(digest: Alert, *, now: datetime) -> str:
    """Return why nobody is told of that day, or nothing if the mail is owed."""
    assert digest.membership is not None
    if not viewer_of(digest.account, digest.membership.user).supervises_anything:
        return "They are no superuser any more."
    if digest.day is None or now > _leaves_at(digest.account, digest.day) + WORTH_TELLING:
        return "The day is half over."
    return "" if day_of(digest, now=now).slots else "Nothing is on that day."


def _next_day(account: Account, *, now: datetime) -> date:
    today = local_day(now, account.time_zone)
    return today if _leaves_at(account, today) > now else today + timedelta(days=1)


def _leaves_at(account: Account, day: date) -> datetime:
    return localize(day, LEAVES_AT_MINUTES, account.time_zone)


def _owe(membership: Membership, day: date) -> None:
    account = membership.account
    digest = Alert(account=account, kind=Alert.Kind.DIGEST, membership=membership, day=day)
    digest.due_at = _leaves_at(account, day)
    Alert.objects.bulk_create([digest], ignore_conflicts=True)
