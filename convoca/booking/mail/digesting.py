"""The day by mail, for those who want it: who comes when, and what needs them. It names people, never a link."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext, ngettext

from convoca.booking.mail.alerting import LISTED_AT_MOST, message_id, who_comes
from convoca.booking.mail.envelope import BookingMail, of_a_list, one_line
from convoca.booking.mail.leaving import leaving_address
from convoca.booking.mail.note import Note, note_mail, with_own_words
from convoca.booking.mail.own_words import Text, filled_in, text_of
from convoca.booking.mail.worded import OF_A_DAY
from convoca.booking.manner import speaking
from convoca.booking.models import Account, Alert, Booking, OwnersMessage, Slot
from convoca.booking.questions.bookings import bookings_between
from convoca.booking.questions.links import IN_NEED, links_for
from convoca.booking.questions.texts import published
from convoca.booking.questions.viewers import Viewer, viewer_of
from convoca.booking.wording import day_text, span_text
from convoca.core.time import day_bounds


@dataclass(frozen=True, kw_only=True)
class Day:
    """The occasions of one day that somebody supervises, in order, who comes, and how many of them need somebody."""

    slots: Sequence[Slot]
    people: Mapping[int, Sequence[Booking]]
    in_need: int


def day_of(digest: Alert, *, now: datetime) -> Day:
    """Return what is on the digest's day for its reader, as things stand."""
    assert digest.membership is not None
    assert digest.day is not None
    viewer = viewer_of(digest.account, digest.membership.user)
    bookings = bookings_between(viewer, day_bounds(digest.day, digest.account.time_zone))
    slots = list({each.slot_id: each.slot for each in bookings}.values())
    people = {slot.pk: [each for each in bookings if each.slot_id == slot.pk] for slot in slots}
    asking = {each.slot_id for each in bookings if each.status == Booking.Status.PENDING}
    return Day(slots=slots, people=people, in_need=len(asking | _lacking(viewer, slots, now=now)))


def _lacking(viewer: Viewer, slots: Sequence[Slot], *, now: datetime) -> set[int]:
    links = links_for(viewer, slots, now=now)
    return {slot.pk for slot in slots if links[slot.pk].state in IN_NEED}


def compose_digest(digest: Alert, *, now: datetime) -> BookingMail:
    """Return the mail that tells somebody their day. Raises Undeliverable if the address cannot be written to."""
    assert digest.membership is not None
    user, account = digest.membership.user, digest.account
    text = text_of(published(account.pk, None, OwnersMessage.DIGEST, user.language))
    with speaking(user.language, account):
        note = write_digest(digest, day_of(digest, now=now), user.language, text)
        mail = note_mail(note, to=user.email, account=account, message_id=message_id(digest))
    mail.extra_headers |= of_a_list("day", account, stop_address=note.stop_address)
    return mail


def write_digest(digest: Alert, day: Day, language: str, text: Text) -> Note:
    """Write the mail in the active language, with the owner's own words in it."""
    assert digest.day is not None
    account = digest.account
    title, base = one_line(account.title), f"{settings.BASE_URL}/manage/{account.name}"
    address = f"{base}/?day={digest.day.isoformat()}"
    note = Note(
        language=language,
        subject=_subject(day),
        opening=_capital(day_text(digest.day, "full")),
        paragraphs=(_need(day),),
        lines=_lines(day, account),
        button=gettext("Open the day"),
        address=address,
        organiser=title,
        why=gettext("You get this email because you want your day at {account}.").format(account=title),
        stop=gettext("Send it no more"),
        stop_address=leaving_address(digest.membership) if digest.membership else f"{base}/mails",
    )
    values = {
        "day": day_text(digest.day, "full"),
        "count": str(len(day.slots)),
        "in_need": str(day.in_need) if day.in_need else "",
        "organiser": title,
        "day_page": address,
    }
    return with_own_words(note, filled_in(text, values, OF_A_DAY))


def _lines(day: Day, account: Account) -> tuple[str, ...]:
    """Return who comes when, one line for each occasion, and how many more there are."""
    shown = day.slots[:LISTED_AT_MOST]
    lines = [
        f"{span_text(slot.starts_at, slot.ends_at, account.time_zone)} · "
        f"{who_comes(slot, [each.name for each in day.people[slot.pk]])}"
        for slot in shown
    ]
    if left := len(day.slots) - len(shown):
        lines.append(ngettext("and {n} more", "and {n} more", left).format(n=left))
    return tuple(lines)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _subject(day: Day) -> str:
    """Return "Today: 8 appointments, 2 need you"."""
    count = len(day.slots)
    subject = ngettext("Today: {n} appointment", "Today: {n} appointments", count).format(n=count)
    if not day.in_need:
        return subject
    return subject + ngettext(", {n} needs you", ", {n} need you", day.in_need).format(n=day.in_need)


def _need(day: Day) -> str:
    if not day.in_need:
        return gettext("Everything is ready.")
    sentence = ngettext(
        "{n} of them needs you: a request waits for your answer, or a link is missing.",
        "{n} of them need you: requests wait for your answer, or links are missing.",
        day.in_need,
    )
    return sentence.format(n=day.in_need)
