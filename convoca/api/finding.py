"""What a program names, found in its own account; what it may not have is as if it were not there."""

from django.http import Http404

from convoca.api.asked import MOST_ID
from convoca.api.door import Caller
from convoca.booking.models import Booking, Membership, Schedule
from convoca.booking.questions.permissions import Action, may, may_in_account

ADMINISTRATOR = "0"
OWN_KEY = "fk"


def schedule_called(caller: Caller, number: int) -> Schedule:
    """Return the schedule of that number whose bookings the caller supervises. Raises Http404."""
    schedule = Schedule.objects.filter(account=caller.account, pk=number).first() if number <= MOST_ID else None
    if schedule is None or not may(caller.viewer, Action.SUPERVISE, schedule):
        raise Http404
    schedule.account = caller.account
    return schedule


def schedules_for(caller: Caller) -> list[Schedule]:
    schedules = Schedule.objects.filter(account=caller.account, closing_at__isnull=True)
    return [schedule for schedule in schedules if may(caller.viewer, Action.SUPERVISE, schedule)]


def booking_called(caller: Caller, number: int) -> Booking:
    """Return the booking of that number, cancelled or not. Raises Http404."""
    bookings = Booking.objects.select_related("slot__schedule", "slot__service", "membership__user")
    booking = bookings.filter(account=caller.account, pk=number).first() if number <= MOST_ID else None
    if booking is None or not may(caller.viewer, Action.SUPERVISE, booking.slot.schedule):
        raise Http404
    booking.account = booking.slot.schedule.account = caller.account
    return booking


def person_called(caller: Caller, text: str) -> Membership | None:
    """Return the person whom a program calls so: by number, by its own key with "fk", by login name; 0 is the owner.

    None if nobody is called so. Raises Http404 for who may not know.
    """
    if not may_in_account(caller.viewer, Action.SEE_PEOPLE, caller.account):
        raise Http404
    if not text.isprintable():
        return None
    people = Membership.objects.filter(account=caller.account).select_related("user")
    if text == ADMINISTRATOR:
        return people.filter(role=Membership.Role.OWNER).first()
    if text.isascii() and text.isdigit():
        return people.filter(pk=int(text)).exclude(role=Membership.Role.OWNER).first() if _fits(text) else None
    if text.endswith(OWN_KEY) and text != OWN_KEY:
        found = people.filter(external_key=text.removesuffix(OWN_KEY)).first()
        if found is not None:
            return found
    return people.filter(login_name=text).first()


def _fits(digits: str) -> bool:
    return int(digits[:20]) <= MOST_ID
