"""What others change in a calendar into which we write: asked for now and then, and at once when the vendor says so.

Nothing that is read here is believed: an event that is not as we left it is doubted, and a worker reads the truth.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.tasks import task
from django.utils import timezone

from convoca.booking.models import Calendar, Connection, Publication, Resource, Schedule, Sealed
from convoca.booking.operations.ending import goes_on
from convoca.booking.operations.granting import NoTokenNow
from convoca.booking.operations.leasing import LEASE, unleased
from convoca.booking.operations.provisioning import provision_due
from convoca.booking.operations.reaching import reach
from convoca.booking.operations.vendors import calendars_at
from convoca.providers.calendars import Changes, Channel, EventFacts, SyncLost
from convoca.providers.contract import Gone, OutcomeLost, ProviderError

log = structlog.get_logger(__name__)

# Where the vendor cannot tell us, and where it can: its notices are not promised to arrive.
READ_EVERY = timedelta(minutes=10)
READ_EVERY_THOUGH_TOLD = timedelta(hours=1)
# A reading that failed, or whose worker died, is made again.
READ_AGAIN = timedelta(minutes=5)

# A channel ends by itself, within about a week, and is never renewed: another one is opened before.
OPENED_BEFORE_END = timedelta(days=1)


@task()
def read_due() -> None:
    """Read the changes in every calendar that is due for it, until none is left."""
    while goes_on() and read_next(now=timezone.now()):
        continue


def calendars_to_read(*, now: datetime) -> QuerySet[Calendar]:
    """Return the calendars whose changes may be read now."""
    free = Q(connection__blocked_until__isnull=True) | Q(connection__blocked_until__lte=now)
    open_ones = Q(connection__state=Connection.State.OPEN, connection__grant__isnull=False)
    return Calendar.objects.filter(free, open_ones, unleased(), read_due_at__lte=now).order_by("read_due_at")


def read_next(*, now: datetime) -> bool:
    """Read the changes in one calendar. Return whether there was one."""
    calendar = calendars_to_read(now=now).select_related("connection__grant").first()
    if calendar is None:
        return False
    key = uuid.uuid4()
    mine = Calendar.objects.filter(unleased(), pk=calendar.pk, read_due_at=calendar.read_due_at)
    if mine.update(claim=key, lease_until=Now() + LEASE, read_due_at=now + READ_AGAIN):
        if is_written(calendar):
            _read(calendar, now=now)
        else:
            Calendar.objects.filter(pk=calendar.pk).update(read_due_at=None)
        Calendar.objects.filter(pk=calendar.pk, claim=key).update(claim=None, lease_until=None)
    return True


def is_written(calendar: Calendar) -> bool:
    """Say whether we write into it, or have events there that are still wanted."""
    return (
        Schedule.objects.filter(calendar=calendar).exists()
        or Resource.objects.filter(calendar=calendar).exists()
        or Publication.objects.filter(calendar=calendar, wanted=Publication.Wanted.PRESENT).exists()
    )


def _read(calendar: Calendar, *, now: datetime) -> None:
    try:
        is_told = _open_channel(calendar, now=now)
        changes = _changes(calendar, now=now)
    except Gone:
        # Whatever we have there is gone with it: each event is looked at by itself.
        doubt_all(calendar, now=now)
        return
    except (ProviderError, OutcomeLost, NoTokenNow) as error:
        log.info("changes not read", calendar=calendar.pk, error=type(error).__name__)
        return
    doubted = _doubt(calendar, changes.events, now=now)
    again = now + (READ_EVERY_THOUGH_TOLD if is_told else READ_EVERY)
    Calendar.objects.filter(pk=calendar.pk).update(
        sync_token=Sealed.seal(changes.sync_token), read_at=now, read_due_at=again
    )
    log.info("changes read", calendar=calendar.pk, doubted=doubted)


def _changes(calendar: Calendar, *, now: datetime) -> Changes:
    """Return what changed since the last reading; all that is ours, where the vendor has forgotten our place."""
    provider, application = calendars_at(calendar.connection)
    place = calendar.sync_token.open()

    def asking(sync_token: str) -> Changes:
        return reach(
            calendar.connection,
            lambda token: provider.changes(
                calendar.remote_id, sync_token=sync_token, since=now, application=application, token=token
            ),
            now=now,
        )

    try:
        return asking(place)
    except SyncLost:
        # What was deleted meanwhile is in no list any more.
        doubt_all(calendar, now=now)
        return asking("")


def _doubt(calendar: Calendar, events: Sequence[EventFacts], *, now: datetime) -> int:
    """Have looked at those of our events that are not as we left them; of our own changes there is nothing to learn."""
    told = {each.key.event_id: each for each in events}
    ours = _standing(calendar).filter(remote_id__in=told)
    strange = [each.pk for each in ours if _is_strange(each, told[each.remote_id])]
    return _have_looked_at(Publication.objects.filter(pk__in=strange), now=now)


def doubt_all(calendar: Calendar, *, now: datetime) -> int:
    """Have all events of the calendar looked at that are still to come."""
    return _have_looked_at(_standing(calendar).filter(slot__ends_at__gt=now), now=now)


def _standing(calendar: Calendar) -> QuerySet[Publication]:
    return Publication.objects.filter(
        calendar=calendar, wanted=Publication.Wanted.PRESENT, observed=Publication.Observed.PRESENT
    )


def _is_strange(event: Publication, told: EventFacts) -> bool:
    if told.is_cancelled:
        return True
    said = {
        "title": told.title,
        "location": told.location,
        "starts_at": told.starts_at.isoformat() if told.starts_at else None,
        "ends_at": told.ends_at.isoformat() if told.ends_at else None,
    }
    return any(value is not None and event.sent.get(name, value) != value for name, value in said.items())


def _have_looked_at(events: QuerySet[Publication], *, now: datetime) -> int:
    doubted = Publication.objects.filter(pk__in=list(events.values_list("pk", flat=True)))
    number = doubted.update(doubted_at=now, due_at=now)
    if number:
        provision_due.enqueue()
    return number


def _open_channel(calendar: Calendar, *, now: datetime) -> bool:
    """Have the vendor tell us of changes, where it can reach us; return whether it does."""
    address = f"{settings.BASE_URL}/hooks/{calendar.connection.provider}"
    if not address.startswith("https://"):
        return False
    if calendar.channel_until is not None and calendar.channel_until > now + OPENED_BEFORE_END:
        return True
    provider, application = calendars_at(calendar.connection)
    name = str(uuid.uuid4())
    try:
        channel = reach(
            calendar.connection,
            lambda token: provider.watch(
                calendar.remote_id, channel_id=name, address=address, application=application, token=token
            ),
            now=now,
        )
    except (ProviderError, OutcomeLost) as error:
        log.info("no channel opened", calendar=calendar.pk, error=type(error).__name__)
        return False
    before = calendar.channel
    Calendar.objects.filter(pk=calendar.pk).update(
        channel=channel.id, channel_resource=channel.resource_id, channel_until=channel.expires_at
    )
    if before is not None:
        _close_channel(calendar, str(before), now=now)
    return True


def _close_channel(calendar: Calendar, name: str, *, now: datetime) -> None:
    """End a channel that another one has replaced. If that fails, it ends by itself, and tells what we know."""
    provider, application = calendars_at(calendar.connection)
    old = Channel(id=name, resource_id=calendar.channel_resource, expires_at=now)
    try:
        reach(calendar.connection, lambda token: provider.stop(old, application=application, token=token), now=now)
    except (ProviderError, OutcomeLost) as error:
        log.info("channel not stopped", calendar=calendar.pk, error=type(error).__name__)


def heed_calendar(channel: str, *, now: datetime) -> int:
    """Have the calendar read at once that a vendor's notice is about; return how many that are."""
    try:
        name = uuid.UUID(channel)
    except ValueError:
        return 0
    told = Calendar.objects.filter(channel=name)
    read = told.filter(read_due_at__isnull=False).update(read_due_at=now)
    asked = told.filter(busy_due_at__isnull=False).update(busy_due_at=now)
    return max(read, asked)


def find_unread(*, now: datetime) -> None:
    """Have read what nobody reads although something is written there: a hand in the database may leave that."""
    own = Schedule.objects.filter(calendar=OuterRef("pk"))
    Calendar.objects.filter(Exists(own), read_due_at__isnull=True).update(read_due_at=now)
