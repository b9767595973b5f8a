"""What a provider says that makes no meetings by itself: the same refusal to every verb."""

from typing import NoReturn

from convoca.providers.contract import Application, Exchange, MeetingFacts, MeetingSpec, Rejected, Sighting


class MakesNoMeetings:
    """Each verb raises Rejected with `refusal`, before anything is sent."""

    refusal: str

    def create(self, spec: MeetingSpec, *, application: Application, token: str) -> Exchange[MeetingFacts]:
        yield from ()
        self._refuse()

    def look(self, spec: MeetingSpec, *, application: Application, token: str) -> Exchange[Sighting]:
        yield from ()
        self._refuse()

    def read(self, remote_id: str, *, application: Application, token: str) -> Exchange[MeetingFacts]:
        yield from ()
        self._refuse()

    def update(
        self, remote_id: str, spec: MeetingSpec, *, changed: frozenset[str], application: Application, token: str
    ) -> Exchange[None]:
        yield from ()
        self._refuse()

    def delete(self, remote_id: str, *, application: Application, token: str) -> Exchange[None]:
        yield from ()
        self._refuse()

    def host_url(self, remote_id: str, *, application: Application, token: str) -> Exchange[str]:
        yield from ()
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise Rejected(self.refusal)
