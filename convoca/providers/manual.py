"""Links typed by hand: the meeting exists somewhere else, and we only hand its address on."""

from typing import ClassVar, NoReturn

from convoca.providers.contract import (
    Application,
    Capabilities,
    Exchange,
    KnownLink,
    MeetingFacts,
    MeetingSpec,
    Rejected,
    Sighting,
)
from convoca.providers.links import split_web_link


class Manual:
    """The provider of every link that somebody typed. It makes nothing, so each of its verbs raises Rejected."""

    id: ClassVar[str] = "manual"
    name: ClassVar[str] = "Manual"
    capabilities: ClassVar[Capabilities] = Capabilities(automatic=False)

    def create(self, spec: MeetingSpec, *, application: Application, token: str) -> Exchange[MeetingFacts]:
        yield from ()
        _refuse()

    def look(self, spec: MeetingSpec, *, application: Application, token: str) -> Exchange[Sighting]:
        yield from ()
        _refuse()

    def read(self, remote_id: str, *, application: Application, token: str) -> Exchange[MeetingFacts]:
        yield from ()
        _refuse()

    def update(
        self, remote_id: str, spec: MeetingSpec, *, changed: frozenset[str], application: Application, token: str
    ) -> Exchange[None]:
        yield from ()
        _refuse()

    def delete(self, remote_id: str, *, application: Application, token: str) -> Exchange[None]:
        yield from ()
        _refuse()

    def host_url(self, remote_id: str, *, application: Application, token: str) -> Exchange[str]:
        yield from ()
        _refuse()

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


def _refuse() -> NoReturn:
    raise Rejected("A link typed by hand is changed by hand.")
