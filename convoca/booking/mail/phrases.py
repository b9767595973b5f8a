"""What mails say, in the reader's language: whole sentences, each with its reason to be there."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext, pgettext

from convoca.booking.mail.envelope import one_line
from convoca.booking.mail.reader import zone_of
from convoca.booking.models import Account, Booking, Changes, Notification, Slot
from convoca.booking.questions.bookings import position_of
from convoca.booking.questions.links import Link, LinkState
from convoca.booking.wording import city_text, clock_text, day_text, minutes_text, zone_text

# A phone shows half of it; mail programs cut what is longer.
SUBJECT_MAX_CHARS = 78

# Within this time "in 55 minutes" says more than the hour does.
SOON = timedelta(minutes=90)
ROUNDED_TO_MINUTES = 5

GREETED_NAME_MAX_CHARS = 60
# Whoever books may type anybody's e-mail address: a name that reads as an address would make us carry advertising.
LOOKS_LIKE_AN_ADDRESS = re.compile(r"[/@]|\bwww\b|\w\.\w{2,}", re.IGNORECASE)

Kind = Notification.Kind


def title_of(slot: Slot) -> str:
    """Return what the occasion is called, without saying whose it is."""
    return one_line(slot.title or (slot.service.name if slot.service else slot.schedule.name))


def title_with_organiser(slot: Slot, account: Account) -> str:
    """Return "Consultation with Ana Ruiz"."""
    title, organiser = title_of(slot), one_line(account.title)
    if organiser.casefold() in title.casefold():
        return title
    pattern = pgettext("an occasion and its organiser", "{title} with {organiser}")
    return pattern.format(title=title, organiser=organiser)


def subject(notification: Notification, link: Link, *, several: int = 0, now: datetime) -> str:
    """Return the subject: the verb, the day and the hour first, and at most 78 characters.

    `several` is how many bookings the mail tells of, if it is more than one.
    """
    booking, zone = notification.booking, zone_of(notification)
    slot, account = booking.slot, notification.account
    day, clock = short_day(slot.starts_at, zone), clock_text(slot.starts_at, zone)
    values = {"day": day, "clock": clock, "city": city_text(zone)}
    what = gettext("your appointment") if slot.schedule.has_discreet_subjects else title_with_organiser(slot, account)
    if several:
        return _subject_of_several(notification, what, values | {"n": str(several)})
    match notification.kind:
        case Kind.MOVED if notification.was_at and notification.was_at != slot.starts_at:
            was = f"{_weekday(notification.was_at, zone)}, {clock_text(notification.was_at, zone)}"
            return fit(gettext("Moved to {day}, {clock} ({city}) – was {was}"), "", values | {"was": was})
        case Kind.MOVED:
            return fit(gettext("Moved to {day}, {clock} ({city}) – {what}"), what, values)
        case Kind.CANCELLATION:
            return fit(gettext("Cancelled: {day}, {clock} – {what}"), what, values)
        case Kind.LEFT:
            return fit(gettext("Cancelled: {day}, {clock} – {what}"), name_or_somebody(booking), values)
        case Kind.CONFIRMATION:
            return fit(gettext("Booked: {day}, {clock} ({city}) – {what}"), what, values)
        case Kind.LINK_READY | Kind.BACKUP_LINK:
            return fit(gettext("Meeting link for {day}, {clock} ({city})"), "", values)
        case Kind.LINK_CHANGED:
            return fit(gettext("New meeting link for {day}, {clock} ({city})"), "", values)
        case Kind.FOLLOW_UP:
            return fit(gettext("Thank you for coming: {what}"), what, values)
        case Kind.REMINDER:
            return _reminder_subject(booking, what, values, link, now=now)
        case _:
            return _question_subject(notification, what, values)


def _subject_of_several(notification: Notification, what: str, values: dict[str, str]) -> str:
    match notification.kind:
        case Kind.MOVED:
            return fit(gettext("Moved: {n} dates, the first to {day}, {clock} ({city}) – {what}"), what, values)
        case Kind.CANCELLATION:
            return fit(gettext("Cancelled: {n} dates from {day}, {clock} – {what}"), what, values)
        case Kind.DECLINED:
            return fit(gettext("Not possible: {n} dates from {day}, {clock} – choose others"), "", values)
        case Kind.REQUEST:
            return fit(gettext("Request sent: {n} dates from {day}, {clock} ({city})"), "", values)
        case Kind.APPROVAL_WANTED:
            booking = notification.booking
            return fit(gettext("Approve {n} dates? {what}, {day}, {clock}"), name_or_somebody(booking), values)
        case _:
            return fit(gettext("Booked: {n} dates from {day}, {clock} ({city}) – {what}"), what, values)


def _question_subject(notification: Notification, what: str, values: dict[str, str]) -> str:
    """Return the subject of a mail about a place that its reader does not have, or not yet."""
    booking = notification.booking
    match notification.kind:
        case Kind.REQUEST:
            return fit(gettext("Request sent: {day}, {clock} ({city})"), "", values)
        case Kind.APPROVAL_WANTED:
            return fit(gettext("Approve? {what}, {day}, {clock}"), name_or_somebody(booking), values)
        case Kind.DECLINED:
            return fit(gettext("Not possible: {day}, {clock} – choose another time"), "", values)
        case Kind.WAITING:
            pattern = gettext("Waiting list, number {n}: {what}")
            return fit(pattern, what, {"n": str(position_of(booking))})
        case Kind.OFFER:
            return fit(gettext("A place is free until {time}: {what}"), what, {"time": until_text(booking)})
        case _:
            return fit(gettext("Still on the waiting list: {day}, {clock} – {what}"), what, values)


def until_text(booking: Booking) -> str:
    """Return until when an offered place is held: "Thu 26 Nov, 18:00 (Madrid)"."""
    until, zone = booking.offered_until or booking.slot.starts_at, booking.time_zone
    return f"{short_day(until, zone)}, {clock_text(until, zone)} ({city_text(zone)})"


def name_or_somebody(booking: Booking) -> str:
    """Return whose booking it is, for the owner's side."""
    return greeted_name(booking) or gettext("Somebody")


