"""A schedule by its address, and what it lists."""

from convoca.booking.models import Resource, Schedule
from convoca.booking.questions.prepared import Blank, Prepared

_AT_ADDRESS = Prepared(
    lambda: Schedule.objects.select_related("account").filter(
        account__name=Blank("account"), slug=Blank("slug"), closing_at__isnull=True
    )
)

_LISTED = Prepared(
    lambda: Resource.objects.filter(account_id=Blank("account"), listed__schedule=Blank("schedule")).order_by(
        "listed__position", "listed__pk"
    )
)


def schedule_at(account: str, slug: str) -> Schedule | None:
    """Return the schedule whose page has this address, with its account; one that is closing has none. One query."""
    return _AT_ADDRESS.first(account=account, slug=slug)


def listed_resources(schedule: Schedule) -> list[Resource]:
    """Return the resources on a schedule's page, in its order. One query."""
    return _LISTED.all(account=schedule.account_id, schedule=schedule.pk)
