"""What a slot's event in a calendar shows: the owner's texts, filled in, and the way in."""

from collections.abc import Mapping, Sequence
from string import Template

from django.utils import timezone

from convoca.booking.models import Booking, Meeting, Publication, Resource, Slot
from convoca.booking.questions.links import Link, links_for
from convoca.booking.questions.viewers import calendar_owner
from convoca.providers.calendars import EventKey, EventSpec

# Values only: no word of ours needs to be translated into the language of somebody's calendar.
TITLE = "$what · $name"
TITLE_OF_CLASS = "$what ($places)"
DESCRIPTION = "$details"

TITLE_MAX_CHARS = 200

# The names that may be used in the owner's texts. The second ones are the client's own.
OF_THE_OCCASION = ("what", "schedule", "resource", "places")
OF_THE_CLIENT = ("name", "email", "phone", "details")


def key_of(event: Publication) -> EventKey:
    return EventKey(calendar_id=event.calendar.remote_id, event_id=event.remote_id)


def spec_of(event: Publication) -> EventSpec:
    """Return the event that we want in the calendar, as the slot and everybody in it are now."""
    slot, schedule = event.slot, event.slot.schedule
    people = list(
        Booking.objects.filter(account_id=slot.account_id, slot=slot, status=Booking.Status.CONFIRMED).order_by("pk")
    )
    words = words_of(slot, people)
    link = _link_beside(event)
    return EventSpec(
        key=key_of(event),
        reference=event.marker,
        title=title_of(slot, words),
        description=_description(slot, words, link),
        location=link.url or slot.location,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        time_zone=schedule.time_zone,
        attendees=tuple(sorted({each.email for each in people})) if schedule.event_invites_client else (),
        tells_attendees=schedule.event_invites_client,
        conference_request=event.conference_name if event.calendar.makes_meetings else "",
    )


def words_of(slot: Slot, people: Sequence[Booking]) -> dict[str, str]:
    """Return what the names in the owner's texts stand for; the client's are empty if events do not name clients."""
    taken = sum(each.quantity for each in people)
    resources = Resource.objects.filter(occupancies__slot=slot, occupancies__released_at__isnull=True).order_by("pk")
    words = {
        "what": slot.title or (slot.service.name if slot.service else slot.schedule.name),
        "schedule": slot.schedule.name,
        "resource": ", ".join(resources.values_list("name", flat=True)),
        "places": f"{taken}/{slot.capacity}" if slot.capacity else str(taken),
    }
    return words | _words_of_clients(people if slot.schedule.event_names_client else [])


def _words_of_clients(people: Sequence[Booking]) -> dict[str, str]:
    lines = [", ".join(filter(None, [each.name, each.email, each.phone, each.mobile])) for each in people]
    return {
        "name": ", ".join(each.name for each in people),
        "email": ", ".join(each.email for each in people),
        "phone": ", ".join(filter(None, (each.phone or each.mobile for each in people))),
        "details": "\n".join(lines),
    }


def title_of(slot: Slot, words: Mapping[str, str]) -> str:
    """Return the title by the owner's text, or by ours; of ours without a name, what separates it goes too."""
    usual = TITLE_OF_CLASS if slot.schedule.is_capacity else TITLE
    text = Template(slot.schedule.event_title or usual).safe_substitute(words)
    return text.strip(" ·")[:TITLE_MAX_CHARS]


def _description(slot: Slot, words: Mapping[str, str], link: Link) -> str:
    text = Template(slot.schedule.event_description or DESCRIPTION).safe_substitute(words)
    return "\n\n".join(filter(None, [text.strip(), link.url, link.passcode]))


def _link_beside(event: Publication) -> Link:
    """Return the link that the event carries in words. One that comes with the event itself is not repeated."""
    slot = event.slot
    link = links_for(calendar_owner(slot), [slot], now=timezone.now())[slot.pk]
    own = link.meeting_id is not None and Meeting.objects.filter(pk=link.meeting_id, publication=event).exists()
    return Link(state=link.state) if own or link.is_backup else link
