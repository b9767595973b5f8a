"""The owner's choices on the pages Configure and Access Control."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from convoca.booking.models import Account, FormField, Schedule, Sealed
from convoca.booking.models.rules import BookingRules
from convoca.booking.operations.applying import lock_bare_slots, want_applied
from convoca.booking.operations.connecting import LinkSourceUnavailable as LinkSourceUnavailable
from convoca.booking.operations.connecting import set_link_source, usable_connection
from convoca.booking.operations.linking import guests_link
from convoca.booking.operations.notifying import notify_due
from convoca.booking.operations.owing import ask_again_of_links
from convoca.booking.operations.taking import lock_schedule
from convoca.booking.operations.wishing import AUTOMATIC
from convoca.booking.operations.wishing_events import BORN_WITH_EVENT
from convoca.providers import provider_by_id

RULES = frozenset(column.name for column in BookingRules._meta.get_fields())


def may_choose(schedule: Schedule, source: str) -> bool:
    """Say whether `source` can be chosen for `schedule` now.

    Links typed by hand need a place to be typed: a slot's location, or the supervisor field (M15).
    """
    if source == Schedule.NO_LINK:
        return True
    if source == Schedule.MANUAL:
        return schedule.is_capacity or schedule.account.supervisor_field != Account.SupervisorField.OFF
    if source not in AUTOMATIC:
        return False
    if source in BORN_WITH_EVENT:
        return schedule.calendar is not None and schedule.calendar.makes_meetings
    if provider_by_id(source).capabilities.connects:
        return usable_connection(schedule.account, source) is not None
    return True


def choose_link_source(schedule: Schedule, source: str, *, now: datetime) -> None:
    """Set where the links of future slots come from. Raises LinkSourceUnavailable."""
    if source == schedule.link_source:
        return
    if not may_choose(schedule, source):
        raise LinkSourceUnavailable(source)
    connects = source in AUTOMATIC and provider_by_id(source).capabilities.connects
    connection = usable_connection(schedule.account, source) if connects else None
    set_link_source(schedule, source, connection=connection, now=now)


# Of a reveal window, which is counted in minutes before the start: there is none.
AT_ONCE = -1


@dataclass(frozen=True, kw_only=True)
class Process:
    """What the page Process holds. None leaves as it is what the page did not show.

    `passcode` and `waiting_room` are how guests come into meetings that are made from now on. `backup_link` is a link,
    the invitation that holds it, or nothing. `reveal_minutes` before the start people see the link, also of what is
    booked already; AT_ONCE: as soon as it is there. `applies`: the source also to what is booked already.
    """

    source: str
    passcode: bool | None = None
    waiting_room: bool | None = None
    backup_link: str | None = None
    reveal_minutes: int | None = None
    applies: bool = False


def set_process(schedule: Schedule, process: Process, *, now: datetime) -> None:
    """Set where links come from, how guests come in, and what stands in for a link that is not ready in time.

    Raises LinkSourceUnavailable; or NotALink or HostLink, of the backup link. Then nothing was changed.
    """
    columns = {"meeting_passcode": process.passcode, "waiting_room": process.waiting_room}
    changed: dict[str, object] = {name: wanted for name, wanted in columns.items() if wanted is not None}
    if process.reveal_minutes is not None:
        changed["reveal_minutes"] = None if process.reveal_minutes == AT_ONCE else process.reveal_minutes
    if process.backup_link is not None:
        link = guests_link(process.backup_link) if process.backup_link.strip() else ""
        if link != schedule.backup_link.open():
            changed["backup_link"] = Sealed.seal(link)
    with transaction.atomic():
        # The schedule, its slots, its connections: in that order, or who disconnects meanwhile waits for us for ever.
        lock_schedule(schedule)
        bare = lock_bare_slots(schedule, now=now) if process.applies else []
        choose_link_source(schedule, process.source, now=now)
        held = lock_schedule(schedule)
        for column, value in changed.items():
            setattr(held, column, value)
        held.save(update_fields=list(changed))
        if "reveal_minutes" in changed:
            ask_again_of_links(held, now=now)
            notify_due.enqueue()
        if process.applies:
            want_applied(held, Schedule.Applying.ALL, bare=bare, now=now)
    schedule.applying = held.applying


def set_supervisor_field(account: Account, choice: str, *, label: str) -> None:
    """Enable, disable or rename the account's supervisor field."""
    account.supervisor_field = Account.SupervisorField(choice)
    account.supervisor_label = label
    account.save(update_fields=["supervisor_field", "supervisor_label"])


def set_sender(account: Account, *, title: str, contact_email: str) -> None:
    """Name who mails come from, which is what pages call the account too, and where answers to them go."""
    account.title, account.contact_email = title, contact_email
    account.save(update_fields=["title", "contact_email"])


def set_rules(schedule: Schedule, values: Mapping[str, object]) -> None:
    """Save the given rules, and no other column. They bind what is booked or changed from now on.

    Raises ValueError for a column that is no rule.
    """
    if not values.keys() <= RULES:
        raise ValueError(f"Not a rule: {', '.join(sorted(values.keys() - RULES))}")
    for column, value in values.items():
        setattr(schedule, column, value)
    schedule.save(update_fields=list(values))


@dataclass(frozen=True, kw_only=True)
class Question:
    """A field that is asked: one of the standard ones, or one of the owner's own with its label and its options."""

    key: FormField.Key
    is_required: bool
    label: str = ""
    kind: FormField.Kind = FormField.Kind.TEXT
    options: Sequence[str] = ()


def set_form(schedule: Schedule, questions: Iterable[Question]) -> None:
    """Ask whoever books from now on these questions and no other. What was answered already stays."""
    with transaction.atomic():
        _hold(schedule)
        schedule.form_fields.all().delete()
        FormField.objects.bulk_create(_field(schedule.account_id, schedule, each) for each in questions)


def set_sign_up_form(account: Account, questions: Iterable[Question]) -> None:
    """Ask whoever signs up from now on these questions and no other. What was answered already stays."""
    with transaction.atomic():
        Account.objects.select_for_update(no_key=True).get(pk=account.pk)
        FormField.objects.filter(account=account, schedule=None).delete()
        FormField.objects.bulk_create(_field(account.pk, None, each) for each in questions)


def _field(account_id: int, schedule: Schedule | None, question: Question) -> FormField:
    return FormField(
        account_id=account_id,
        schedule=schedule,
        key=question.key,
        is_required=question.is_required,
        label=question.label,
        kind=question.kind,
        options="\n".join(question.options),
    )


def _hold(schedule: Schedule) -> None:
    """Of two that save at once, the later one's form stands alone."""
    Schedule.objects.select_for_update(no_key=True, of=("self",)).get(account=schedule.account_id, pk=schedule.pk)
