"""A Convoca of the benchmark's own: keys, a folder and an empty database with its tables, gone when the block ends."""

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg

from convoca.config.env import VARIABLES
from convoca.config.keys import fresh_keys
from tests.plugins.postgres import start_postgres

CONVOCA = (sys.executable, "-m", "convoca.config.cli")
DATABASES = ("sqlite", "postgres")


@dataclass(frozen=True)
class Installation:
    """`environment` is what its processes are started with; nothing of the operator's own settings is in it."""

    environment: dict[str, str]

    def run(self, *command: str, told: str = "") -> str:
        """Carry out a command in this installation and return what it printed. Raises RuntimeError if it fails."""
        done = subprocess.run(command, env=self.environment, input=told, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)} failed: {done.stderr[-3000:]}")
        return done.stdout

    def ask(self, *question: str, told: str = "") -> Any:
        """Return what a module of the benchmark prints as JSON when it is run, told `told`, in this installation."""
        return json.loads(self.run(sys.executable, "-m", *question, told=told))


@contextmanager
def installed(database: str, *, migrated: bool = True) -> Iterator[Installation]:
    """Make an installation on "sqlite" or "postgres"; the tables of all are copied from one that was migrated."""
    with tempfile.TemporaryDirectory(prefix="convoca-bench-") as folder:
        if database == "sqlite":
            address = f"{folder}/convoca.sqlite3"
            if migrated:
                shutil.copyfile(_with_tables(database), address)
            address = f"sqlite:///{address}"
        else:
            address = _new_postgres_database(_with_tables(database) if migrated else "template1")
        yield Installation(_environment(folder, address))


@cache
def _with_tables(database: str) -> str:
    """Return the file or the name of a migrated database to copy, which is made once."""
    folder = tempfile.mkdtemp(prefix="convoca-bench-")
    atexit.register(shutil.rmtree, folder)
    copied = f"{folder}/tables.sqlite3" if database == "sqlite" else f"tables_{uuid4().hex}"
    address = f"sqlite:///{copied}" if database == "sqlite" else _new_postgres_database("template1", name=copied)
    Installation(_environment(folder, address)).run(*CONVOCA, "migrate")
    return copied


def _environment(folder: str, address: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in {each.name for each in VARIABLES}}
    own = {"CONVOCA_VAR": folder, "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "convoca.config.settings"}
    return kept | fresh_keys() | own


def _new_postgres_database(template: str, *, name: str = "") -> str:
    name = name or f"convoca_{uuid4().hex}"
    with psycopg.connect(postgres_server(), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'.encode())
    return urlunsplit(urlsplit(postgres_server())._replace(path=f"/{name}"))


@cache
def postgres_server() -> str:
    """Return the address of BENCH_DATABASE_URL, or of a server that lives as long as the benchmark."""
    return os.environ.get("BENCH_DATABASE_URL") or start_postgres()


def postgres_pids(installation: Installation) -> list[int]:
    """Return the server's processes that work for this installation, if it is on a PostgreSQL of this machine."""
    address = installation.environment["DATABASE_URL"]
    if not address.startswith("postgres"):
        return []
    with psycopg.connect(address) as connection:
        rows = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchall()
    return [pid for (pid,) in rows if Path(f"/proc/{pid}").exists()]
