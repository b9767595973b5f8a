"""What the health page says: how each connection does, why a meeting has no link, what the owner is asked."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext, ngettext, pgettext

from convoca.booking.models import Connection
from convoca.booking.questions.health import Condition, ConnectionHealth, Repair
from convoca.booking.questions.shown import EventsHealth
from convoca.booking.questions.unready import Unready, Why
from convoca.manage import phrases
from convoca.manage.phrases import Words, moment
from convoca.providers import provider_by_id
from convoca.providers.contract import Provider

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
REFUSED = re.compile(r"refused the (?P<what>\w+) \((?P<code>[^)]*)\)")


def ago(instant: datetime, time_zone: str, *, now: datetime) -> str:
    """Return "2 minutes ago", within a sentence; what is a day old or older has its day."""
    age = now - instant
    if age < MINUTE:
        return pgettext("when something happened, within a sentence", "just now")
    if age < HOUR:
        n = age // MINUTE
        return ngettext("{n} minute ago", "{n} minutes ago", n).format(n=n)
    if age < timedelta(days=1):
        n = age // HOUR
        return ngettext("{n} hour ago", "{n} hours ago", n).format(n=n)
    return pgettext("when something happened, within a sentence", "on {day}").format(day=moment(instant, time_zone))


def connections_in_need(n: int) -> str:
    return ngettext("{n} connection needs your attention", "{n} connections need your attention", n).format(n=n)


def summary(
    *, in_need: int, meetings: int, mails: int, repairing: int, is_empty: bool, makes_links: bool, checked: str
) -> Words:
    """Return the page's first line: the worst of what there is, what is being mended, or that everything works."""
    if in_need:
        return Words(tone="danger", text=connections_in_need(in_need))
    if meetings:
        sentence = ngettext("{n} meeting needs your attention", "{n} meetings need your attention", meetings)
        return Words(tone="warning", text=sentence.format(n=meetings))
    if mails:
        sentence = ngettext("{n} email was not accepted", "{n} emails were not accepted", mails)
        return Words(tone="warning", text=sentence.format(n=mails))
    if repairing:
        sentence = ngettext(
            "{n} link that waited is still being created", "{n} links that waited are still being created", repairing
        )
        return Words(tone="pending", text=sentence.format(n=repairing))
    if is_empty and not makes_links:
        return Words(tone="plain", text=gettext("Nothing is connected. Bookings work; links are off."))
    if is_empty or not checked:
        return Words(tone="success", text=gettext("Everything works."))
    return Words(tone="success", text=gettext("Everything works. Last check {ago}.").format(ago=checked))


def connection_words(
    health: ConnectionHealth, *, revoked_at: datetime | None, time_zone: str, now: datetime
) -> list[Words]:
    """Say how a connection is doing: what matters most first."""
    found = [_state(health, revoked_at=revoked_at, time_zone=time_zone, now=now)]
    name = provider_by_id(health.connection.provider).name
    if health.is_open and health.is_used_up:
        found.insert(0, _used_up(health, time_zone))
    if health.is_open and health.refused:
        sentence = ngettext(
            "{n} meeting failed for another reason: {reason}.",
            "{n} meetings failed for another reason: {reason}.",
            health.refused,
        )
        reason = (phrases.without_words(health.refusal) or health.refusal).rstrip(".")
        reason = reason or gettext("{provider} does not say why").format(provider=name)
        found.insert(0, Words(tone="danger", text=sentence.format(n=health.refused, reason=reason)))
    if health.is_open and health.coming:
        sentence = ngettext("{n} link is being created", "{n} links are being created", health.coming)
        found.append(Words(tone="pending", text=sentence.format(n=health.coming)))
    if health.is_open and health.slow:
        sentence = ngettext(
            "Slow: {n} link took more than a minute today.",
            "Slow: {n} links took more than a minute today.",
            health.slow,
        )
        found.append(Words(tone="warning", text=sentence.format(n=health.slow)))
    return [*found, *event_words(health.events)]


def event_words(events: EventsHealth) -> list[Words]:
    """Say what of a connection's events is not in the calendar as it should be."""
    found = []
    if events.refused:
        sentence = ngettext(
            "Google refused {n} event: {reason}.", "Google refused {n} events: {reason}.", events.refused
        )
        reason = (phrases.without_words(events.refusal) or events.refusal).rstrip(".")
        found.append(Words(tone="danger", text=sentence.format(n=events.refused, reason=reason)))
    if events.changed:
        sentence = ngettext(
            "{n} event was changed in the calendar by hand: its schedule's page Synchronize asks what to do.",
            "{n} events were changed in the calendar by hand: their schedules' page Synchronize asks what to do.",
            events.changed,
        )
        found.append(Words(tone="warning", text=sentence.format(n=events.changed)))
    if events.coming:
        sentence = ngettext(
            "{n} event is on its way to the calendar.", "{n} events are on their way to the calendar.", events.coming
        )
        found.append(Words(tone="pending", text=sentence.format(n=events.coming)))
    return found