def _reminder_subject(booking: Booking, what: str, values: dict[str, str], link: Link, *, now: datetime) -> str:
    left = booking.slot.starts_at - now
    if left <= SOON:
        pattern = gettext("In {length}: {what} – join link inside") if link.is_ready else gettext("In {length}: {what}")
        return fit(pattern, what, {"length": _rounded(left)})
    match _days_ahead(booking, now=now):
        case 0:
            return fit(gettext("Today {clock} ({city}): {what}"), what, values)
        case 1:
            return fit(gettext("Tomorrow {clock} ({city}): {what}"), what, values)
        case _:
            return fit(gettext("Reminder: {day}, {clock} ({city}) – {what}"), what, values)


def fit(pattern: str, what: str, values: dict[str, str]) -> str:
    """Fill in the pattern; what the occasion is called is cut first, then the end."""
    room = SUBJECT_MAX_CHARS - len(pattern.format(what="", **values))
    return one_line(_cut(pattern.format(what=_cut(what, max(room, 1)), **values), SUBJECT_MAX_CHARS))


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _rounded(left: timedelta) -> str:
    steps = round(left / timedelta(minutes=ROUNDED_TO_MINUTES))
    return minutes_text(max(steps, 1) * ROUNDED_TO_MINUTES)


def short_day(instant: datetime, time_zone: str) -> str:
    """Return "Thu 26 Nov", on the calendar of `time_zone`."""
    return day_text(instant.astimezone(ZoneInfo(time_zone)).date(), "short")


def _weekday(instant: datetime, time_zone: str) -> str:
    return day_text(instant.astimezone(ZoneInfo(time_zone)).date(), "day")


def was_text(notification: Notification, time_zone: str) -> str:
    """Return when what has moved was to be, or nothing."""
    was_at = notification.was_at
    if notification.kind != Kind.MOVED or was_at is None or was_at == notification.booking.slot.starts_at:
        return ""
    day = day_text(was_at.astimezone(ZoneInfo(time_zone)).date(), "full")
    return gettext("Before: {time}").format(time=f"{day}, {clock_text(was_at, time_zone)}")


