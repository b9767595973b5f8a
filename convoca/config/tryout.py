"""`make run`: Convoca with examples and simulated vendors, in one process tree, with nothing to set up first."""

import os
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

from convoca.config.env import Environment, EnvironmentRefused, read_environment
from convoca.config.keys import fresh_keys
from convoca.config.processes import REFUSED, Program, run_tree
from convoca.config.web import PORT_FREED_WITHIN, port_taken

CONVOCA = (sys.executable, "-m", "convoca.config.cli")
LOOPBACK = "127.0.0.1"
ANSWER_WITHIN = timedelta(seconds=2)
# The sandbox's applications take whatever they are given.
ANY_KEY = "tryout"


def main() -> int:
    """Run everything until Ctrl-C; return the exit status."""
    try:
        settings = _settings(os.environ)
        environment = read_environment(settings)
    except EnvironmentRefused as refusal:
        return _refuse(str(refusal))
    sandbox_port = environment.port + 1
    for listen, port in ((environment.listen, environment.port), (LOOPBACK, sandbox_port)):
        if sentence := port_taken(listen, port, patience=PORT_FREED_WITHIN):
            return _refuse(sentence)
    settings |= _vendors(sandbox_port)
    print(f"Convoca starts, with {environment.var} for what it keeps…", flush=True)
    filled = subprocess.run([*CONVOCA, "demo"], env=settings, stdout=subprocess.PIPE, text=True, check=False)
    if filled.returncode:
        return filled.returncode
    state = environment.var / "sandbox.json"
    told = ("--zoom-webhook", f"http://{_host(environment)}:{environment.port}/hooks/zoom", ANY_KEY)
    return run_tree(
        [
            Program(name="the web server", command=(*CONVOCA, "web"), environment=settings),
            Program(name="the worker", command=(*CONVOCA, "worker"), environment=settings),
            Program(
                name="the sandbox",
                command=(*CONVOCA, "sandbox", "--port", str(sandbox_port), "--state", str(state), *told),
                environment=settings,
            ),
        ],
        announce=_announcer(environment, filled.stdout),
    )


def _settings(source: Mapping[str, str]) -> dict[str, str]:
    """Return the environment with the keys of this checkout, made on the first run and kept in `var`."""
    var = Path(source.get("CONVOCA_VAR") or "var").expanduser().absolute()
    return _kept_keys(var / "keys.env") | dict(source)


def _kept_keys(path: Path) -> dict[str, str]:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        # For its owner alone from the first byte on.
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.writelines(f"{name}={value}\n" for name, value in fresh_keys().items())
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


def _vendors(port: int) -> dict[str, str]:
    """Return what points the vendors' adapters at the sandbox, whose applications take any key."""
    sandbox = f"http://{LOOPBACK}:{port}"
    return {
        "CONVOCA_ZOOM_OAUTH_URL": f"{sandbox}/zoom/oauth",
        "CONVOCA_ZOOM_API_URL": f"{sandbox}/zoom/v2",
        "CONVOCA_ZOOM_CLIENT_ID": ANY_KEY,
        "CONVOCA_ZOOM_CLIENT_SECRET": ANY_KEY,
        "CONVOCA_ZOOM_WEBHOOK_SECRET": ANY_KEY,
        "CONVOCA_GOOGLE_AUTH_URL": f"{sandbox}/google/auth",
        "CONVOCA_GOOGLE_TOKEN_URL": f"{sandbox}/google/token",
        "CONVOCA_GOOGLE_REVOKE_URL": f"{sandbox}/google/revoke",
        "CONVOCA_GOOGLE_USERINFO_URL": f"{sandbox}/google/userinfo",
        "CONVOCA_GOOGLE_CALENDAR_URL": f"{sandbox}/google/calendar/v3",
        "CONVOCA_GOOGLE_CLIENT_ID": ANY_KEY,
        "CONVOCA_GOOGLE_CLIENT_SECRET": ANY_KEY,
    }


def _announcer(environment: Environment, addresses: str) -> Callable[[], bool]:
    """Return a function that prints `addresses` once the web server answers, and says whether it did."""
    host = _host(environment)

    def announce() -> bool:
        try:
            with urllib.request.urlopen(
                f"http://{host}:{environment.port}/healthz", timeout=ANSWER_WITHIN.total_seconds()
            ):
                print(f"\n{addresses.strip()}\n\nCtrl-C ends it; `make reset` forgets what you did.", flush=True)
                return True
        except OSError:
            return False

    return announce


def _host(environment: Environment) -> str:
    """Return by what name a program of this machine finds the web server."""
    listen = LOOPBACK if environment.listen in {"0.0.0.0", "::"} else environment.listen
    return f"[{listen}]" if ":" in listen else listen


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return REFUSED


if __name__ == "__main__":
    sys.exit(main())