def _state(health: ConnectionHealth, *, revoked_at: datetime | None, time_zone: str, now: datetime) -> Words:
    name = provider_by_id(health.connection.provider).name
    match health.condition:
        case Condition.NEEDS_OWNER:
            return Words(
                tone="danger", text=" ".join([_revoked(name, revoked_at, time_zone), *_waiting(health, time_zone)])
            )
        case Condition.MISCONFIGURED:
            sentence = gettext(
                "{provider} does not accept this server's application. Whoever runs the server must check it."
            ).format(provider=name)
            return Words(tone="danger", text=" ".join([sentence, *_waiting(health, time_zone)]))
        case Condition.CLOSING if health.connection.state == Connection.State.CLOSED:
            return Words(tone="plain", text=gettext("Not connected any more"))
        case Condition.CLOSING:
            return Words(tone="pending", text=gettext("Disconnecting…"))
        case Condition.RESTING if health.again_at is not None:
            sentence = gettext("{provider} is slow to answer. Next attempt {time}.")
            return Words(tone="warning", text=sentence.format(provider=name, time=moment(health.again_at, time_zone)))
        case _ if health.last_made_at is not None:
            sentence = gettext("Working. Last link created {ago}.")
            return Words(tone="success", text=sentence.format(ago=ago(health.last_made_at, time_zone, now=now)))
        case _:
            return Words(tone="success", text=gettext("Working. No link was needed yet."))


def _revoked(provider: str, revoked_at: datetime | None, time_zone: str) -> str:
    if revoked_at is None:
        return gettext("{provider} no longer accepts our access.").format(provider=provider)
    return gettext("Access was revoked on {date}.").format(date=moment(revoked_at, time_zone))


def _waiting(health: ConnectionHealth, time_zone: str) -> list[str]:
    if not health.waiting or health.next_at is None:
        return [gettext("No upcoming booking waits for a link.")]
    sentence = ngettext(
        "{n} upcoming booking has no link; it is on {when}.",
        "{n} upcoming bookings have no link; the next is on {when}.",
        health.waiting,
    )
    return [sentence.format(n=health.waiting, when=moment(health.next_at, time_zone))]


def _used_up(health: ConnectionHealth, time_zone: str) -> Words:
    used = gettext("{used} of {limit} used today.").format(used=health.spent, limit=health.allowance)
    if not health.for_quota or health.quota_until is None:
        return Words(tone="warning", text=used)
    sentence = ngettext("{n} meeting waits until {time}.", "{n} meetings wait until {time}.", health.for_quota).format(
        n=health.for_quota, time=moment(health.quota_until, time_zone)
    )
    return Words(tone="warning", text=f"{used} {sentence}")


def spent_today(health: ConnectionHealth) -> str:
    return gettext("{used} of {limit} meetings used").format(used=health.spent, limit=health.allowance)


def repaired(repair: Repair) -> Words:
    """Return "Repaired: 3 of 3 links created, 3 emails sent."."""
    made = ngettext("{made} of {n} link created", "{made} of {n} links created", repair.total)
    sent = ngettext("{n} email sent", "{n} emails sent", repair.mailed).format(n=repair.mailed)
    done = repair.made == repair.total
    pattern = gettext("Repaired: {made}, {sent}.") if done else gettext("Being repaired: {made}, {sent}.")
    text = pattern.format(made=made.format(made=repair.made, n=repair.total), sent=sent)
    return Words(tone="success" if done else "pending", text=text)


def another_account(old: Connection, new: Connection, links: int) -> str:
    provider = provider_by_id(old.provider).name
    sentence = ngettext(
        "You connected another {provider} account ({new}). {n} existing link belongs to {old}.",
        "You connected another {provider} account ({new}). {n} existing links belong to {old}.",
        links,
    )
    return sentence.format(provider=provider, new=_who(new), old=_who(old), n=links)


def _who(connection: Connection) -> str:
    return connection.email or connection.external_user


def quiet(until: datetime, time_zone: str) -> str:
    return gettext("You asked us not to remind you until {date}.").format(date=moment(until, time_zone))


def why(unready: Unready, provider: Provider, time_zone: str) -> Words:
    """Say why one meeting is not ready, and until when it waits."""
    again = moment(unready.again_at, time_zone) if unready.again_at else ""
    name, reason = provider.name, unready.reason.rstrip(".")
    match unready.why:
        case Why.NO_ACCESS:
            return Words(tone="danger", text=gettext("{provider} no longer accepts our access.").format(provider=name))
        case Why.REFUSED if phrases.without_words(reason):
            return Words(tone="danger", text=phrases.without_words(reason))
        case Why.REFUSED if reason:
            sentence = gettext("{provider} refused to create the link: {reason}.")
            return Words(tone="danger", text=sentence.format(provider=name, reason=reason))
        case Why.REFUSED:
            return Words(tone="danger", text=gettext("{provider} refused to create the link.").format(provider=name))
        case Why.MISCONFIGURED:
            sentence = gettext(
                "{provider} does not accept this server's application. Whoever runs the server must check it."
            )
            return Words(tone="danger", text=sentence.format(provider=name))
        case Why.QUOTA:
            sentence = gettext("Today's {provider} meetings are used up: it waits until {time}.")
            return Words(tone="warning", text=sentence.format(provider=name, time=again))
        case Why.RESTING | Why.SLOW if again:
            sentence = gettext("{provider} is slow to answer. Next attempt {time}.")
            return Words(tone="warning", text=sentence.format(provider=name, time=again))
        case Why.RESTING | Why.SLOW:
            sentence = gettext("{provider} is slow to answer. We keep trying.")
            return Words(tone="warning", text=sentence.format(provider=name))
        case Why.DISCONNECTED:
            sentence = gettext("{provider} is disconnected: this one has no link.")
            return Words(tone="danger", text=sentence.format(provider=name))
        case Why.NOT_TYPED:
            return Words(tone="warning", text=gettext("No link entered yet"))


