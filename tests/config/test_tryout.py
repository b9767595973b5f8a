"""`make run`: one command, nothing to set up first, one process tree that ends as one and keeps what was done."""

import signal
import socket
import stat
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installation import UP_WITHIN_SECONDS, Installation, new_installation, wait_for

TRYOUT = (sys.executable, "-m", "convoca.config.tryout")


@pytest.fixture
def untouched(tmp_path: Path) -> Iterator[Installation]:
    """A machine with nothing: no keys, no database, no folder."""
    made = new_installation(tmp_path)
    for name in ("CONVOCA_SECRET_KEY", "CONVOCA_ENCRYPTION_KEYS"):
        del made.environment[name]
    made.environment["CONVOCA_VAR"] = str(tmp_path / "var")
    yield made
    made.end()


def run_until_up(machine: Installation) -> str:
    """Run until the addresses are printed, then press Ctrl-C; return what was printed."""
    machine.log.write_text("")
    process = machine.start(program=TRYOUT)
    wait_for(
        lambda: process.poll() is not None or "Ctrl-C ends it" in machine.log.read_text(),
        UP_WITHIN_SECONDS,
        machine.log,
    )
    assert process.poll() is None, machine.log.read_text()
    with urllib.request.urlopen(f"{machine.url}/schedule/lumbre/") as page:
        assert page.status == 200
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 0
    return machine.log.read_text()


@pytest.mark.every_database
def test_one_command_gives_addresses_to_open_and_a_second_run_keeps_what_is_there(untouched: Installation) -> None:
    words = run_until_up(untouched)
    keys = Path(untouched.environment["CONVOCA_VAR"]) / "keys.env"
    first = keys.read_text()

    for address in ("/schedule/lumbre/", "/manage/", "/manage/lumbre/outbox"):
        assert untouched.url + address in words
    assert "Traceback" not in words
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600

    again = run_until_up(untouched)

    assert keys.read_text() == first
    assert "Traceback" not in again
    for port in (untouched.port, untouched.port + 1):
        with socket.create_server(("127.0.0.1", port)):
            continue


def test_a_taken_port_gets_a_sentence_and_nothing_is_started(untouched: Installation) -> None:
    for port in (untouched.port, untouched.port + 1):
        with socket.create_server(("127.0.0.1", port)):
            process = untouched.start(program=TRYOUT)
            assert process.wait(30) == 2
        sentence = f"Port {port} is taken by another program. Choose another one: PORT={port + 10}\n"
        assert untouched.log.read_text() == sentence
        untouched.log.unlink()
