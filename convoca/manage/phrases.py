"""What the owner and superusers read: whole sentences, in the words of the manual."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext, ngettext, pgettext

from convoca.booking.models import Account, Booking, Connection, Schedule
from convoca.booking.operations import concluding, wishing_events
from convoca.booking.operations.granting import NoTokenNow
from convoca.booking.operations.refusals import (
    AlreadyBooked,
    AlreadyCancelled,
    AlreadySignedUp,
    HostLink,
    LinkOfAClass,
    NoPlaceYet,
    NotBegun,
    NothingToSend,
    NotOffered,
    NotWaiting,
    UndoTooLate,
)
from convoca.booking.questions.links import Link, LinkState
from convoca.booking.wording import clock_text, day_text
from convoca.core.admission import Refusal, ResourceTaken, SeriesClash, SlotFull, TooManyRepeats
from convoca.providers.contract import (
    Misconfigured,
    NotAuthorized,
    OutcomeLost,
    Provider,
    ProviderError,
    QuotaExhausted,
    Rejected,
    Throttled,
)


@dataclass(frozen=True, kw_only=True)
class Words:
    """A state in words; `tone` chooses colour and icon, which never stand alone."""

    tone: str
    text: str


def link_words(link: Link, *, time_zone: str, waiting: int = 0) -> Words:
    """Say how it stands with one slot's link. `waiting` is how many wait for the day's allowance to be renewed."""
    again = clock_text(link.again_at, time_zone) if link.again_at else ""
    match link.state:
        case LinkState.READY if link.is_backup:
            return Words(tone="warning", text=_backup(link.instead_of))
        case LinkState.READY:
            return Words(tone="success", text=gettext("Link ready"))
        case LinkState.PENDING:
            return Words(tone="pending", text=gettext("Link being created"))
        case LinkState.DELAYED:
            return Words(tone="warning", text=_slow(link.label, again))
        case LinkState.FAILED:
            return Words(tone="danger", text=_refused(link.label, link.reason))
        case LinkState.QUOTA:
            return Words(tone="warning", text=_used_up(link.label, again, waiting))
        case LinkState.DISCONNECTED:
            return Words(tone="danger", text=_disconnected(link.label))
        case LinkState.MANUAL_MISSING:
            return Words(tone="warning", text=gettext("No link entered yet"))
        case _:
            return Words(tone="plain", text=gettext("No meeting link for this schedule"))


def _backup(failed: str) -> str:
    if not failed:
        return gettext("Backup link in use because nobody entered one")
    return gettext("Backup link in use because {provider} failed").format(provider=failed)


def _slow(provider: str, again: str) -> str:
    if not again:
        return gettext("{provider} is slow to answer. We keep trying.").format(provider=provider)
    return gettext("{provider} is slow to answer. Next attempt {time}.").format(provider=provider, time=again)


def _refused(provider: str, reason: str) -> str:
    if not reason:
        return gettext("{provider} refused to create the link.").format(provider=provider)
    if of_ours := without_words(reason):
        return of_ours
    sentence = gettext("{provider} refused to create the link: {reason}.")
    return sentence.format(provider=provider, reason=reason.rstrip("."))


def without_words(reason: str) -> str:
    """Say what a vendor meant that gave no words of its own; "" if the words are the vendor's."""
    match reason:
        case wishing_events.NO_MEETINGS:
            return gettext("This Google account cannot create Meet links.")
        case concluding.NOT_FOUND:
            return gettext("The calendar is not there any more. Choose another one.")
        case _:
            return ""


def _used_up(provider: str, again: str, waiting: int) -> str:
    sentence = ngettext(
        "{provider} allows 100 new meetings a day. {n} meeting is waiting; it continues at {time}.",
        "{provider} allows 100 new meetings a day. {n} meetings are waiting; they continue at {time}.",
        waiting,
    )
    return sentence.format(provider=provider, n=waiting, time=again)


def _disconnected(provider: str) -> str:
    return gettext("{provider} is disconnected: this one has no link.").format(provider=provider)


def link_arrived(when: str, link: Link) -> str:
    if link.is_backup:
        return gettext("Backup link in use: {when}.").format(when=when)
    return gettext("Link ready: {when}.").format(when=when)


def requests_waiting(count: int) -> str:
    sentence = ngettext("{n} request is waiting for your answer", "{n} requests are waiting for your answer", count)
    return sentence.format(n=count)


def places(taken: int, capacity: int | None) -> str:
    if capacity is None:
        return ngettext("{n} place taken", "{n} places taken", taken).format(n=taken)
    return gettext("{taken} of {capacity} places taken").format(taken=taken, capacity=capacity)


def source_label(provider: Provider | None, *, schedule: Schedule, account: Account) -> str:
    """Name one choice under the heading of Configure > Process; None stands for no link at all."""
    if provider is None:
        return gettext("No link")
    if not provider.capabilities.automatic:
        field = manual_field(schedule, account)
        return gettext("Add the link to the {field} field manually").format(field=field)
    if provider.capabilities.computed:
        return gettext("Create {provider} links").format(provider=provider.name)
    if provider.capabilities.born_with_event:
        return gettext("Create {provider} calls").format(provider=provider.name)
    return gettext("Create {provider} meetings").format(provider=provider.name)


