"""What an owner reads about publication to a calendar: how it stands, what it waits for, and what somebody changed."""

from collections.abc import Iterable

from django.utils.translation import gettext, ngettext

from convoca.booking.models import Connection, Publication, Schedule
from convoca.booking.operations.granting import NoTokenNow
from convoca.booking.questions.publishing import Progress
from convoca.manage.phrases import Words
from convoca.providers.contract import NotAuthorized, OutcomeLost, Provider, ProviderError, Rejected, Throttled


def who(connection: Connection) -> str:
    return connection.email or connection.external_user


def standing(schedule: Schedule, connection: Connection | None) -> Words:
    """Say in one line whether the schedule is published, and where."""
    calendar = schedule.calendar
    if calendar is None or connection is None:
        return Words(tone="plain", text=gettext("Not published"))
    if connection.state != Connection.State.OPEN:
        return Words(tone="danger", text=access_ended())
    sentence = gettext("Published to {calendar} ({who})")
    return Words(tone="success", text=sentence.format(calendar=calendar.name, who=who(connection)))


def access_ended() -> str:
    return gettext("Google access ended. Publishing and Meet are paused.")


def progress(progress: Progress, *, is_class: bool) -> str:
    """Say how many of what is to be in the calendar is there."""
    if is_class:
        sentence = ngettext(
            "{done} of {n} slot to come is in the calendar.",
            "{done} of {n} slots to come are in the calendar.",
            progress.total,
        )
    else:
        sentence = ngettext(
            "{done} of {n} booking to come is in the calendar.",
            "{done} of {n} bookings to come are in the calendar.",
            progress.total,
        )
    return sentence.format(done=progress.done, n=progress.total)


def slowed_down(again: str) -> str:
    return gettext("Google asked us to slow down. We continue at {time}.").format(time=again)


def refused(count: int) -> str:
    sentence = ngettext(
        "Google refused {n} of them: they are not in the calendar.",
        "Google refused {n} of them: they are not in the calendar.",
        count,
    )
    return sentence.format(n=count)


def published(calendar: str, bookings: int) -> str:
    """Say that it is published, and what becomes of what is booked already."""
    if not bookings:
        return gettext("Published to {calendar}.").format(calendar=calendar)
    sentence = ngettext(
        "Published to {calendar}. {n} booking to come is being copied.",
        "Published to {calendar}. {n} bookings to come are being copied.",
        bookings,
    )
    return sentence.format(calendar=calendar, n=bookings)


def connected(connection: Connection) -> str:
    return gettext("It works: we read your Google account ({who}). Now choose a calendar.").format(who=who(connection))


def box_unticked() -> str:
    return gettext(
        "Google did not give permission to write. Connect again and leave the boxes for events and for the list of "
        "calendars ticked."
    )


def test_mode() -> str:
    return gettext("This server's Google app is in test mode: you must reconnect every 7 days.")


def cannot_publish() -> str:
    return gettext("This calendar can no longer be written. Choose another one.")


def not_read(error: ProviderError | OutcomeLost | NoTokenNow) -> str:
    """Say why Google did not tell its calendars, or did not make one."""
    match error:
        case NotAuthorized():
            return box_unticked()
        case Throttled():
            return gettext("Google asks us to slow down. Try again in a minute.")
        case Rejected(reason):
            return gettext("Google refused: {reason}.").format(reason=reason.rstrip("."))
        case OutcomeLost():
            return gettext("Google did not say whether it made the calendar. If it did, it is in the list now.")
        case _:
            return gettext("Google did not answer. Try again in a minute.")


def texts_saved() -> str:
    return gettext("Saved. Events that exist are being rewritten.")


def changed_by_hand(event: Publication) -> str:
    """Say what somebody did to an event in Google Calendar."""
    if event.observed == Publication.Observed.GONE:
        return gettext("The event was deleted in Google Calendar. The booking still exists.")
    names = {
        "title": gettext("its title"),
        "location": gettext("its location"),
        "starts_at": gettext("its time"),
        "ends_at": gettext("its time"),
        "description": gettext("its description"),
    }
    what = dict.fromkeys(names[each] for each in event.differences.split() if each in names)
    sentence = gettext("The event was changed in Google Calendar: {what}. The booking is as it was.")
    return sentence.format(what=_listed(what))


def put_back() -> str:
    return gettext("The event is being put back.")


def left_alone() -> str:
    return gettext("The event stays as it is in Google Calendar.")


def nothing_to_put_back() -> str:
    return gettext("This event is as we made it, or is being worked on just now. Nothing was changed.")


def stopped(schedule: Schedule, *, removes: bool) -> str:
    if removes:
        return gettext("{schedule} is no longer published. Its events are being removed from the calendar.").format(
            schedule=schedule.name
        )
    return gettext("{schedule} is no longer published. What was copied stays in the calendar.").format(
        schedule=schedule.name
    )


def was_not_published(schedule: Schedule) -> str:
    return gettext("{schedule} is not published. Nothing was changed.").format(schedule=schedule.name)


def before_stopping(schedule: Schedule, *, meetings: int, turns_meet_off: bool) -> list[str]:
    """Return what happens if publication is stopped, in sentences."""
    told = [gettext("New bookings of {schedule} appear in the calendar no more.").format(schedule=schedule.name)]
    if turns_meet_off:
        told.append(gettext("Stopping publication also turns Meet off for new bookings. Existing links keep working."))
    if meetings:
        sentence = ngettext(
            "{n} event carries a Meet link: it stays until it has ended or is cancelled, and so does our access.",
            "{n} events carry a Meet link: they stay until they have ended or are cancelled, and so does our access.",
            meetings,
        )
        told.append(sentence.format(n=meetings))
    return told


def meet_needs_publication(provider: Provider) -> str:
    return gettext("{provider} needs this schedule to be published to Google Calendar.").format(provider=provider.name)


def publish_now() -> str:
    return gettext("Publish now")


def account_removed(connection: Connection) -> str:
    return gettext("{who} is being disconnected: its credentials are deleted here and our access is withdrawn.").format(
        who=who(connection)
    )


def account_in_use(connection: Connection) -> str:
    return gettext("{who} is in use. Nothing was changed; stop what uses it first.").format(who=who(connection))


def _listed(parts: Iterable[str]) -> str:
    return ", ".join(parts)
