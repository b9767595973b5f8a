"""The short way through the simulated Google's consent, and its events as their owner sees them."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from convoca.providers import oauth
from convoca.providers.calendars import EventFacts, EventKey, EventSpec
from convoca.providers.contract import Application, Exchange, Tokens
from convoca.providers.google import GoogleCalendar
from convoca.providers.wire import carry_out
from sandbox.google import Google
from sandbox.google.pages import box_name
from sandbox.google.scopes import TICKABLE
from sandbox.google.state import ANA, WORK, User
from sandbox.server import Sandbox
from tests.vendors import VERIFIER, VISITOR, at

REDIRECT_URI = "http://localhost:8000/manage/connect/google/callback"
GOOGLE = GoogleCalendar()
NINE, TEN = at("2030-03-31 09:00"), at("2030-03-31 10:00")


def google_endpoints(url: str) -> dict[str, str]:
    """Return where everything of Google's is in the sandbox at `url`."""
    return {
        "google_auth": f"{url}/google/auth",
        "google_token": f"{url}/google/token",
        "google_revoke": f"{url}/google/revoke",
        "google_userinfo": f"{url}/google/userinfo",
        "google_calendar": f"{url}/google/calendar/v3",
    }


def google_application_at(sandbox: Sandbox) -> Application:
    """Return our application at the simulated Google."""
    return Application(
        client_id="client",
        client_secret="client-secret",
        redirect_uri=REDIRECT_URI,
        endpoints=google_endpoints(sandbox.url),
        secret="installation-secret",
    )


def boxes_ticked(unticked: Collection[str] = ()) -> dict[str, str]:
    """Return the form's boxes but those whose scopes end as `unticked` says ("calendar.events" …)."""
    names = [scope for scope in TICKABLE if not any(scope.endswith(f"/{name}") for name in unticked)]
    return {box_name(scope): "yes" for scope in names}


def google_code(application: Application, *, user: User = ANA, unticked: Collection[str] = ()) -> str:
    """Press Continue on the consent page as `user`, and return the code that comes back."""
    url = GOOGLE.consent_url(application=application, state="state", code_challenge=oauth.challenge_of(VERIFIER))
    form = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    said = {"decision": "allow", "user": user.id} | boxes_ticked(unticked)
    answer = VISITOR.post(url.partition("?")[0], data=form | said)
    return parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]


def connect_google(application: Application, *, user: User = ANA, unticked: Collection[str] = ()) -> Tokens:
    """Return the tokens of a consent by `user`."""
    code = google_code(application, user=user, unticked=unticked)
    return carry_out(GOOGLE.redeem_code(code, application=application, code_verifier=VERIFIER), seconds=5)


def google_in(sandbox: Sandbox) -> Google:
    vendor = sandbox.vendor("google")
    assert isinstance(vendor, Google)
    return vendor


def google_settings(sandbox: Sandbox, **settings: Any) -> None:
    """Change how the simulated Google behaves."""
    sandbox.configure({"google": settings})


def run[T](exchange: Exchange[T], *, seconds: float = 5) -> T:
    return carry_out(exchange, seconds=seconds)


class Caller:
    """Calls with one person's token."""

    def __init__(self, application: Application, token: str) -> None:
        self.application, self.token = application, token
        self.access: dict[str, Any] = {"application": application, "token": token}

    def insert(self, spec: EventSpec) -> EventFacts:
        return run(GOOGLE.insert(spec, **self.access))

    def patch(self, spec: EventSpec, *changed: str, etag: str = "") -> EventFacts:
        return run(GOOGLE.patch(spec, changed=frozenset(changed), etag=etag, **self.access))

    def read(self, key: EventKey) -> EventFacts:
        return run(GOOGLE.read_event(key, **self.access))


def an_event(calendar_id: str = WORK, **changes: Any) -> EventSpec:
    reference = uuid4()
    key = EventKey(calendar_id=calendar_id, event_id=GOOGLE.event_id(reference))
    spec = EventSpec(
        key=key, reference=reference, title="Class", starts_at=NINE, ends_at=TEN, time_zone="Europe/Madrid"
    )
    return replace(spec, **changes)


def by_hand(sandbox: Sandbox, act: str, spec: EventSpec, **more: Any) -> None:
    """Do what a person does to an event in Google's own pages."""
    place = {"calendar": spec.key.calendar_id, "event": spec.key.event_id}
    sandbox.host_acts({"vendor": "google", "act": act, **place, **more})
