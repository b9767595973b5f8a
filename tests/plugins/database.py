"""Gives the tests keys, a folder and a database of their own before anything reads the settings.

TEST_DATABASE chooses: sqlite (the default) or postgres. On postgres only the tests that touch the database are run:
the others, and those of pages that are the same whatever they were read from, have been run on SQLite. Nothing of the
developer's own environment reaches the tests.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import pytest

from convoca.config.env import VARIABLES
from convoca.config.keys import fresh_keys
from tests.plugins.postgres import start_postgres

KIND = os.environ.get("TEST_DATABASE", "sqlite")
IS_XDIST_WORKER = "PYTEST_XDIST_WORKER" in os.environ
DATABASE_FIXTURES = frozenset({"db", "transactional_db", "live_server", "installation", "tryout"})


def _prepare() -> None:
    """Set the environment once, in the process that pytest was started as; its workers inherit it."""
    if KIND not in {"sqlite", "postgres"}:
        raise pytest.UsageError(f"TEST_DATABASE is {KIND!r}, but it must be sqlite or postgres.")
    for variable in VARIABLES:
        os.environ.pop(variable.name, None)
        os.environ.pop(f"{variable.name}_FILE", None)
    var = Path(tempfile.mkdtemp(prefix="convoca-test-"))
    atexit.register(shutil.rmtree, var, ignore_errors=True)
    os.environ |= fresh_keys() | {"CONVOCA_VAR": str(var)}
    if KIND == "postgres":
        os.environ["DATABASE_URL"] = start_postgres()


if not IS_XDIST_WORKER:
    _prepare()


def pytest_report_header() -> list[str]:
    contracts = os.environ.get("CONVOCA_CONTRACTS")
    return [
        f"database: {KIND}",
        f"contracts: {contracts}" if contracts else "contracts not checked (CONVOCA_CONTRACTS names no folder)",
    ]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if KIND == "sqlite":
        return
    chosen = [item for item in items if _touches_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(chosen)])
    items[:] = chosen


def _touches_database(item: pytest.Item) -> bool:
    if item.get_closest_marker("same_on_every_database"):
        return False
    fixtures = set(getattr(item, "fixturenames", ()))
    marked = any(item.get_closest_marker(name) for name in ("django_db", "every_database"))
    return marked or bool(fixtures & DATABASE_FIXTURES)