def source_name(provider: Provider | None) -> str:
    """Name where a schedule's links come from, as a fact."""
    if provider is None:
        return gettext("No link")
    return provider.name if provider.capabilities.automatic else gettext("Typed by hand")


def manual_field(schedule: Schedule, account: Account) -> str:
    """Name the field that holds a link typed by hand: a slot's location, or the account's supervisor field (M16)."""
    if schedule.is_capacity:
        return pgettext("name of a field, within a sentence", "location")
    return account.supervisor_label or pgettext("name of a field, within a sentence", "supervisor")


def not_registered(provider: Provider) -> str:
    """Say what the operator must do, without a word about the machine."""
    variables = f"CONVOCA_{provider.id.upper()}_CLIENT_ID, CONVOCA_{provider.id.upper()}_CLIENT_SECRET"
    return gettext(
        "This server is not known to {provider} yet. Whoever runs it registers an application at {provider} and sets "
        "{variables}; nothing is connected until then."
    ).format(provider=provider.name, variables=variables)


def consent_denied() -> str:
    return gettext("You did not allow access. Nothing was changed.")


def consent_refused(provider: Provider) -> str:
    return gettext("{provider} did not give access. Nothing was changed; try again.").format(provider=provider.name)


def consent_unknown() -> str:
    return gettext(
        "This answer does not belong to a connection that you started here in the last 10 minutes. "
        "Nothing was changed; start again."
    )


def connected(provider: Provider) -> str:
    return gettext("It works: we read your {provider} account.").format(provider=provider.name)


def connected_without_asking(schedule: Schedule, provider: Provider) -> str:
    return gettext("{schedule} is connected to {provider}.").format(schedule=schedule.name, provider=provider.name)


def scopes_missing(provider: Provider, scopes: str) -> str:
    return gettext(
        "{provider} did not give every right that we need. Missing: {scopes}. Whoever runs this server adds them to "
        "the application at {provider}; then connect again."
    ).format(provider=provider.name, scopes=scopes)


def not_connected_because(error: ProviderError | OutcomeLost, provider: Provider) -> str:
    """Say why consent led to nothing. Nothing has changed here in any of these cases."""
    name = provider.name
    match error:
        case Misconfigured():
            return gettext(
                "{provider} does not accept this server's application. Whoever runs it must check its client id, its "
                "secret and its redirect address. Nothing was changed."
            ).format(provider=name)
        case NotAuthorized():
            return gettext("{provider} did not accept the permission. Nothing was changed; connect again.").format(
                provider=name
            )
        case Rejected(reason):
            return gettext("{provider} refused: {reason}. Nothing was changed.").format(
                provider=name, reason=reason.rstrip(".")
            )
        case Throttled() | QuotaExhausted():
            return gettext("{provider} asks us to slow down. Nothing was changed; try again in a few minutes.").format(
                provider=name
            )
        case _:
            return gettext("{provider} did not answer. Nothing was changed; try again in a minute.").format(
                provider=name
            )


def not_reached(error: ProviderError | OutcomeLost | NoTokenNow, provider: Provider) -> str:
    """Say why a call that a person waited for led to nothing."""
    return not_connected_because(OutcomeLost() if isinstance(error, NoTokenNow) else error, provider)


def connection_words(connection: Connection | None, provider: Provider) -> Words:
    """Say how a schedule stands with a provider: its row on the provider's page."""
    if connection is None:
        return Words(tone="plain", text=gettext("Not connected"))
    who = connection.email or connection.external_user
    if connection.state == Connection.State.NEEDS_OWNER:
        sentence = gettext("{provider} no longer accepts our access ({who}).")
        return Words(tone="danger", text=sentence.format(provider=provider.name, who=who))
    return Words(tone="success", text=gettext("Connected · {who}").format(who=who))


def will_have_no_link(schedule: Schedule, provider: Provider) -> str:
    return gettext("New bookings of {schedule} will have no {provider} link.").format(
        schedule=schedule.name, provider=provider.name
    )


def keep_working(links: int) -> str:
    if not links:
        return gettext("There are no links yet that could stop working.")
    sentence = ngettext("{n} existing link keeps working.", "{n} existing links keep working.", links)
    return sentence.format(n=links)


def last_one(provider: Provider) -> str:
    return gettext(
        "This is the last schedule that uses {provider}. We will also delete your {provider} credentials from this "
        "server and withdraw our access at {provider}."
    ).format(provider=provider.name)


def delete_before(links: int) -> str:
    """Name the button that gives the links up, too."""
    sentence = ngettext("Delete that meeting and disconnect", "Delete those {n} meetings and disconnect", links)
    return sentence.format(n=links)


