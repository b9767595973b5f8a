"""Links typed by hand: the meeting exists somewhere else, and we only hand its address on."""

from typing import ClassVar

from convoca.providers.contract import Application, Capabilities, KnownLink
from convoca.providers.links import split_web_link
from convoca.providers.refusing import MakesNoMeetings


class Manual(MakesNoMeetings):
    """The provider of every link that somebody typed. It makes nothing, so each of its verbs raises Rejected."""

    id: ClassVar[str] = "manual"
    name: ClassVar[str] = "Manual"
    capabilities: ClassVar[Capabilities] = Capabilities(automatic=False)
    refusal = "A link typed by hand is changed by hand."

    def calls_per_second(self, weight: str, *, plan: str) -> int | None:
        """Nobody counts: nothing is called."""
        return None

    def owns_link(self, url: str, *, application: Application) -> bool:
        """Say whether `url` is a web address at all: any service may be used by hand."""
        return split_web_link(url) is not None

    def read_link(self, url: str) -> KnownLink:
        """Nothing is known of other services' addresses."""
        return KnownLink()

    def host_signs_in(self, *, application: Application) -> bool:
        """Nobody knows: whoever types the link chose the service."""
        return False
