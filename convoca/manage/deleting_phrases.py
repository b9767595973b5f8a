"""What the owner reads about the deletion of a schedule: what goes with it, and what is still to be done."""

from django.utils.translation import gettext, ngettext

from convoca.booking.models import Schedule
from convoca.booking.questions.closing import Consequences, Remains
from convoca.providers import PROVIDERS


def provider_name(source: str) -> str:
    """Return what people call a source of links; nothing for one that is no provider's."""
    return next((provider.name for provider in PROVIDERS if provider.id == source), "")


def consequences(schedule: Schedule, found: Consequences) -> list[str]:
    """Say what happens, a sentence for each thing that does."""
    sentences = [gettext("Its page is gone at once, and nobody can book on it any more."), _cancelled(found)]
    if schedule.is_capacity and found.slots:
        text = ngettext("{n} coming slot is called off.", "{n} coming slots are called off.", found.slots)
        sentences.append(text.format(n=found.slots))
    provider = provider_name(schedule.link_source)
    if found.meetings:
        text = ngettext(
            "{n} meeting is deleted at {provider}.", "{n} meetings are deleted at {provider}.", found.meetings
        )
        sentences.append(text.format(n=found.meetings, provider=provider or gettext("the provider")))
    if found.source:
        sentences.append(_disconnected(provider, is_last=found.is_last))
    if found.past_bookings:
        text = ngettext(
            "{n} past booking goes with its history; what you want to keep, download first.",
            "{n} past bookings go with their history; what you want to keep, download first.",
            found.past_bookings,
        )
        sentences.append(text.format(n=found.past_bookings))
    if found.resources:
        names = ", ".join(found.resources)
        sentences.append(gettext("Resources that no other schedule has go, too: {names}.").format(names=names))
    return sentences


def _cancelled(found: Consequences) -> str:
    if not found.bookings:
        return gettext("No upcoming booking is affected.")
    return ngettext(
        "{n} upcoming booking is cancelled, and its person is told by email.",
        "{n} upcoming bookings are cancelled, and their people are told by email.",
        found.bookings,
    ).format(n=found.bookings)


def _disconnected(provider: str, *, is_last: bool) -> str:
    if is_last:
        return gettext(
            "It is the last schedule that uses {provider}: your credentials are deleted from this server, and our "
            "access at {provider} is withdrawn."
        ).format(provider=provider)
    return gettext("It is disconnected from {provider}; your other schedules stay connected.").format(provider=provider)


def begun(schedule: Schedule) -> str:
    return gettext("{schedule} is being deleted. People with a booking are told by email.").format(
        schedule=schedule.name
    )


def left(meetings: int) -> str:
    if not meetings:
        return gettext("Nothing is left at the vendor that could be waited for.")
    return ngettext(
        "{n} meeting stays at the vendor. The schedule goes now.",
        "{n} meetings stay at the vendor. The schedule goes now.",
        meetings,
    ).format(n=meetings)


def remains(found: Remains) -> list[str]:
    """Say what is still to be done before the schedule is gone."""
    counts = [
        (
            found.bookings,
            ngettext(
                "{n} booking is still to be cancelled.", "{n} bookings are still to be cancelled.", found.bookings
            ),
        ),
        (
            found.meetings,
            ngettext(
                "{n} meeting is still to be deleted at the vendor.",
                "{n} meetings are still to be deleted at the vendor.",
                found.meetings,
            ),
        ),
        (found.mails, ngettext("{n} email is still to be sent.", "{n} emails are still to be sent.", found.mails)),
    ]
    return [text.format(n=count) for count, text in counts if count] or [gettext("Only its records are still to go.")]


def stuck(found: Remains) -> str:
    """Say what cannot be done without the owner; nothing if all goes on by itself."""
    if not found.stuck:
        return ""
    return ngettext(
        "We cannot delete {n} of them: the vendor does not let us. Connect again, or leave it where it is.",
        "We cannot delete {n} of them: the vendor does not let us. Connect again, or leave them where they are.",
        found.stuck,
    ).format(n=found.stuck)
