"""The web server: gunicorn, started in this process with the application loaded once and shared by its workers."""

import errno
import gc
import socket
import sys
import time
from datetime import timedelta
from typing import Any

from gunicorn.app.base import BaseApplication

from convoca.config.env import Environment
from convoca.config.log import LOGGING
from convoca.config.processes import REFUSED
from convoca.config.start import OBJECTS_BETWEEN_COLLECTIONS, load_what_is_shared, set_up_django, tables_are_current

# The slowest answer is a page; calls to vendors are the worker's.
REQUEST_WITHIN = timedelta(seconds=30)
# The processes of a server that was killed hold its port for a moment longer.
PORT_FREED_WITHIN = timedelta(seconds=3)


def run_web(environment: Environment) -> int:
    """Serve until SIGTERM; return 2 at once, after a sentence, if the port is taken or the tables are old."""
    if not _port_is_free(environment):
        return REFUSED
    set_up_django(environment)
    if not tables_are_current():
        return REFUSED
    load_what_is_shared()
    return serve_pages(environment)


def serve_pages(environment: Environment) -> int:
    """Serve until SIGTERM, with everything loaded and the tables current; return 2 if the port is taken."""
    if not _port_is_free(environment):
        return REFUSED
    _collect_static_files()
    _Server(environment).run()
    return 0


def _port_is_free(environment: Environment) -> bool:
    """Say whether one can listen there; if not, print why."""
    if sentence := port_taken(environment.listen, environment.port, patience=PORT_FREED_WITHIN):
        print(sentence, file=sys.stderr)
    return not sentence


def port_taken(listen: str, port: int, *, patience: timedelta = timedelta(0)) -> str:
    """Return the sentence for the operator if nobody can listen there, "" if all is well."""
    deadline = time.monotonic() + patience.total_seconds()
    while (error := _listen_error(listen, port)) and time.monotonic() < deadline:
        time.sleep(0.2)
    if error is None:
        return ""
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is taken by another program. Choose another one: PORT={port + 10}"
    if error.errno == errno.EACCES:
        return f"Port {port} may not be used by this user. Choose one above 1023: PORT=8000"
    return f"CONVOCA_LISTEN is {listen!r}, which is no address of this machine. Example: CONVOCA_LISTEN=127.0.0.1"


def _listen_error(listen: str, port: int) -> OSError | None:
    family = socket.AF_INET6 if ":" in listen else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((listen, port))
            probe.listen()
        except OSError as error:
            return error
    return None


def _collect_static_files() -> None:
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0)


class _Server(BaseApplication):  # type: ignore[misc]
    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        super().__init__()

    def load_config(self) -> None:
        listen = f"[{self.environment.listen}]" if ":" in self.environment.listen else self.environment.listen
        chosen = {
            "bind": f"{listen}:{self.environment.port}",
            "workers": self.environment.web_workers,
            "threads": self.environment.web_threads,
            "worker_class": "gthread",
            "preload_app": True,
            "timeout": int(REQUEST_WITHIN.total_seconds()),
            "graceful_timeout": 10,
            # Addresses hold tokens and are not logged.
            "accesslog": None,
            "loglevel": "warning",
            "logconfig_dict": LOGGING,
            "control_socket_disable": True,
        }
        for name, value in chosen.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        from convoca.config.wsgi import application

        # Requests leave next to no cycles behind: to look for them after every 2,000 objects costs up to a tenth of an
        # answer.
        gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
        return application
