"""Several programs as one: they start together, are restarted if they die, and none outlives the one that began."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from types import FrameType
from typing import NoReturn, Protocol

# A call to a vendor may take 15 s and is worth waiting for; afterwards the worker can be killed without loss.
FINISH_WITHIN = timedelta(seconds=20)
RESTART_AFTER = timedelta(seconds=1)
# Deaths within the window: a program that never comes up must not be tried for ever.
DEATHS_ALLOWED = 5
DEATHS_WINDOW = timedelta(minutes=1)
# The exit status of a program that cannot start as things are: it has said why, and trying again would not help.
REFUSED = 2
LOOK_EVERY = timedelta(seconds=0.2)
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Running(Protocol):
    """A process that one can ask for its exit status: None while it runs, negative if a signal ended it."""

    def poll(self) -> int | None: ...

    def terminate(self) -> None: ...

    def wait(self) -> int | None: ...


class Program(Protocol):
    """A program of the tree. `name` is how sentences call it ("the worker")."""

    @property
    def name(self) -> str: ...

    def start(self, *, group: int, lifeline: int) -> Running:
        """Start it in the process group `group`, without the file descriptor `lifeline`."""


@dataclass(frozen=True, kw_only=True)
class Command:
    """A program that is loaded from the beginning."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))

    def start(self, *, group: int, lifeline: int) -> Running:
        return subprocess.Popen(self.command, env=self.environment, stdin=subprocess.DEVNULL, process_group=group)


@dataclass(frozen=True, kw_only=True)
class Branch:
    """A program that goes on from what this process has loaded, and shares that memory; `run` returns its status."""

    name: str
    run: Callable[[], int]

    def start(self, *, group: int, lifeline: int) -> Running:
        process = multiprocessing.get_context("fork").Process(target=self._branch_off, args=(group, lifeline))
        process.start()
        return _Forked(process)

    def _branch_off(self, group: int, lifeline: int) -> NoReturn:
        os.close(lifeline)
        os.setpgid(0, group)
        for number in ENDINGS:
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
        sys.exit(self.run())


@dataclass(frozen=True)
class _Forked:
    process: multiprocessing.process.BaseProcess

    def poll(self) -> int | None:
        return self.process.exitcode

    def terminate(self) -> None:
        self.process.terminate()

    def wait(self) -> int | None:
        self.process.join()
        return self.process.exitcode


def run_tree(programs: Sequence[Program], *, announce: Callable[[], bool] = lambda: True) -> int:
    """Run `programs` until Ctrl-C or SIGTERM; return the exit status.

    A program that dies is started again; one that keeps dying ends the tree with status 1. `announce` is called again
    and again until it says that it has told the user what is up.
    """
    return _Tree(programs).run(announce)


class _Tree:
    def __init__(self, programs: Sequence[Program]) -> None:
        self.programs = programs
        self.running: dict[str, Running] = {}
        self.deaths: dict[str, deque[float]] = {program.name: deque() for program in programs}
        self.signals_seen = 0
        self.undertaker, self.lifeline = _start_undertaker()

    def run(self, announce: Callable[[], bool]) -> int:
        before = [(number, signal.signal(number, self._note)) for number in ENDINGS]
        try:
            for program in self.programs:
                self._start(program)
            return self._watch(announce)
        finally:
            self._end()
            for number, handler in before:
                signal.signal(number, handler)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.signals_seen += 1

    def _start(self, program: Program) -> None:
        self.running[program.name] = program.start(group=self.undertaker, lifeline=self.lifeline)

    def _watch(self, announce: Callable[[], bool]) -> int:
        announced = False
        while not self.signals_seen:
            announced = announced or announce()
            for program in self.programs:
                status = self.running[program.name].poll()
                if status == REFUSED:
                    return REFUSED
                if status is not None and not self._revive(program, status):
                    return 1
            time.sleep(LOOK_EVERY.total_seconds())
        return 0

    def _revive(self, program: Program, status: int) -> bool:
        """Start a dead program again; return False if it has died too often."""
        deaths = self.deaths[program.name]
        now = time.monotonic()
        deaths.append(now)
        while deaths[0] < now - DEATHS_WINDOW.total_seconds():
            deaths.popleft()
        ended = f"{program.name} {_ending(status)}"
        if len(deaths) >= DEATHS_ALLOWED:
            _say(f"{ended}, {len(deaths)} times within a minute. Everything is stopped; the reason is above.")
            return False
        _say(f"{ended}. It is started again.")
        time.sleep(RESTART_AFTER.total_seconds())
        self._start(program)
        return True

    def _end(self) -> None:
        """Ask every program to end, wait, then kill; a second Ctrl-C does not wait."""
        for process in self.running.values():
            if process.poll() is None:
                process.terminate()
        asked = self.signals_seen
        deadline = time.monotonic() + FINISH_WITHIN.total_seconds()
        while any(process.poll() is None for process in self.running.values()):
            if time.monotonic() > deadline or self.signals_seen > max(asked, 1):
                break
            time.sleep(0.05)
        os.write(self.lifeline, b".")
        for process in self.running.values():
            process.wait()
        os.waitpid(self.undertaker, 0)


def _start_undertaker() -> tuple[int, int]:
    """Fork a process that ends our programs if we are ended without doing it ourselves (kill -9, no memory left).

    It leads the process group of all programs and reads a pipe that only we hold open: whatever ends us, ends the pipe.
    Return its id, which is the group's, and our end of the pipe.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(writing)
        _undertake(reading)
    os.close(reading)
    # Here and in the child: whoever comes first, the group exists before a program joins it.
    os.setpgid(child, child)
    return child, writing


def _undertake(lifeline: int) -> NoReturn:
    """Wait for the end of the pipe, then end the group; a byte on the pipe says that only stragglers are left."""
    os.setpgid(0, 0)
    for number in ENDINGS:
        signal.signal(number, signal.SIG_IGN)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nowhere, stream)
    if not os.read(lifeline, 1):
        os.killpg(0, signal.SIGTERM)
        time.sleep(FINISH_WITHIN.total_seconds())
    os.killpg(0, signal.SIGKILL)
    os._exit(0)


def _ending(status: int) -> str:
    return f"was ended by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"


def _say(sentence: str) -> None:
    print(sentence[0].upper() + sentence[1:], file=sys.stderr, flush=True)
