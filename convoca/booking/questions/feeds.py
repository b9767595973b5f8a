"""Calendars to subscribe to: whose they are, what they may show now, and what is in them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import QuerySet

from convoca.booking.models import Booking, Feed, Membership, Occupancy, Resource, Slot
from convoca.booking.questions.bookings import resources_of
from convoca.booking.questions.links import HIDDEN, Link, links_for
from convoca.booking.questions.viewers import Viewer, supervised_schedules, viewer_of

# A calendar shows what was a month ago, and what is booked for the next year.
BACK, AHEAD = timedelta(days=31), timedelta(days=400)
MOST_OCCASIONS = 2_000
TAKING_PLACE = (Booking.Status.CONFIRMED, Booking.Status.PENDING)


@dataclass(frozen=True, kw_only=True)
class Contents:
    """The occasions of a feed in their order, with what its reader may know of each, by the slot's id."""

    slots: Sequence[Slot]
    bookings: dict[int, list[Booking]] = field(default_factory=dict)
    links: dict[int, Link] = field(default_factory=dict)
    taken: dict[int, str] = field(default_factory=dict)

    def link_of(self, slot: Slot) -> Link:
        return self.links.get(slot.pk, HIDDEN)


def feed_by_token(token: str) -> Feed | None:
    """Return the feed of this address, or None. The token yields the account."""
    digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
    feeds = Feed.objects.select_related("account", "membership__user", "schedule", "resource")
    return feeds.filter(token_digest=digest).first()


def feeds_of(person: Membership) -> QuerySet[Feed]:
    """Return the feeds that a person has made, in that order."""
    feeds = Feed.objects.filter(account=person.account_id, membership=person)
    return feeds.select_related("account", "membership__user", "schedule", "resource")


def reader_of(feed: Feed) -> Viewer | None:
    """Return with whose eyes the feed is read; None if they may not see what it shows any more."""
    viewer = viewer_of(feed.account, feed.membership.user)
    if viewer.role in {None, Membership.Role.BLOCKED}:
        return None
    if feed.schedule is not None:
        is_ours = feed.schedule.account_id == feed.account_id and not feed.schedule.is_closing
        return viewer if is_ours and viewer.supervises(feed.schedule.pk) else None
    if feed.resource is not None:
        return viewer if any(each.pk == feed.resource_id for each in resources_to_follow(viewer)) else None
    return viewer


def resources_to_follow(viewer: Viewer) -> list[Resource]:
    """Return the resources whose occasions the viewer supervises, at least in part, by name."""
    schedules = [each.pk for each in supervised_schedules(viewer)]
    found = Resource.objects.filter(account_id=viewer.account_id, archived_at=None, schedules__in=schedules)
    of_services = Resource.objects.filter(
        account_id=viewer.account_id,
        archived_at=None,
        pk__in=Occupancy.objects.filter(account_id=viewer.account_id, slot__schedule__in=schedules).values("resource"),
    )
    return sorted({*found, *of_services}, key=lambda each: (each.name, each.pk))


def contents_of(feed: Feed, reader: Viewer, *, now: datetime) -> Contents:
    """Return what the feed shows its reader now; links only if it was made to show them and the reader may see them."""
    bookings = _own(feed) if feed.schedule_id is None and feed.resource_id is None else None
    slots = list(_window(_slots(feed, reader, bookings), now=now))
    if not slots:
        return Contents(slots=())
    by_slot: dict[int, list[Booking]] = {slot.pk: [] for slot in slots}
    whole = bookings if bookings is not None else Booking.objects.filter(account=feed.account_id)
    for booking in whole.filter(slot__in=slots, status__in=TAKING_PLACE).order_by("pk"):
        by_slot[booking.slot_id].append(booking)
    return Contents(
        slots=slots,
        bookings=by_slot,
        links=links_for(reader, slots, now=now) if feed.has_links else {},
        taken=resources_of(feed.account_id, slots),
    )


def _own(feed: Feed) -> QuerySet[Booking]:
    return Booking.objects.filter(membership=feed.membership_id, membership__account=feed.account_id)


def _slots(feed: Feed, reader: Viewer, own: QuerySet[Booking] | None) -> QuerySet[Slot]:
    slots = Slot.objects.filter(account=feed.account_id, cancelled_at=None)
    if own is not None:
        return slots.filter(pk__in=own.filter(status__in=TAKING_PLACE).values("slot"))
    if feed.schedule_id is not None:
        return slots.filter(schedule=feed.schedule_id)
    supervised = [each.pk for each in supervised_schedules(reader)]
    taken = Occupancy.objects.filter(account=feed.account_id, resource=feed.resource_id, released_at=None)
    return slots.filter(schedule__in=supervised, pk__in=taken.values("slot"))


def _window(slots: QuerySet[Slot], *, now: datetime) -> QuerySet[Slot]:
    near = slots.filter(starts_at__gte=now - BACK, starts_at__lt=now + AHEAD)
    return near.select_related("schedule", "service").order_by("starts_at", "pk")[:MOST_OCCASIONS]
