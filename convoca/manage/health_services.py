"""The rows of the health page about what runs by itself: mails, reminders, webhooks (J10)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext

from convoca.booking.models import Account
from convoca.booking.questions.services import (
    MailHealth,
    WebhookHealth,
    mail_health,
    reminder_health,
    webhook_health,
)
from convoca.manage import health_phrases as say
from convoca.manage import program_phrases
from convoca.manage import service_phrases as say_of
from convoca.manage.phrases import Words, moment


@dataclass(frozen=True, kw_only=True)
class ServiceRow:
    """One service: how it is, what is known of it, and where it is seen to."""

    id: str
    name: str
    words: Words
    facts: Sequence[tuple[str, str]]
    address: str
    label: str


def services_of(account: Account, *, now: datetime) -> list[ServiceRow]:
    """Return a row for each service that Convoca runs itself; copies of its data are made by others."""
    mails, reminders, webhooks = (
        mail_health(account, now=now),
        reminder_health(account, now=now),
        webhook_health(account),
    )
    zone, where = account.time_zone, [account.name]
    messages = (reverse("manage:mails", args=where), gettext("Messages"))
    return [
        _row("emails", gettext("Emails"), say_of.mails(mails), _of_mails(mails, zone, now=now), messages),
        _row(
            "reminders",
            gettext("Reminders"),
            say_of.reminders(reminders),
            [*_of_mails(reminders, zone, now=now), *_next(reminders, zone, now=now)],
            (reverse("manage:schedules", args=where), gettext("Schedules")),
        ),
        _row(
            "webhooks",
            gettext("Webhooks"),
            say_of.webhooks(webhooks),
            _of_webhooks(webhooks, zone, now=now),
            (reverse("manage:webhooks", args=where), gettext("Webhooks")),
        ),
    ]


def _row(id: str, name: str, words: Words, facts: Sequence[tuple[str, str]], way: tuple[str, str]) -> ServiceRow:
    return ServiceRow(id=id, name=name, words=words, facts=facts, address=way[0], label=way[1])


def _of_mails(health: MailHealth, zone: str, *, now: datetime) -> list[tuple[str, str]]:
    facts = _last_success(health.last_ok_at, zone, now=now)
    if health.failed_at is not None:
        facts.append(_last_error(health.failed_at, say.not_delivered(health.reason), zone, now=now))
    return facts


def _next(health: MailHealth, zone: str, *, now: datetime) -> list[tuple[str, str]]:
    if health.next_at is None or health.next_at <= now:
        return []
    return [(gettext("Next"), moment(health.next_at, zone))]


def _of_webhooks(health: WebhookHealth, zone: str, *, now: datetime) -> list[tuple[str, str]]:
    facts, wrong = _last_success(health.last_ok_at, zone, now=now), health.last_error
    if wrong is not None and wrong.tried_at is not None:
        why = f"{wrong.webhook.host}: {program_phrases.why(wrong.reason, wrong.status)}"
        facts.append(_last_error(wrong.tried_at, why, zone, now=now))
    return facts


def _last_success(at: datetime | None, zone: str, *, now: datetime) -> list[tuple[str, str]]:
    return [(gettext("Last success"), say.ago(at, zone, now=now))] if at is not None else []


def _last_error(at: datetime, why: str, zone: str, *, now: datetime) -> tuple[str, str]:
    return gettext("Last error"), f"{say.ago(at, zone, now=now)}. {why}"
