"""The command line. Each command reads the environment first and refuses to start, in a sentence, if it is wrong."""

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from convoca.config.announcing import announcer
from convoca.config.env import Environment, EnvironmentRefused, read_environment
from convoca.config.keys import KEYS, kept_keys, print_fresh_keys
from convoca.config.processes import REFUSED, Branch, Program, run_tree
from convoca.config.start import has_tables, load_what_is_shared, make_tables, set_up_django, tables_are_current

THIS = (sys.executable, "-m", "convoca.config.cli")


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out one command and return its exit status: 2 if it was refused."""
    parser = _parser()
    chosen, rest = parser.parse_known_args(arguments)
    if rest and chosen.command != "sandbox":
        parser.error(f"{chosen.command} does not know {' '.join(rest)}")
    if chosen.command == "keys":
        print_fresh_keys()
        return 0
    if chosen.command == "sandbox":
        return _sandbox(chosen.port, chosen.state, rest)
    _use_kept_keys(make=chosen.command == "serve")
    try:
        if chosen.command == "setup-link":
            return _setup_link(read_environment(), if_first=chosen.if_first)
        if chosen.command == "drop-second-factor":
            return _drop_second_factor(read_environment(), chosen.email)
        if chosen.command == "demo":
            return _demo(read_environment(), chosen.language)
        return COMMANDS[chosen.command](read_environment())
    except EnvironmentRefused as refusal:
        print(refusal, file=sys.stderr)
        return REFUSED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="convoca",
        description="Appointments with working meeting links. Settings come from the environment: docs/selfhost.md.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    for name, sentence in HELP.items():
        command = commands.add_parser(name, help=sentence.split(". ")[0].rstrip("."), description=sentence)
        if name == "sandbox":
            command.add_argument("--port", type=int, default=8001, help="where it listens, on loopback (8001)")
            command.add_argument("--state", default="var/sandbox.json", help="the file that keeps what it plays")
        if name == "setup-link":
            command.add_argument("--if-first", action="store_true", help="only if there is no account yet")
        if name == "drop-second-factor":
            command.add_argument("email", help="the address with which they log in")
        if name == "demo":
            command.add_argument("--language", default="en", choices=("en", "es"), help="what the examples speak (en)")
    return parser


HELP = {
    "serve": "Run web server and worker in one process tree. Ctrl-C or SIGTERM ends it; what dies is restarted.",
    "web": "Run the web server alone. With PostgreSQL, on as many machines as you like.",
    "worker": "Run the worker alone: meetings, mails, reminders. With PostgreSQL, on as many machines as you like.",
    "migrate": "Make or update the tables of the database. To be run before each new version starts.",
    "demo": "Fill the database with examples. Tables are made if needed; what is there is kept.",
    "sandbox": "Play the vendors on this machine. For demonstrations and tests; no account anywhere is needed.",
    "doctor": "Look for what is wrong. Settings, database, keys, worker, connections, mail; status 1 if something is.",
    "rotate-keys": "Encrypt every secret with the newest key. Can be stopped and run again; then older keys may go.",
    "setup-link": "Print an address at which an account is made. It works once, for an hour.",
    "drop-second-factor": "Let somebody log in by password alone, who lost their telephone and their recovery codes.",
    "keys": "Print fresh keys, as lines for the environment. Keep them safe: without them, stored links are lost.",
}


def _use_kept_keys(*, make: bool) -> None:
    """Take the keys that `serve` made on its first run; those of the environment win.

    They are made for an SQLite file only: the machines that share a server must have the same.
    """
    given = any(os.environ.get(name) for key in KEYS for name in (key, f"{key}_FILE"))
    if not given:
        var = Path(os.environ.get("CONVOCA_VAR") or "var").expanduser()
        alone = not os.environ.get("DATABASE_URL") or os.environ["DATABASE_URL"].startswith("sqlite")
        os.environ.update(kept_keys(var, make=make and alone))


def _serve(environment: Environment) -> int:
    print(f"Convoca starts, with {environment.var} for what it keeps…", flush=True)
    # A program of its own: what it needs besides, ends with it.
    first = subprocess.run([*THIS, "setup-link", "--if-first"], stdout=subprocess.PIPE, text=True, check=False)
    if first.returncode:
        return first.returncode
    return run_tree(
        branches(environment),
        announce=announcer(environment, f"Ready:   {environment.base_url}\n{first.stdout}", closing="Ctrl-C ends it."),
    )


def branches(environment: Environment) -> list[Program]:
    """Load everything once and return web server and worker, which go on from there: half the memory, half the wait.

    The tables must be current.
    """
    set_up_django(environment)
    load_what_is_shared()
    from convoca.config.web import serve_pages
    from convoca.config.worker import work_until_told

    return [
        Branch(name="the web server", run=lambda: serve_pages(environment)),
        Branch(name="the worker", run=lambda: work_until_told(threads=environment.worker_threads)),
    ]


def _setup_link(environment: Environment, *, if_first: bool) -> int:
    """Print the address; with `if_first` only for an installation without accounts, whose tables are made if needed."""
    set_up_django(environment)
    if if_first and not has_tables():
        make_tables(verbosity=0)
    if not tables_are_current():
        return REFUSED
    from django.utils import timezone

    from convoca.booking.models import Account
    from convoca.booking.operations.founding import make_key

    if not (if_first and Account.objects.exists()):
        print(f"Set up:  {environment.base_url}/setup?key={make_key(now=timezone.now())}  (works once, for 60 minutes)")
    return 0


def _drop_second_factor(environment: Environment, email: str) -> int:
    """Delete somebody's app and recovery codes; status 1 if they have none."""
    set_up_django(environment)
    if not tables_are_current():
        return REFUSED
    from convoca.booking.operations.log_ins import drop_second_factor

    if not drop_second_factor(email):
        print(f"Nobody with a second factor logs in with {email}.")
        return 1
    print(f"{email} logs in by password alone now.")
    return 0


def _web(environment: Environment) -> int:
    from convoca.config.web import run_web

    return run_web(environment)


def _worker(environment: Environment) -> int:
    set_up_django(environment)
    if not tables_are_current():
        return REFUSED
    from convoca.config.worker import work_until_told

    return work_until_told(threads=environment.worker_threads)


def _migrate(environment: Environment) -> int:
    set_up_django(environment)
    make_tables(verbosity=1)
    return 0


def _demo(environment: Environment, language: str) -> int:
    from django.core.management import call_command

    set_up_django(environment)
    make_tables(verbosity=0)
    call_command("demo", language=language)
    return 0


def _doctor(environment: Environment) -> int:
    from convoca.config.doctor import examine

    set_up_django(environment)
    return examine(environment)


def _rotate_keys(environment: Environment) -> int:
    set_up_django(environment)
    if not tables_are_current():
        return REFUSED
    from convoca.config.rotation import rotate_keys

    return rotate_keys()


def _sandbox(port: int, state: str, rest: Sequence[str]) -> int:
    # A program of its own, which this one neither imports nor knows.
    os.execv(sys.executable, [sys.executable, "-m", "sandbox", "--port", str(port), "--state", state, *rest])


COMMANDS: dict[str, Callable[[Environment], int]] = {
    "serve": _serve,
    "web": _web,
    "worker": _worker,
    "migrate": _migrate,
    "doctor": _doctor,
    "rotate-keys": _rotate_keys,
}


if __name__ == "__main__":
    sys.exit(main())
