"""The command line: each command explains itself, and refuses in a sentence what it cannot do."""

import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from convoca.config.env import read_environment
from tests.installation import Installation
from tests.plugins.database import KIND

COMMANDS = (
    "serve", "web", "worker", "migrate", "demo", "sandbox", "doctor", "keys", "setup-link", "drop-second-factor",
)  # fmt: skip


def convoca(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "convoca.config.cli", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    told = convoca(command, "--help")

    assert told.returncode == 0
    assert told.stdout.startswith(f"usage: convoca {command}")


@pytest.mark.parametrize("command", ["web", "worker", "migrate", "demo", "doctor", "setup-link"])
def test_nothing_starts_without_keys_of_its_own(command: str, tmp_path: Path) -> None:
    refused = convoca(command, CONVOCA_VAR=str(tmp_path))

    assert refused.returncode == 2
    assert refused.stdout == ""
    assert refused.stderr.startswith("CONVOCA_SECRET_KEY is missing: ")
    assert len(refused.stderr.splitlines()) == 1


def test_machines_that_share_a_server_are_given_their_keys(tmp_path: Path) -> None:
    refused = convoca("serve", CONVOCA_VAR=str(tmp_path), DATABASE_URL="postgres://nobody@127.0.0.1:1/none")

    assert refused.returncode == 2
    assert refused.stderr.startswith("CONVOCA_SECRET_KEY is missing: ")
    assert not list(tmp_path.iterdir())


def test_fresh_keys_are_an_environment() -> None:
    lines = [convoca("keys").stdout.splitlines() for _ in range(2)]

    for each in lines:
        read_environment(dict(line.split("=", 1) for line in each))
    assert set(lines[0]).isdisjoint(lines[1])


def forget_last_migration(installation: Installation) -> None:
    """Leave the tables as a version has them that lacks the newest change."""
    forget = "DELETE FROM django_migrations WHERE id = (SELECT max(id) FROM django_migrations WHERE app = 'booking')"
    if KIND == "sqlite":
        with closing(sqlite3.connect(installation.folder / "convoca.sqlite3")) as file, file:
            file.execute(forget)
    else:
        with psycopg.connect(installation.environment["DATABASE_URL"]) as server:
            server.execute(forget.encode())


def test_nothing_is_served_from_old_tables(installation: Installation) -> None:
    installation.run("migrate")
    forget_last_migration(installation)
    for command in ("web", "worker", "serve", "setup-link"):
        refused = installation.run(command)

        assert refused.returncode == 2
        assert "Run `convoca migrate` first." in refused.stderr
        assert "Traceback" not in refused.stderr


def test_a_taken_port_gets_a_sentence(installation: Installation) -> None:
    with socket.create_server(("127.0.0.1", installation.port)):
        refused = installation.run("web")

    assert refused.returncode == 2
    assert refused.stderr.startswith(f"Port {installation.port} is taken by another program.")


def test_the_doctor_finds_a_new_installation_in_need_of_tables_and_then_well(installation: Installation) -> None:
    before = installation.run("doctor")
    installation.run("migrate")
    after = installation.run("doctor")

    assert (before.returncode, after.returncode) == (1, 0)
    assert "Run `convoca migrate`." in before.stdout
    assert after.stdout == "Settings, database, keys, worker, connections and mail server: all is well.\n"


def test_the_doctor_names_a_setting_that_does_not_exist(installation: Installation) -> None:
    installation.run("migrate")
    installation.environment["CONVOCA_ENCRYPTON_KEYS"] = "x"

    assert "CONVOCA_ENCRYPTON_KEYS is set, but Convoca has no such setting." in installation.run("doctor").stdout


def test_the_doctor_tries_the_mail_server(installation: Installation) -> None:
    installation.run("migrate")
    installation.environment["EMAIL_URL"] = f"smtp://localhost:{installation.port}"

    assert f"The mail server localhost:{installation.port} refuses us" in installation.run("doctor").stdout
