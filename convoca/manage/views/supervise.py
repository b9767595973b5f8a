"""Supervise: the calendar of a day or a week, what is coming, the history, the trash and the trail (J12)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from convoca.booking.models import AuditEntry, Booking, Schedule
from convoca.booking.questions.bookings import resources_of
from convoca.booking.questions.permissions import Action, may
from convoca.booking.questions.supervising import (
    OF_LINKS,
    State,
    bookings_in,
    bookings_wanted,
    longest_stay,
    occasions,
    schedules_to_supervise,
    trail_of,
    trash,
    who_cancelled,
)
from convoca.booking.wording import clock_text, day_text, span_text, zone_text
from convoca.core.reconcile import UNDO_WINDOW
from convoca.core.time import local_day
from convoca.manage import phrases
from convoca.manage import supervise_phrases as say
from convoca.manage.agenda import Row, chips_of, make_rows, named
from convoca.manage.csp import TO_MEETINGS
from convoca.manage.live import poll_of
from convoca.manage.narrowing import Narrowing, narrowing_of
from convoca.manage.pages import Entry, render_page
from convoca.manage.policy import Visit, for_supervisors
from convoca.manage.supervising import ROWS_A_PAGE, Asked, Look, View, read_asked
from convoca.manage.timetable import MOST_BLOCKS, Timetable, of_day, of_week

# A window that holds more occasions than this is narrowed first.
MOST_OCCASIONS = 1000


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What every view of Supervise needs: who asks what, when, of which schedules."""

    visit: Visit
    asked: Asked
    schedules: Sequence[Schedule]
    now: datetime

    @property
    def zone(self) -> str:
        return self.visit.account.time_zone

    def address(self, **changes: object) -> str:
        return self.asked.but(**changes).address(self.visit.account)


