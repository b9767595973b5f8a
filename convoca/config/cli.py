"""The command line. Each command reads the environment first and refuses to start, in a sentence, if it is wrong."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence

from convoca.config.env import Environment, EnvironmentRefused, read_environment
from convoca.config.keys import print_fresh_keys
from convoca.config.processes import REFUSED, Program, run_tree
from convoca.config.start import make_tables, set_up_django, tables_are_current

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
    try:
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
    "keys": "Print fresh keys, as lines for the environment. Keep them safe: without them, stored links are lost.",
}


def _serve(environment: Environment) -> int:
    return run_tree(
        [
            Program(name="the web server", command=(*THIS, "web")),
            Program(name="the worker", command=(*THIS, "worker")),
        ]
    )


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
