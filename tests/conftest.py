"""Shared by all tests: a database file of each worker's own, and what an installation does before it serves."""

import os
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from tools import messages

pytest_plugins = ["tests.installation", "tests.receiving", "tests.e2e.browser"]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """On SQLite, test on a file: threads and processes that write at once behave differently in memory."""
    database = connections["default"]
    if database.vendor == "sqlite":
        worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
        database.settings_dict["TEST"]["NAME"] = str(settings.VAR / f"test-{worker}.sqlite3")


@pytest.fixture(scope="session", autouse=True)
def collected_static_files() -> None:
    """Pages name their style sheets by content, which is known once the files have been collected."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    settings.STATIC_ROOT = settings.VAR / f"static-{worker}"
    call_command("collectstatic", interactive=False, verbosity=0)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Compile the catalogues if a translation is newer."""
    for language in messages.LANGUAGES:
        source = messages.catalogue_path(language)
        compiled = source.with_suffix(".mo")
        if source.exists() and _is_older(compiled, source):
            messages.compile_catalogues()


def _is_older(compiled: Path, source: Path) -> bool:
    return not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime
