"""Whoever holds the address of a booking: what every view of /b/ and /j/ begins with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Concatenate

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from convoca.booking.models import Booking
from convoca.booking.questions.bookings import booking_by_join_token, booking_by_token
from convoca.booking.questions.permissions import is_barred, may_change
from convoca.booking.questions.viewers import Viewer, token_holder
from convoca.public.answers import bad_link


@dataclass(frozen=True, kw_only=True)
class Held:
    """A booking, the token by which it was found, and when that was."""

    booking: Booking
    token: str
    now: datetime

    @property
    def viewer(self) -> Viewer:
        return token_holder(self.booking)

    @property
    def may_change(self) -> bool:
        """Whether they may move or cancel it, as far as the schedule lets its users; limits of time come on top."""
        return may_change(self.viewer, self.booking, self.booking.slot.schedule)

    @property
    def is_barred(self) -> bool:
        """Whether the person has been blocked: they read on, and change nothing, however they hold the address."""
        return is_barred(self.booking)


type View[**P] = Callable[Concatenate[HttpRequest, Held, P], HttpResponse]
# Django calls it with the token by keyword.
type Address = Callable[..., HttpResponse]


def for_holder[**P](view: View[P]) -> Address:
    """Find the booking by the token of /b/; say that the link is not valid if no booking has it."""
    return _found(view, booking_by_token)


def for_joiner[**P](view: View[P]) -> Address:
    """Find the booking by the token of /j/, as `for_holder` does."""
    return _found(view, booking_by_join_token)


def _found[**P](view: View[P], find: Callable[[str], Booking | None]) -> Address:
    @wraps(view)
    def held_view(request: HttpRequest, token: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        booking = find(token)
        if booking is None:
            return bad_link(request)
        return view(request, Held(booking=booking, token=token, now=timezone.now()), *args, **kwargs)

    return held_view
