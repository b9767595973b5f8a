"""A simulated Zoom with many users who have consented already: `python -m bench.vendor <users>`.

Prints one line of JSON once it answers, {"url", "users": [{"id", "account", "token"}]}; runs until it is terminated.
"""

import json
import signal
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sandbox.main import all_vendors
from sandbox.server import Sandbox
from sandbox.zoom import Zoom
from sandbox.zoom.api import SCOPES
from sandbox.zoom.state import ANA, USERS, Grant, User

# Nothing that is measured waits for a new token.
TOKEN_LIVES = timedelta(days=1)


def grant_access(zoom: Zoom, number: int) -> dict[str, str]:
    """Let one more user, of an account of their own, hold a licence and have consented."""
    user: User = replace(ANA, id=f"user-{number}", account_id=f"account-{number}", email=f"user-{number}@example.org")
    USERS[user.id] = user
    grant = Grant(user_id=user.id, client_id="client", scopes=list(SCOPES.values()))
    token = grant.renew(datetime.now(UTC))
    grant.access_tokens[token] = datetime.now(UTC) + TOKEN_LIVES
    zoom.state.authorize(grant)
    return {"id": user.id, "account": user.account_id, "token": token}


def main(users: int) -> None:
    with Sandbox(all_vendors) as sandbox:
        zoom = sandbox.vendor("zoom")
        assert isinstance(zoom, Zoom)
        print(json.dumps({"url": sandbox.url, "users": [grant_access(zoom, number) for number in range(users)]}))
        sys.stdout.flush()
        stop = threading.Event()
        signal.signal(signal.SIGTERM, lambda *_: stop.set())
        stop.wait()


if __name__ == "__main__":
    main(int(sys.argv[1]))
