"""A mail as it would be, for whoever words it: of a real booking or of one that is made up. Nothing is written or sent.

The addresses in it lead nowhere: a preview is no key to anybody's booking.
"""

import copy
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import make_msgid
from enum import StrEnum

from django.utils.translation import gettext

from convoca.booking.mail.compose import render_html, render_text
from convoca.booking.mail.envelope import BookingMail, automatic, host, require_sendable, sender_of
from convoca.booking.mail.example_note import example_note
from convoca.booking.mail.letter import Letter, write_letter
from convoca.booking.mail.note import render_note_html, render_note_text
from convoca.booking.mail.own_words import Text
from convoca.booking.mail.worded import COPIES, TO_STAFF
from convoca.booking.manner import speaking
from convoca.booking.models import Booking, Notification, Schedule, Sealed, Slot
from convoca.booking.questions.links import Link, LinkState
from convoca.booking.questions.texts import Message
from convoca.core.time import local_day, localize
from convoca.providers import provider_by_id

Kind, Status = Notification.Kind, Booking.Status

NO_KEY = "example"
TEN_O_CLOCK = 10 * 60
STATUS = {
    Kind.REQUEST: Status.PENDING,
    Kind.WAITING: Status.WAITING,
    Kind.OFFER: Status.OFFERED,
    Kind.OFFER_PASSED: Status.WAITING,
    Kind.CANCELLATION: Status.CANCELLED,
    Kind.DECLINED: Status.CANCELLED,
    Kind.LEFT: Status.CANCELLED,
    Kind.APPROVAL_WANTED: Status.PENDING,
}
COPIED = {each.value: kind for kind, each in COPIES.items()}


class Shown(StrEnum):
    """The state of the link in a preview."""

    READY = "ready"
    PENDING = "pending"
    NONE = "none"


@dataclass(frozen=True, kw_only=True)
class Preview:
    """One mail, in both its forms."""

    subject: str
    html: str
    text: str


def next_booking(schedule: Schedule, *, now: datetime) -> Booking | None:
    """Return the next booking that takes place, or None."""
    bookings = Booking.objects.select_related("account", "slot__schedule", "slot__service")
    confirmed = bookings.filter(account=schedule.account_id, slot__schedule=schedule, status=Status.CONFIRMED)
    return confirmed.filter(slot__starts_at__gte=now).order_by("slot__starts_at", "pk").first()


def usual_state(schedule: Schedule | None) -> Shown:
    return Shown.NONE if schedule is None or schedule.link_source == Schedule.NO_LINK else Shown.READY


def preview(message: Message, text: Text, *, shown: Shown, is_real: bool = False, now: datetime) -> Preview:
    """Return the mail with this text: of what is next in truth, if there is something, or of what is made up."""
    with speaking(message.language, message.account):
        if message.schedule is None:
            note = example_note(message, text, is_real=is_real, now=now)
            return Preview(
                subject=note.subject, html=render_note_html(note, message.account), text=render_note_text(note)
            )
        booking = next_booking(message.schedule, now=now) if is_real else None
        notification = _notification(message.schedule, message.kind, message.language, booking, now=now)
        letter = _letter(notification, text, shown, now=now)
        return Preview(subject=letter.subject, html=render_html(letter), text=render_text(letter))


def trial_mail(message: Message, text: Text, *, shown: Shown, to: str, now: datetime) -> BookingMail:
    """Return the made-up mail, addressed to whoever words it. Raises Undeliverable."""
    require_sendable(to)
    seen = preview(message, text, shown=shown, now=now)
    with speaking(message.language, message.account):
        subject = gettext("Test: {subject}").format(subject=seen.subject)
    mail = BookingMail(
        subject=subject,
        body=seen.text,
        from_email=sender_of(message.account),
        to=[to],
        headers=automatic(make_msgid(domain=host()), message.language),
        alternatives=[(seen.html, "text/html")],
    )
    mail.account_id = message.account.pk
    return mail


def _letter(notification: Notification, text: Text, shown: Shown, *, now: datetime) -> Letter:
    link = _link(notification.booking.slot.schedule, shown)
    return write_letter(notification, link, text=text, now=_when_sent(notification, now=now))


def _when_sent(notification: Notification, *, now: datetime) -> datetime:
    """Return when such a mail leaves: a reminder says how long there is left."""
    slot = notification.booking.slot
    if notification.kind == Kind.REMINDER:
        before = slot.schedule.reminds_before
        return slot.starts_at - timedelta(minutes=before[-1] if before else 24 * 60)
    return slot.ends_at if notification.kind == Kind.FOLLOW_UP else now


def _link(schedule: Schedule, shown: Shown) -> Link:
    if shown is Shown.NONE:
        return Link(state=LinkState.NONE)
    source = schedule.link_source if schedule.link_source != Schedule.NO_LINK else Schedule.MANUAL
    label = provider_by_id(source).name
    if shown is Shown.PENDING:
        return Link(state=LinkState.PENDING, label=label)
    return Link(state=LinkState.READY, label=label, url="https://meet.example.org/abc-defg-hij", passcode="123456")


def _notification(
    schedule: Schedule, kind: str, language: str, booking: Booking | None, *, now: datetime
) -> Notification:
    about = copy.copy(booking) if booking else _made_up(schedule, now=now)
    account = copy.copy(schedule.account)
    # The owner's side reads mails in the account's language.
    about.language = account.language = language
    about.account, kind, is_for_staff = account, str(COPIED.get(kind, kind)), kind in set(TO_STAFF)
    about.status = STATUS.get(Kind(kind), Status.CONFIRMED)
    about.token = about.join_token = Sealed.seal(NO_KEY)
    about.waits_since = now
    about.offered_until = now + timedelta(hours=schedule.offer_hours)
    if kind == Kind.LEFT and not about.parting_message:
        about.parting_message = gettext("Something has come up. I am sorry!")
    return Notification(
        account=account,
        booking=about,
        kind=kind,
        recipient=Notification.Recipient.OWNER if is_for_staff else Notification.Recipient.ATTENDEE,
        slot_revision=0,
        booking_revision=0,
        was_at=about.slot.starts_at - timedelta(days=1) if kind == Kind.MOVED else None,
    )


def _made_up(schedule: Schedule, *, now: datetime) -> Booking:
    """Return a booking of the day after tomorrow at ten, which is in no table."""
    day = local_day(now, schedule.time_zone) + timedelta(days=2)
    starts_at = localize(day, TEN_O_CLOCK, schedule.time_zone)
    service = schedule.services.first()
    minutes = service.minutes if service else min(schedule.length_minutes, 24 * 60)
    slot = Slot(
        account=schedule.account,
        schedule=schedule,
        service=service,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        taken=1,
        link_source=schedule.link_source,
    )
    return Booking(
        account=schedule.account, slot=slot, name="Luis Pérez", email="luis@example.org", time_zone=schedule.time_zone
    )
