"""What an installation takes before anybody uses it: memory of web and worker, and time to make the tables."""

import resource
import sys
import time

from bench.clients import browsing
from bench.installation import CONVOCA, installed
from bench.server import served
from bench.table import Row, at_most

SETTLED_AFTER_SECONDS = 5.0
PAGES = 20


def measure(*, database: str) -> list[Row]:
    with installed(database, migrated=False) as installation:
        begun, used = time.perf_counter(), _children_cpu()
        installation.run(*CONVOCA, "migrate")
        took, used = time.perf_counter() - begun, _children_cpu() - used
        with served(installation.environment, sys.executable, *CONVOCA[1:], "serve") as server:
            with browsing(server.url) as browser:
                for _ in range(PAGES):
                    browser.get("/")
            time.sleep(SETTLED_AFTER_SECONDS)
            before, memory = server.cpu_ms(), server.memory_mb()
            time.sleep(SETTLED_AFTER_SECONDS)
            idle = (server.cpu_ms() - before) / SETTLED_AFTER_SECONDS / 10
    return [
        at_most("`convoca migrate` on an empty database", took, 15, " s"),
        Row("… of which CPU", f"{used:.1f} s"),
        at_most("idle memory of web and worker (PSS)", memory, 200, " MB", digits=0),
        Row("idle CPU of web and worker", f"{idle:.1f} % of a core"),
    ]


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
