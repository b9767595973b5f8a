"""The web server: gunicorn, started in this process with the application loaded once and shared by its workers."""

import errno
import gc
import socket
import sys
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

from gunicorn.app.base import BaseApplication

from convoca.config.env import Environment
from convoca.config.log import LOGGING
from convoca.config.processes import REFUSED
from convoca.config.start import OBJECTS_BETWEEN_COLLECTIONS, set_up_django, tables_are_current

# The slowest answer is a page; calls to vendors are the worker's.
REQUEST_WITHIN = timedelta(seconds=30)
# The processes of a server that was killed hold its port for a moment longer.
PORT_FREED_WITHIN = timedelta(seconds=3)


def run_web(environment: Environment) -> int:
    """Serve until SIGTERM; return 2 at once, after a sentence, if the port is taken or the tables are old."""
    if sentence := port_taken(environment.listen, environment.port, patience=PORT_FREED_WITHIN):
        print(sentence, file=sys.stderr)
        return REFUSED
    set_up_django(environment)
    if not tables_are_current():
        return REFUSED
    _collect_static_files()
    _Server(environment).run()
    return 0


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

        _load_what_requests_use()
        # What is loaded stays: workers that never look through it go on sharing its memory. Requests leave next to no
        # cycles behind: to look for them after every 2,000 objects costs up to a tenth of an answer.
        gc.collect()
        gc.freeze()
        gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
        return application


def _load_what_requests_use() -> None:
    """Load views, templates, languages and patterns here, once: else each worker does, and its first visitors wait."""
    from babel.dates import format_date
    from django.conf import settings
    from django.core.validators import validate_email
    from django.template.loader import get_template
    from django.urls import reverse
    from django.utils.translation import override

    reverse("front")
    for folder in settings.PACKAGE.glob("*/templates"):
        for template in (*folder.rglob("*.html"), *folder.rglob("*.svg")):
            get_template(template.relative_to(folder).as_posix())
    for language, _ in settings.LANGUAGES:
        with override(language):
            format_date(date(2000, 1, 1), locale=language)
    # Patterns are compiled at their first use. That of an e-mail address alone takes as long as four bookings.
    validate_email("ada@example.org")
    datetime.strptime("2000-01-01T00:00Z", "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC)
