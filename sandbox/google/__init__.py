"""A simulated Google: consent and tokens at /google/, Calendar at /google/calendar/v3, Meet at /google/meet/."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar, Final
from urllib.parse import unquote

from sandbox.faults import Fault, Kind
from sandbox.google import errors, openid, pages
from sandbox.google.api import Api
from sandbox.google.oauth import OAuth
from sandbox.google.push import deliver
from sandbox.google.state import USERS, Event, GoogleState
from sandbox.google.writing import merged
from sandbox.ledger import Ledger
from sandbox.messages import Answer, Request
from sandbox.vendor import Clock

CALENDAR: Final = r"/calendar/v3/calendars/[^/]+"
# Method and path (below /google) of each verb that programs use; everything else is a page for people.
ROUTES: Final = (
    ("POST", r"/token", "google.token"),
    ("POST", r"/revoke", "google.revoke"),
    ("GET", r"/userinfo", "google.userinfo"),
    ("GET", r"/\.well-known/openid-configuration", "google.discovery"),
    ("GET", r"/oauth2/v3/certs", "google.certs"),
    ("GET", r"/calendar/v3/users/me/calendarList", "calendar.list"),
    ("POST", r"/calendar/v3/calendars", "calendar.insert"),
    ("POST", r"/calendar/v3/freeBusy", "freebusy"),
    ("POST", r"/calendar/v3/channels/stop", "channel.stop"),
    ("POST", CALENDAR + r"/events/watch", "event.watch"),
    ("POST", CALENDAR + r"/events", "event.insert"),
    ("GET", CALENDAR + r"/events", "event.list"),
    ("GET", CALENDAR + r"/events/[^/]+", "event.get"),
    ("PATCH", CALENDAR + r"/events/[^/]+", "event.patch"),
    ("DELETE", CALENDAR + r"/events/[^/]+", "event.delete"),
)
SETTINGS: Final = frozenset(
    {
        "client_secret",
        "test_mode",
        "email_verified",
        "calls_per_minute",
        "channel_days",
        "meet_polls",
        "meet_failures",
        "meet_allowed",
    }
)
# What a person changes of an event by hand.
BY_HAND: Final = frozenset({"summary", "location", "description", "start", "end"})


class Google:
    """Plays Google for two people, Ana (with Google Meet) and Bruno (without)."""

    name: ClassVar[str] = "google"

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock
        # Where the people are who act by hand: they come by no request.
        self._base = "http://127.0.0.1"
        self.clear()

    def withdraw_all(self) -> None:
        for grant in list(self.state.grants):
            self.state.withdraw(grant)

    def clear(self) -> None:
        self.state = GoogleState()
        self._oauth = OAuth(self.state, self._clock)
        self._api = Api(self.state, self._ledger, self._clock, self._oauth)

    def verb_of(self, request: Request) -> str:
        path = request.path.removeprefix("/google")
        for method, pattern, verb in ROUTES:
            if request.method == method and re.fullmatch(pattern, path):
                return verb
        return "page"

    def act(self, request: Request) -> Answer:
        self._base = request.base or self._base
        match self.verb_of(request):
            case "google.token":
                return self._oauth.token(request)
            case "google.revoke":
                return self._oauth.revoke(request)
            case "google.userinfo":
                return self._oauth.userinfo(request)
            case "google.discovery":
                return Answer.of_json(200, openid.discovery(f"{request.base}/google"))
            case "google.certs":
                return Answer.of_json(200, openid.certificates())
            case "page":
                return self._page(request)
            case verb:
                return self._api.answer(verb, request)

    def answer_fault(self, fault: Fault, request: Request) -> Answer:
        match fault.kind:
            case Kind.DAILY_LIMIT:
                return errors.usage_limit()
            case Kind.RATE_LIMIT:
                return errors.rate_limit()
            case Kind.REVOKED_TOKEN:
                return self._withdraw(request)
            case _:
                return errors.invalid_credentials()

    def configure(self, settings: dict[str, Any]) -> None:
        """Take `client_secret` (only this one is right), `test_mode` (refresh tokens die after seven days),
        `email_verified` (people's addresses are theirs), `calls_per_minute`, `channel_days`; of Meet calls `meet_polls`
        (told when the event has been read so often, -1 never), `meet_failures` (so many requests from now on fail) and
        `meet_allowed`."""
        if unknown := set(settings) - SETTINGS:
            raise ValueError(f"Google has no setting {', '.join(sorted(unknown))}.")
        self._oauth.client_secret = str(settings.get("client_secret", self._oauth.client_secret))
        self._oauth.test_mode = bool(settings.get("test_mode", self._oauth.test_mode))
        self._oauth.email_verified = bool(settings.get("email_verified", self._oauth.email_verified))
        api, calls = self._api, self._api.conferences
        api.calls_per_minute = int(settings.get("calls_per_minute", api.calls_per_minute))
        api.channels.life = timedelta(days=float(settings.get("channel_days", api.channels.life / timedelta(days=1))))
        calls.polls = int(settings.get("meet_polls", calls.polls))
        calls.failures = int(settings.get("meet_failures", calls.failures))
        calls.is_allowed = bool(settings.get("meet_allowed", calls.is_allowed))

    def dump(self) -> dict[str, Any]:
        return self.state.dump()

    def restore(self, state: dict[str, Any]) -> None:
        self.state.restore(state)

    def host_acts(self, act: dict[str, Any]) -> Callable[[], int]:
        """Do what a person does in Google's own pages; return what tells our application of it, to be called unlocked.

        Events are named by `calendar` and `event`. Raises ValueError for what nobody can do.
        """
        calendar_id, event = str(act.get("calendar", "")), self._event(act)
        match act:
            case {"act": "delete"} if event is not None:
                self._api.writing.cancel(event, event.creator)
            case {"act": "change", "changes": dict(changes)} if event is not None and set(changes) <= BY_HAND:
                self._api.writing.change(event, merged(event.written, changes))
            case {"act": "add", "event": str(event_id), **body} if calendar_id in self.state.calendars:
                self._add(calendar_id, event_id, body)
            case {"act": "forget_sync"}:
                self.state.sync_valid_from = self.state.next_change()
            case {"act": "delete_calendar"} if calendar_id in self.state.calendars:
                del self.state.calendars[calendar_id]
            case {"act": "withdraw", "user": str(user)} if user in USERS:
                self.user_withdraws(user)
            case _:
                raise ValueError(
                    "A person deletes or changes an event, adds one, deletes a calendar or withdraws (user); "
                    "Google may forget_sync."
                )
        notices = self._api.channels.notices_of(calendar_id, self._base)
        return lambda: deliver(notices)

    def user_withdraws(self, user_id: str) -> None:
        """Withdraw what a user granted, as they may on Google's page of connections. Google tells nobody of it."""
        self.state.grants = [grant for grant in self.state.grants if grant.user_id != user_id]

    def event(self, calendar_id: str, event_id: str) -> Event:
        """Return an event. Raises KeyError if there never was one."""
        return self.state.events[calendar_id, event_id]

    def _event(self, act: dict[str, Any]) -> Event | None:
        return self.state.events.get((str(act.get("calendar")), str(act.get("event"))))

    def _add(self, calendar_id: str, event_id: str, body: dict[str, Any]) -> None:
        """Add somebody's own event (`summary`, `start`, `end`, perhaps `transparency`)."""
        calendar = self.state.calendars[calendar_id]
        written = {name: value for name, value in body.items() if name in {*BY_HAND, "transparency"}}
        if not {"start", "end"} <= set(written):
            raise ValueError("An event has a start and an end, as Google writes them.")
        self._api.writing.add(calendar, written, event_id, next(iter(calendar.roles)))

    def _page(self, request: Request) -> Answer:
        language = request.language()
        match request.method, request.path.removeprefix("/google").split("/")[1:]:
            case "GET" | "HEAD", ["auth"]:
                return self._oauth.ask(request)
            case "POST", ["auth"]:
                return self._oauth.decide(request)
            case "GET" | "HEAD", ["meet", code]:
                event = next((e for e in self.state.events.values() if e.meet and e.meet.code == code), None)
                return pages.room_page(language, event, self._calendar_of(event))
            case "GET" | "HEAD", ["event", calendar_id, event_id]:
                event = self.state.events.get((unquote(calendar_id), event_id))
                return pages.event_page(language, event, self._calendar_of(event))
            case _:
                return pages.error_page(language, "404", status=404)

    def _calendar_of(self, event: Event | None) -> Any:
        return self.state.calendars.get(event.calendar_id) if event is not None else None

    def _withdraw(self, request: Request) -> Answer:
        """Withdraw the grant behind the call, as its owner may at any moment."""
        refresh_token = request.form().get("refresh_token", "")
        grant = self.state.grant_of(request.bearer_token()) or self.state.grant_refreshed_by(refresh_token)
        if grant is not None:
            self.state.withdraw(grant)
        if self.verb_of(request) == "google.token":
            return errors.oauth_error("invalid_grant", "Token has been expired or revoked.")
        return errors.invalid_credentials()
