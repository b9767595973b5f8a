"""The command line: `python -m sandbox --port 8090 --state var/sandbox.json`."""

import argparse
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from sandbox.google import Google
from sandbox.ledger import Ledger
from sandbox.server import Sandbox
from sandbox.vendor import Clock, Vendor
from sandbox.zoom import Zoom

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8090
# Starting again would not help.
CANNOT_START = 2


def all_vendors(ledger: Ledger, clock: Clock) -> list[Vendor]:
    return [Zoom(ledger, clock), Google(ledger, clock)]


def serve(
    *,
    port: int = DEFAULT_PORT,
    host: str = DEFAULT_HOST,
    state: Path | None = None,
    zoom_webhook: Sequence[str] = (),
) -> None:
    """Play the vendors until SIGINT or SIGTERM. Raises OSError if the address is taken.

    Zoom is at `/zoom/oauth` and `/zoom/v2`, Google below `/google`, the control desk at `/sandbox/`. `state` is a JSON
    file that keeps meetings and grants for the next run; `zoom_webhook` is an address and a secret, with which Zoom
    tells of what its hosts do. Runs in a process's main thread.
    """
    with Sandbox(all_vendors, host=host, port=port, state=state) as sandbox:
        if zoom_webhook:
            url, secret = zoom_webhook
            sandbox.configure({"zoom": {"webhook_url": url, "webhook_secret": secret}})
        where = "Zoom: /zoom/oauth and /zoom/v2, Google: /google/calendar/v3, control: /sandbox/"
        print(f"Simulated vendors: {sandbox.url} ({where})", flush=True)
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        stop.wait()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    options = _parser().parse_args(arguments)
    try:
        serve(port=options.port, host=options.host, state=options.state, zoom_webhook=options.zoom_webhook)
    except OSError as error:
        print(f"The address {options.host}:{options.port} cannot be used: {error.strerror}.", file=sys.stderr)
        return CANNOT_START
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="sandbox", description="Simulated vendors of online meetings.")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help=f"where to listen (default {DEFAULT_PORT})")
    parser.add_argument("--host", default=DEFAULT_HOST, help="which address; others than loopback are for nobody")
    parser.add_argument("--state", type=Path, help="a file that keeps meetings and grants for the next run")
    parser.add_argument(
        "--zoom-webhook", nargs=2, default=(), metavar=("URL", "SECRET"), help="where Zoom tells of what its hosts do"
    )
    return parser
