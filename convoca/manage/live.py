"""How a page says what it shows, so that it is told only what has changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from convoca.booking.models import Account
from convoca.booking.questions.links import MOVING, LinkState

# A day with more links under way than this shows the rest when it is loaded again.
ROWS_AT_MOST = 100
LARGEST_ID = 2**63 - 1

# The manual promises a link within a minute: so long we look often, and what a vendor has answered is seen in a second.
EVERY = {True: "every 500ms", False: "every 5s"}


@dataclass(frozen=True, kw_only=True)
class Poll:
    """An element that asks `address` again, as often as `trigger` says."""

    address: str
    trigger: str


def poll_of(account: Account, states: Mapping[int, str]) -> Poll | None:
    """Return what asks for news of the links that are under way, or None if there are none."""
    moving = {slot_id: state for slot_id, state in states.items() if state in MOVING}
    if not moving:
        return None
    rows = "-".join(f"{slot_id}.{state}" for slot_id, state in list(moving.items())[:ROWS_AT_MOST])
    address = f"{reverse('manage:live', args=[account.name])}?{urlencode({'rows': rows})}"
    return Poll(address=address, trigger=EVERY[LinkState.PENDING in moving.values()])


def read_shown(text: str) -> dict[int, str]:
    """Read "12.pending-15.delayed" as the states that a page shows; what makes no sense is left out."""
    shown: dict[int, str] = {}
    for part in text.split("-")[:ROWS_AT_MOST]:
        slot_id, _, state = part.partition(".")
        if slot_id.isascii() and slot_id.isdigit() and len(slot_id) < len(str(LARGEST_ID)):
            shown[int(slot_id)] = state
    return shown
