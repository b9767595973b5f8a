"""A simulated Zoom: consent and tokens below /zoom/oauth, the REST interface below /zoom/v2, rooms at /zoom/j/."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar, Final
from uuid import uuid4

from sandbox.faults import Fault, Kind
from sandbox.ledger import Ledger
from sandbox.messages import Answer, Request
from sandbox.vendor import Clock
from sandbox.zoom import errors, pages, webhooks
from sandbox.zoom.api import SCOPES, Api
from sandbox.zoom.oauth import OAuth
from sandbox.zoom.state import USERS, ZoomState

# Method and path (below /zoom) of each verb that programs use; everything else is a page for people.
ROUTES: Final = (
    ("POST", r"/oauth/token", "token"),
    ("POST", r"/oauth/revoke", "revoke"),
    ("GET", r"/v2/users/me", "user"),
    ("POST", r"/v2/users/me/meetings", "create"),
    ("GET", r"/v2/users/me/meetings", "look"),
    ("GET", r"/v2/meetings/[^/]+", "get"),
    ("PATCH", r"/v2/meetings/[^/]+", "update"),
    ("DELETE", r"/v2/meetings/[^/]+", "delete"),
)


class Zoom:
    """Plays Zoom for two people, Ana (licensed) and Bruno (Basic plan)."""

    name: ClassVar[str] = "zoom"

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self.state = ZoomState()
        self._ledger = ledger
        self._clock = clock
        self._webhook_url = self._webhook_secret = ""
        self.clear()

    def verb_of(self, request: Request) -> str:
        path = request.path.removeprefix("/zoom")
        for method, pattern, verb in ROUTES:
            if request.method == method and re.fullmatch(pattern, path):
                return verb
        return "page"

    def act(self, request: Request) -> Answer:
        answer = self._act(request)
        if self.verb_of(request) in ("page", "token", "revoke"):
            return answer
        return replace(
            answer, headers={**answer.headers, "x-zm-trackingid": f"v=2.0;clid=sandbox;rid=WEB_{uuid4().hex}"}
        )

    def _act(self, request: Request) -> Answer:
        match self.verb_of(request):
            case "token":
                return self._oauth.token(request)
            case "revoke":
                return self._oauth.revoke(request)
            case "page":
                return self._page(request)
            case verb:
                return self._api.answer(verb, request)

    def answer_fault(self, fault: Fault, request: Request) -> Answer:
        match fault.kind:
            case Kind.DAILY_LIMIT:
                return errors.daily_limit(self._api.daily_writes)
            case Kind.RATE_LIMIT:
                return errors.rate_limit(fault.headers.get("Retry-After", ""))
            case Kind.REVOKED_TOKEN:
                return self._withdraw(request)
            case _:
                return errors.token_not_accepted(errors.TOKEN_EXPIRED)

    def configure(self, settings: dict[str, Any]) -> None:
        """Take `scopes` (for consents from now on), `daily_writes`, `client_secret` (only this one is right), and
        `webhook_url` with `webhook_secret`, where hosts' acts are told to."""
        if unknown := set(settings) - {"scopes", "daily_writes", "client_secret", "webhook_url", "webhook_secret"}:
            raise ValueError(f"Zoom has no setting {', '.join(sorted(unknown))}.")
        self._oauth.scopes = list(settings.get("scopes", self._oauth.scopes))
        self._oauth.client_secret = str(settings.get("client_secret", self._oauth.client_secret))
        self._api.daily_writes = int(settings.get("daily_writes", self._api.daily_writes))
        self._webhook_url = str(settings.get("webhook_url", self._webhook_url))
        self._webhook_secret = str(settings.get("webhook_secret", self._webhook_secret))

    def withdraw_all(self) -> None:
        self.state.grants.clear()

    def clear(self) -> None:
        self.state = ZoomState()
        self._oauth = OAuth(self.state, self._clock, list(SCOPES.values()))
        self._api = Api(self.state, self._ledger, self._clock)

    def dump(self) -> dict[str, Any]:
        return self.state.dump()

    def restore(self, state: dict[str, Any]) -> None:
        self.state.restore(state)

    def _page(self, request: Request) -> Answer:
        match request.method, request.path.removeprefix("/zoom").split("/")[1:]:
            case "GET" | "HEAD", ["oauth", "authorize"]:
                return self._oauth.ask(request)
            case "POST", ["oauth", "authorize"]:
                return self._oauth.decide(request)
            case "GET" | "HEAD", ["j", number]:
                meeting = self.state.meetings.get(int(number)) if number.isdigit() else None
                return pages.room_page(request.language(), meeting, request.query.get("pwd", ""))
            case "GET" | "HEAD", ["s", number] if number.isdigit():
                hosted = self.state.meetings.get(int(number))
                return pages.room_page(request.language(), hosted, hosted.link_code if hosted else "")
            case _:
                return pages.error_page(request.language(), "404", status=404)

    def host_acts(self, act: dict[str, Any]) -> Callable[[], int]:
        """Do what a host does in Zoom's own pages; return what tells our application of it, to be called unlocked.

        Raises ValueError for what no host can do.
        """
        match act:
            case {"act": "delete", "number": int(number)} if number in self.state.meetings:
                event = self.host_deletes(number)
            case {"act": "change", "number": int(number), "topic": str(topic)} if number in self.state.meetings:
                event = self.host_changes(number, topic=topic)
            case {"act": "withdraw", "user": str(user)} if user in USERS:
                event = self.user_withdraws(user)
            case _:
                raise ValueError("A host deletes or changes (topic) a meeting by its number, or a user withdraws.")
        delivery = webhooks.signed(event, secret=self._webhook_secret, now=self._clock())
        return lambda: webhooks.deliver(self._webhook_url, delivery) if self._webhook_url else 0

    def host_deletes(self, number: int) -> dict[str, Any]:
        """Delete a meeting as its host may at any moment in Zoom's own pages; return the notice of it."""
        meeting = self.state.meetings.pop(number)
        self._api.note("delete", meeting)
        return webhooks.meeting_deleted(meeting, now=self._clock())

    def host_changes(self, number: int, **changes: Any) -> dict[str, Any]:
        """Change a meeting (topic, passcode, link_code, starts_at, settings …) as its host may; return the notice."""
        meeting = self.state.meetings[number]
        for name, value in changes.items():
            setattr(meeting, name, value)
        told = {name: value for name, value in changes.items() if name in ("topic", "duration")}
        return webhooks.meeting_updated(meeting, told, now=self._clock())

    def user_withdraws(self, user_id: str) -> dict[str, Any]:
        """Withdraw what a user granted, as they may in Zoom's own pages; return the notice of it."""
        granted = [grant for grant in self.state.grants if grant.user_id == user_id]
        for grant in granted:
            self.state.grants.remove(grant)
        client_id = granted[-1].client_id if granted else ""
        return webhooks.app_deauthorized(user_id, client_id, now=self._clock())

    def _withdraw(self, request: Request) -> Answer:
        """Withdraw the grant behind the call, as its owner may at any moment in Zoom's settings."""
        grant = self.state.grant_of(request.bearer_token())
        grant = grant or self.state.grant_refreshed_by(request.form().get("refresh_token", ""))
        if grant is not None:
            self.state.grants.remove(grant)
        if self.verb_of(request) == "token":
            return errors.oauth_error("invalid_grant", "Invalid Token!")
        return errors.token_not_accepted()