def _days_ahead(booking: Booking, *, now: datetime) -> int:
    zone = ZoneInfo(booking.time_zone)
    return (booking.slot.starts_at.astimezone(zone).date() - now.astimezone(zone).date()).days


def opening(notification: Notification, *, several: int = 0, now: datetime) -> str:
    """Return the mail's one sentence; `several` is how many bookings it tells of, if it is more than one."""
    booking = notification.booking
    is_class = booking.slot.schedule.is_capacity
    match notification.kind:
        case Kind.APPROVAL_WANTED if several:
            return gettext("{name} asks for {n} dates.").format(name=name_or_somebody(booking), n=several)
        case _ if several:
            plain = _opening_of_several(notification, is_class=is_class).format(n=several)
        case Kind.CONFIRMATION:
            plain = gettext("Your place is booked") if is_class else gettext("Your appointment is booked")
        case Kind.LINK_READY:
            plain = gettext("Your meeting link is ready")
        case Kind.LINK_CHANGED:
            plain = gettext("The meeting link has changed")
        case Kind.BACKUP_LINK if is_class:
            plain = gettext("Use this link for your session")
        case Kind.BACKUP_LINK:
            plain = gettext("Use this link for your appointment")
        case Kind.REMINDER:
            plain = _reminder_opening(booking, is_class=is_class, now=now)
        case Kind.FOLLOW_UP:
            plain = gettext("Thank you for coming")
        case Kind.MOVED:
            plain = gettext("Your booking has moved") if is_class else gettext("Your appointment has moved")
        case Kind.CANCELLATION:
            plain = gettext("Your booking is cancelled") if is_class else gettext("Your appointment is cancelled")
        case Kind.APPROVAL_WANTED:
            return gettext("{name} asks for this time.").format(name=name_or_somebody(booking))
        case Kind.LEFT:
            return gettext("{name} has cancelled.").format(name=name_or_somebody(booking))
        case _:
            plain = _question_opening(notification)
    name = greeted_name(booking)
    return f"{plain}, {name}." if name else f"{plain}."


def _opening_of_several(notification: Notification, *, is_class: bool) -> str:
    match notification.kind:
        case Kind.CANCELLATION:
            return gettext("{n} of your bookings are cancelled")
        case Kind.DECLINED:
            return gettext("None of these {n} dates is possible")
        case Kind.MOVED:
            return gettext("{n} of your bookings have moved")
        case Kind.REQUEST:
            return gettext("Your request for {n} dates is sent")
        case _ if is_class:
            return gettext("You are signed up for {n} sessions")
        case _:
            return gettext("Your {n} appointments are booked")


def _question_opening(notification: Notification) -> str:
    match notification.kind:
        case Kind.REQUEST:
            return gettext("Your request is sent")
        case Kind.DECLINED:
            return gettext("That time is not possible")
        case Kind.WAITING:
            return gettext("You are on the waiting list")
        case Kind.OFFER:
            return gettext("A place is free")
        case _:
            return gettext("You are still on the waiting list")


def _reminder_opening(booking: Booking, *, is_class: bool, now: datetime) -> str:
    match _days_ahead(booking, now=now):
        case 0:
            return gettext("Your booking is for today") if is_class else gettext("Your appointment is today")
        case 1:
            return gettext("Your booking is for tomorrow") if is_class else gettext("Your appointment is tomorrow")
        case _:
            return gettext("Your booking is coming up") if is_class else gettext("Your appointment is coming up")


def resources_of(booking: Booking) -> str:
    """Return what is booked beside the occasion's own name: a person, a room. An example takes nothing."""
    if booking.slot._state.adding:
        return ""
    taken = booking.slot.occupancies.select_related("resource").order_by("pk")
    return ", ".join(one_line(each.resource.name) for each in taken)


def greeted_name(booking: Booking) -> str:
    """Return the person's name, or nothing if it is long or reads as an address."""
    name = one_line(booking.name)
    return "" if len(name) > GREETED_NAME_MAX_CHARS or LOOKS_LIKE_AN_ADDRESS.search(name) else name


