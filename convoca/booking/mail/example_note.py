"""A mail to the owner as it would be, for whoever words it: of what is so now, or of what is made up."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext

from convoca.booking.mail.alerting import (
    Occasions,
    about_an_end,
    about_trouble,
    about_what_was_given_up,
    health_address,
    write_alert,
)
from convoca.booking.mail.digesting import Day, day_of, write_digest
from convoca.booking.mail.note import Note
from convoca.booking.mail.own_words import Text
from convoca.booking.mail.receipt import Receipt
from convoca.booking.models import Account, Alert, Booking, Incident, Membership, OwnersMessage, Schedule, Slot
from convoca.booking.questions.texts import Message
from convoca.core.time import local_day, localize

PROVIDER = "zoom"
STARTS_AT = (9 * 60, 10 * 60, 16 * 60 + 30)
LENGTH = timedelta(minutes=30)
PEOPLE = ("Luis Pérez", "Nora Gil", "Ana Ruiz")


def example_note(message: Message, text: Text, *, is_real: bool, now: datetime) -> Note:
    """Write it in the active language. What is not so at the moment is made up, even if the real one is asked for."""
    account, language = message.account, message.language
    if message.kind == OwnersMessage.DIGEST:
        digest = _digest(account, now=now)
        has_reader = is_real and digest.membership is not None
        day = day_of(digest, now=now) if has_reader else _made_up_day(account, now=now)
        # A preview is no key: what stops these mails is on the page itself.
        page = f"{settings.BASE_URL}/manage/{account.name}/mails"
        return replace(write_digest(digest, day, language, text), stop_address=page)
    alert = _latest(account, message.kind) if is_real else None
    if alert is None:
        return _made_up(message, text, now=now)
    # A preview is no key: its button leads to the page, and not to the vendor's question.
    return replace(write_alert(alert, language, text, now=now), address=health_address(account))


def _made_up(message: Message, text: Text, *, now: datetime) -> Note:
    account, language = message.account, message.language
    slots = list(_slots(account, now=now))
    found = Occasions(slots=slots, names={slot.pk: [name] for slot, name in zip(slots, PEOPLE, strict=True)})
    if message.kind == OwnersMessage.RECEIPT:
        return about_what_was_given_up(account, _receipt(slots), found, language, text)
    is_access = message.kind == OwnersMessage.ACCESS_LOST
    incident = Incident(
        account=account,
        kind=Incident.Kind.ACCESS if is_access else Incident.Kind.REFUSED,
        provider=PROVIDER,
        opened_at=now - timedelta(minutes=4),
    )
    if message.kind == OwnersMessage.ALL_CLEAR:
        return about_an_end(account, incident, language, text)
    kind = Alert.Kind.STILL_OPEN if message.kind == OwnersMessage.STILL_OPEN else Alert.Kind.OPENED
    alert = Alert(account=account, kind=kind, incident=incident)
    return about_trouble(alert, found, language, text, address=health_address(account))


def _latest(account: Account, kind: str) -> Alert | None:
    """Return the latest mail of this kind that was owed, or None."""
    alerts = Alert.objects.select_related("account", "incident__connection", "connection").filter(account=account)
    match kind:
        case OwnersMessage.ACCESS_LOST:
            alerts = alerts.filter(kind=Alert.Kind.OPENED, incident__kind=Incident.Kind.ACCESS)
        case OwnersMessage.LINK_PROBLEM:
            alerts = alerts.filter(kind=Alert.Kind.OPENED).exclude(incident__kind=Incident.Kind.ACCESS)
        case _:
            alerts = alerts.filter(kind=kind)
    return alerts.order_by("-pk").first()


def _digest(account: Account, *, now: datetime) -> Alert:
    """Return the owner's digest of today, which is in no table."""
    owner = Membership.objects.select_related("user").filter(account=account, role=Membership.Role.OWNER).first()
    day = local_day(now, account.time_zone)
    return Alert(account=account, kind=Alert.Kind.DIGEST, membership=owner, day=day)


def _made_up_day(account: Account, *, now: datetime) -> Day:
    slots = list(_slots(account, now=now))
    people = {
        slot.pk: [Booking(account=account, slot=slot, name=name)] for slot, name in zip(slots, PEOPLE, strict=True)
    }
    return Day(slots=slots, people=people, in_need=1)


def _receipt(slots: list[Slot]) -> Receipt:
    return Receipt(
        provider=PROVIDER,
        title=gettext("{provider} disconnected and credentials deleted").format(provider="Zoom"),
        sentences=(
            gettext("{time}: credentials deleted from this server.").format(time="12:00"),
            gettext("{time}: access withdrawn at {provider}.").format(time="12:00", provider="Zoom"),
        ),
        working=slots,
    )


def _slots(account: Account, *, now: datetime) -> Iterator[Slot]:
    """Yield the occasions of the day after tomorrow, which are in no table."""
    schedule = Schedule.objects.filter(account=account, closing_at__isnull=True).first()
    schedule = schedule or Schedule(account=account, name=gettext("Consultation"), kind=Schedule.Kind.RESOURCE)
    day = local_day(now, account.time_zone) + timedelta(days=2)
    for number, minutes in enumerate(STARTS_AT, start=1):
        starts_at = localize(day, minutes, account.time_zone)
        yield Slot(pk=number, account=account, schedule=schedule, starts_at=starts_at, ends_at=starts_at + LENGTH)
