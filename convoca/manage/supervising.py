"""What an address of Supervise asks for: which view of which days, narrowed to what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Self
from urllib.parse import urlencode

from django.urls import reverse

from convoca.booking.models import Account, Schedule
from convoca.booking.questions.offers import local_window
from convoca.booking.questions.supervising import State, Wanted
from convoca.booking.questions.words import LONGEST_TEXT
from convoca.booking.wording import week_begin
from convoca.core.time import Interval, local_day
from convoca.manage.forms import read_day

WEEK = 7
ROWS_A_PAGE = 50

# Further on, narrowing the list finds more than turning pages does.
MOST_PAGES = 200

# How far Coming looks ahead, and how far back one stretch of History goes.
YEAR = timedelta(days=366)

LARGEST_ID = 2**63 - 1


class View(StrEnum):
    """What the page shows: the calendar of a day or a week, or one of the lists."""

    DAY = "day"
    WEEK = "week"
    COMING = "coming"
    HISTORY = "history"
    TRASH = "trash"


class Look(StrEnum):
    GRID = "grid"
    LIST = "list"


CALENDARS = frozenset({View.DAY, View.WEEK})


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One address of Supervise, understood. `what` is "r" or "s" and the id of a resource or a service."""

    today: date
    day: date
    view: View = View.DAY
    look: Look = Look.GRID
    schedule: Schedule | None = None
    what: str = ""
    state: State | None = None
    words: str = ""
    page: int = 1

    @property
    def is_calendar(self) -> bool:
        return self.view in CALENDARS

    @property
    def first_day(self) -> date:
        """The first day that is shown."""
        return week_begin(self.day) if self.view is View.WEEK else self.day

    @property
    def days(self) -> int:
        return WEEK if self.view is View.WEEK else 1

    @property
    def is_narrowed(self) -> bool:
        return bool(self.schedule or self.what or self.state or self.words)

    def window(self, time_zone: str, *, now: datetime) -> Interval:
        """Return the time whose occasions are meant."""
        if self.view is View.COMING:
            return Interval(now, now + YEAR)
        if self.view is View.HISTORY:
            until = now if self.day >= self.today else local_window(self.day, 1, time_zone).ends_at
            return Interval(until - YEAR, until)
        return local_window(self.first_day, self.days, time_zone)

    def wanted(self, account: Account, schedules: Sequence[Schedule]) -> Wanted:
        """Return the question; `schedules` are those that may be supervised."""
        chosen = [self.schedule] if self.schedule else schedules
        number = int(self.what[1:]) if self.what else None
        return Wanted(
            account_id=account.pk,
            schedules=[schedule.pk for schedule in chosen],
            resource=number if self.what.startswith("r") else None,
            service=number if self.what.startswith("s") else None,
            state=self.state,
            words=self.words,
        )

    def but(self, **changes: object) -> Self:
        """Return the same address with something else in it, from its first page."""
        return replace(self, **{"page": 1, **changes})  # type: ignore[arg-type]

    def query(self) -> str:
        """Return the address's query; what is usual is left out."""
        told = {
            "view": "" if self.view is View.DAY else self.view,
            "as": "" if self.look is Look.GRID else self.look,
            "day": "" if self.day == self.today else self.day.isoformat(),
            "schedule": self.schedule.slug if self.schedule else "",
            "what": self.what,
            "state": self.state or "",
            "q": self.words,
            "page": "" if self.page == 1 else str(self.page),
        }
        query = urlencode({name: str(value) for name, value in told.items() if value})
        return f"?{query}" if query else ""

    def address(self, account: Account, page: str = "manage:supervise") -> str:
        return f"{reverse(page, args=[account.name])}{self.query()}"


def read_asked(query: Mapping[str, str], schedules: Sequence[Schedule], *, time_zone: str, now: datetime) -> Asked:
    """Read an address; what makes no sense in it, and schedules that the reader does not supervise, are left out."""
    return Asked(
        today=local_day(now, time_zone),
        day=read_day(query.get("day"), time_zone=time_zone, now=now),
        view=View(query["view"]) if query.get("view") in set(View) else View.DAY,
        look=Look(query["as"]) if query.get("as") in set(Look) else Look.GRID,
        schedule=next((each for each in schedules if each.slug == query.get("schedule")), None),
        what=_thing(query.get("what", "")),
        state=State(query["state"]) if query.get("state") in set(State) else None,
        words=" ".join(query.get("q", "")[:LONGEST_TEXT].split()),
        page=_page(query.get("page", "")),
    )


def _thing(text: str) -> str:
    return text if text[:1] in {"r", "s"} and read_id(text[1:]) is not None else ""


def read_id(text: str) -> int | None:
    """Return the id that an address or a form names, or None if no row can have it."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < len(str(LARGEST_ID)) else None


def _page(text: str) -> int:
    return min(max(read_id(text) or 1, 1), MOST_PAGES)
