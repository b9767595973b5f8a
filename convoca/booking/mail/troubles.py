"""Trouble in an owner's words: what happened, what we do, what they can do; and that it is over."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext, ngettext

from convoca.booking.mail.envelope import one_line
from convoca.booking.models import Incident, Slot
from convoca.booking.questions.troubles import trouble_of
from convoca.booking.wording import clock_text, day_text
from convoca.core.time import local_day
from convoca.providers import provider_by_id

Kind = Incident.Kind


def short_moment(instant: datetime, time_zone: str) -> str:
    """Return "Thu 26 Nov, 10:00", on the clocks of `time_zone`."""
    return f"{day_text(local_day(instant, time_zone), 'short')}, {clock_text(instant, time_zone)}"


def subject_of(incident: Incident, slots: Sequence[Slot], time_zone: str) -> str:
    """Return what the owner reads first: whether they must act, and for when."""
    provider = provider_by_id(incident.provider).name
    if incident.kind == Kind.ACCESS:
        n = len(slots)
        sentence = (
            ngettext(
                "{provider} disconnected: {n} upcoming slot without link",
                "{provider} disconnected: {n} upcoming slots without link",
                n,
            )
            if has_classes(slots)
            else ngettext(
                "{provider} disconnected: {n} upcoming booking without link",
                "{provider} disconnected: {n} upcoming bookings without link",
                n,
            )
        )
        return sentence.format(provider=provider, n=n)
    if not slots:
        return gettext("Action needed: no meeting links from {provider}").format(provider=provider)
    when = short_moment(slots[0].starts_at, time_zone)
    if incident.kind == Kind.DELETED:
        return gettext("Action needed: {provider} meeting deleted, {when}").format(provider=provider, when=when)
    return gettext("Action needed: no meeting link for {when}").format(when=when)


def has_classes(slots: Sequence[Slot]) -> bool:
    """Say whether a class is among them: it is a slot, and perhaps nobody's booking."""
    return any(slot.schedule.is_capacity for slot in slots)


def what_happened(incident: Incident, slots: Sequence[Slot], time_zone: str) -> str:
    """Return the one sentence that says it."""
    kind, n = trouble_of(incident).kind, len(slots)
    sentence = _of_slots(kind, n) if has_classes(slots) else _of_bookings(kind, n)
    provider, since = provider_by_id(incident.provider).name, short_moment(incident.opened_at, time_zone)
    return sentence.format(provider=provider, n=n, time=since)


def _of_bookings(kind: Incident.Kind, occasions: int) -> str:
    match kind:
        case Kind.ACCESS:
            return ngettext(
                "{provider} no longer accepts our access (since {time}). {n} upcoming booking has no link.",
                "{provider} no longer accepts our access (since {time}). {n} upcoming bookings have no link.",
                occasions,
            )
        case Kind.MISCONFIGURED:
            return ngettext(
                "{provider} does not accept this server's application. {n} upcoming booking has no link.",
                "{provider} does not accept this server's application. {n} upcoming bookings have no link.",
                occasions,
            )
        case Kind.REFUSED:
            return ngettext(
                "{provider} refused to create the link of {n} upcoming booking.",
                "{provider} refused to create the links of {n} upcoming bookings.",
                occasions,
            )
        case Kind.UNREACHABLE:
            return ngettext(
                "{provider} has not answered for minutes. {n} upcoming booking has no link yet.",
                "{provider} has not answered for minutes. {n} upcoming bookings have no link yet.",
                occasions,
            )
        case Kind.QUOTA:
            return ngettext(
                "Today's {provider} meetings are used up, and {n} booking begins before there are more.",
                "Today's {provider} meetings are used up, and {n} bookings begin before there are more.",
                occasions,
            )
        case Kind.DELETED:
            return ngettext(
                "The {provider} meeting of {n} upcoming booking was deleted at {provider}.",
                "The {provider} meetings of {n} upcoming bookings were deleted at {provider}.",
                occasions,
            )


