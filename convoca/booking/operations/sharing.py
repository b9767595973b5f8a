"""What is settled of how a schedule is shared: at which address its page is, and on whose pages it may be shown."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from convoca.booking.models import FormerAddress, Schedule
from convoca.booking.operations.furnishing import AddressTaken, check_address


def change_address(schedule: Schedule, slug: str, *, now: datetime) -> None:
    """Move the schedule's page to another address of its account; whoever follows an old one finds it there.

    Raises AddressTaken or AddressReserved.
    """
    try:
        _change_address(schedule, slug, now=now)
    except IntegrityError as error:
        # Somebody gave it to another schedule in the same moment.
        raise AddressTaken from error


def _change_address(schedule: Schedule, slug: str, *, now: datetime) -> None:
    with transaction.atomic():
        held = Schedule.objects.select_for_update(no_key=True).get(account=schedule.account_id, pk=schedule.pk)
        if held.slug == slug:
            return
        check_address(schedule.account, slug, of=held)
        # Back at an address that it had, it has left it no more.
        held.former_addresses.filter(slug=slug).delete()
        FormerAddress.objects.create(account_id=held.account_id, schedule=held, slug=held.slug, left_at=now)
        held.slug = slug
        held.save(update_fields=["slug"])
    schedule.slug = slug


def let_frame(schedule: Schedule, framing: Schedule.Framing, *, sites: Sequence[str]) -> None:
    """Settle which sites may show the schedule's page within theirs. `sites` are origins, kept for when they count."""
    schedule.framing, schedule.framing_sites = framing, " ".join(sites)
    schedule.save(update_fields=["framing", "framing_sites"])
