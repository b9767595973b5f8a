"""A schedule by its address, and what it lists."""

from convoca.booking.models import FormerAddress, Resource, Schedule
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


def moved_from(account: str, slug: str) -> Schedule | None:
    """Return the schedule whose page had this address before. One query."""
    former = FormerAddress.objects.select_related("schedule__account").filter(
        account__name=account, slug=slug, schedule__closing_at__isnull=True
    )
    found = former.first()
    return found.schedule if found else None


def framing_sources(schedule: Schedule) -> list[str]:
    """Return which pages may show the schedule's within them, as frame-ancestors says it; none: no page at all."""
    match schedule.framing:
        case Schedule.Framing.ANYWHERE:
            return ["*"]
        case Schedule.Framing.SITES:
            return schedule.framing_sites.split()
        case _:
            return []


def listed_resources(schedule: Schedule) -> list[Resource]:
    """Return the resources on a schedule's page, in its order. One query."""
    return _LISTED.all(account=schedule.account_id, schedule=schedule.pk)
