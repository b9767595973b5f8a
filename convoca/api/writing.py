"""Bookings made, changed and cancelled by programs, through the operations of the pages.

They share their addresses, and so the router, with those that are read.
"""

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from convoca.api.bookings import router, told_to
from convoca.api.door import Caller, Keyed, NotYet, api, refuse
from convoca.api.finding import booking_called, schedule_called
from convoca.api.said import Said, Wrong, said_by, wish_of
from convoca.api.schedules import WRONG
from convoca.api.told import BookingTold, Errors
from convoca.booking.models import Booking, Schedule
from convoca.booking.operations.auditing import Actor, acting
from convoca.booking.operations.ordering import Wish, call_off, order, reorder

# The client for .NET takes nothing or an object; all others read the address where they can find it.
TAKES_NO_TEXT = "DOTNET/"
ATTRIBUTES = {
    name: {"type": "string"}
    for name in (
        "start", "finish", "full_name", "email", "phone", "mobile", "address", "country", "field_1", "field_2",
        "super_field",
    )
} | {name: {"type": "integer"} for name in ("resource_id", "slot_id", "quantity")}  # fmt: skip
BODY = {
    "requestBody": {
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "schedule_id": {"type": "integer"},
                        "user_id": {"type": "string"},
                        "webhook": {"type": "boolean"},
                        "booking": {"type": "object", "properties": ATTRIBUTES, "additionalProperties": False},
                    },
                }
            }
        }
    }
}


@api.exception_handler(Wrong)
def _say_wrong(request: HttpRequest, error: Wrong | type[Wrong]) -> HttpResponse:
    return refuse(request, HTTPStatus.UNPROCESSABLE_ENTITY, *getattr(error, "titles", ()))


@router.post(
    "/bookings.json",
    response={201: str, 422: Errors, 501: Errors, **WRONG},
    url_name="bookings",
    openapi_extra=BODY,
)
def create_booking(request: Keyed) -> HttpResponse:
    """Book, and answer with the new booking's address. Other programs are told if `webhook` is true."""
    caller, said = request.auth, said_by(request)
    number = said.schedule_number()
    if number is None:
        raise Wrong("schedule_id is missing.")
    schedule = schedule_called(caller, number)
    _refuse_services(schedule)
    wish = wish_of(said, schedule, caller)
    _refuse_incomplete(wish, schedule)
    booking = order(schedule, wish, by=_actor(caller, said), now=caller.now)
    address = f"{settings.BASE_URL}/api/bookings/{booking.pk}.json"
    answer = api.create_response(request, address, status=HTTPStatus.CREATED)
    if TAKES_NO_TEXT in request.headers.get("user-agent", ""):
        answer.content = b""
    # Some clients look for it in lower case.
    answer["location"] = address
    return answer


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


def _actor(caller: Caller, said: Said) -> Actor:
    """Return who acts: the account, in its owner's name, and quietly unless other programs are to be told."""
    owner = acting(caller.viewer.membership)
    return Actor(owner.kind, owner.membership, is_quiet=not said.tells_webhooks)


@router.api_operation(
    ["PUT", "POST"],
    "/bookings/{int:booking_id}.json",
    response={200: BookingTold, 422: Errors, 501: Errors, **WRONG},
    url_name="booking",
    exclude_unset=True,
    openapi_extra=BODY,
)
def update_booking(request: Keyed, booking_id: int) -> dict[str, Any]:
    """Change what is said of a booking, and leave the rest; another start or slot moves it, with its link."""
    caller, said = request.auth, said_by(request)
    booking = booking_called(caller, booking_id)
    _refuse_services(booking.slot.schedule)
    wish = wish_of(said, booking.slot.schedule, caller)
    reorder(booking, wish, by=_actor(caller, said), now=caller.now)
    return _now(caller, booking_id)


@router.delete(
    "/bookings/{int:booking_id}.json",
    response={200: dict[str, str], 422: Errors, **WRONG},
    url_name="booking",
)
def delete_booking(request: Keyed, booking_id: int) -> dict[str, str]:
    """Cancel a booking. Whoever booked is told by mail, as always."""
    caller, said = request.auth, said_by(request)
    call_off(booking_called(caller, booking_id), by=_actor(caller, said), now=caller.now)
    return {}


def _now(caller: Caller, booking_id: int) -> dict[str, Any]:
    booking: Booking = booking_called(caller, booking_id)
    [told] = told_to(caller, [booking], with_slots=True)
    return told
