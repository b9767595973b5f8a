"""Making and revoking the secret addresses under which calendar programs find bookings."""

from dataclasses import dataclass

from django.db import transaction

from convoca.booking.models import Feed, Membership, Resource, Schedule, Sealed
from convoca.booking.operations.addresses import digest, new_token
from convoca.booking.operations.refusals import NotOffered, TooManyFeeds
from convoca.booking.questions.feeds import reader_of

# For each device and each thing to follow one; more is a program that has gone wild.
MOST_FEEDS = 30


@dataclass(frozen=True, kw_only=True)
class Following:
    """What a feed is about: a schedule, a resource, or with neither the person's own bookings; and what it tells."""

    schedule: Schedule | None = None
    resource: Resource | None = None
    has_names: bool = False
    has_links: bool = False


def make_feed(person: Membership, following: Following) -> Feed:
    """Make a feed with a fresh secret address. Raises TooManyFeeds, or NotOffered for what they may not follow."""
    token = new_token()
    feed = Feed(
        account_id=person.account_id,
        membership=person,
        schedule=following.schedule,
        resource=following.resource,
        has_names=following.has_names,
        has_links=following.has_links,
        token=Sealed.seal(token),
        token_digest=digest(token),
    )
    if reader_of(feed) is None:
        raise NotOffered
    with transaction.atomic():
        held = Membership.objects.select_for_update(no_key=True).get(account=person.account_id, pk=person.pk)
        if Feed.objects.filter(account=held.account_id, membership=held).count() >= MOST_FEEDS:
            raise TooManyFeeds
        feed.save(force_insert=True)
    return feed


def revoke_feed(person: Membership, number: int) -> bool:
    """Let one of the person's feeds be found no more; return whether they had it."""
    deleted, _ = Feed.objects.filter(account=person.account_id, membership=person, pk=number).delete()
    return deleted > 0
