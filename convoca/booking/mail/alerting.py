"""What an owner is written: that something keeps people from their links, that it is over, what was given up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext, ngettext

from convoca.booking.mail.button import mending_address
from convoca.booking.mail.envelope import BookingMail, host, one_line
from convoca.booking.mail.note import Note, note_mail, with_own_words
from convoca.booking.mail.outcomes import Undeliverable
from convoca.booking.mail.own_words import Text, filled_in, text_of
from convoca.booking.mail.receipt import Receipt, receipt_of
from convoca.booking.mail.troubles import (
    all_clear,
    button_of,
    reason_of,
    remedy_of,
    section_of,
    short_moment,
    subject_of,
    what_happened,
)
from convoca.booking.mail.worded import kind_of_alert, names_for
from convoca.booking.manner import speaking
from convoca.booking.models import Account, Alert, Incident, Membership, Slot, Webhook
from convoca.booking.questions.texts import published
from convoca.booking.questions.troubles import suffering, trouble_of
from convoca.booking.questions.unready import whose
from convoca.booking.wording import day_text, span_text
from convoca.core.time import local_day
from convoca.providers import provider_by_id

# A mail with more lines than this is read by nobody; the page shows them all.
LISTED_AT_MOST = 20


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Who owns the account: where they are written to, and in which language."""

    address: str
    language: str


@dataclass(frozen=True, kw_only=True)
class Occasions:
    """What a mail lists: the slots, the soonest first, and the names of who comes, by the slot's id."""

    slots: Sequence[Slot]
    names: Mapping[int, Sequence[str]]


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
        if alert.webhook is not None:
            # No mail that owners word: it is about a program, and nobody's booking.
            note = _about_a_webhook(alert.webhook, alert.account, reader.language)
        else:
            text = text_of(published(alert.account_id, None, kind_of_alert(alert), reader.language))
            note = write_alert(alert, reader.language, text, now=now)
        return note_mail(note, to=reader.address, account=alert.account, message_id=message_id(alert))


def message_id(alert: Alert) -> str:
    """Return the mail's identifier, the same however often it is sent."""
    again = f".again-{alert.again}" if alert.again else ""
    return f"<alert-{alert.pk}.{alert.kind}{again}@{host()}>"


def write_alert(alert: Alert, language: str, text: Text, *, now: datetime) -> Note:
    """Write the mail in the active language, with the owner's own words in it."""
    account, incident = alert.account, alert.incident
    if incident is None:
        assert alert.connection is not None
        receipt = receipt_of(alert.connection, time_zone=account.time_zone, now=now)
        return about_what_was_given_up(account, receipt, _found(account, receipt.working), language, text)
    if alert.kind == Alert.Kind.ALL_CLEAR:
        return about_an_end(account, incident, language, text)
    found = _found(account, list(suffering(trouble_of(incident), now=now)))
    address = _where_it_is_mended(incident, account, found.slots, now=now)
    return about_trouble(alert, found, language, text, address=address)


def _found(account: Account, slots: Sequence[Slot]) -> Occasions:
    people = whose(account.pk, slots[:LISTED_AT_MOST])
    return Occasions(slots=slots, names={pk: [each.name for each in its] for pk, its in people.items()})


def about_trouble(alert: Alert, found: Occasions, language: str, text: Text, *, address: str) -> Note:
    """Write what is wrong, whom it concerns, and what mends it under `address`."""
    account, incident = alert.account, alert.incident
    assert incident is not None
    zone = account.time_zone
    note = _to(
        account,
        language,
        button=button_of(incident),
        address=address,
        subject=subject_of(incident, found.slots, zone),
        opening=what_happened(incident, found.slots, zone),
        paragraphs=remedy_of(incident, still_open=alert.kind == Alert.Kind.STILL_OPEN),
        lines=occasions(account, found),
    )
    values = _values(account, incident.provider) | {
        "count": str(len(found.slots)),
        "first": short_moment(found.slots[0].starts_at, zone) if found.slots else "",
        "since": short_moment(incident.opened_at, zone),
        "reason": reason_of(incident),
    }
    return with_own_words(note, filled_in(text, values, names_for(kind_of_alert(alert))))


def about_an_end(account: Account, incident: Incident, language: str, text: Text) -> Note:
    """Write that a trouble is over."""
    opening, paragraphs = all_clear(incident)
    note = _to(account, language, subject=opening, opening=opening, paragraphs=paragraphs)
    values = _values(account, incident.provider)
    return with_own_words(note, filled_in(text, values, names_for(Alert.Kind.ALL_CLEAR)))


def about_what_was_given_up(account: Account, receipt: Receipt, found: Occasions, language: str, text: Text) -> Note:
    """Write down what has become of credentials and links (J11). That stands, whatever its owner adds."""
    note = _to(
        account,
        language,
        subject=receipt.title,
        opening=receipt.title,
        facts=receipt.sentences,
        lines=occasions(account, found),
    )
    values = _values(account, receipt.provider)
    return with_own_words(note, filled_in(text, values, names_for(Alert.Kind.RECEIPT)))


def _values(account: Account, provider: str) -> dict[str, str]:
    """Return what all these mails may name."""
    return {
        "provider": provider_by_id(provider).name,
        "organiser": one_line(account.title),
        "health_page": health_address(account),
    }


def _where_it_is_mended(incident: Incident, account: Account, slots: Sequence[Slot], *, now: datetime) -> str:
    """Return where the mail's button leads: to the vendor's question by way of the log-in, or to a row of the page."""
    if incident.kind == Incident.Kind.ACCESS and incident.connection is not None:
        incident.connection.account = account
        return mending_address(incident.connection, now=now)
    return health_address(account) + section_of(incident, slots)


def _to(
    account: Account,
    language: str,
    *,
    subject: str,
    opening: str,
    paragraphs: tuple[str, ...] = (),
    facts: tuple[str, ...] = (),
    lines: tuple[str, ...] = (),
    button: str = "",
    address: str = "",
) -> Note:
    title = one_line(account.title)
    return Note(
        language=language,
        subject=subject,
        opening=opening,
        paragraphs=paragraphs,
        facts=facts,
        lines=lines,
        button=button or gettext("Open the health page"),
        address=address or health_address(account),
        organiser=title,
        why=gettext("You get this email because you own the account {account}.").format(account=title),
    )


def occasions(account: Account, found: Occasions) -> tuple[str, ...]:
    """Return who comes when, one line for each occasion, and how many more there are."""
    shown = found.slots[:LISTED_AT_MOST]
    lines = [f"{_when(slot, account)} · {who_comes(slot, found.names.get(slot.pk, []))}" for slot in shown]
    if left := len(found.slots) - len(shown):
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


def _about_a_webhook(webhook: Webhook, account: Account, language: str) -> Note:
    """Tell that a program is told nothing more. Its address may hold a secret, so its host alone is named."""
    opening = gettext("Your webhook to {host} is switched off.").format(host=one_line(webhook.host))
    paragraphs = (
        gettext("It took nothing that we sent for days, or said that it is gone. It is told nothing more."),
        gettext("Mend the other program, send it a test, and switch the webhook on again. Bookings are not affected."),
    )
    return _to(
        account,
        language,
        subject=opening.rstrip("."),
        opening=opening,
        paragraphs=paragraphs,
        button=gettext("Open the webhook"),
        address=f"{settings.BASE_URL}/manage/{account.name}/integrations/webhooks/{webhook.pk}",
    )
