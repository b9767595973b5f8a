"""Bookings made, changed and cancelled by programs, through the operations of the pages.

They share their addresses, and so the router, with those that are read.
"""

from http import HTTPStatus
from typing import Any

from django.http import HttpResponse

from convoca.api.bookings import router, told_to
from convoca.api.door import Caller, Keyed, NotYet, Wrong, point_to
from convoca.api.finding import booking_called, schedule_called
from convoca.api.heard import ANSWERS, actor_of, body_of, number_in, said_by
from convoca.api.said import BOOKING, wish_of
from convoca.api.schedules import WRONG
from convoca.api.told import BookingTold, Errors
from convoca.booking.models import Booking, Schedule
from convoca.booking.operations.ordering import Wish, call_off, order, reorder

TEXTS = ("start", "finish", "full_name", "email", *ANSWERS)
BODY = body_of(
    "booking",
    dict.fromkeys(TEXTS, "string") | dict.fromkeys(("resource_id", "slot_id", "quantity"), "integer"),
    call={"schedule_id": "integer", "user_id": "string", "webhook": "boolean"},
)


@router.post(
    "/bookings.json",
    response={201: str, 422: Errors, 501: Errors, **WRONG},
    url_name="create-booking",
    openapi_extra=BODY,
)
def create_booking(request: Keyed) -> HttpResponse:
    """Book, and answer with the new booking's address. Other programs are told if `webhook` is true."""
    caller, said = request.auth, said_by(request, BOOKING)
    number = number_in("schedule_id", said.call.get("schedule_id"))
    if number is None:
        raise Wrong("schedule_id is missing.")
    schedule = schedule_called(caller, number)
    _refuse_services(schedule)
    wish = wish_of(said, schedule, caller)
    _refuse_incomplete(wish, schedule)
    booking = order(schedule, wish, by=actor_of(caller, said), now=caller.now)
    return point_to(request, f"bookings/{booking.pk}", status=HTTPStatus.CREATED)


def _refuse_services(schedule: Schedule) -> None:
    if schedule.kind == Schedule.Kind.SERVICE:
        raise NotYet


def _refuse_incomplete(wish: Wish, schedule: Schedule) -> None:
    if schedule.is_capacity and wish.slot is None:
        raise Wrong("slot_id is missing.")
    if not schedule.is_capacity and wish.starts_at is None:
        raise Wrong("start is missing.")
    if wish.person is None and not wish.answers.get("email"):
        raise Wrong("email is missing.")
    if wish.person is None and not wish.answers.get("name"):
        raise Wrong("full_name is missing.")
    if wish.starts_at is not None and wish.ends_at is not None and wish.ends_at <= wish.starts_at:
        raise Wrong("finish must be after start.")


@router.api_operation(
    ["PUT", "POST"],
    "/bookings/{int:booking_id}.json",
    response={200: BookingTold, 422: Errors, 501: Errors, **WRONG},
    url_name="update-booking",
    exclude_unset=True,
    openapi_extra=BODY,
)
def update_booking(request: Keyed, booking_id: int) -> dict[str, Any]:
    """Change what is said of a booking, and leave the rest; another start or slot moves it, with its link."""
    caller, said = request.auth, said_by(request, BOOKING)
    booking = booking_called(caller, booking_id)
    _refuse_services(booking.slot.schedule)
    wish = wish_of(said, booking.slot.schedule, caller)
    reorder(booking, wish, by=actor_of(caller, said), now=caller.now)
    return _now(caller, booking_id)


@router.delete(
    "/bookings/{int:booking_id}.json",
    response={200: dict[str, str], 422: Errors, **WRONG},
    url_name="delete-booking",
)
def delete_booking(request: Keyed, booking_id: int) -> dict[str, str]:
    """Cancel a booking. Whoever booked is told by mail, as always."""
    caller, said = request.auth, said_by(request, BOOKING)
    call_off(booking_called(caller, booking_id), by=actor_of(caller, said), now=caller.now)
    return {}


def _now(caller: Caller, booking_id: int) -> dict[str, Any]:
    booking: Booking = booking_called(caller, booking_id)
    [told] = told_to(caller, [booking], with_slots=True)
    return told
