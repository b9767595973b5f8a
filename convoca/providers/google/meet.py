"""Google Meet: calls that are born with an event in Google Calendar, and live in it."""

import re
from typing import ClassVar
from urllib.parse import urlsplit

from convoca.providers.contract import Application, Capabilities, KnownLink
from convoca.providers.google.api import MEET_HOSTS, calendar_url
from convoca.providers.links import leads_to
from convoca.providers.refusing import MakesNoMeetings

CODE = re.compile(r"/([a-z]{3}-[a-z]{4}-[a-z]{3})/?$")


class GoogleMeet(MakesNoMeetings):
    """The provider of Meet links. The event's publication does the work, so each verb here raises Rejected."""

    id: ClassVar[str] = "google_meet"
    name: ClassVar[str] = "Google Meet"
    capabilities: ClassVar[Capabilities] = Capabilities(born_with_event=True)
    refusal = "A Google Meet call is made, moved and deleted with its event in Google Calendar."

    def calls_per_second(self, weight: str, *, plan: str) -> int | None:
        """Nobody counts: nothing is called."""
        return None

    def owns_link(self, url: str, *, application: Application) -> bool:
        return leads_to_meet(url, application=application)

    def read_link(self, url: str) -> KnownLink:
        """Return the code of the call, which is all that there is: Meet's links are the same for host and guests."""
        found = CODE.search(urlsplit(url).path)
        return KnownLink(number=found[1] if found else "")

    def host_signs_in(self, *, application: Application) -> bool:
        """Guests ask to be let in; that the host must be there first is not true of all accounts, and not known."""
        return False


def leads_to_meet(url: str, *, application: Application) -> bool:
    """Say whether `url` is an address of Google Meet's (or of a configured loopback Google)."""
    return leads_to(url, MEET_HOSTS, base=calendar_url(application))
