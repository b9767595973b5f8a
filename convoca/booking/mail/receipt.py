"""What an owner is written once a connection is given up: what is deleted, what still works, what waits (J11)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext, ngettext

from convoca.booking.mail.troubles import has_classes
from convoca.booking.models import Connection, Slot
from convoca.booking.questions.given_up import left_behind, left_waiting, links_left
from convoca.booking.wording import clock_text, day_text
from convoca.core.time import local_day
from convoca.providers import connected_provider_by_id


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """The receipt's words; `working` are the occasions whose links work on, listed after the last sentence."""

    provider: str
    title: str
    sentences: tuple[str, ...]
    working: Sequence[Slot]


def receipt_of(connection: Connection, *, time_zone: str, now: datetime) -> Receipt:
    """Write what became of this connection, in the active language, on the clocks of `time_zone`."""
    provider = connected_provider_by_id(connection.provider)
    waiting = left_waiting(connection, now=now).select_related("slot__schedule")
    working = [each.slot for each in links_left(connection, now=now).select_related("slot__schedule")]
    return Receipt(
        provider=connection.provider,
        title=gettext("{provider} disconnected and credentials deleted").format(provider=provider.name),
        sentences=(
            *_credentials(connection, time_zone),
            *_waiting([each.slot for each in waiting]),
            *_left_behind(left_behind(connection, now=now).count(), provider.name),
            *_working(len(working)),
        ),
        working=working,
    )


def _credentials(connection: Connection, time_zone: str) -> Iterator[str]:
    provider = connected_provider_by_id(connection.provider)
    if connection.wiped_at is not None:
        sentence = gettext("{time}: credentials deleted from this server.")
        yield sentence.format(time=_moment(connection.wiped_at, time_zone))
    if connection.was_revoked:
        yield gettext("{provider} had already withdrawn our access.").format(provider=provider.name)
    elif connection.withdrawn_at is not None:
        sentence = gettext("{time}: access withdrawn at {provider}.")
        yield sentence.format(time=_moment(connection.withdrawn_at, time_zone), provider=provider.name)
    else:
        sentence = gettext("{provider} did not answer; remove our access there too: {page}")
        yield sentence.format(provider=provider.name, page=provider.consents_page)


def _waiting(slots: Sequence[Slot]) -> Iterator[str]:
    if not slots:
        return
    sentence = (
        ngettext(
            "{n} slot was waiting for a link: paste one on the health page.",
            "{n} slots were waiting for a link: paste them on the health page.",
            len(slots),
        )
        if has_classes(slots)
        else ngettext(
            "{n} booking was waiting for a link: paste one on the health page.",
            "{n} bookings were waiting for a link: paste them on the health page.",
            len(slots),
        )
    )
    yield sentence.format(n=len(slots))


def _left_behind(meetings: int, provider: str) -> Iterator[str]:
    if meetings:
        yield ngettext(
            "{n} meeting that nobody needs any more could not be deleted in time; delete it at {provider}.",
            "{n} meetings that nobody needs any more could not be deleted in time; delete them at {provider}.",
            meetings,
        ).format(n=meetings, provider=provider)


def _working(links: int) -> Iterator[str]:
    if links:
        yield ngettext(
            "{n} existing meeting still works; nobody can change it from here:",
            "{n} existing meetings still work; nobody can change them from here:",
            links,
        ).format(n=links)


def _moment(instant: datetime, time_zone: str) -> str:
    return f"{day_text(local_day(instant, time_zone), 'short')}, {clock_text(instant, time_zone)}"