def preheader(notification: Notification, link: Link) -> str:
    """Return the next useful fact, which mail programs show beside the subject."""
    is_class = notification.booking.slot.schedule.is_capacity
    match notification.kind:
        case Kind.CANCELLATION if notification.booking.slot.is_live or not is_class:
            return gettext("The time is free again. You need not do anything.")
        case Kind.CANCELLATION:
            return gettext("You can choose another one from this email.")
        case Kind.LEFT:
            return gettext("They left you a message.")
        case Kind.APPROVAL_WANTED:
            return gettext("The time is held until you answer.")
        case Kind.DECLINED:
            return gettext("Choose another time from this email.")
        case Kind.OFFER:
            return gettext("It is held for you until then.")
        case Kind.FOLLOW_UP:
            return gettext("Book again from this email.")
    may_change = notification.booking.slot.schedule.who_changes != Changes.NOBODYS
    if link.is_ready:
        return gettext("Join, move or cancel from this email.") if may_change else gettext("Join from this email.")
    return gettext("Move or cancel it from this email.") if may_change else gettext("See it from this email.")


def when_lines(slot: Slot, time_zone: str) -> tuple[str, str]:
    """Return the day and clocks, and the zone they are meant in, as two lines."""
    starts, ends = (each.astimezone(ZoneInfo(time_zone)) for each in (slot.starts_at, slot.ends_at))
    end = clock_text(slot.ends_at, time_zone)
    if ends.date() != starts.date():
        end = f"{day_text(ends.date(), 'short')}, {end}"
    day = _capital(day_text(starts.date(), "full"))
    return f"{day}, {clock_text(slot.starts_at, time_zone)}–{end}", _capital(zone_text(time_zone, slot.starts_at))


def other_side(slot: Slot, time_zone: str) -> str:
    """Return the same hours on the organiser's clocks, or nothing where they show the same."""
    theirs = slot.schedule.time_zone
    if _offset(slot.starts_at, theirs) == _offset(slot.starts_at, time_zone):
        return ""
    day = _capital(short_day(slot.starts_at, theirs))
    hours = f"{clock_text(slot.starts_at, theirs)}–{clock_text(slot.ends_at, theirs)}"
    return f"{day}, {hours} ({zone_text(theirs, slot.starts_at)})"


def _offset(instant: datetime, time_zone: str) -> timedelta | None:
    return instant.astimezone(ZoneInfo(time_zone)).utcoffset()


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def join_sentence(link: Link, account: Account, *, has_changed: bool, time_zone: str) -> str:
    """Return what introduces the join page's address, which works whatever the state of the link."""
    organiser = one_line(account.title)
    match link.state:
        case LinkState.READY if link.is_backup:
            return gettext("Join by the backup link:")
        case LinkState.READY if has_changed:
            return gettext("This address already opens the new one:")
        case LinkState.READY:
            return gettext("Join the meeting:")
        case LinkState.NOT_YET if link.opens_at is not None:
            opens = f"{short_day(link.opens_at, time_zone)}, {clock_text(link.opens_at, time_zone)}"
            return gettext("This address opens the meeting from {time} on:").format(time=opens)
        case LinkState.QUOTA if link.again_at is not None:
            again = f"{short_day(link.again_at, time_zone)}, {clock_text(link.again_at, time_zone)}"
            return gettext(
                "Your meeting link will be created after {time}. This address will open it then, and we will email you:"
            ).format(time=again)
        case LinkState.FAILED:
            return gettext(
                "{owner} has been told that the meeting link needs attention. This address will open it as soon as it "
                "is there, and we will email you then:"
            ).format(owner=organiser)
        case LinkState.MANUAL_MISSING:
            return gettext(
                "{owner} will add the meeting link. This address will open it as soon as it is there, "
                "and we will email you then:"
            ).format(owner=organiser)
        case LinkState.PENDING | LinkState.QUOTA:
            return gettext(
                "Your meeting link is being prepared. This address will open it as soon as it is ready, "
                "and we will email you then:"
            )
        case _:
            return gettext(
                "Your meeting link is taking longer than usual. We keep trying. This address will open it as soon as "
                "it is ready, and we will email you then:"
            )
