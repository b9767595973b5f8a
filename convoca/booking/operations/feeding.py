"""Making, showing and revoking the secret addresses under which calendar programs find bookings; each is noted."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from convoca.booking.models import AuditEntry, Feed, Membership, Resource, Schedule, Sealed
from convoca.booking.operations.addresses import digest, new_token
from convoca.booking.operations.auditing import Verb, acting, note_person
from convoca.booking.operations.refusals import NotOffered, TooManyFeeds
from convoca.booking.questions.feeds import feeds_of, reader_of

# For each device and each thing to follow one; more is a program that has gone wild.
MOST_FEEDS = 30


@dataclass(frozen=True, kw_only=True)
class Following:
    """What a feed is about: a schedule, a resource, or with neither the person's own bookings; and what it tells."""

    schedule: Schedule | None = None
    resource: Resource | None = None
    has_names: bool = False
    has_links: bool = False


def make_feed(person: Membership, following: Following, *, now: datetime) -> Feed:
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
        _note(Verb.FEED_MADE, feed, now=now)
    return feed


def look_at_feed(person: Membership, number: int, *, now: datetime) -> Feed | None:
    """Return one of the person's feeds, whose address they want to read; None if they have none such."""
    feed = feeds_of(person).filter(pk=number).first()
    if feed is not None:
        _note(Verb.FEED_SHOWN, feed, now=now)
    return feed


def revoke_feed(person: Membership, number: int, *, now: datetime) -> bool:
    """Let one of the person's feeds be found no more; return whether they had it."""
    with transaction.atomic():
        feed = feeds_of(person).select_for_update(no_key=True, of=("self",)).filter(pk=number).first()
        if feed is None:
            return False
        _note(Verb.FEED_REVOKED, feed, now=now)
        feed.delete()
    return True


def _note(verb: AuditEntry.Verb, feed: Feed, *, now: datetime) -> None:
    """Add a line that says what the feed is about: a schedule by its address, a resource by its number."""
    person = feed.membership
    about = feed.schedule.slug if feed.schedule else f"#{feed.resource_id}" if feed.resource_id else ""
    note_person(verb, by=acting(person), account=feed.account, person=person, fields=about, now=now)
