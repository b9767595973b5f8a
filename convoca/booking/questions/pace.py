"""How long what is being made at a vendor will still take, from what was made in the last minutes."""

from datetime import datetime, timedelta

from django.db.models import Count, Min, QuerySet

from convoca.booking.models import Remote
from convoca.core.pace import time_left

# Long enough to be steady, short enough to follow a vendor that has become slow.
LOOKED_BACK = timedelta(minutes=2)


def time_left_of[R: Remote](made: QuerySet[R], *, left: int, now: datetime) -> timedelta | None:
    """Return how long `left` more of these will take, at the pace of the last minutes; None if unknown. One query."""
    recent = made.filter(ready_at__gt=now - LOOKED_BACK, ready_at__lte=now)
    counted = recent.aggregate(done=Count("pk"), first=Min("ready_at"))
    if counted["first"] is None:
        return None
    return time_left(done=counted["done"], over=now - counted["first"], left=left)
