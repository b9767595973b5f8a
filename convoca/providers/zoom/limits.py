"""Zoom's limits, with their sources (checked 2026-11-22)."""

from datetime import timedelta
from typing import Final

# Meetings and webinars created and updated, per host and UTC day:
# <https://developers.zoom.us/docs/api/rate-limits/>
DAILY_WRITES: Final = 100

# Calls per second of one account, by plan and by the weight that Zoom gives each call (the same page). Of the plans
# that cost money the smallest counts: what Zoom tells of a user does not tell them apart.
LIGHT: Final = "light"
MEDIUM: Final = "medium"
FREE_PER_SECOND: Final = {LIGHT: 4, MEDIUM: 2}
PAID_PER_SECOND: Final = {LIGHT: 30, MEDIUM: 20}

# Basic accounts: a meeting ends by itself after this time; the API does not refuse longer ones.
# <https://zoom.us/pricing>
BASIC_PLAN_MINUTES: Final = 40

# POST and PATCH of a meeting: <https://developers.zoom.us/docs/api/meetings/#tag/meetings/POST/users/{userId}/meetings>
TOPIC_MAX_CHARS: Final = 200

# The list of meetings cuts the agenda here, so that the marker stands at its beginning (same page, GET).
AGENDA_LISTED_CHARS: Final = 250

# The largest page of the list (same page, GET).
PAGE_SIZE: Final = 300

# "Upcoming" covers six months at most (same page, GET); the shortest six months, less a day for time zones.
UPCOMING_HORIZON: Final = timedelta(days=180)

# Guests may enter this long before the start; Zoom knows 0, 5, 10 and 15 (same page, POST).
JOIN_BEFORE_HOST_MINUTES: Final = 10
