"""How Google reads and writes times."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo


def read_point(point: Any, calendar_zone: str) -> datetime:
    """Return the instant that a start or an end names, in UTC. Raises ValueError for what Google does not understand.

    A date and time needs an offset unless its zone is named; a whole day begins at midnight in the calendar's zone.
    """
    if not isinstance(point, dict):
        raise ValueError("Missing time.")
    text, zone = point.get("dateTime"), point.get("timeZone")
    zone_of(zone or "UTC")
    if isinstance(text, str):
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None and not zone:
            raise ValueError("Missing time zone definition for start time.")
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone_of(zone or "UTC"))).astimezone(UTC)
    return datetime.fromisoformat(str(point.get("date"))).replace(tzinfo=zone_of(zone or calendar_zone)).astimezone(UTC)


def written_point(point: dict[str, Any], calendar_zone: str) -> dict[str, Any]:
    """Return a start or an end as Google answers it: the clock in the calendar's zone, with its offset."""
    if "dateTime" not in point:
        return point
    local = read_point(point, calendar_zone).astimezone(zone_of(calendar_zone))
    return {"dateTime": local.isoformat(timespec="seconds"), "timeZone": point.get("timeZone") or calendar_zone}


def read_instant(text: str) -> datetime:
    """Return an RFC 3339 instant, in UTC. Raises ValueError if it has no offset."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("Bad Request")
    return moment.astimezone(UTC)


def zone_of(name: str) -> ZoneInfo:
    """Return the zone called `name`. Raises ValueError if there is none."""
    try:
        return ZoneInfo(name)
    except (LookupError, OSError, ValueError, TypeError):
        raise ValueError("Invalid time zone definition.") from None


def written(instant: datetime) -> str:
    """Return `instant` as Google writes when something was made or changed: milliseconds, UTC, Z."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
