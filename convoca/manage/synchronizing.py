"""How schedules stand with calendars, for the pages of Supervise > Synchronize."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse

from convoca.booking.models import Account, Booking, Connection, Publication, Schedule
from convoca.booking.questions.publishing import changed_by_hand, is_in_use, progress_of
from convoca.booking.wording import clock_text
from convoca.manage import sync_phrases as say
from convoca.manage.phrases import Words, moment
from convoca.providers.google import GoogleCalendar
from convoca.providers.google.account import died_of_test_mode

PROVIDER = GoogleCalendar.id
EVERY_TWO_SECONDS = "every 2s"
# No application that was published has grants that end so soon.
TEST_MODE = timedelta(days=8)


@dataclass(frozen=True, kw_only=True)
class GoogleAccount:
    """One Google account that was connected to this account."""

    pk: int
    who: str
    words: str
    is_open: bool
    is_in_use: bool
    test_mode: str


@dataclass(frozen=True, kw_only=True)
class ProgressBlock:
    """How far the copying is, and asked again while it goes on."""

    address: str
    poll: str
    seen: str
    text: str
    notes: Sequence[str]
    done: int
    of: int


@dataclass(frozen=True, kw_only=True)
class ChangedEvent:
    """An event that somebody deleted or changed in the calendar, and where the owner goes with it."""

    pk: int
    what: str
    when: str
    said: str
    is_gone: bool
    cancel: str


def google_accounts(account: Account, *, now: datetime) -> list[GoogleAccount]:
    """Return the Google accounts that were connected and not given up, in the order in which they were."""
    states = [Connection.State.OPEN, Connection.State.NEEDS_OWNER]
    connections = Connection.objects.filter(account=account, provider=PROVIDER, state__in=states)
    return [_google_account(each, now=now) for each in connections.select_related("grant").order_by("pk")]


def _google_account(connection: Connection, *, now: datetime) -> GoogleAccount:
    is_open = connection.state == Connection.State.OPEN
    return GoogleAccount(
        pk=connection.pk,
        who=say.who(connection),
        words="" if is_open else _lost(connection),
        is_open=is_open,
        is_in_use=is_in_use(connection, now=now),
        test_mode=say.test_mode() if is_of_test_mode(connection) else "",
    )


def _lost(connection: Connection) -> str:
    return say.box_unticked() if "/auth/" in connection.reason else say.access_ended()


def is_of_test_mode(connection: Connection) -> bool:
    """Say whether the installation's application at Google was never published: by Google's word, or by the end."""
    grant = connection.grant
    if grant is not None and grant.ends_at is not None and connection.connected_at is not None:
        return grant.ends_at - connection.connected_at <= TEST_MODE
    lost = connection.state == Connection.State.NEEDS_OWNER and "/auth/" not in connection.reason
    if not lost or connection.connected_at is None or connection.last_ok_at is None:
        return False
    return died_of_test_mode(consented_at=connection.connected_at, lost_at=connection.last_ok_at)


def standing_of(schedule: Schedule) -> Words:
    return say.standing(schedule, schedule.calendar.connection if schedule.calendar else None)


def progress_block(account: Account, schedule: Schedule, *, now: datetime) -> ProgressBlock | None:
    """Return how far the copying is; None if nothing is published."""
    if schedule.calendar_id is None:
        return None
    progress = progress_of(schedule, now=now)
    notes = []
    if progress.again_at is not None:
        notes.append(say.slowed_down(clock_text(progress.again_at, account.time_zone)))
    if progress.refused:
        notes.append(say.refused(progress.refused))
    return ProgressBlock(
        address=reverse("manage:publication-progress", args=[account.name, schedule.slug]),
        poll=EVERY_TWO_SECONDS if progress.is_moving else "",
        seen=f"{progress.done}-{progress.total}-{progress.refused}-{int(progress.is_moving)}",
        text=say.progress(progress, is_class=schedule.is_capacity) if progress.total else "",
        notes=notes,
        done=progress.done,
        of=progress.total,
    )


def changed_events(account: Account, schedule: Schedule, *, now: datetime) -> list[ChangedEvent]:
    """Return the schedule's events that somebody deleted or changed in the calendar, the soonest first."""
    events = changed_by_hand(account, now=now).filter(slot__schedule=schedule)
    return [_changed(account, schedule, event) for event in events]


def _changed(account: Account, schedule: Schedule, event: Publication) -> ChangedEvent:
    slot = event.slot
    return ChangedEvent(
        pk=event.pk,
        what=slot.title or schedule.name,
        when=moment(slot.starts_at, account.time_zone),
        said=say.changed_by_hand(event),
        is_gone=event.observed == Publication.Observed.GONE,
        cancel=_cancel_address(account, schedule, event),
    )


def _cancel_address(account: Account, schedule: Schedule, event: Publication) -> str:
    """Return where what the event stands for is cancelled: the slot of a class, or the booking."""
    if schedule.is_capacity:
        return reverse("manage:cancel-slot", args=[account.name, schedule.slug, event.slot_id])
    booked = Booking.objects.filter(account=account, slot=event.slot_id, status=Booking.Status.CONFIRMED)
    number = booked.order_by("pk").values_list("pk", flat=True).first()
    return reverse("manage:cancel", args=[account.name, number]) if number else ""
