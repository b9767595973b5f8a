"""The sandbox as a process that ends cleanly and remembers."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from convoca.providers.contract import Application, Found
from convoca.providers.wire import carry_out
from convoca.providers.zoom import Zoom
from tests.providers.recorded import SPEC
from tests.sandbox.receiver import SECRET, receiving
from tests.vendors import REDIRECT_URI, VISITOR, connect

START = datetime.now(UTC).replace(microsecond=0) + timedelta(days=7)
SOON = replace(SPEC, starts_at=START, ends_at=START + timedelta(hours=1))


@contextmanager
def sandbox_process(port: int, state: Path, *more: str) -> Iterator[str]:
    """Run `python -m sandbox`; it must end at once and without complaint when it is told to."""
    command = [sys.executable, "-m", "sandbox", "--port", str(port), "--state", str(state), *more]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert f"127.0.0.1:{port}" in process.stdout.readline()
        try:
            yield f"http://127.0.0.1:{port}"
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=5) == 0
            assert process.stderr.read() == ""
        finally:
            process.kill()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def application_of(url: str) -> Application:
    return Application(
        client_id="client",
        client_secret="secret",
        redirect_uri=REDIRECT_URI,
        endpoints={"zoom_oauth": f"{url}/zoom/oauth", "zoom_api": f"{url}/zoom/v2"},
    )


def test_meetings_and_grants_of_one_run_hold_in_the_next(tmp_path: Path) -> None:
    port, state = free_port(), tmp_path / "var" / "sandbox.json"
    with sandbox_process(port, state) as url:
        application = application_of(url)
        tokens = connect(application)
        facts = carry_out(Zoom().create(SOON, application=application, token=tokens.access_token), seconds=5)

    with sandbox_process(port, state) as url:
        sighting = carry_out(Zoom().look(SOON, application=application, token=tokens.access_token), seconds=5)
        refreshed = carry_out(Zoom().refresh(tokens.refresh_token, application=application), seconds=5)
        told = VISITOR.get(f"{url}/sandbox/ledger").json()

        assert sighting == Found(meetings=(facts,))
        assert refreshed.access_token
        assert VISITOR.get(facts.link).status_code == 200
        assert [entry["verb"] for entry in told["entries"]] == ["create"]
    assert state.stat().st_mode & 0o777 == 0o600


def test_what_a_host_does_is_told_to_the_address_it_was_started_with(tmp_path: Path) -> None:
    """`make run` names its own hook, so that what is deleted at the simulated Zoom is noticed there."""
    with (
        receiving() as receiver,
        sandbox_process(free_port(), tmp_path / "sandbox.json", "--zoom-webhook", receiver.url, SECRET) as url,
    ):
        application = application_of(url)
        token = connect(application).access_token
        made = carry_out(Zoom().create(SOON, application=application, token=token), seconds=5)
        host = {"vendor": "zoom", "act": "delete", "number": int(made.remote_id)}
        assert VISITOR.post(f"{url}/sandbox/host", json=host).status_code == 204

    assert [b"meeting.deleted" in body for _, body in receiver.notices] == [True]


def test_a_taken_port_gets_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        command = [sys.executable, "-m", "sandbox", "--port", str(port)]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)

    assert ended.returncode == 2
    assert ended.stderr == f"The address 127.0.0.1:{port} cannot be used: Address already in use.\n"
