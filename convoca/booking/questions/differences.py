"""What of a meeting is not as we asked for it: a vendor's settings may be stronger, and hosts change things."""

from enum import StrEnum

from convoca.booking.models import Meeting
from convoca.providers import provider_by_id


class Difference(StrEnum):
    """One thing that the vendor has otherwise than it was asked."""

    WAITING_ROOM_ADDED = "waiting_room_added"
    WAITING_ROOM_MISSING = "waiting_room_missing"
    PASSCODE_ADDED = "passcode_added"
    PASSCODE_MISSING = "passcode_missing"
    TIME = "time"
    TOPIC = "topic"


OTHERS = {"starts_at": Difference.TIME, "minutes": Difference.TIME, "topic": Difference.TOPIC}


def differences_of(meeting: Meeting) -> tuple[Difference, ...]:
    """Return what the vendor made otherwise than we asked, in a fixed order, each once (T40)."""
    named = set(meeting.differences.split()) & what_it_can_have(meeting)
    found = {OTHERS[name] for name in named if name in OTHERS}
    if "waiting_room" in named:
        asked = bool(meeting.sent.get("waiting_room"))
        found.add(Difference.WAITING_ROOM_MISSING if asked else Difference.WAITING_ROOM_ADDED)
    if "passcode" in named:
        found.add(Difference.PASSCODE_ADDED if meeting.passcode else Difference.PASSCODE_MISSING)
    return tuple(each for each in Difference if each in found)


def what_it_can_have(meeting: Meeting) -> frozenset[str]:
    """Return of which things it makes sense to say that the vendor made them otherwise: a room has no passcode."""
    can = provider_by_id(meeting.provider).capabilities
    entrance = {name for name, known in (("passcode", can.passcodes), ("waiting_room", can.waiting_rooms)) if known}
    return frozenset(OTHERS) | entrance


def asked_for_passcode(meeting: Meeting) -> bool:
    """Say whether a meeting that stands was asked for with a passcode, whatever its schedule wants by now."""
    return bool(meeting.passcode) != ("passcode" in meeting.differences.split())
