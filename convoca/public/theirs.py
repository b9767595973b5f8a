"""The bookings of others, in the hands of a user whom the schedule lets change everybody's.

They read of them what the schedule tells of others, and nothing that leads to a meeting: no link, no address of the
booking.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext

from convoca.booking.models import Booking, FormField
from convoca.booking.operations.auditing import Actor, acting
from convoca.booking.operations.cancelling import may_undo
from convoca.booking.questions.bookings import resources_of
from convoca.booking.questions.forms import asked_fields
from convoca.booking.questions.permissions import sees_of_others
from convoca.booking.questions.theirs import changed_by, theirs, theirs_coming
from convoca.booking.questions.viewers import Viewer
from convoca.public.booked import Booked, Standing, booked_words
from convoca.public.holding import Hand
from convoca.public.my import Home
from convoca.public.others import lines_of, seen

MOST_PK = 2**63

ON_A_PAGE = 20
# Who looks for more leafs through thousands.
LAST_PAGE = 500


@dataclass(frozen=True, kw_only=True)
class Theirs(Hand):
    """Somebody else's booking in the hands of a user who is at home here."""

    home: Home

    @property
    def viewer(self) -> Viewer:
        return self.home.viewer

    @property
    def by(self) -> Actor:
        return acting(self.home.person)

    @property
    def time_zone(self) -> str:
        return self.home.time_zone

    @property
    def page_address(self) -> str:
        return reverse("theirs", args=[self.home.account.name])

    @property
    def moved_address(self) -> str:
        return f"{self.page_address}?moved={self.booking.pk}"

    @property
    def cancelled_address(self) -> str:
        return f"{self.page_address}?cancelled={self.booking.pk}"

    @property
    def change_address(self) -> str:
        return reverse("their_change", args=[self.home.account.name, self.booking.pk])

    @property
    def cancel_address(self) -> str:
        return reverse("their_cancel", args=[self.home.account.name, self.booking.pk])

    @property
    def whose(self) -> str:
        return self.booking.name

    @property
    def may_undo(self) -> bool:
        """Whether it was this user who cancelled it, just now."""
        if not self.may_change or not may_undo(self.booking, now=self.now, by=self.by):
            return False
        last = self.booking.audit.order_by("-pk").first()
        return last is not None and last.membership_id == self.home.person.pk


@dataclass(frozen=True, kw_only=True)
class Line:
    """One booking of the list: what it is, with whom, whose, and what may be done."""

    page: Booked
    partner: str
    who: Sequence[str]
    status: str


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page of the list. How many there are in all is not counted: that takes longer the more there are."""

    bookings: Sequence[Booking]
    number: int
    has_next: bool

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def has_other_pages(self) -> bool:
        return self.has_previous or self.has_next

    @property
    def previous_page_number(self) -> int:
        return self.number - 1

    @property
    def next_page_number(self) -> int:
        return self.number + 1


def page_of(bookings: QuerySet[Booking], number: int) -> Page:
    """Return the page of that number, or the nearest that is shown. One query."""
    number = max(1, min(number, LAST_PAGE))
    first = (number - 1) * ON_A_PAGE
    found = list(bookings[first : first + ON_A_PAGE + 1])
    return Page(bookings=found[:ON_A_PAGE], number=number, has_next=len(found) > ON_A_PAGE and number < LAST_PAGE)


def find_theirs(home: Home, pk: int, *, now: datetime) -> Theirs:
    """Return somebody's booking that this user may change and that has not begun. Raises Http404."""
    coming = theirs_coming(home.viewer, changed_by(home.viewer), now=now)
    booking = coming.filter(pk=pk).first() if pk < MOST_PK else None
    if booking is None:
        raise Http404
    return Theirs(booking=booking, home=home, now=now)


def find_cancelled(home: Home, pk: int, *, now: datetime) -> Theirs | None:
    """Return the booking of somebody that this user has just cancelled and may take back; None if there is none."""
    cancelled = theirs(home.viewer, changed_by(home.viewer)).filter(status=Booking.Status.CANCELLED)
    booking = cancelled.filter(pk=pk).first() if pk < MOST_PK else None
    found = Theirs(booking=booking, home=home, now=now) if booking else None
    return found if found and found.may_undo else None


def lines(home: Home, bookings: Sequence[Booking], *, now: datetime) -> list[Line]:
    """Return the bookings in words. One query for their resources, and one for the questions of each schedule."""
    schedules = {booking.slot.schedule_id: booking.slot.schedule for booking in bookings}
    asked = {pk: asked_fields(schedule) for pk, schedule in schedules.items()}
    partners = resources_of(home.account.pk, [booking.slot for booking in bookings]) if bookings else {}
    return [
        _line(Theirs(booking=each, home=home, now=now), asked[each.slot.schedule_id], partners.get(each.slot_id, ""))
        for each in bookings
    ]


def _line(hand: Theirs, asked: Sequence[FormField], partner: str) -> Line:
    page, sees = booked_words(hand), sees_of_others(hand.viewer, hand.booking.slot.schedule)
    return Line(
        page=page,
        partner=partner,
        who=lines_of(seen(hand.booking, sees, asked), asked),
        status=gettext("Waiting for approval") if page.standing is Standing.REQUESTED else "",
    )
