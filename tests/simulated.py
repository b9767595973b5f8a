"""What tests that talk to the simulated vendors begin with. A conftest makes it theirs by importing it."""

from collections.abc import Iterator

import pytest

from convoca.providers.contract import Application
from sandbox.server import Sandbox
from tests.googling import Caller, connect_google, google_application_at
from tests.vendors import SetClock, application_at, at, connect, running_sandbox


@pytest.fixture
def clock() -> SetClock:
    """The simulated vendors' clock: a month before the appointment of the tests."""
    return SetClock(at("2030-03-01 09:00"))


@pytest.fixture
def sandbox(clock: SetClock) -> Iterator[Sandbox]:
    with running_sandbox(clock=clock) as sandbox:
        yield sandbox


@pytest.fixture
def application(sandbox: Sandbox) -> Application:
    return application_at(sandbox)


@pytest.fixture
def token(application: Application) -> str:
    """An access token of Ana's."""
    return connect(application).access_token


@pytest.fixture
def google_application(sandbox: Sandbox) -> Application:
    return google_application_at(sandbox)


@pytest.fixture
def ana(google_application: Application) -> Caller:
    """Ana, who has consented to everything at Google."""
    return Caller(google_application, connect_google(google_application).access_token)
