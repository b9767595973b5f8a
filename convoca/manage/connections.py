"""How an account stands with one vendor: its schedules, and what became of credentials that were given up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from convoca.booking.models import Account, AuditEntry, Connection, Schedule
from convoca.booking.operations.connecting import is_shown_as_connected
from convoca.booking.questions.given_up import left_behind, left_waiting, links_left
from convoca.manage import phrases
from convoca.manage.existing import ExistingBlock, blocks_of
from convoca.manage.plan_warnings import length_warnings, overlap_warnings
from convoca.manage.policy import Visit
from convoca.manage.supervise_phrases import who_did
from convoca.providers.contract import ConnectedProvider

LINES_OF_TRAIL = 10


@dataclass(frozen=True, kw_only=True)
class ScheduleRow:
    """One schedule on the vendor's page."""

    name: str
    slug: str
    words: phrases.Words
    warning: str
    existing: ExistingBlock | None
    connection: Connection | None
    needs_owner: bool
    connection_id: int

    @property
    def is_connected(self) -> bool:
        return self.connection is not None


@dataclass(frozen=True, kw_only=True)
class ReceiptLine:
    """One thing that is done, or still to be done."""

    text: str
    is_done: bool


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What became of the credentials. `progress` names how far it is, `by_hand` where the owner must act.

    `waiting` says how many bookings were left without a link; `history` is the trail of this connection.
    """

    progress: str
    title: str
    lines: Sequence[ReceiptLine]
    is_moving: bool
    unreachable: str
    by_hand: str
    address: str
    waiting: str
    history: Sequence[str]


def rows_of(visit: Visit, provider: ConnectedProvider, *, now: datetime) -> list[ScheduleRow]:
    """Return a row for each schedule of the account, in its order.

    Two queries, however many; more where the plan has limits, or something could be done for what is booked.
    """
    schedules = Schedule.objects.filter(account=visit.account, closing_at__isnull=True).select_related("connection")
    listed = list(schedules.order_by("position", "pk"))
    connected = [schedule for schedule in listed if is_shown_as_connected(schedule, provider.id)]
    existing = blocks_of(visit.account, connected, now=now)
    return [_row(schedule, provider, existing.get(schedule.pk), now=now) for schedule in listed]


def _row(
    schedule: Schedule, provider: ConnectedProvider, existing: ExistingBlock | None, *, now: datetime
) -> ScheduleRow:
    connection = schedule.connection if is_shown_as_connected(schedule, provider.id) else None
    return ScheduleRow(
        name=schedule.name,
        slug=schedule.slug,
        words=phrases.connection_words(connection, provider),
        warning=" ".join(length_warnings(schedule, now=now)) if connection else "",
        existing=existing,
        connection=connection,
        needs_owner=connection is not None and connection.state == Connection.State.NEEDS_OWNER,
        connection_id=connection.pk if connection is not None else 0,
    )


def warnings_of(rows: Sequence[ScheduleRow], account: Account, *, now: datetime) -> list[str]:
    """Return what is to be said of each host of these rows whose meetings meet."""
    hosts = {row.connection.pk: row.connection for row in rows if row.connection is not None}
    return overlap_warnings(list(hosts.values()), time_zone=account.time_zone, now=now)


def receipt_of(account: Account, provider: ConnectedProvider) -> Receipt | None:
    """Return what became of the connection that was given up last, or None if none was since it was made."""
    connection = (
        Connection.objects.filter(account=account, provider=provider.id, closing_at__isnull=False)
        .order_by("-closing_at")
        .first()
    )
    if connection is None:
        return None
    wiped, closed = connection.wiped_at is not None, connection.state == Connection.State.CLOSED
    withdrawn = connection.withdrawn_at is not None
    return Receipt(
        progress=f"{connection.pk}-{connection.state}-{int(wiped)}-{int(withdrawn)}",
        title=gettext("{provider} disconnected").format(provider=provider.name),
        lines=_lines(connection, provider, account.time_zone),
        is_moving=not closed,
        unreachable=_unreachable(provider) if wiped and not withdrawn else "",
        by_hand=provider.consents_page,
        address=gettext("{provider} app page").format(provider=provider.name),
        waiting=_waiting(connection) if wiped else "",
        history=[_in_trail(entry, account.time_zone) for entry in _trail(connection)],
    )


def _waiting(connection: Connection) -> str:
    found = left_waiting(connection, now=timezone.now()).values_list("slot__schedule__kind", flat=True)
    n, kinds = len(found), set(found)
    if not n:
        return ""
    sentence = (
        ngettext("{n} slot was waiting for a link.", "{n} slots were waiting for a link.", n)
        if Schedule.Kind.CAPACITY in kinds
        else ngettext("{n} booking was waiting for a link.", "{n} bookings were waiting for a link.", n)
    )
    return sentence.format(n=n)


def _trail(connection: Connection) -> QuerySet[AuditEntry]:
    """Return the last lines of what was done with this connection."""
    entries = AuditEntry.objects.filter(account_id=connection.account_id, connection=connection)
    return entries.select_related("membership__user").order_by("-pk")[:LINES_OF_TRAIL]


def _in_trail(entry: AuditEntry, time_zone: str) -> str:
    at = phrases.moment(entry.at, time_zone)
    return f"{at} · {entry.get_verb_display()} · {who_did(entry)}"


def _lines(connection: Connection, provider: ConnectedProvider, time_zone: str) -> list[ReceiptLine]:
    lines = [_deleted(connection, time_zone)]
    if connection.was_revoked and connection.wiped_at is not None:
        sentence = gettext("{provider} had already withdrawn access").format(provider=provider.name)
        lines.append(ReceiptLine(text=sentence, is_done=True))
    elif connection.withdrawn_at is not None:
        sentence = gettext("Access withdrawn at {provider} · {time}").format(
            provider=provider.name, time=phrases.moment(connection.withdrawn_at, time_zone)
        )
        lines.append(ReceiptLine(text=sentence, is_done=True))
    elif connection.wiped_at is None:
        sentence = gettext("Access is being withdrawn at {provider}").format(provider=provider.name)
        lines.append(ReceiptLine(text=sentence, is_done=False))
    if connection.wiped_at is not None and (left := links_left(connection, now=timezone.now()).count()):
        sentence = ngettext(
            "{n} existing meeting still works; nobody can change it from here",
            "{n} existing meetings still work; nobody can change them from here",
            left,
        )
        lines.append(ReceiptLine(text=sentence.format(n=left), is_done=True))
    if connection.wiped_at is not None and (left := left_behind(connection, now=timezone.now()).count()):
        sentence = ngettext(
            "{n} meeting that nobody needs any more could not be deleted in time; delete it at {provider}",
            "{n} meetings that nobody needs any more could not be deleted in time; delete them at {provider}",
            left,
        )
        lines.append(ReceiptLine(text=sentence.format(n=left, provider=provider.name), is_done=False))
    return lines


def _deleted(connection: Connection, time_zone: str) -> ReceiptLine:
    if connection.wiped_at is None:
        return ReceiptLine(text=gettext("Credentials are being deleted"), is_done=False)
    sentence = gettext("Credentials deleted from this server · {time}")
    return ReceiptLine(text=sentence.format(time=phrases.moment(connection.wiped_at, time_zone)), is_done=True)


def _unreachable(provider: ConnectedProvider) -> str:
    return gettext("Credentials are deleted here. {provider} did not answer; remove our access there too:").format(
        provider=provider.name
    )
