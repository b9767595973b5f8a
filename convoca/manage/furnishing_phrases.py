"""What the owner reads of schedules, resources and services: whole sentences."""

from collections.abc import Sequence

from django.utils.translation import gettext, ngettext

from convoca.booking.models import Schedule
from convoca.booking.operations.furnishing import AddressTaken
from convoca.booking.wording import minutes_text


def schedule_made(schedule: Schedule) -> str:
    if schedule.is_capacity:
        return gettext("{schedule} is made. Now make its first slot.").format(schedule=schedule.name)
    return gettext(
        "{schedule} is made and can be booked. It is open Monday to Friday, 9:00 to 17:00, until you change that."
    ).format(schedule=schedule.name)


def address_taken(taken: AddressTaken) -> str:
    if taken.formerly:
        return gettext(
            "Another schedule had this address before, and links to it still lead there. Choose another one."
        )
    return gettext("Another schedule has this address. Choose another one.")


def address_reserved(word: str) -> str:
    return gettext("“{word}” is kept for pages of Convoca. Choose another address.").format(word=word)


def resources_added(names: list[str]) -> str:
    return gettext("On the list: {names}.").format(names=", ".join(names))


def resource_taken_off(name: str) -> str:
    return gettext("{resource} is off the list. Bookings already made stay as they are.").format(resource=name)


def resource_needed(name: str, services: Sequence[str]) -> str:
    sentence = ngettext(
        "{services} could not be given without {resource}. Change what it takes first. Nothing was changed.",
        "{services} could not be given without {resource}. Change what they take first. Nothing was changed.",
        len(services),
    )
    return sentence.format(services=", ".join(services), resource=name)


def takes(needs: Sequence[Sequence[str]]) -> str:
    """Return "Room 1; one of: Inés, Pablo": of each need one is taken."""
    parts = [need[0] if len(need) == 1 else gettext("one of: {names}").format(names=", ".join(need)) for need in needs]
    return "; ".join(parts)


def length_text(schedule: Schedule) -> str:
    """Say how long a booking of a resource schedule takes."""
    shortest, longest = minutes_text(schedule.length_minutes), minutes_text(schedule.longest_minutes)
    match schedule.length_kind:
        case Schedule.LengthKind.FIXED:
            return shortest
        case Schedule.LengthKind.CHOSEN:
            return gettext("{shortest} to {longest}, as who books chooses").format(shortest=shortest, longest=longest)
        case _:
            days = ngettext("One whole day", "Whole days, {n} at most", schedule.most_days)
            return days.format(n=schedule.most_days)
