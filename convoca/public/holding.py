"""Whoever holds the address of a booking: what every view of /b/ and /j/ begins with."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Concatenate

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from convoca.booking.manner import speak_for
from convoca.booking.models import Booking
from convoca.booking.operations.auditing import ATTENDEE, Actor
from convoca.booking.questions.bookings import booking_by_join_token, booking_by_token
from convoca.booking.questions.permissions import is_barred, may_change
from convoca.booking.questions.viewers import Viewer, token_holder
from convoca.public.answers import bad_link


@dataclass(frozen=True, kw_only=True)
class Hand(ABC):
    """Who has a booking in hand, to look at it or to change it, and when that is."""

    booking: Booking
    now: datetime

    @property
    @abstractmethod
    def viewer(self) -> Viewer: ...

    @property
    @abstractmethod
    def by(self) -> Actor:
        """Who the trail says it was."""

    @property
    def whose(self) -> str:
        """The name of whose booking it is, if it is not one's own."""
        return ""

    @property
    @abstractmethod
    def time_zone(self) -> str:
        """Whose clocks the times are shown by."""

    @property
    @abstractmethod
    def page_address(self) -> str:
        """Where they come from, and go back to."""

    @property
    @abstractmethod
    def moved_address(self) -> str:
        """Where they read that the booking has moved."""

    @property
    @abstractmethod
    def change_address(self) -> str: ...

    @property
    @abstractmethod
    def cancel_address(self) -> str: ...

    @property
    def may_change(self) -> bool:
        """Whether they may move or cancel it, as far as the schedule lets its users; limits of time come on top."""
        return may_change(self.viewer, self.booking, self.booking.slot.schedule)

    @property
    def may_edit(self) -> bool:
        """Whether they may correct whose it is: always of their own, unless they have been blocked."""
        return not self.is_barred

    @property
    def is_barred(self) -> bool:
        """Whether the person has been blocked: they read on, and change nothing, however they hold the address."""
        return is_barred(self.booking)


@dataclass(frozen=True, kw_only=True)
class Held(Hand):
    """A booking in the hands of whoever has its address, and the token by which it was found."""

    token: str

    @property
    def viewer(self) -> Viewer:
        return token_holder(self.booking)

    @property
    def by(self) -> Actor:
        return ATTENDEE

    @property
    def time_zone(self) -> str:
        return self.booking.time_zone

    @property
    def page_address(self) -> str:
        return reverse("booking", args=[self.token])

    @property
    def moved_address(self) -> str:
        return f"{self.page_address}?moved=1"

    @property
    def change_address(self) -> str:
        return reverse("booking_change", args=[self.token])

    @property
    def cancel_address(self) -> str:
        return reverse("booking_cancel", args=[self.token])


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
        speak_for(booking.account)
        return view(request, Held(booking=booking, token=token, now=timezone.now()), *args, **kwargs)

    return held_view
