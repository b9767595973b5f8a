"""A month of availability of one resource, as JSON and as pages, with more and more bookings in the table."""

import gzip
import re
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from statistics import median

from bench.clients import browsing
from bench.installation import installed
from bench.server import Server, convoca, served
from bench.table import Row, at_most

BATCH = 10
STATIC = re.compile(r'(?:href|src)="(/static/[^"]+)"')


def measure(*, sizes: list[int], rounds: int, database: str) -> list[Row]:
    """Ask servers with tables of each size in turn, in batches, and return the medians."""
    month = next_month()
    with ExitStack() as stack:
        servers: dict[int, Server] = {}
        for size in sizes:
            installation = stack.enter_context(installed(database))
            scene = installation.ask("bench.filling", str(size), f"{month:%Y-%m-%d}")
            environment, command = convoca(installation.environment)
            servers[size] = stack.enter_context(served(environment, *command))
        paths = _paths(scene["path"], scene["resource"], month)
        queries = dict(zip(paths, installation.ask("bench.queries", "", *paths.values()), strict=True))
        costs: dict[tuple[str, int], list[float]] = {(kind, size): [] for kind in paths for size in sizes}
        for number in range(rounds + 1):
            for kind, path in paths.items():
                for size, server in servers.items():
                    cost = _cost(server, path)
                    if number:  # The first round warms up.
                        costs[kind, size].append(cost)
        weights = {kind: _weight(servers[sizes[-1]], path) for kind, path in paths.items()}
    rows = []
    for kind in paths:
        limits = {"JSON": (10, 6), "page": (25, 6), "month page": (25, 6)}[kind]
        for size in sizes:
            rows.append(at_most(f"{kind}, {size:,} bookings, CPU", median(costs[kind, size]), limits[0], " ms"))
        pairs = zip(costs[kind, sizes[-1]], costs[kind, sizes[0]], strict=True)
        ratio = median(large / small for large, small in pairs)
        rows.append(at_most(f"{kind}, cost({sizes[-1]:,}) / cost({sizes[0]:,})", ratio, 1.3, "", digits=2))
        rows.append(at_most(f"{kind}, queries", queries[kind], limits[1], "", digits=0))
        rows.append(Row(f"{kind}, gzipped", f"{weights[kind][0] / 1000:.1f} kB"))
    rows.append(at_most("page, first view with styles and scripts, gzipped", weights["page"][1] / 1000, 60, " kB"))
    return rows


def next_month() -> datetime:
    """Return the first of next month: all of it lies ahead and within the visitor's reach."""
    return (datetime.now(UTC).replace(day=28, hour=0, minute=0, second=0, microsecond=0) + timedelta(days=4)).replace(
        day=1
    )


def _paths(page: str, resource: str, month: datetime) -> dict[str, str]:
    return {
        "JSON": f"{page}/free.json?from={month:%Y-%m-%d}&days=31&resource={resource}",
        "page": f"{page}?day={month:%Y-%m-%d}",
        "month page": f"{page}?month={month:%Y-%m}",
    }


def _cost(server: Server, path: str) -> float:
    """Return the CPU of one request, in milliseconds, over a batch of them."""
    before = server.cpu_ms()
    with browsing(server.url) as browser:
        for _ in range(BATCH):
            answer = browser.get(path)
            if answer.status != 200:
                raise RuntimeError(f"{path} was answered with {answer.status}")
    return (server.cpu_ms() - before) / BATCH


def _weight(server: Server, path: str) -> tuple[int, int]:
    """Return the bytes of the page, and of the page with all that it loads, as gzip packs them."""
    with browsing(server.url) as browser:
        page = browser.get(path).body
        parts = [browser.get(part).body for part in sorted(set(STATIC.findall(page.decode())))]
    own = len(gzip.compress(page))
    return own, own + sum(len(gzip.compress(part)) for part in parts)
