"""Several programs as one: they end together, whatever ends the first of them."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.installation import wait_for

TREE = """
import sys
from functools import partial
from convoca.config.processes import Branch, Command, run_tree
kind, *codes = sys.argv[1:]
if kind == "commands":
    make = lambda name, code: Command(name=name, command=[sys.executable, "-c", code])
else:
    make = lambda name, code: Branch(name=name, run=partial(exec, code, {}))
sys.exit(run_tree([make(f"program {n}", code) for n, code in enumerate(codes)]))
"""
type Start = Callable[..., subprocess.Popen[str]]

# Writes its process id where the test finds it, and lives until it is told to end.
LIVES = "import os, time; open({path!r}, 'a').write(str(os.getpid()) + '\\n'); time.sleep(600)"


@pytest.fixture(params=["commands", "branches"])
def start(request: pytest.FixtureRequest) -> Start:
    """Return what starts a tree of such programs, each of which carries out a piece of code."""

    def start(*codes: str) -> subprocess.Popen[str]:
        return subprocess.Popen([sys.executable, "-c", TREE, request.param, *codes], stderr=subprocess.PIPE, text=True)

    return start


def ids(path: Path) -> list[int]:
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    # A zombie has ended; whoever should have buried it is gone.
    stat = Path(f"/proc/{process}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_tree_ends_as_one(start: Start, tmp_path: Path, number: signal.Signals) -> None:
    path = tmp_path / "ids"
    tree = start(*[LIVES.format(path=str(path))] * 2)
    wait_for(lambda: len(ids(path)) == 2, 10)

    tree.send_signal(number)

    assert tree.wait(10) == 0
    assert [process for process in ids(path) if lives(process)] == []


def test_no_program_outlives_a_tree_that_is_killed(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "ids"
    tree = start(*[LIVES.format(path=str(path))] * 2)
    wait_for(lambda: len(ids(path)) == 2, 10)

    tree.kill()
    tree.wait()

    wait_for(lambda: not any(lives(process) for process in ids(path)), 10)


def test_a_program_that_dies_is_started_again(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "ids"
    tree = start(LIVES.format(path=str(path)))
    wait_for(lambda: len(ids(path)) == 1, 10)

    os.kill(ids(path)[0], signal.SIGKILL)

    wait_for(lambda: len(ids(path)) == 2, 10)
    tree.send_signal(signal.SIGTERM)
    assert "Program 0 was ended by SIGKILL. It is started again." in tree.communicate(timeout=10)[1]


def test_a_program_that_keeps_dying_ends_the_tree_with_a_sentence(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "ids"
    tree = start(LIVES.format(path=str(path)), "raise SystemExit(3)")

    _, words = tree.communicate(timeout=30)

    assert tree.returncode == 1
    assert words.strip().endswith(
        "Program 1 ended with status 3, 5 times within a minute. Everything is stopped; the reason is above."
    )
    assert [process for process in ids(path) if lives(process)] == []


def test_a_program_that_refused_to_start_is_not_tried_again(start: Start, tmp_path: Path) -> None:
    tree = start("raise SystemExit(2)")

    assert tree.communicate(timeout=10)[1] == ""
    assert tree.returncode == 2
