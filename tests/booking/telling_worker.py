"""A worker process of the tests' own, to be killed: `python -m tests.booking.telling_worker <instant> [die]`.

It tells programs what they are owed at that instant; if it is to die, with the answer read and nothing written.
"""

import os
import signal
import sys
from datetime import datetime
from typing import NoReturn


def _die(*_: object, **__: object) -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("Nobody outlives SIGKILL.")


def main(now: datetime, *, dies: bool) -> None:
    import django

    django.setup()

    from convoca.booking.operations import delivering

    if dies:
        delivering.record = _die
    while delivering.deliver_next(now=now):
        continue


if __name__ == "__main__":
    main(datetime.fromisoformat(sys.argv[1]), dies=len(sys.argv) > 2)
