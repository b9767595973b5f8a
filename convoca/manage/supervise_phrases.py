"""What Supervise says: counts, states in a word or two, and what was done."""

from django.utils.translation import gettext, ngettext, pgettext

from convoca.booking.models import AuditEntry, Booking, FormField, Schedule
from convoca.booking.questions.links import IN_NEED, LinkState
from convoca.booking.questions.supervising import State
from convoca.booking.wording import clock_text, day_text
from convoca.core.admission import SeriesClash
from convoca.core.time import local_day
from convoca.manage.agenda import Row
from convoca.manage.phrases import Words
from convoca.manage.supervising import View


def view_names() -> dict[View, str]:
    return {
        View.DAY: gettext("Day"),
        View.WEEK: gettext("Week"),
        View.COMING: pgettext("appointments", "Coming"),
        View.HISTORY: gettext("History"),
        View.TRASH: gettext("Trash"),
    }


def state_names() -> dict[State, str]:
    return {
        State.NEED: gettext("Those that need you"),
        State.PENDING: gettext("Waiting for approval"),
        State.NO_LINK: gettext("Without a link"),
        State.WAITING: gettext("Waiting list"),
        State.CANCELLED: gettext("Cancelled"),
    }


def appointments(count: int) -> str:
    return ngettext("{n} appointment", "{n} appointments", count).format(n=count)


def need(count: int) -> str:
    return ngettext("{n} needs you", "{n} need you", count).format(n=count)


def block_state(row: Row) -> Words:
    """Say in a word or two how an occasion stands, for its block in the grid."""
    state = LinkState(row.link.state)
    if row.is_cancelled:
        return Words(tone="danger", text=gettext("Cancelled"))
    if any(person.is_pending for person in row.people):
        return Words(tone="pending", text=pgettext("an appointment that awaits its approval", "Request"))
    if row.lacks_link and state in IN_NEED | {LinkState.QUOTA}:
        return Words(tone="danger", text=pgettext("an appointment has", "No link"))
    if row.lacks_link:
        return Words(tone="pending", text=gettext("Link being created"))
    if state is LinkState.READY and not row.is_over:
        return Words(tone="success", text=gettext("Link ready"))
    return Words(tone="plain", text=gettext("over") if row.is_over else "")


def who_did(entry: AuditEntry) -> str:
    """Name who is behind a line of the trail."""
    if entry.membership is not None:
        return f"{entry.membership.called} ({entry.get_actor_display()})"
    if entry.actor == AuditEntry.Actor.ATTENDEE and entry.booking is not None:
        return entry.booking.called
    return str(entry.get_actor_display())


def restored(booking: Booking, dates: int) -> str:
    if dates == 1:
        return gettext("The appointment of {name} stands again. They are told by email.").format(name=booking.name)
    return ngettext(
        "{n} appointment of {name} stands again. They are told by email.",
        "{n} appointments of {name} stand again. They are told by email.",
        dates,
    ).format(n=dates, name=booking.name)


def missed(booking: Booking) -> str:
    return gettext("Noted: {name} did not come.").format(name=booking.name)


def came(booking: Booking) -> str:
    return gettext("{name} is no longer marked as no-show.").format(name=booking.name)


def sent_again(booking: Booking) -> str:
    return gettext("The meeting link goes to {email} once more.").format(email=booking.email)


def arrived(name: str, clock: str) -> str:
    """Say who has booked since the page was loaded, and when they come."""
    return gettext("New: {name}, {time}.").format(name=name, time=clock)


def and_more(count: int) -> str:
    return ngettext("And {n} more.", "And {n} more.", count).format(n=count) if count > 0 else ""


def clashes(refusal: SeriesClash, time_zone: str) -> str:
    """Name every date that is not free, so that nothing was booked."""
    times = [each.interval.starts_at for each in refusal.clashes]
    dates = "; ".join(
        f"{day_text(local_day(each, time_zone), 'short')}, {clock_text(each, time_zone)}" for each in times
    )
    return ngettext(
        "Nothing was booked, because {n} of the dates is not free: {dates}",
        "Nothing was booked, because {n} of the dates are not free: {dates}",
        len(times),
    ).format(n=len(times), dates=dates)


def booked(booking: Booking, when: str, *, dates: int = 1) -> str:
    if dates > 1:
        return ngettext(
            "{name} is booked for {n} date from {when} and told by email.",
            "{name} is booked for {n} dates from {when} and told by email.",
            dates,
        ).format(name=booking.name, n=dates, when=when)
    return gettext("{name} is booked for {when} and told by email.").format(name=booking.name, when=when)


def corrected(*, new_address: bool) -> str:
    if new_address:
        return gettext("Saved. The new address gets a mail; links sent to the old one no longer work.")
    return gettext("Saved.")


def outside_hours(schedule: Schedule) -> str:
    return gettext("That is outside the opening hours of {schedule}. Book it all the same?").format(
        schedule=schedule.name
    )


def super_label(label: str) -> str:
    """Return what the account calls the superusers' own field."""
    return label or gettext("Supervisor field")


def column_names(fields: str) -> str:
    """Return the names of the columns that an act changed, as people say them; none for a move, whose verb says all."""
    names = {
        "name": gettext("Name"),
        "email": gettext("Email"),
        "super_field": gettext("Supervisor field"),
        **{key: str(label) for key, label in FormField.Key.choices},
    }
    return ", ".join(names[field] for field in fields.split() if field in names)
