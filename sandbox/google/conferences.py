"""Google Meet as a part of an event: made at once, later, never, or not at all."""

import secrets
import string
from typing import Any

from sandbox.google.state import MEET, Calendar, Event, Meet

FOR_EVER = -1


class Conferences:
    """How calls come about. `polls` readings later (0: at once, -1: never), after `failures` requests that fail.

    `is_allowed` False takes Google Meet away from every calendar.
    """

    def __init__(self) -> None:
        self.polls = 0
        self.failures = 0
        self.is_allowed = True

    def allowed_in(self, calendar: Calendar) -> list[str]:
        return [MEET] if calendar.makes_meet and self.is_allowed else []

    def refuses(self, data: Any, calendar: Calendar) -> bool:
        """Say whether Google refuses the request: it may be for a kind of conference that is not allowed here."""
        wanted = (((data or {}).get("createRequest") or {}).get("conferenceSolutionKey") or {}).get("type")
        return wanted is not None and wanted not in self.allowed_in(calendar)

    def apply(self, event: Event, data: Any) -> None:
        """Make of the event's call what a write asks for: null takes it away, the same request again does nothing."""
        if data is None:
            event.meet = None
            return
        request_id = (data.get("createRequest") or {}).get("requestId", "")
        if not request_id or (event.meet is not None and event.meet.request_id == request_id):
            return
        fails = self.failures > 0
        self.failures -= int(fails)
        event.meet = Meet(request_id=request_id, status="pending", code=_new_code(), polls_left=self.polls)
        if fails:
            event.meet.status = "failure"
        elif self.polls == 0:
            event.meet.status = "success"

    def poll(self, event: Event) -> bool:
        """Come one reading closer to the call; say whether it has just been made."""
        meet = event.meet
        if meet is None or meet.status != "pending" or meet.polls_left == FOR_EVER:
            return False
        meet.polls_left -= 1
        meet.status = "success" if meet.polls_left <= 0 else "pending"
        return meet.status == "success"


def conference_data(meet: Meet, base: str) -> dict[str, Any]:
    """Return the call as Google writes it; what guests open stands in it only once it has been made."""
    request: dict[str, Any] = {
        "requestId": meet.request_id,
        "conferenceSolutionKey": {"type": MEET},
        "status": {"statusCode": meet.status},
    }
    if meet.status != "success":
        return {"createRequest": request}
    link = meet_link(meet, base)
    return {
        "createRequest": request,
        "entryPoints": [
            {"entryPointType": "video", "uri": link, "label": link.partition("://")[2]},
            {
                "entryPointType": "phone",
                "uri": "tel:+34-910-00-00-00",
                "label": "+34 910 00 00 00",
                "pin": "123456789",
                "regionCode": "ES",
            },
        ],
        "conferenceSolution": {"key": {"type": MEET}, "name": "Google Meet", "iconUri": f"{base}/google/meet.png"},
        "conferenceId": meet.code,
    }


def meet_link(meet: Meet, base: str) -> str:
    return f"{base}/google/meet/{meet.code}"


def _new_code() -> str:
    """Return a code as Google's: aaa-bbbb-ccc."""
    letters = "".join(secrets.choice(string.ascii_lowercase) for _ in range(10))
    return f"{letters[:3]}-{letters[3:7]}-{letters[7:]}"
