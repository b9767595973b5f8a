"""The health page, put together: connections, meetings without link, questions, mails, warnings (J10, B5)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.urls import reverse
from django.utils.translation import gettext

from convoca.booking.models import Account, Booking, Incident, Meeting, Notification, Schedule, Slot
from convoca.booking.operations.answering import may_put_back
from convoca.booking.questions.health import Condition, ConnectionHealth
from convoca.booking.questions.plans import Warnings
from convoca.booking.questions.standing import Standing, standing_of
from convoca.booking.questions.unready import Remedy, Unready, whose
from convoca.booking.wording import day_text, span_text
from convoca.core.time import local_day
from convoca.manage import health_phrases as say
from convoca.manage.agenda import who_comes
from convoca.manage.mail_phrases import to_whom
from convoca.manage.phrases import Words, moment
from convoca.providers import provider_by_id
from convoca.providers.contract import Provider

# Rows of each list; whatever is mended makes room for the next.
ROWS_AT_MOST = 50
# Rows of meetings that one reconnection or mere time mends; the others are folded.
SHOWN_AT_ONCE = 5
OWN_SHOWN_AT_ONCE = 15


@dataclass(frozen=True, kw_only=True)
class Told:
    """An open incident of a connection: its owner has been told, and can ask for quiet."""

    id: int
    quiet: str


@dataclass(frozen=True, kw_only=True)
class ConnectionRow:
    id: int
    name: str
    provider: str
    who: str
    words: Sequence[Words]
    facts: Sequence[tuple[str, str]]
    said: str
    needs_reconnecting: bool
    repair: Words | None
    question: str
    incident: Told | None
    warnings: Sequence[str]
    is_moving: bool


@dataclass(frozen=True, kw_only=True)
class MeetingRow:
    """One occasion that needs something. `action` names its one button; `address` is where it is on its day."""

    id: int
    slot_id: int
    when: str
    who: str
    words: Words
    provider: str
    action: str
    connection_id: int
    address: str


@dataclass(frozen=True, kw_only=True)
class QuestionRow:
    id: int
    when: str
    who: str
    text: str
    provider: str
    was_deleted: bool
    may_put_back: bool
    cancel_address: str


@dataclass(frozen=True, kw_only=True)
class MailRow:
    booking_id: int
    name: str
    when: str
    reason: str
    is_to_attendee: bool


@dataclass(frozen=True, kw_only=True)
class Health:
    """All that the page shows."""

    summary: Words
    connections: Sequence[ConnectionRow]
    meetings: Sequence[MeetingRow]
    folded_meetings: Sequence[MeetingRow]
    more_meetings: int
    questions: Sequence[QuestionRow]
    mails: Sequence[MailRow]
    mails_held_up: str
    unheard: bool

    @property
    def is_moving(self) -> bool:
        return any(row.is_moving for row in self.connections)

    @property
    def digest(self) -> str:
        """Return what tells whether the live part is still as somebody sees it."""
        return sha256(repr((self.summary, self.connections)).encode()).hexdigest()[:16]


def health_of(account: Account, *, now: datetime) -> Health:
    """Return the whole page. The number of queries does not depend on how much there is to show."""
    standing = standing_of(account, at_most=ROWS_AT_MOST, now=now)
    found, deleted, changed = standing.unready, standing.deleted, standing.changed
    slots = [each.slot for each in found] + [meeting.slot for meeting in (*deleted, *changed)]
    people = whose(account.pk, slots)
    asked = [_question(each, account, people.get(each.slot_id, []), gone=True) for each in deleted[:ROWS_AT_MOST]]
    asked += [_question(each, account, people.get(each.slot_id, []), gone=False) for each in changed[:ROWS_AT_MOST]]
    open_rows, folded = _folded(found)
    return Health(
        summary=_summary(account, standing, now=now),
        connections=_connections(account, standing, now=now),
        meetings=[_meeting(each, account, people.get(each.slot.pk, [])) for each in open_rows],
        folded_meetings=[_meeting(each, account, people.get(each.slot.pk, [])) for each in folded],
        more_meetings=max(0, standing.unready_in_all - len(found)),
        questions=asked,
        mails=[_mail(each, account) for each in standing.undelivered],
        mails_held_up=say.held_up(standing.held_up) if standing.held_up else "",
        unheard=standing.unheard,
    )


def _summary(account: Account, standing: Standing, *, now: datetime) -> Words:
    return say.summary(
        in_need=standing.in_need,
        meetings=standing.to_do + len(standing.deleted) + len(standing.changed),
        mails=standing.undelivered_in_all + standing.held_up,
        repairing=standing.repairing,
        is_empty=not standing.connections,
        makes_links=Schedule.objects.filter(account=account).exclude(link_source=Schedule.NO_LINK).exists(),
        checked=_checked(standing.connections, account, now=now),
    )


def _folded(found: Sequence[Unready]) -> tuple[list[Unready], list[Unready]]:
    """Part what is shown at once from what is folded away.

    What needs an act of its own comes first, and much of it is shown; what waits for one reconnection or comes by
    itself fills up to a few rows.
    """
    own = [each for each in found if each.remedy not in {Remedy.WAIT, Remedy.RECONNECT}]
    others = [each for each in found if each.remedy in {Remedy.WAIT, Remedy.RECONNECT}]
    shown = max(SHOWN_AT_ONCE, min(len(own), OWN_SHOWN_AT_ONCE))
    return (own + others)[:shown], (own + others)[shown:]


def _checked(healths: Iterable[ConnectionHealth], account: Account, *, now: datetime) -> str:
    last = max((each.last_ok_at for each in healths if each.last_ok_at is not None), default=None)
    return say.ago(last, account.time_zone, now=now) if last else ""


def _connections(account: Account, standing: Standing, *, now: datetime) -> list[ConnectionRow]:
    used = [each.connection for each in standing.connections]
    open_now = Incident.objects.filter(account=account, closed_at__isnull=True, connection__in=used)
    incidents = {incident.connection_id: incident for incident in open_now.order_by("-pk")}
    return [
        _connection(
            each, account, incidents.get(each.connection.pk), standing.warnings.get(each.connection.pk), now=now
        )
        for each in standing.connections
    ]


def _connection(
    health: ConnectionHealth,
    account: Account,
    incident: Incident | None,
    warnings: Warnings | None,
    *,
    now: datetime,
) -> ConnectionRow:
    connection, zone = health.connection, account.time_zone
    provider = provider_by_id(connection.provider)
    needs_owner = health.condition is Condition.NEEDS_OWNER
    revoked_at = incident.opened_at if incident is not None and incident.kind == Incident.Kind.ACCESS else None
    # What is mended and only being waited out needs no more quiet.
    goes_on = health.condition is not Condition.WORKING or health.waiting > 0
    is_asked = connection.replaced_by is not None and health.belonging
    return ConnectionRow(
        id=connection.pk,
        name=provider.name,
        provider=provider.id,
        who=connection.email or connection.external_user,
        words=say.connection_words(health, revoked_at=revoked_at, time_zone=zone, now=now),
        facts=_facts(health, account, now=now),
        said=health.reason if needs_owner or health.condition is Condition.MISCONFIGURED else "",
        needs_reconnecting=needs_owner,
        repair=say.repaired(health.repair) if health.repair else None,
        question=say.another_account(connection, connection.replaced_by, health.belonging)
        if is_asked and connection.replaced_by
        else "",
        incident=_told(incident, zone, now=now) if incident is not None and goes_on else None,
        warnings=_warnings(warnings, provider, zone) if warnings else (),
        is_moving=health.condition is Condition.CLOSING
        or bool(health.coming)
        or (health.repair is not None and health.repair.is_moving),
    )


def _told(incident: Incident, time_zone: str, *, now: datetime) -> Told:
    until = incident.quiet_until
    return Told(id=incident.pk, quiet=say.quiet(until, time_zone) if until is not None and until > now else "")


def _facts(health: ConnectionHealth, account: Account, *, now: datetime) -> list[tuple[str, str]]:
    facts = []
    if health.schedules:
        facts.append((gettext("Schedules"), ", ".join(health.schedules)))
    if health.last_ok_at is not None:
        facts.append((gettext("Last success"), say.ago(health.last_ok_at, account.time_zone, now=now)))
    # What is used up is said above, with what waits because of it.
    if health.allowance is not None and not (health.is_open and health.is_used_up):
        facts.append((gettext("Today"), say.spent_today(health)))
    return facts


def _warnings(warnings: Warnings, provider: Provider, time_zone: str) -> list[str]:
    found = []
    limit = provider.capabilities.basic_plan_minutes
    if warnings.too_long and limit is not None:
        first = warnings.too_long[0].starts_at
        found.append(say.too_long(provider, len(warnings.too_long), limit=limit, first=first, time_zone=time_zone))
    if warnings.overlaps:
        overlap = warnings.overlaps[0]
        first, times = overlap.slots[-1].starts_at, len(warnings.overlaps)
        found.append(say.overlapping(provider, times, at_once=overlap.at_once, first=first, time_zone=time_zone))
    return found


def _when(slot: Slot, time_zone: str) -> str:
    day = day_text(local_day(slot.starts_at, time_zone), "short")
    return f"{day}, {span_text(slot.starts_at, slot.ends_at, time_zone)}"


def _on_its_day(slot: Slot, account: Account) -> str:
    day = local_day(slot.starts_at, account.time_zone)
    return f"{reverse('manage:today', args=[account.name])}?day={day.isoformat()}#slot-{slot.pk}"


def _meeting(unready: Unready, account: Account, bookings: Sequence[Booking]) -> MeetingRow:
    slot, meeting = unready.slot, unready.meeting
    provider = provider_by_id(meeting.provider if meeting else slot.link_source)
    return MeetingRow(
        id=meeting.pk if meeting else 0,
        slot_id=slot.pk,
        when=_when(slot, account.time_zone),
        who=who_comes(slot, bookings),
        words=say.why(unready, provider, account.time_zone),
        provider=provider.name,
        action=_action(unready),
        connection_id=(meeting.connection_id or 0) if meeting else 0,
        address=_on_its_day(slot, account),
    )


def _action(unready: Unready) -> str:
    """Name the one button that mends it."""
    if unready.remedy is Remedy.RECONNECT:
        return "reconnect"
    if unready.remedy in {Remedy.RETRY, Remedy.OPERATOR}:
        return "retry"
    return "hurry" if unready.may_hurry else "paste"


def _question(meeting: Meeting, account: Account, bookings: Sequence[Booking], *, gone: bool) -> QuestionRow:
    slot, provider = meeting.slot, provider_by_id(meeting.provider)
    text = say.deleted(provider) if gone else say.changed(provider, meeting.differences.split())
    return QuestionRow(
        id=meeting.pk,
        when=_when(slot, account.time_zone),
        who=who_comes(slot, bookings),
        text=text,
        provider=provider.name,
        was_deleted=gone,
        may_put_back=not gone and may_put_back(meeting),
        cancel_address=_cancel_address(slot, account, bookings) if gone else "",
    )


def _cancel_address(slot: Slot, account: Account, bookings: Sequence[Booking]) -> str:
    if slot.schedule.is_capacity or not bookings:
        return reverse("manage:cancel-slot", args=[account.name, slot.schedule.slug, slot.pk])
    return reverse("manage:cancel", args=[account.name, bookings[0].pk])


def _mail(notification: Notification, account: Account) -> MailRow:
    booking, to_attendee = notification.booking, notification.recipient == Notification.Recipient.ATTENDEE
    return MailRow(
        booking_id=booking.pk,
        name=booking.name if to_attendee else f"{to_whom(notification)}: {booking.name}",
        when=moment(booking.slot.starts_at, account.time_zone),
        reason=say.not_delivered(notification.reason),
        is_to_attendee=to_attendee,
    )
