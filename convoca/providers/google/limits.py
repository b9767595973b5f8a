"""Google Calendar's limits, with their sources (checked 2026-11-27)."""

from datetime import timedelta
from typing import Final

# 600 calls a minute for one user of one project, in a sliding window, and 10,000 for the whole project:
# <https://developers.google.com/workspace/calendar/api/guides/quota>. In no second more than this is in no minute more
# than 540, which leaves room for the calls of a person who is waiting.
CALENDAR: Final = "calendar"
PER_SECOND: Final = {CALENDAR: 9}

# Calendars in one question for busy times (`calendarExpansionMax`):
# <https://developers.google.com/workspace/calendar/api/v3/reference/freebusy/query>
FREE_BUSY_CALENDARS: Final = 50
# Longer spans are refused (`timeRangeTooLong`), and how long is not documented: two months at a time are asked for.
FREE_BUSY_SPAN: Final = timedelta(days=60)

# The largest page of the list of calendars:
# <https://developers.google.com/workspace/calendar/api/v3/reference/calendarList/list>
CALENDARS_PAGE: Final = 250
# Of events 2,500 are allowed; a thousand of the few members that we ask for stay below what an answer may weigh here.
EVENTS_PAGE: Final = 1000

# The name of a channel: <https://developers.google.com/workspace/calendar/api/guides/push>
CHANNEL_ID_MAX_CHARS: Final = 64

# Refresh tokens of an application whose publishing status is "Testing":
# <https://developers.google.com/identity/protocols/oauth2#expiration>
TEST_MODE_LIFE: Final = timedelta(days=7)