def _of_slots(kind: Incident.Kind, occasions: int) -> str:
    match kind:
        case Kind.ACCESS:
            return ngettext(
                "{provider} no longer accepts our access (since {time}). {n} upcoming slot has no link.",
                "{provider} no longer accepts our access (since {time}). {n} upcoming slots have no link.",
                occasions,
            )
        case Kind.MISCONFIGURED:
            return ngettext(
                "{provider} does not accept this server's application. {n} upcoming slot has no link.",
                "{provider} does not accept this server's application. {n} upcoming slots have no link.",
                occasions,
            )
        case Kind.REFUSED:
            return ngettext(
                "{provider} refused to create the link of {n} upcoming slot.",
                "{provider} refused to create the links of {n} upcoming slots.",
                occasions,
            )
        case Kind.UNREACHABLE:
            return ngettext(
                "{provider} has not answered for minutes. {n} upcoming slot has no link yet.",
                "{provider} has not answered for minutes. {n} upcoming slots have no link yet.",
                occasions,
            )
        case Kind.QUOTA:
            return ngettext(
                "Today's {provider} meetings are used up, and {n} slot begins before there are more.",
                "Today's {provider} meetings are used up, and {n} slots begin before there are more.",
                occasions,
            )
        case Kind.DELETED:
            return ngettext(
                "The {provider} meeting of {n} upcoming slot was deleted at {provider}.",
                "The {provider} meetings of {n} upcoming slots were deleted at {provider}.",
                occasions,
            )


def remedy_of(incident: Incident, *, still_open: bool) -> tuple[str, ...]:
    """Return who does what now, and that this is the last word before the appointment, if it is."""
    provider = provider_by_id(incident.provider).name
    told = () if not still_open else (gettext("The first of these appointments begins within a day."),)
    reason = reason_of(incident)
    sentence = {
        Kind.ACCESS: gettext(
            "All bookings are safe. Press Reconnect {provider} on the health page: every link is created then, and "
            "sent to the people who wait for it."
        ),
        Kind.MISCONFIGURED: gettext(
            "You cannot mend this yourself: whoever runs this server must check its application at {provider}. Until "
            "then you can paste links on the health page."
        ),
        Kind.REFUSED: gettext(
            "All bookings are safe. The health page shows why, and lets you try again or paste a link."
        ),
        Kind.UNREACHABLE: gettext(
            "All bookings are safe, and we keep trying. You need not do anything unless it is urgent: the health page "
            "lets you try at once or paste a link."
        ),
        Kind.QUOTA: gettext("All bookings are safe. Paste a link for these on the health page."),
        Kind.DELETED: gettext(
            "We have made new meetings and told the people who come. Do these appointments take place? Answer on the "
            "health page: keep the appointment, or cancel the booking."
        ),
    }[trouble_of(incident).kind].format(provider=provider)
    words = gettext("What {provider} said: {reason}").format(provider=provider, reason=reason) if reason else ""
    return (*told, sentence, *filter(None, [words]))


def reason_of(incident: Incident) -> str:
    """Return what the vendor said, or nothing."""
    return one_line(incident.connection.reason) if incident.connection is not None else ""


def button_of(incident: Incident) -> str:
    """Name what mends it, as the page to which the button leads names it."""
    match trouble_of(incident).kind:
        case Kind.ACCESS:
            return gettext("Reconnect {provider}").format(provider=provider_by_id(incident.provider).name)
        case Kind.REFUSED | Kind.UNREACHABLE:
            return gettext("Try again or paste a link")
        case Kind.DELETED:
            return gettext("Answer on the health page")
        case Kind.MISCONFIGURED | Kind.QUOTA:
            return gettext("Paste links")


def section_of(incident: Incident, slots: Sequence[Slot]) -> str:
    """Return where on the page that is: if one slot alone lacks its link, the field into which another is pasted."""
    match trouble_of(incident).kind:
        case Kind.DELETED:
            return "#questions"
        case _:
            return f"#paste-{slots[0].pk}" if len(slots) == 1 else "#not-ready"


def all_clear(incident: Incident) -> tuple[str, tuple[str, ...]]:
    """Return the sentences that say that it is over."""
    provider = provider_by_id(incident.provider).name
    works = incident.kind in {Kind.ACCESS, Kind.UNREACHABLE, Kind.MISCONFIGURED}
    opening = gettext("{provider} works again") if works else gettext("All clear: that trouble with {provider} is over")
    rest = gettext("No upcoming booking is without a link because of it any more. There is nothing left to do.")
    return opening.format(provider=provider), (rest,)