def deleted(provider: Provider) -> str:
    return gettext(
        "Somebody deleted this meeting at {provider}. We made a new one and sent its link to the people who come. "
        "Does the appointment take place?"
    ).format(provider=provider.name)


def changed(provider: Provider, names: Sequence[str]) -> str:
    """Say what of a meeting is otherwise at the vendor."""
    said = {
        "topic": pgettext("what differs at the vendor", "name"),
        "starts_at": pgettext("what differs at the vendor", "start"),
        "minutes": pgettext("what differs at the vendor", "length"),
        "passcode": pgettext("what differs at the vendor", "passcode"),
        "waiting_room": pgettext("what differs at the vendor", "waiting room"),
    }
    what = ", ".join(said.get(name, name) for name in names)
    sentence = gettext("At {provider} this is not as it is here: {what}. Your booking stays as it is here.")
    return sentence.format(provider=provider.name, what=what)


def not_delivered(reason: str) -> str:
    """Say why a mail did not arrive, without the mail server's jargon but for its code."""
    if match := REFUSED.search(reason):
        if match["what"] == "recipient":
            return gettext("The mail server refused the address ({code}).").format(code=match["code"])
        return gettext("The mail server refused the email ({code}).").format(code=match["code"])
    if "came back" in reason:
        return gettext("The email came back: the address does not take it.")
    if "service refused the recipient" in reason:
        return gettext("The mail service refused the address.")
    if "service refused the mail" in reason:
        return gettext("The mail service does not take it.")
    if "cannot be written" in reason:
        return gettext("No mail server takes this address.")
    if "reserved for examples" in reason:
        return gettext("Nobody has this address: its domain is reserved for examples. No email was sent.")
    if "answer was lost" in reason:
        return gettext("The mail server did not answer; it may have arrived.")
    return gettext("The mail server does not take it at the moment.")


def held_up(mails: int) -> str:
    sentence = ngettext(
        "{n} email is not accepted at the moment; we keep trying.",
        "{n} emails are not accepted at the moment; we keep trying.",
        mails,
    )
    return sentence.format(n=mails)


def too_long(provider: Provider, occasions: int, *, limit: int, first: datetime, time_zone: str) -> str:
    sentence = ngettext(
        "Your {provider} plan ends meetings after {limit} minutes; {n} upcoming one is longer ({when}). It can be "
        "booked anyway; the Pro plan of {provider} has no such end.",
        "Your {provider} plan ends meetings after {limit} minutes; {n} upcoming ones are longer (the first on {when}). "
        "They can be booked anyway; the Pro plan of {provider} has no such end.",
        occasions,
    )
    return sentence.format(provider=provider.name, limit=limit, n=occasions, when=moment(first, time_zone))


def overlapping(provider: Provider, times: int, *, at_once: int, first: datetime, time_zone: str) -> str:
    sentence = ngettext(
        "More meetings run at once than one {provider} account can start ({at_once}): on {when}.",
        "More meetings run at once than one {provider} account can start ({at_once}): {n} times, the first on {when}.",
        times,
    )
    return sentence.format(provider=provider.name, at_once=at_once, n=times, when=moment(first, time_zone))


def tried_again() -> str:
    return gettext("We are trying it again now.")


def nothing_to_try() -> str:
    return gettext("There is nothing to try any more: the link is there, or nobody waits for it.")


def kept_appointment() -> str:
    return gettext("The appointment takes place. The new link has been sent already.")


def kept_theirs(provider: Provider) -> str:
    return gettext("The meeting stays as it is at {provider}.").format(provider=provider.name)


def ours_put_back(provider: Provider) -> str:
    return gettext("We are putting our settings back at {provider}.").format(provider=provider.name)


def nothing_asked() -> str:
    return gettext("This has been answered already, or is being worked on. Nothing was changed.")


def sent_again(mails: int) -> str:
    return ngettext("{n} email is sent again.", "{n} emails are sent again.", mails).format(n=mails)


def kept_links() -> str:
    return gettext("Existing links stay as they are.")


def new_links(links: int) -> str:
    return ngettext(
        "{n} new link is being created; whoever has a place gets it by email.",
        "{n} new links are being created; whoever has a place gets theirs by email.",
        links,
    ).format(n=links)


def reconnected(provider: Provider) -> str:
    return gettext("{provider} is connected again.").format(provider=provider.name)