@csp_override(TO_MEETINGS)
@require_safe
@for_supervisors
def supervise(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show the view that the address asks for."""
    frame = frame_of(request, visit)
    narrowing = narrowing_of(frame.asked, frame.schedules, visit.account)
    context = _shared(frame, narrowing)
    match frame.asked.view:
        case View.HISTORY:
            return render_page(request, visit, "manage/supervise_table.html", context | _history(frame))
        case View.TRASH:
            return render_page(request, visit, "manage/supervise_table.html", context | _trash(frame))
        case View.COMING:
            return render_page(request, visit, "manage/supervise.html", context | _coming(frame))
        case _:
            return render_page(request, visit, "manage/supervise.html", context | _calendar(frame, narrowing))


@require_safe
@for_supervisors
def show_trail(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Tell who did what when, on one schedule or on all."""
    frame = frame_of(request, visit)
    asked, schedules = frame.asked, frame.schedules
    chosen = [asked.schedule] if asked.schedule else schedules
    whole = visit.viewer.supervises_account and asked.schedule is None
    trail = trail_of(visit.account.pk, [each.pk for each in chosen], whole=whole)
    found = list(trail[_page(asked, more=1)])
    context = _shared(frame, narrowing_of(asked, schedules, visit.account)) | {
        "lines": [_trail_line(entry, frame.zone) for entry in found[:ROWS_A_PAGE]],
        "pages": _pages(frame, has_more=len(found) > ROWS_A_PAGE, page="manage:trail"),
    }
    return render_page(request, visit, "manage/supervise_trail.html", context)


def frame_of(request: HttpRequest, visit: Visit) -> Frame:
    now = timezone.now()
    schedules = schedules_to_supervise(visit.viewer)
    for schedule in schedules:
        schedule.account = visit.account
    asked = read_asked(request.GET, schedules, time_zone=visit.account.time_zone, now=now)
    return Frame(visit=visit, asked=asked, schedules=schedules, now=now)


def _shared(frame: Frame, narrowing: Narrowing) -> dict[str, object]:
    asked, account = frame.asked, frame.visit.account
    views = [
        Entry(label=label, address=frame.address(view=view), is_here=view is asked.view)
        for view, label in say.view_names().items()
    ]
    return {
        "asked": asked,
        "views": views,
        "no_schedules": not frame.schedules,
        "narrowing": narrowing,
        "zone": zone_text(frame.zone, frame.now),
        "everything": Asked(today=asked.today, day=asked.day, view=asked.view, look=asked.look).address(account),
        "csv": asked.address(account, "manage:supervise-csv"),
        "ics": asked.address(account, "manage:supervise-ics"),
        "trail": replace(asked, page=1).address(account, "manage:trail"),
        "back": asked.address(account),
    }


def _calendar(frame: Frame, narrowing: Narrowing) -> dict[str, object]:
    """Return the rows of a day or a week and, where a grid is asked for and can be read, the grid."""
    asked = frame.asked
    found = _rows(frame, most=MOST_OCCASIONS + 1)
    is_cut, found = len(found) > MOST_OCCASIONS, found[:MOST_OCCASIONS]
    rows = [row for row in found if _is_meant(row, asked.state)]
    draws = asked.look is Look.GRID and 0 < len(rows) <= MOST_BLOCKS
    shown = rows if draws else rows[_page(asked)]
    beside = draws and asked.view is View.DAY
    step = timedelta(days=asked.days)
    return _strip(frame, found) | {
        "days": _by_day([row for row in shown if not (beside and row.in_need)], first=asked.first_day),
        "in_need": [row for row in shown if beside and row.in_need],
        "is_empty": not shown,
        "grid": _grid(frame, narrowing, rows) if draws else None,
        "now_clock": clock_text(frame.now, frame.zone) if _shows_today(asked) else "",
        "is_grid": asked.look is Look.GRID,
        "too_many": asked.look is Look.GRID and len(rows) > MOST_BLOCKS,
        "is_cut": is_cut,
        "title": _title(asked),
        "before": frame.address(day=asked.first_day - step),
        "now_here": frame.address(day=asked.today) if not _shows_today(asked) else "",
        "after": frame.address(day=asked.first_day + step),
        "as_grid": frame.address(look=Look.GRID),
        "as_list": frame.address(look=Look.LIST),
        "pages": _pages(frame, has_more=not draws and len(rows) > asked.page * ROWS_A_PAGE),
        "poll": poll_of(frame.visit.account, {row.slot_id: row.link.state for row in shown if row.link.is_moving}),
    }


def _coming(frame: Frame) -> dict[str, object]:
    """Return a page of what comes from now on. Only where the links decide is more than the page looked at."""
    asked = frame.asked
    if asked.state in OF_LINKS:
        found = [row for row in _rows(frame, most=MOST_OCCASIONS) if _is_meant(row, asked.state)]
        found = found[_page(asked, more=1)]
    else:
        found = _rows(frame, first=(asked.page - 1) * ROWS_A_PAGE, most=ROWS_A_PAGE + 1)
    shown = found[:ROWS_A_PAGE]
    return {
        "days": _by_day(shown),
        "is_empty": not shown,
        "title": say.view_names()[View.COMING],
        "pages": _pages(frame, has_more=len(found) > ROWS_A_PAGE),
        "poll": poll_of(frame.visit.account, {row.slot_id: row.link.state for row in shown if row.link.is_moving}),
    }


def _rows(frame: Frame, *, first: int = 0, most: int) -> list[Row]:
    wanted = frame.asked.wanted(frame.visit.account, frame.schedules)
    window = frame.asked.window(frame.zone, now=frame.now)
    reach = longest_stay(frame.schedules) if frame.asked.is_calendar else timedelta(0)
    slots = occasions(wanted, window, reach=reach, first=first, most=most)
    bookings = bookings_in(wanted, slots) if slots else []
    slot_of = {slot.pk: slot for slot in slots}
    for booking in bookings:
        booking.slot = slot_of[booking.slot_id]
    return make_rows(frame.visit.viewer, slots, bookings, time_zone=frame.zone, now=frame.now)


def _is_meant(row: Row, state: State | None) -> bool:
    if state is State.NEED:
        return row.in_need
    return row.lacks_link if state is State.NO_LINK else True


def _strip(frame: Frame, rows: Sequence[Row]) -> dict[str, object]:
    in_need = sum(row.in_need for row in rows)
    return {
        "count": say.appointments(len(rows)),
        "count_address": frame.address(state=None),
        "need": say.need(in_need) if in_need else "",
        "need_address": frame.address(state=State.NEED),
    }


def _grid(frame: Frame, narrowing: Narrowing, rows: Sequence[Row]) -> Timetable:
    asked = frame.asked
    if asked.view is View.DAY:
        return of_day(
            rows, asked.day, resources=narrowing.drawn, schedules=frame.schedules, time_zone=frame.zone, now=frame.now
        )
    days = [asked.first_day + timedelta(days=number) for number in range(asked.days)]
    return of_week(rows, [(day, day_text(day, "short")) for day in days], time_zone=frame.zone, now=frame.now)


def _title(asked: Asked) -> str:
    if asked.view is View.DAY:
        return day_text(asked.day, "full")
    last = asked.first_day + timedelta(days=asked.days - 1)
    return f"{day_text(asked.first_day, 'date')} – {day_text(last, 'date of a year')}"


def _shows_today(asked: Asked) -> bool:
    return asked.first_day <= asked.today < asked.first_day + timedelta(days=asked.days)


def _by_day(rows: Sequence[Row], *, first: date = date.min) -> list[tuple[date, str, list[Row]]]:
    """Return the rows by day; what began before the `first` day goes on in it."""
    by_day = groupby(rows, key=lambda row: max(row.day, first))
    return [(day, day_text(day, "full"), list(group)) for day, group in by_day]


def _page(asked: Asked, *, more: int = 0) -> slice:
    """Return the part of a list that its page shows, and `more` rows, which tell whether there is another page."""
    first = (asked.page - 1) * ROWS_A_PAGE
    return slice(first, first + ROWS_A_PAGE + more)


def _pages(frame: Frame, *, has_more: bool, page: str = "manage:supervise") -> dict[str, str]:
    asked, account = frame.asked, frame.visit.account
    return {
        "newer": replace(asked, page=asked.page - 1).address(account, page) if asked.page > 1 else "",
        "older": replace(asked, page=asked.page + 1).address(account, page) if has_more else "",
    }


def _history(frame: Frame) -> dict[str, object]:
    """Return a page of one year's past bookings, the last one first, and where the years before are."""
    asked = frame.asked
    window = asked.window(frame.zone, now=frame.now)
    past = bookings_wanted(asked.wanted(frame.visit.account, frame.schedules), window)
    found = list(past.order_by("-slot__starts_at", "-pk")[_page(asked, more=1)])
    has_more = len(found) > ROWS_A_PAGE
    earlier = local_day(window.starts_at, frame.zone)
    return {
        "lines": _lines(frame, found[:ROWS_A_PAGE]),
        "pages": _pages(frame, has_more=has_more),
        "earlier": "" if has_more else frame.address(day=earlier),
        "earlier_text": day_text(earlier, "medium"),
    }


def _trash(frame: Frame) -> dict[str, object]:
    wanted = frame.asked.wanted(frame.visit.account, frame.schedules)
    found = list(trash(wanted)[_page(frame.asked, more=1)])
    return {"lines": _lines(frame, found[:ROWS_A_PAGE]), "pages": _pages(frame, has_more=len(found) > ROWS_A_PAGE)}


def _lines(frame: Frame, bookings: Sequence[Booking]) -> list[dict[str, object]]:
    """Return a line for each booking: the page's own, without links. Two queries."""
    account = frame.visit.account
    with_whom = resources_of(account.pk, {booking.slot_id: booking.slot for booking in bookings}.values())
    ended = who_cancelled(account.pk, bookings)
    return [
        {
            "booking_id": booking.pk,
            "name": named(booking),
            "what": _what(booking, with_whom.get(booking.slot_id, "")),
            "day": day_text(local_day(booking.slot.starts_at, frame.zone), "medium"),
            "clock": span_text(booking.slot.starts_at, booking.slot.ends_at, frame.zone),
            "chips": chips_of(booking, was_moved=False, now=frame.now),
            "cancelled": _ended(ended.get(booking.pk), booking, frame.zone),
            "may_undo": booking.cancelled_at is not None
            and frame.now - booking.cancelled_at <= UNDO_WINDOW
            and may(frame.visit.viewer, Action.CHANGE, booking.slot.schedule),
        }
        for booking in bookings
    ]


def _what(booking: Booking, with_whom: str) -> str:
    slot = booking.slot
    what = slot.service.name if slot.service else slot.title or slot.schedule.name
    return f"{what} · {with_whom}" if with_whom else what


def _ended(entry: AuditEntry | None, booking: Booking, zone: str) -> dict[str, str]:
    if booking.cancelled_at is None:
        return {}
    if entry is None:
        return {"at": phrases.moment(booking.cancelled_at, zone)}
    entry.booking = booking
    what = str(entry.get_verb_display()) if entry.verb == AuditEntry.Verb.DECLINED else ""
    return {"at": phrases.moment(booking.cancelled_at, zone), "by": say.who_did(entry), "what": what}


def _trail_line(entry: AuditEntry, zone: str) -> dict[str, object]:
    slot, booking = entry.slot, entry.booking
    about = booking.called if booking else (slot.title or slot.schedule.name if slot else entry.fields)
    return {
        "at": phrases.moment(entry.at, zone),
        "who": say.who_did(entry),
        "what": str(entry.get_verb_display()),
        "about": about,
        "booking_id": booking.pk if booking else None,
        "occasion": _occasion(entry, zone),
        "fields": say.column_names(entry.fields),
    }


def _occasion(entry: AuditEntry, zone: str) -> str:
    if entry.slot is None:
        return ""
    slot = entry.slot
    # Of a slot itself, its title stands above.
    named = slot.service.name if slot.service else slot.title
    what = (named if entry.booking else "") or slot.schedule.name
    day = day_text(local_day(slot.starts_at, zone), "medium")
    return f"{what} · {day}, {span_text(slot.starts_at, slot.ends_at, zone)}"
