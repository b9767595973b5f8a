"""Jitsi Meet: a room is its name. Links are computed, nothing exists at a vendor before somebody enters."""

from base64 import b32encode
from hashlib import sha256
from hmac import digest
from typing import ClassVar, Final
from uuid import UUID

from convoca.providers.contract import (
    Application,
    Capabilities,
    Exchange,
    Found,
    KnownLink,
    MeetingFacts,
    MeetingSpec,
    Misconfigured,
    Sighting,
)
from convoca.providers.links import leads_to, split_web_link

DEFAULT_URL: Final = "https://meet.jit.si"
HOSTS: Final = ("meet.jit.si", "8x8.vc")
# Whoever has the name gets in: 160 bits, more than the 128 below which names could be tried.
ROOM_BYTES: Final = 20
ROOM_GROUP: Final = 8


class Jitsi:
    """Rooms on the configured Jitsi server. The same marker gives the same room for as long as the secret stays."""

    id: ClassVar[str] = "jitsi"
    name: ClassVar[str] = "Jitsi Meet"
    capabilities: ClassVar[Capabilities] = Capabilities(computed=True)

    def create(self, spec: MeetingSpec, *, application: Application, token: str) -> Exchange[MeetingFacts]:
        yield from ()
        return _room_of(spec.marker, application)

    def look(self, spec: MeetingSpec, *, application: Application, token: str) -> Exchange[Sighting]:
        yield from ()
        return Found(meetings=(_room_of(spec.marker, application),))

    def read(self, remote_id: str, *, application: Application, token: str) -> Exchange[MeetingFacts]:
        """Return the room called `remote_id`: every name is one."""
        yield from ()
        return MeetingFacts(remote_id=remote_id, link=f"{_base(application)}/{remote_id}")

    def update(
        self, remote_id: str, spec: MeetingSpec, *, changed: frozenset[str], application: Application, token: str
    ) -> Exchange[None]:
        """Do nothing: a room knows neither its time nor its topic."""
        yield from ()

    def delete(self, remote_id: str, *, application: Application, token: str) -> Exchange[None]:
        """Do nothing: a room ends when its link is no longer handed out."""
        yield from ()

    def host_url(self, remote_id: str, *, application: Application, token: str) -> Exchange[str]:
        """Return the room's own address: whoever comes first, or is logged in there, is its host."""
        yield from ()
        return f"{_base(application)}/{remote_id}"

    def calls_per_second(self, weight: str, *, plan: str) -> int | None:
        """Nobody counts: nothing is called."""
        return None

    def owns_link(self, url: str, *, application: Application) -> bool:
        base = _base(application)
        parts = split_web_link(base)
        own_host = parts.hostname if parts else None
        return leads_to(url, (*HOSTS, own_host) if own_host else HOSTS, base=base)

    def read_link(self, url: str) -> KnownLink:
        """A room is its name: there is nothing else to it."""
        return KnownLink()

    def host_signs_in(self, *, application: Application) -> bool:
        """On the public server the first person in a room must; on a server of one's own its operator decides."""
        return _base(application) == DEFAULT_URL


def _room_of(marker: UUID, application: Application) -> MeetingFacts:
    """Return the room of `marker`. Names are lower-case: the server compares them so."""
    if not application.secret:
        raise Misconfigured("Room names need a secret of this installation; without one they could be guessed.")
    code = digest(application.secret.encode(), b"jitsi:" + marker.bytes, sha256)[:ROOM_BYTES]
    letters = b32encode(code).decode().lower()
    name = "-".join(letters[i : i + ROOM_GROUP] for i in range(0, len(letters), ROOM_GROUP))
    return MeetingFacts(remote_id=name, link=f"{_base(application)}/{name}")


def _base(application: Application) -> str:
    return application.endpoints.get("jitsi") or DEFAULT_URL
