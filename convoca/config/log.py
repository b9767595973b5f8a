"""How the installation logs: one JSON object a line on standard error, constant texts with fields, and no address that
opens a booking."""

import logging
import re
from typing import Any

import structlog

# /b/<token> and /j/<token> open a booking for whoever holds them, /feeds/<token> a calendar, a password's key a log-in,
# OAuth's code and state a vendor's account. Of any other web address only the host is kept: the rest of a
# meeting's link opens the meeting.
TOKEN_IN_PATH = re.compile(r"(/[bj]/|/feeds/|/day/|/password/reset/key/)[^/\s?\"'<>]+")
WEB_ADDRESS = re.compile(r"(https?://)(?:[^/\s\"'<>]*@)?([^/\s\"'<>?#]+)[/?#][^\s\"'<>]+")
SECRET_IN_QUERY = re.compile(r"\b(code|state|access_token|refresh_token|pwd)=[^&\s\"'<>]+")


def redact(text: str) -> str:
    """Return `text` without what opens something: tokens of our own addresses, meeting links, OAuth's secrets."""
    text = WEB_ADDRESS.sub(r"\1\2/…", text)
    return SECRET_IN_QUERY.sub(r"\1=…", TOKEN_IN_PATH.sub(r"\1…", text))


def redact_event(_: object, __: str, event: dict[str, Any]) -> dict[str, Any]:
    """Redact every text of a log entry, the traceback included."""
    return {name: redact(value) if isinstance(value, str) else value for name, value in event.items()}


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": SHARED,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                redact_event,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "convoca": {"level": "INFO"},
        "django": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        # gunicorn would write by itself, and the addresses of requests that fail are among its words.
        "gunicorn.error": {"level": "WARNING", "handlers": ["stderr"], "propagate": False},
        # It warns of each HEAD request: Django leaves it to the server to drop the body.
        "gunicorn.http.wsgi": {"level": "ERROR"},
    },
}


def configure_structlog() -> None:
    """Send structlog's entries through the standard library's handlers, so that one formatter redacts them all."""
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    logging.captureWarnings(True)
