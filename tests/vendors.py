"""The simulated vendors in a thread, and the short way through their consent."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2

from convoca.providers import oauth
from convoca.providers.contract import Application, Tokens
from convoca.providers.wire import carry_out
from convoca.providers.zoom import Zoom
from sandbox.main import all_vendors
from sandbox.messages import Answer, Request
from sandbox.server import Sandbox, now_in_utc
from sandbox.vendor import Clock
from sandbox.zoom.state import ANA, User
from tests.contracts import zoom_specification
from tests.google_contracts import faults_in_google_answer, faults_in_google_request

REDIRECT_URI = "http://localhost:8000/manage/connect/zoom/callback"
VERIFIER = "a-verifier-of-at-least-forty-three-characters-0123"
# Somebody with a browser, who follows no redirect by himself. One for all tests: making one takes half a second.
VISITOR = httpx2.Client(trust_env=False, timeout=10)


class SetClock:
    """A clock that a test sets by hand."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> None:
        self.now += by


@contextmanager
def running_sandbox(*, clock: Clock = now_in_utc, state: Path | None = None) -> Iterator[Sandbox]:
    """Run the simulated vendors on a free port; at the end every answer they gave must have kept its contract."""
    faults: list[str] = []

    def observe(request: Request, answer: Answer) -> None:
        faults.extend(faults_in(request, answer))

    with Sandbox(all_vendors, clock=clock, state=state, observe=observe) as sandbox:
        yield sandbox
    assert faults == []


def faults_in(request: Request, answer: Answer) -> list[str]:
    """Return what the vendor's specification finds wrong with a request that was understood, and with its answer."""
    if request.path.startswith("/google/calendar/v3/"):
        return _faults_in_google(request, answer)
    specification = zoom_specification()
    if specification is None or not request.path.startswith("/zoom/v2/"):
        return []
    path = request.path.removeprefix("/zoom/v2")
    faults = specification.faults_in_answer(request.method, path, answer.status, answer.body)
    if answer.status < 400:
        body = json.loads(request.body) if request.body else None
        faults += specification.faults_in_request(request.method, path, request.query, body)
    return faults


def _faults_in_google(request: Request, answer: Answer) -> list[str]:
    path = request.path.removeprefix("/google/calendar/v3")
    faults = faults_in_google_answer(request.method, path, answer.status, answer.body)
    if answer.status < 400:
        body = json.loads(request.body) if request.body else None
        faults += faults_in_google_request(request.method, path, request.query, body)
    return faults


def application_at(sandbox: Sandbox) -> Application:
    """Return our application at the simulated Zoom."""
    return Application(
        client_id="client",
        client_secret="client-secret",
        redirect_uri=REDIRECT_URI,
        endpoints={"zoom_oauth": f"{sandbox.url}/zoom/oauth", "zoom_api": f"{sandbox.url}/zoom/v2"},
        secret="installation-secret",
    )


def code_from_consent(application: Application, *, user: User = ANA, verifier: str = VERIFIER) -> str:
    """Press Allow on the consent page as `user`, and return the code that comes back."""
    url = Zoom().consent_url(application=application, state="state", code_challenge=oauth.challenge_of(verifier))
    form = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    answer = VISITOR.post(url.partition("?")[0], data=form | {"decision": "allow", "user": user.id})
    return parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]


def connect(application: Application, *, user: User = ANA) -> Tokens:
    """Return the tokens of a fresh consent by `user`."""
    code = code_from_consent(application, user=user)
    return carry_out(Zoom().redeem_code(code, application=application, code_verifier=VERIFIER), seconds=5)


def at(text: str) -> datetime:
    """Return the instant written as `2030-03-31 10:00`, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
