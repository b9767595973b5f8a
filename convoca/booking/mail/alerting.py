"""What an owner is written: that something keeps people from their links, that it is over, what was given up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext, ngettext

from convoca.booking.mail.button import mending_address
from convoca.booking.mail.envelope import BookingMail, host, one_line
from convoca.booking.mail.note import Note, note_mail
from convoca.booking.mail.outcomes import Undeliverable
from convoca.booking.mail.receipt import receipt_of
from convoca.booking.mail.troubles import all_clear, button_of, remedy_of, section_of, subject_of, what_happened
from convoca.booking.manner import speaking
from convoca.booking.models import Account, Alert, Incident, Membership, Slot
from convoca.booking.questions.troubles import suffering, trouble_of
from convoca.booking.questions.unready import whose
from convoca.booking.wording import day_text, span_text
from convoca.core.time import local_day

# A mail with more lines than this is read by nobody; the page shows them all.
LISTED_AT_MOST = 20


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Who owns the account: where they are written to, and in which language."""

    address: str
    language: str


def owner_of(account: Account) -> Reader:
    """Return whoever owns the account. Raises Undeliverable if there is nobody to write to."""
    owner = Membership.objects.select_related("user").filter(account=account, role=Membership.Role.OWNER).first()
    if owner is not None:
        return Reader(address=owner.user.email, language=owner.user.language)
    if account.contact_email:
        return Reader(address=account.contact_email, language=account.language)
    raise Undeliverable("The account has no address to write to.")


def health_address(account: Account) -> str:
    return f"{settings.BASE_URL}/manage/{account.name}/health"


def compose_alert(alert: Alert, *, now: datetime) -> BookingMail:
    """Return the mail that `alert` owes. It names occasions and people, never a link to a meeting.

    Raises Undeliverable if there is nobody to write to.
    """
    reader = owner_of(alert.account)
    with speaking(reader.language, alert.account):
        note = (
            _about_what_was_given_up(alert, reader, now=now)
            if alert.incident is None
            else _note(alert, reader, now=now)
        )
        return note_mail(note, to=reader.address, account=alert.account, message_id=message_id(alert))


def message_id(alert: Alert) -> str:
    """Return the mail's identifier, the same however often it is sent."""
    return f"<alert-{alert.pk}.{alert.kind}@{host()}>"


def _note(alert: Alert, reader: Reader, *, now: datetime) -> Note:
    assert alert.incident is not None
    account, trouble = alert.account, trouble_of(alert.incident)
    if alert.kind == Alert.Kind.ALL_CLEAR:
        opening, paragraphs = all_clear(alert.incident, now=now)
        return _to(account, reader, subject=opening, opening=opening, paragraphs=paragraphs)
    slots = list(suffering(trouble, now=now))
    opening = what_happened(alert.incident, slots, account.time_zone)
    paragraphs = (*remedy_of(alert.incident, still_open=alert.kind == Alert.Kind.STILL_OPEN),)
    return _to(
        account,
        reader,
        button=button_of(alert.incident),
        address=_where_it_is_mended(alert.incident, account, now=now),
        subject=subject_of(alert.incident, slots, account.time_zone),
        opening=opening,
        paragraphs=paragraphs,
        lines=occasions(account, slots),
    )


def _where_it_is_mended(incident: Incident, account: Account, *, now: datetime) -> str:
    """Return where the mail's button leads: to the vendor's question by way of the log-in, or to a row of the page."""
    if incident.kind == Incident.Kind.ACCESS and incident.connection is not None:
        incident.connection.account = account
        return mending_address(incident.connection, now=now)
    return health_address(account) + section_of(incident)


def _to(
    account: Account,
    reader: Reader,
    *,
    subject: str,
    opening: str,
    paragraphs: tuple[str, ...],
    lines: tuple[str, ...] = (),
    button: str = "",
    address: str = "",
) -> Note:
    title = one_line(account.title)
    return Note(
        language=reader.language,
        subject=subject,
        opening=opening,
        paragraphs=paragraphs,
        lines=lines,
        button=button or gettext("Open the health page"),
        address=address or health_address(account),
        organiser=title,
        why=gettext("You get this email because you own the account {account}.").format(account=title),
    )


def occasions(account: Account, slots: Sequence[Slot]) -> tuple[str, ...]:
    """Return who comes when, one line for each occasion, and how many more there are."""
    shown = slots[:LISTED_AT_MOST]
    people = whose(account.pk, shown)
    lines = [
        f"{_when(slot, account)} · {who_comes(slot, [each.name for each in people.get(slot.pk, [])])}" for slot in shown
    ]
    if left := len(slots) - len(shown):
        lines.append(ngettext("and {n} more", "and {n} more", left).format(n=left))
    return tuple(lines)


def _when(slot: Slot, account: Account) -> str:
    day = day_text(local_day(slot.starts_at, account.time_zone), "short")
    return f"{day}, {span_text(slot.starts_at, slot.ends_at, account.time_zone)}"


def who_comes(slot: Slot, names: Sequence[str]) -> str:
    """Return whose appointment it is, or how many come to what."""
    if slot.schedule.is_capacity or len(names) != 1:
        title = one_line(slot.title or slot.schedule.name)
        return ngettext("{title}, {n} person", "{title}, {n} people", len(names)).format(title=title, n=len(names))
    return f"{one_line(names[0])}, {one_line(slot.schedule.name)}"


def _about_what_was_given_up(alert: Alert, reader: Reader, *, now: datetime) -> Note:
    """Write down what has become of credentials and links (J11)."""
    account, connection = alert.account, alert.connection
    assert connection is not None
    receipt = receipt_of(connection, time_zone=account.time_zone, now=now)
    lines = occasions(account, receipt.working)
    return _to(account, reader, subject=receipt.title, opening=receipt.title, paragraphs=receipt.sentences, lines=lines)
