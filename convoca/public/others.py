"""What people see of the bookings of others: nothing, that a time is taken, whose it is, or all but the link.

Nobody reads an e-mail address in full here, and a meeting link or the superusers' own field not at all.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext

from convoca.booking.asking import label_of
from convoca.booking.models import Booking, FormField, Resource, Schedule, Slot, Visibility
from convoca.booking.questions.hours import busy_times
from convoca.booking.questions.permissions import TELLING
from convoca.booking.questions.theirs import BOOKED
from convoca.core.time import Interval
from convoca.public.choices import Offer, Taken


@dataclass(frozen=True, kw_only=True)
class Other:
    """Somebody's booking as far as it may be seen. What may not is empty. `answers` are by the form's keys."""

    slot_id: int | None
    starts_at: datetime
    ends_at: datetime
    name: str = ""
    email: str = ""
    quantity: int = 1
    answers: Mapping[str, str] = field(default_factory=dict)


def others_between(
    schedule: Schedule,
    window: Interval,
    sees: Visibility,
    *,
    resource: Resource | None = None,
    asked: Sequence[FormField] = (),
) -> list[Other]:
    """Return what is taken of a resource or service schedule and starts in `window`, in order.

    At most two queries. Of one `resource`, also what other schedules have taken, though not by whom.
    """
    if sees == Visibility.NOTHING:
        return []
    bookings = Booking.objects.filter(
        account_id=schedule.account_id,
        # Said of the slot as well, whose index begins with it: else PostgreSQL reads all that there ever was.
        slot__account_id=schedule.account_id,
        slot__schedule=schedule,
        slot__starts_at__gte=window.starts_at,
        slot__starts_at__lt=window.ends_at,
        slot__cancelled_at__isnull=True,
        status__in=BOOKED,
    )
    if resource is not None:
        bookings = bookings.filter(slot__occupancies__resource=resource)
    found = [seen(each, sees, asked) for each in bookings.select_related("slot")]
    if resource is not None:
        known = {each.starts_at for each in found}
        for taken in busy_times(schedule.account_id, [resource.pk], span=window).get(resource.pk, []):
            if taken.starts_at not in known and taken.starts_at >= window.starts_at:
                found.append(Other(slot_id=None, starts_at=taken.starts_at, ends_at=taken.ends_at))
    return sorted(found, key=lambda each: each.starts_at)


def others_in(slots: Collection[Slot], sees: Visibility, *, asked: Sequence[FormField] = ()) -> list[Other]:
    """Return who has places in these sessions of one account, in the order in which they signed up. One query."""
    if sees not in TELLING or not slots:
        return []
    bookings = Booking.objects.filter(
        account_id__in={slot.account_id for slot in slots}, slot__in=[slot.pk for slot in slots], status__in=BOOKED
    )
    return [seen(each, sees, asked) for each in bookings.select_related("slot").order_by("pk")]


def seen(booking: Booking, sees: Visibility, asked: Sequence[FormField]) -> Other:
    """Return as much of a booking as may be seen."""
    shows_all = sees == Visibility.EVERYTHING
    answers = {each.key: str(getattr(booking, each.key)) for each in asked} if shows_all else {}
    return Other(
        slot_id=booking.slot_id,
        starts_at=booking.slot.starts_at,
        ends_at=booking.slot.ends_at,
        name=booking.name if sees in TELLING else "",
        email=masked(booking.email) if shows_all and booking.email else "",
        quantity=booking.quantity,
        answers={key: answer for key, answer in answers.items() if answer},
    )


def masked(email: str) -> str:
    """Return as much of an address as tells an acquaintance whose it is, and no program where to write."""
    local, _, domain = email.rpartition("@")
    return f"{local[:1]}…@{domain[:1]}…{domain[domain.rfind('.') :]}" if local else ""


def with_taken(offers: Sequence[Offer], others: Sequence[Other], asked: Sequence[FormField]) -> list[Offer]:
    """Return the offers and between them what is taken, in order. A start that is still on offer is not taken."""
    free = {each.starts_at for each in offers}
    taken = [
        Taken(each.starts_at, each.ends_at, lines_of(each, asked)) for each in others if each.starts_at not in free
    ]
    return sorted([*offers, *taken], key=lambda each: each.starts_at)


def lines_by_slot(others: Sequence[Other], asked: Sequence[FormField]) -> dict[int, Sequence[str]]:
    """Return who has a place, by session: all names in one line, or a line for each who is told of with more."""
    by_slot: defaultdict[int, list[Other]] = defaultdict(list)
    for each in others:
        if each.slot_id is not None:
            by_slot[each.slot_id].append(each)
    return {slot: _class_lines(its, asked) for slot, its in by_slot.items()}


def _class_lines(others: Sequence[Other], asked: Sequence[FormField]) -> Sequence[str]:
    if any(each.email for each in others):
        return [" · ".join(lines_of(each, asked)) for each in others]
    return [gettext("Signed up: {names}").format(names=", ".join(_name(each) for each in others))]


def lines_of(other: Other, asked: Sequence[FormField]) -> tuple[str, ...]:
    """Return who it is and what they have answered, a line each; nothing where only the time is told."""
    if not other.name:
        return ()
    told = [f"{label_of(each)}: {other.answers[each.key]}" for each in asked if each.key in other.answers]
    return (_name(other), *([other.email] if other.email else []), *told)


def _name(other: Other) -> str:
    return other.name if other.quantity == 1 else f"{other.name} ×{other.quantity}"
