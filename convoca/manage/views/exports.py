"""Downloads of what Supervise shows."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.http import HttpRequest, StreamingHttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from convoca.booking.models import Booking
from convoca.booking.questions.supervising import bookings_wanted, trash
from convoca.manage.exporting import ROWS_AT_ONCE, as_calendar, as_csv
from convoca.manage.policy import Visit, for_supervisors
from convoca.manage.supervising import View
from convoca.manage.views.supervise import Frame, frame_of


@require_safe
@for_supervisors
def download_csv(request: HttpRequest, visit: Visit) -> StreamingHttpResponse:
    """Send the list that the address asks for, all of its pages, as a table."""
    frame = frame_of(request, visit)
    lines = as_csv(
        _bookings(frame),
        viewer=visit.viewer,
        state=frame.asked.state,
        language=get_language() or "en",
        now=frame.now,
    )
    return _sent(lines, frame, "text/csv; charset=utf-8", "csv")


@require_safe
@for_supervisors
def download_calendar(request: HttpRequest, visit: Visit) -> StreamingHttpResponse:
    """Send the list that the address asks for, all of its pages, as a calendar."""
    frame = frame_of(request, visit)
    lines = as_calendar(
        _bookings(frame),
        viewer=visit.viewer,
        state=frame.asked.state,
        language=get_language() or "en",
        now=frame.now,
    )
    return _sent(lines, frame, "text/calendar; charset=utf-8; method=PUBLISH", "ics")


def _bookings(frame: Frame) -> Iterable[Booking]:
    asked = frame.asked
    wanted = asked.wanted(frame.visit.account, frame.schedules)
    if asked.view is View.TRASH:
        found = trash(wanted).order_by("slot__starts_at", "slot_id", "pk")
    else:
        found = bookings_wanted(wanted, asked.window(frame.zone, now=frame.now))
    return found.iterator(chunk_size=ROWS_AT_ONCE)


def _sent(
    lines: Iterator[str] | Iterator[bytes], frame: Frame, content_type: str, ending: str
) -> StreamingHttpResponse:
    name = f"{frame.visit.account.name}-{_named(frame.now)}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(lines, content_type=content_type, headers=headers)


def _named(now: datetime) -> str:
    return f"{now:%Y-%m-%d}"
