"""What is logged opens nothing."""

import json
import logging
import logging.config
from io import StringIO

import pytest

from convoca.config.log import LOGGING, redact


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Internal Server Error: /b/Q2Ff-x_9/cancel", "Internal Server Error: /b/…/cancel"),
        ("Internal Server Error: /feeds/Q2Ff-x_9.ics", "Internal Server Error: /feeds/…"),
        ("Not Found: /day/12:abc_D-9", "Not Found: /day/…"),
        ("Internal Server Error: /j/Q2Ff-x_9", "Internal Server Error: /j/…"),
        ("Not Found: /accounts/password/reset/key/3-c9x-77aa/", "Not Found: /accounts/password/reset/key/…/"),
        ("GET /callback?code=abc&state=def", "GET /callback?code=…&state=…"),
        ("cannot open https://meet.jit.si/abcd-efgh now", "cannot open https://meet.jit.si/… now"),
        ("'https://us02web.zoom.us/j/123?pwd=xyz'", "'https://us02web.zoom.us/…'"),
        ("https://ana:secret@vendor.example/x", "https://vendor.example/…"),
        ("http://localhost:8000/b/Q2Ff-x_9", "http://localhost:8000/…"),
        ("sent to https://api.zoom.us in 12 ms", "sent to https://api.zoom.us in 12 ms"),
        ("/schedule/lumbre/consultations", "/schedule/lumbre/consultations"),
    ],
)
def test_what_opens_something_is_taken_out(said: str, kept: str) -> None:
    assert redact(said) == kept


@pytest.mark.parametrize("logger", ["convoca.booking", "django.request", "gunicorn.error"])
def test_every_logger_writes_one_redacted_line(logger: str) -> None:
    """Also of what comes with a traceback, and of the web server's own words."""
    stream = StringIO()
    try:
        logging.config.dictConfig(
            LOGGING | {"handlers": {"stderr": {**LOGGING["handlers"]["stderr"], "stream": stream}}}
        )
        try:
            raise ValueError("no such room: https://meet.jit.si/abcd-efgh")
        except ValueError:
            logging.getLogger(logger).exception("Error handling request /b/%s", "Q2Ff-x_9")
    finally:
        logging.config.dictConfig(LOGGING)

    (line,) = stream.getvalue().splitlines()
    entry = json.loads(line)
    assert entry["event"] == "Error handling request /b/…"
    assert "ValueError: no such room: https://meet.jit.si/…" in entry["exception"]
    assert "Q2Ff" not in line
    assert "abcd-efgh" not in line
