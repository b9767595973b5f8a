"""J5: `convoca serve` on an empty database ends in an address at which the first account is made."""

import re
import signal
import stat
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installation import UP_WITHIN_SECONDS, Installation, new_installation, wait_for
from tests.plugins.database import KIND


@pytest.fixture
def untouched(tmp_path: Path) -> Iterator[Installation]:
    """A machine with an empty database; on SQLite, without keys either."""
    made = new_installation(tmp_path)
    made.environment["CONVOCA_VAR"] = str(tmp_path / "var")
    if KIND == "sqlite":
        for name in ("CONVOCA_SECRET_KEY", "CONVOCA_ENCRYPTION_KEYS"):
            del made.environment[name]
    yield made
    made.end()


def serve(machine: Installation) -> str:
    """Serve until the addresses are printed, and return what was printed."""
    machine.log.write_text("")
    process = machine.start("serve")
    wait_for(
        lambda: process.poll() is not None or "Ctrl-C ends it" in machine.log.read_text(),
        UP_WITHIN_SECONDS,
        machine.log,
    )
    assert process.poll() is None, machine.log.read_text()
    return machine.log.read_text()


def read(address: str) -> str:
    with urllib.request.urlopen(address) as page:
        assert page.status == 200
        return str(page.read().decode())


def test_j5_an_empty_machine_is_ready_with_one_command(untouched: Installation) -> None:
    told = serve(untouched)

    assert f"Ready:   {untouched.url}" in told
    # It said nothing until all was ready, minutes later where the machine is slow, and looked as if it hung.
    assert told.startswith("Convoca starts, with ")
    assert told.index("Making the tables") < told.index("Ready:")
    assert "Nobody has an account here yet." in read(untouched.url)
    (address,) = re.findall(r"Set up:  (\S+)  \(works once, for 60 minutes\)", told)
    assert "Make your booking page" in read(address)
    again = untouched.run("setup-link")
    assert again.stdout.startswith(f"Set up:  {untouched.url}/setup?key=")


@pytest.mark.skipif(KIND != "sqlite", reason="machines that share a server are given their keys")
def test_the_keys_of_the_first_run_are_kept_for_their_owner_alone(untouched: Installation) -> None:
    first = serve(untouched)
    kept = Path(untouched.environment["CONVOCA_VAR"]) / "keys.env"
    before = kept.read_text()
    untouched.processes[-1].send_signal(signal.SIGINT)
    untouched.processes[-1].wait(60)

    second = serve(untouched)

    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert kept.read_text() == before
    # Nobody has made an account yet: the first address holds still, and there is a new one.
    (old,) = re.findall(r"Set up:  (\S+)", first)
    assert "Set up:" in second
    assert "Make your booking page" in read(old)
