"""What an attendee is told of the meeting link, and how often the page asks again."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.utils.translation import gettext

from convoca.booking.models import Booking
from convoca.booking.questions.links import Link, LinkState
from convoca.booking.wording import clock_text, day_text
from convoca.core.time import local_day

# People like to be a little early, and nobody likes to sit alone in a meeting for long.
OPENS_BEFORE = timedelta(minutes=15)

EVERY_HALF_SECOND = "every 500ms"
EVERY_FIVE_SECONDS = "every 5s"
EVERY_MINUTE = "every 60s"


@dataclass(frozen=True, kw_only=True)
class Card:
    """One state in words. `url` and `passcode` are there only for a browser that may be shown them.

    `seen` names the state for the next question; `poll` is how often it is asked, empty for never; `announcement` is
    what a screen reader says when the card changes to this.
    """

    seen: str
    tone: str
    title: str
    text: str = ""
    poll: str = ""
    announcement: str = ""
    is_ready: bool = False
    url: str = ""
    host: str = ""
    passcode: str = ""
    note: str = ""

    @property
    def icon(self) -> str:
        return {"pending": "dots", "success": "check", "warning": "clock"}.get(self.tone, "info")


def card_for(booking: Booking, link: Link, *, disclosed: bool) -> Card | None:
    """Return the card for the attendee of `booking`, or None where there is nothing to say of a link."""
    match link.state:
        case LinkState.NONE | LinkState.HIDDEN:
            return None
        case LinkState.NOT_YET:
            return _not_yet(booking, link)
        case LinkState.READY:
            return _ready(booking, link, disclosed=disclosed)
        case LinkState.PENDING:
            return _pending()
        case LinkState.QUOTA if link.again_at is not None:
            return _quota(booking, link)
        case LinkState.FAILED:
            return _failed(booking)
        case LinkState.MANUAL_MISSING:
            return _manual(booking)
        case LinkState.DELAYED | LinkState.DISCONNECTED | LinkState.QUOTA:
            return _delayed(booking)


def _ready(booking: Booking, link: Link, *, disclosed: bool) -> Card:
    note = gettext("Everyone in this class uses the same link – please do not share it.")
    card = Card(
        seen="ready",
        tone="success",
        title=gettext("Your meeting link is ready."),
        announcement=gettext("Link ready. The join button is now available."),
        is_ready=True,
        note=note if booking.slot.schedule.is_capacity else "",
    )
    if link.is_backup:
        card = _instead(card, booking)
    if not disclosed:
        return card
    return replace(card, url=link.url, host=urlsplit(link.url).hostname or "", passcode=link.passcode)


def _instead(card: Card, booking: Booking) -> Card:
    """Call the backup link what it is; it is used until the meeting has a link of its own, which is asked for."""
    is_class = booking.slot.schedule.is_capacity
    title = gettext("Use this link for your session.") if is_class else gettext("Use this link for your appointment.")
    text = gettext("It is the backup link of {owner}: the usual one was not ready in time.")
    return replace(
        card,
        seen="backup",
        title=title,
        text=text.format(owner=booking.account.title),
        announcement=title,
        poll=EVERY_MINUTE,
    )


def _not_yet(booking: Booking, link: Link) -> Card:
    """Say from when on the link is shown; who pressed Join before is taken there then."""
    title = gettext("The meeting link opens at {time}.").format(time=_time_text(booking, link.opens_at))
    return Card(
        seen="not_yet",
        tone="info",
        title=title,
        text=gettext("It appears here by itself, no need to reload."),
        poll=EVERY_MINUTE,
        announcement=title,
    )


def _time_text(booking: Booking, instant: datetime | None) -> str:
    """Return an instant on the attendee's clocks; with its day if that is not the appointment's."""
    if instant is None:
        return ""
    zone = booking.time_zone
    day, clock = local_day(instant, zone), clock_text(instant, zone)
    return clock if day == local_day(booking.slot.starts_at, zone) else f"{day_text(day, 'short')}, {clock}"


def _pending() -> Card:
    title = gettext("We are preparing your meeting link.")
    return Card(
        seen="pending",
        tone="pending",
        title=title,
        text=gettext(
            "It usually takes a few seconds and at most one minute. It will appear here by itself, no need to reload."
        ),
        poll=EVERY_HALF_SECOND,
        announcement=title,
    )


def _delayed(booking: Booking) -> Card:
    title = gettext("Your link is taking longer than usual.")
    return Card(
        seen="delayed",
        tone="warning",
        title=title,
        text=gettext("Your appointment is confirmed. We keep trying and will email the link to {email}.").format(
            email=booking.email
        ),
        poll=EVERY_FIVE_SECONDS,
        announcement=title,
    )


def _failed(booking: Booking) -> Card:
    text = gettext(
        "{owner} has been told that the meeting link needs attention and you will get it by email before the "
        "appointment."
    ).format(owner=booking.account.title)
    return _confirmed("failed", text)


def _quota(booking: Booking, link: Link) -> Card:
    again_at = link.again_at
    assert again_at is not None
    when = f"{day_text(local_day(again_at, booking.time_zone), 'short')}, {clock_text(again_at, booking.time_zone)}"
    text = gettext("Your meeting link will be created after {time} and sent to {email}.").format(
        time=when, email=booking.email
    )
    return _confirmed("quota", text)


def _confirmed(seen: str, text: str) -> Card:
    title = gettext("Your appointment is confirmed.")
    return Card(seen=seen, tone="warning", title=title, text=text, poll=EVERY_MINUTE, announcement=f"{title} {text}")


def _manual(booking: Booking) -> Card:
    title = gettext("{owner} will add the meeting link.").format(owner=booking.account.title)
    return Card(
        seen="manual",
        tone="info",
        title=title,
        text=gettext("You will get it by email and it will appear here."),
        poll=EVERY_MINUTE,
        announcement=title,
    )


def join_card_for(booking: Booking, link: Link) -> Card | None:
    """Return the card of the join page, which never holds an address."""
    match link.state:
        case LinkState.READY:
            return _ready(booking, link, disclosed=False)
        case LinkState.NOT_YET:
            return _not_yet(booking, link)
        case LinkState.PENDING:
            return _still_preparing("pending", EVERY_HALF_SECOND)
        case LinkState.DELAYED:
            return _still_preparing("delayed", EVERY_FIVE_SECONDS)
        case LinkState.FAILED | LinkState.DISCONNECTED | LinkState.QUOTA | LinkState.MANUAL_MISSING:
            return _missing(booking)
        case LinkState.NONE | LinkState.HIDDEN:
            return _no_online_meeting()


def patient_card(booking: Booking) -> Card:
    """Return the card for whoever asked to be taken to the meeting when it is time; they may also join at once."""
    title = gettext("This page opens the meeting at {time}.").format(time=_time_text(booking, time_to_open(booking)))
    return Card(
        seen="patient",
        tone="info",
        title=title,
        text=gettext("Keep this page open."),
        poll=EVERY_MINUTE,
        announcement=title,
        is_ready=True,
    )


def time_to_open(booking: Booking) -> datetime:
    """Return when a page that is to open the meeting by itself does so."""
    return booking.slot.starts_at - OPENS_BEFORE


def _still_preparing(seen: str, poll: str) -> Card:
    title = gettext("The meeting link is being prepared.")
    return Card(
        seen=seen, tone="pending", title=title, text=gettext("Keep this page open."), poll=poll, announcement=title
    )


def _missing(booking: Booking) -> Card:
    account = booking.account
    title = gettext("{owner} knows that the link is missing.").format(owner=account.title)
    contact = gettext("Contact: {contact}").format(contact=account.contact_email) if account.contact_email else ""
    return Card(seen="missing", tone="warning", title=title, text=contact, poll=EVERY_MINUTE, announcement=title)


def _no_online_meeting() -> Card:
    return Card(
        seen="none",
        tone="info",
        title=gettext("This appointment has no online meeting."),
        text=gettext("The link in your confirmation opens your booking."),
    )
