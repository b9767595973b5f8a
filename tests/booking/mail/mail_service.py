"""A mail service on loopback that speaks Postmark's API as its documentation shows it, and answers as a test says.

https://postmarkapp.com/developer/api/email-api (POST /email); ErrorCode 406 is an inactive recipient.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HANG_UP = 0
TAKEN = {"ErrorCode": 0, "Message": "OK", "MessageID": "b7bc2f4a-e38e-4336-af7d-e6c392c2f817"}
INACTIVE = {
    "ErrorCode": 406,
    "Message": "You tried to send to a recipient that has been marked as inactive.\n"
    "Found inactive addresses: luis@example.org.\n"
    "Inactive recipients are ones that have generated a hard bounce or a spam complaint.",
}


@dataclass
class MailService:
    """What it got, and how it answers: by default it takes everything. Status `HANG_UP` takes and never answers."""

    status: int = 200
    answer: dict[str, object] = field(default_factory=lambda: dict(TAKEN))
    received: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    url: str = ""


@contextmanager
def running_mail_service() -> Iterator[MailService]:
    """Run it on a free port until the block ends."""
    service = MailService()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            mail = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if service.status in {200, HANG_UP} and service.answer["ErrorCode"] == 0:
                service.received.append(mail)
            service.keys.append(self.headers["X-Postmark-Server-Token"])
            if service.status == HANG_UP:
                self.close_connection = True
                return
            to = {"To": mail["To"]} if service.answer["ErrorCode"] == 0 else {}
            body = json.dumps(service.answer | to).encode()
            self.send_response(service.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: pytest shows what matters."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    service.url = f"http://127.0.0.1:{server.server_port}/"
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
