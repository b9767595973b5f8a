"""How Zoom reads and writes times."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def read_start(start_time: str, time_zone: str) -> datetime:
    """Return the instant that Zoom understands, in UTC. Raises ValueError for what it does not understand.

    `…Z` is UTC, whatever the zone says; without it the text is the clock on the wall in `time_zone`.
    """
    match = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(Z?)", start_time)
    if match is None:
        raise ValueError("Invalid field.")
    written = datetime.fromisoformat(match[1])
    return written.replace(tzinfo=UTC if match[2] else zone_of(time_zone)).astimezone(UTC)


def zone_of(name: str) -> ZoneInfo:
    """Return the zone called `name`. Raises ValueError if there is none."""
    try:
        return ZoneInfo(name)
    except (LookupError, OSError, ValueError):
        raise ValueError("Invalid field.") from None


def written(instant: datetime) -> str:
    """Return `instant` as Zoom writes it: seconds, UTC, Z."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
