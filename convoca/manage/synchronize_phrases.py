"""What is said on Supervise > Synchronize: whole sentences, in the words of the manual."""

from collections.abc import Collection

from django.utils.translation import gettext, ngettext

from convoca.booking.models import Calendar, Connection, Publication
from convoca.booking.questions.busy import Dependence, Freshness
from convoca.booking.questions.publishing import Progress
from convoca.booking.wording import clock_text
from convoca.manage.phrases import Words, moment
from convoca.manage.progress import time_left_words
from convoca.providers.google.account import CALENDAR_LIST, EVENTS

TIMES = frozenset({"starts_at", "ends_at"})


def publication_words(calendar: Calendar | None) -> Words:
    """Say whether and where the schedule is published."""
    if calendar is None:
        return Words(tone="plain", text=gettext("Not published"))
    connection = calendar.connection
    if connection.state == Connection.State.NEEDS_OWNER:
        return Words(tone="danger", text=gettext("Google access ended. Publishing and Meet are paused."))
    sentence = gettext("Published in “{calendar}” of {who}")
    who = connection.email or connection.external_user
    return Words(tone="success", text=sentence.format(calendar=calendar.name, who=who))


def progress(how: Progress, *, time_zone: str) -> str:
    """Say how far the copying is, or what it waits for; "" where nothing is to be said."""
    if how.again_at is not None and how.is_moving:
        sentence = gettext("Google asked us to slow down. We continue at {time}.")
        return sentence.format(time=clock_text(how.again_at, time_zone))
    if how.is_moving:
        said = gettext("{done} of {total} copied…").format(done=how.done, total=how.total)
        return f"{said} {time_left_words(how.time_left)}".strip()
    if not how.done:
        return ""
    return ngettext("{n} booking is in the calendar.", "{n} bookings are in the calendar.", how.done).format(n=how.done)


def refused(number: int) -> str:
    return ngettext(
        "Google refused {n} event. Change its booking, or choose another calendar.",
        "Google refused {n} events. Change their bookings, or choose another calendar.",
        number,
    ).format(n=number)


def published(copied: int, *, with_calls: bool = False) -> str:
    sentence = gettext("Published. What is booked from now on appears there.")
    if copied:
        sentence = ngettext(
            "Published. {n} booking is being copied.", "Published. {n} bookings are being copied.", copied
        ).format(n=copied)
    return f"{sentence} {gettext('Meet is on for new bookings.')}" if with_calls else sentence


def no_longer_published(*, removed: bool, staying: int) -> str:
    if staying:
        sentence = ngettext(
            "Publishing is off. {n} booking keeps its Google Meet link and its event.",
            "Publishing is off. {n} bookings keep their Google Meet links and their events.",
            staying,
        )
        return sentence.format(n=staying)
    if removed:
        return gettext("Publishing is off. The events are being deleted.")
    return gettext("Publishing is off. The events stay in the calendar as they are.")


def not_published() -> str:
    return gettext("This schedule is not published. Nothing was changed.")


def cannot_publish() -> str:
    return gettext("We cannot write into that calendar. Nothing was changed; choose another one.")


def texts_saved() -> str:
    return gettext("Saved. Events that exist are being rewritten.")


def boxes_missing(missing: Collection[str]) -> str:
    """Say which boxes of Google's page were left unticked."""
    boxes = {
        # Translators: as Google's own page of consent calls its boxes.
        EVENTS: gettext("“View and edit events on all your calendars”"),
        # Translators: as Google's own page of consent calls its boxes.
        CALENDAR_LIST: gettext("“See the list of Google calendars you're subscribed to”"),
    }
    named = [words for scope, words in boxes.items() if scope in missing]
    sentence = ngettext(
        "Google did not give permission to write. Tick this box and try again: {boxes}.",
        "Google did not give permission to write. Tick these boxes and try again: {boxes}.",
        len(named) or 1,
    )
    return sentence.format(boxes=", ".join(named) or gettext("all of them"))


def account_words(connection: Connection, *, is_used: bool) -> Words:
    """Say how a Google account stands, whatever is published with it."""
    if connection.state == Connection.State.OPEN:
        return Words(tone="success", text=gettext("Connected") if is_used else gettext("Connected, not used"))
    if missing := {EVENTS, CALENDAR_LIST} & set(connection.reason.split()):
        return Words(tone="danger", text=boxes_missing(missing))
    return Words(tone="danger", text=gettext("Google access ended. Publishing and Meet are paused."))


def shown_with_schedule(resource: str) -> str:
    return gettext("{resource} is shown in the schedule's calendar again.").format(resource=resource)


def given_up(who: str) -> str:
    return gettext("{who} is being disconnected: its credentials are deleted here and our access is withdrawn.").format(
        who=who
    )


def still_used(who: str) -> str:
    return gettext("{who} is in use. Nothing was changed; stop what uses it first.").format(who=who)


def connected(who: str) -> str:
    return gettext("Google gave access to the calendars of {who}. Choose one.").format(who=who)


def another_account(who: str) -> str:
    return gettext(
        "You gave access as {who}, not as before. What was published stays with the first account; choose a calendar "
        "of {who} here if you want to use it instead."
    ).format(who=who)


def change_words(event: Publication) -> str:
    """Say what somebody did to an event by hand."""
    if event.observed == Publication.Observed.GONE:
        return gettext("The event was deleted in Google Calendar. The booking still exists.")
    if set(event.differences.split()) & TIMES:
        return gettext("The event was moved in Google Calendar. The booking is still at its own time.")
    return gettext("The event was changed in Google Calendar. The booking is as it was.")


def put_back() -> str:
    return gettext("The event is being put back.")


def left() -> str:
    return gettext("Left as it is in Google Calendar.")


def nothing_asked() -> str:
    return gettext("That was answered already.")


def dependence_words(row: Dependence, *, time_zone: str) -> Words:
    """Say how far a calendar's busy times are known."""
    read_at = moment(row.read_at, time_zone) if row.read_at else ""
    if row.freshness is Freshness.KNOWN:
        return Words(tone="success", text=gettext("Read {time}").format(time=read_at))
    if row.freshness is Freshness.STALE:
        sentence = gettext("Not read since {time}; we use what we read then")
        return Words(tone="warning", text=sentence.format(time=read_at))
    if row.reason:
        sentence = gettext("Google does not say when it is busy: {reason}")
        return Words(tone="danger", text=sentence.format(reason=row.reason))
    if not read_at:
        return Words(tone="pending", text=gettext("Not read yet"))
    return Words(tone="danger", text=gettext("Unknown: not read since {time}").format(time=read_at))


def depends_now(calendar: str) -> str:
    return gettext("Busy times of “{calendar}” count from now on.").format(calendar=calendar)


def depends_no_more() -> str:
    return gettext("Its busy times count no more.")


def choice_saved() -> str:
    return gettext("Saved.")


def test_mode() -> str:
    return gettext("This server's Google app is in test mode: you must reconnect every 7 days.")


def stop_consequences(*, meets: bool, staying: int) -> list[str]:
    """Say what happens when a schedule is published no more."""
    sentences = [gettext("What is booked from now on does not appear in Google Calendar any more.")]
    if meets:
        sentences.append(
            gettext("Stopping publication also turns Meet off for new bookings. Existing links keep working.")
        )
    elif staying:
        sentences.append(gettext("Existing Google Meet links keep working."))
    return sentences