def disconnected(schedule: Schedule, provider: Provider, *, deletes: bool = False) -> str:
    if deletes:
        return gettext(
            "{provider} is disconnected from {schedule}. Its meetings are being deleted at {provider}; their bookings "
            "stand and have no link until you paste one."
        ).format(provider=provider.name, schedule=schedule.name)
    return gettext("{provider} is disconnected from {schedule}. Meetings already made keep their links.").format(
        provider=provider.name, schedule=schedule.name
    )


def was_not_connected(schedule: Schedule, provider: Provider) -> str:
    return gettext("{schedule} is not connected to {provider}. Nothing was changed.").format(
        schedule=schedule.name, provider=provider.name
    )


def moment(instant: datetime, time_zone: str) -> str:
    """Return "Sun 22 Nov, 10:42", on the clocks of `time_zone`, for the lines of a receipt."""
    local = instant.astimezone(ZoneInfo(time_zone))
    return f"{day_text(local.date(), 'short')}, {clock_text(instant, time_zone)}"


def link_saved(people: int) -> str:
    if not people:
        return gettext("Saved.")
    sentence = ngettext("Saved. {n} person gets the link by email.", "Saved. {n} people get the link by email.", people)
    return sentence.format(n=people)


def taken_from_invitation() -> str:
    return gettext("We took the link out of the invitation you pasted.")


def not_a_link() -> str:
    return gettext("Enter a full address that starts with https://")


def process_saved(*, applies: bool, changes_links: bool) -> str:
    if applies:
        return gettext("Saved. Existing bookings get their new links by themselves; you may leave this page.")
    if not changes_links:
        return gettext("Saved.")
    return gettext("Saved. It counts for new bookings; existing ones keep their links.")


def host_link() -> str:
    return gettext("This looks like your host link. Attendees need the join link.")


def field_in_use(schedules: list[str]) -> str:
    sentence = ngettext(
        "{schedules} takes its meeting links from this field. Choose another source on its Process page first.",
        "{schedules} take their meeting links from this field. Choose another source on their Process pages first.",
        len(schedules),
    )
    return sentence.format(schedules=", ".join(schedules))


def approved(booking: Booking) -> str:
    return gettext("{name} is confirmed and told by email.").format(name=booking.name)


def declined(booking: Booking) -> str:
    return gettext("The request of {name} is declined. They are told by email.").format(name=booking.name)


def cancelled(booking: Booking) -> str:
    return gettext("The appointment of {name} is cancelled. They are told by email.").format(name=booking.name)


def moved(booking: Booking, when: str) -> str:
    return gettext("The appointment of {name} is now on {when}.").format(name=booking.name, when=when)


def when_approved(link: LinkState) -> Words:
    """Say why a request has no link: it gets one with the yes, where links are made at all."""
    if link in {LinkState.NONE, LinkState.MANUAL_MISSING}:
        return Words(tone="plain", text=gettext("No meeting link before it is approved"))
    return Words(tone="plain", text=gettext("The link is made when it is approved"))


def is_busy(who: str, free: list[str]) -> str:
    """Say that somebody or something is taken, and which times of that day are not."""
    sentence = gettext("{resource} is busy then.").format(resource=who)
    if not free:
        return sentence
    return f"{sentence} {gettext('Free: {times}.').format(times=', '.join(free))}"


def say(refusal: Refusal) -> str:
    """Return the sentence for a refusal that somebody who supervises may meet."""
    match refusal:
        case NotOffered():
            return gettext("That is not on offer here. Choose another one.")
        case NoPlaceYet():
            return gettext("Who waits for a place has none to move. Sign them up for the other session instead.")
        case NotWaiting():
            return gettext("Somebody has answered this request already. Nothing was changed.")
        case AlreadyCancelled():
            return gettext("This appointment is cancelled already. Nothing was changed.")
        case ResourceTaken():
            return gettext("Somebody else has that time. Nothing was changed.")
        case SlotFull():
            return gettext("All places of that session are taken. Nothing was changed.")
        case AlreadyBooked():
            return gettext("This was booked already. Nothing was changed.")
        case AlreadySignedUp():
            return gettext("This person has a place in that session already. Nothing was changed.")
        case LinkOfAClass():
            return gettext("A link for a whole class goes into the slot's location, not into one person's booking.")
        case TooManyRepeats(limit):
            return ngettext(
                "At most {n} is booked at once. Choose an earlier last day.",
                "At most {n} are booked at once. Choose an earlier last day.",
                limit,
            ).format(n=limit)
        case SeriesClash():
            return gettext("Not all of these dates are free. Nothing was changed.")
        case NotBegun():
            return gettext("Nobody has missed it yet: it has not begun. Nothing was changed.")
        case NothingToSend():
            return gettext("There is no meeting link to send. Paste one first.")
        case HostLink():
            return host_link()
        case UndoTooLate():
            return gettext("A cancellation can be taken back for five minutes. Book it again instead.")
        case _:
            return gettext("That is not possible. Nothing was changed.")
