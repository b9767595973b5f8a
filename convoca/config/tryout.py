"""`make run`: Convoca with examples and simulated vendors, in one process tree, with nothing to set up first."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from convoca.config.announcing import LOOPBACK, announcer, host_of
from convoca.config.cli import branches
from convoca.config.env import EnvironmentRefused, read_environment
from convoca.config.keys import kept_keys
from convoca.config.processes import REFUSED, Command, run_tree
from convoca.config.web import PORT_FREED_WITHIN, port_taken

CONVOCA = (sys.executable, "-m", "convoca.config.cli")
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
    settings |= vendors_at(sandbox_port)
    print(f"Convoca starts, with {environment.var} for what it keeps…", flush=True)
    filled = subprocess.run([*CONVOCA, "demo"], env=settings, stdout=subprocess.PIPE, text=True, check=False)
    if filled.returncode:
        return filled.returncode
    os.environ.update(settings)
    state = environment.var / "sandbox.json"
    told = ("--zoom-webhook", f"http://{host_of(environment)}:{environment.port}/hooks/zoom", ANY_KEY)
    words = f"{filled.stdout.strip()}\n{_desk(sandbox_port)}"
    return run_tree(
        [
            *branches(environment),
            Command(
                name="the sandbox",
                command=(*CONVOCA, "sandbox", "--port", str(sandbox_port), "--state", str(state), *told),
                environment=settings,
            ),
        ],
        announce=announcer(environment, words, closing="Ctrl-C ends it; `make reset` forgets what you did."),
    )


def _settings(source: Mapping[str, str]) -> dict[str, str]:
    """Return the environment with the keys of this checkout, made on the first run and kept in `var`."""
    var = Path(source.get("CONVOCA_VAR") or "var").expanduser().absolute()
    return kept_keys(var) | dict(source)


def _desk(port: int) -> str:
    return f"  the vendors' desk   http://{LOOPBACK}:{port}/sandbox   let them be slow, refuse, or withdraw access"


def vendors_at(port: int) -> dict[str, str]:
    """Return what points the vendors' adapters at the sandbox, whose applications take any key."""
    sandbox = f"http://{LOOPBACK}:{port}"
    return {
        # Whoever tries it out has the receiving program on the same machine.
        "CONVOCA_WEBHOOKS_WITHIN": "yes",
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


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return REFUSED


if __name__ == "__main__":
    sys.exit(main())
