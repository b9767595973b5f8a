"""The server of the simulated vendors: threads, one lock, a clock, and faults before or after each act."""

import socket
import struct
import sys
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from sandbox.control import control
from sandbox.desk import Situation
from sandbox.faults import ConnectionCut, Fault, Faults, Holding, suffer
from sandbox.ledger import Ledger
from sandbox.messages import Answer, Request
from sandbox.state import StateFile
from sandbox.vendor import Clock, Vendor

BODY_MAX_BYTES = 1024 * 1024
# Closing with this option set sends a reset instead of a goodbye.
RESET_ON_CLOSE = struct.pack("ii", 1, 0)

type Observer = Callable[[Request, Answer], None]


def now_in_utc() -> datetime:
    return datetime.now(UTC)


class Sandbox:
    """Simulated vendors on one port. A context manager; `url` is known once it has been made.

    `observe` sees every request to a vendor's programs' interface and the answer that it truly gave, before any fault
    spoils it. `state` is a file that keeps meetings and grants from one run to the next.
    """

    def __init__(
        self,
        vendors: Callable[[Ledger, Clock], Iterable[Vendor]],
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        state: Path | None = None,
        clock: Clock = now_in_utc,
        observe: Observer | None = None,
    ) -> None:
        self.lock = threading.RLock()
        self.ledger, self.faults, self.holding = Ledger(), Faults(), Holding()
        # Chosen on the desk's page.
        self.situation = "well"
        self.clock = clock
        self._vendors = {vendor.name: vendor for vendor in vendors(self.ledger, clock)}
        self._observe = observe
        self._state = StateFile(state, self.ledger, self._vendors)
        self._stopping = threading.Event()
        self._server = _Server((host, port), self)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="sandbox", daemon=True
        )

    @property
    def url(self) -> str:
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}"

    def start(self) -> None:
        self._thread.start()

    def callers(self) -> frozenset[socket.socket]:
        """Return the connections that are open now."""
        return self._server.callers()

    def wait_until_left_by_all_but(self, known: frozenset[socket.socket], *, seconds: float = 30.0) -> bool:
        """Wait until whoever has called since has hung up and everything they asked for is done, or will never be."""
        return self._server.wait_until_gone(known, seconds=seconds)

    def stop(self) -> None:
        """End with every connection cut, held answers too."""
        self._stopping.set()
        self._server.shutdown()
        self._server.cut_connections()
        self.holding.release()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def fault(self, fault: Fault) -> None:
        """Order a fault."""
        with self.lock:
            self.faults.add(fault)

    def configure(self, settings: dict[str, Any]) -> None:
        """Change how vendors behave, by their names. Raises ValueError for what they do not know."""
        with self.lock:
            for name, values in settings.items():
                if name not in self._vendors:
                    raise ValueError(f"There is no vendor {name!r} here.")
                self._vendors[name].configure(values)

    def host_acts(self, act: dict[str, Any]) -> None:
        """Do what a person does at a vendor. Raises ValueError for what nobody can do."""
        with self.lock:
            vendor = self._vendors.get(str(act.pop("vendor", "")))
            if vendor is None:
                raise ValueError("There is no such vendor here.")
            tell = vendor.host_acts(act)
            self._state.save()
        tell()

    def behave(self, situation: Situation, name: str) -> None:
        """Let all vendors behave so from now on; what was ordered before counts no more, and what is held is let go."""
        with self.lock:
            self.faults.clear()
            for fault in situation.faults:
                self.faults.add(Fault(**fault))
            for vendor in self._vendors.values() if situation.withdraws else ():
                vendor.withdraw_all()
            self.situation = name
            self._state.save()
        if "google" in self._vendors:
            self.configure({"google": {"meet_failures": situation.meet_failures}})
        self.holding.release()

    def vendor(self, name: str) -> Vendor:
        return self._vendors[name]

    def reset(self) -> None:
        """Forget everything that happened and every fault that was ordered."""
        with self.lock:
            self.faults.clear()
            self.situation = "well"
            self.ledger.clear()
            for vendor in self._vendors.values():
                vendor.clear()
            self._state.save()
        self.holding.release()

    def answer(self, request: Request) -> Answer:
        """Answer one request. Raises ConnectionCut if the client is to get no answer."""
        name = request.path.split("/")[1]
        if name == "sandbox":
            return control(self, request)
        if name not in self._vendors:
            return Answer.of_json(404, {"message": "No simulated vendor has this address."})
        return self._answer_vendor(self._vendors[name], request)

    def _answer_vendor(self, vendor: Vendor, request: Request) -> Answer:
        verb = vendor.verb_of(request)
        with self.lock:
            self.ledger.calls[verb] += 1
            fault = self.faults.take(verb) if verb != "page" else None
        if fault is None:
            return self._act(vendor, request)
        return suffer(
            fault,
            act=lambda: self._act(vendor, request),
            vendor_answer=lambda fault: self._answer_fault(vendor, fault, request),
            holding=self.holding,
            stopping=self._stopping,
        )

    def _act(self, vendor: Vendor, request: Request) -> Answer:
        with self.lock:
            answer = vendor.act(request)
            if request.method != "GET":
                self._state.save()
        if self._observe is not None:
            self._observe(request, answer)
        return answer

    def _answer_fault(self, vendor: Vendor, fault: Fault, request: Request) -> Answer:
        with self.lock:
            answer = vendor.answer_fault(fault, request)
            self._state.save()
        return answer


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self._open: set[socket.socket] = set()
        self._changed = threading.Condition()
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._changed:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._changed:
            self._open.discard(request)
            self._changed.notify_all()
        super().shutdown_request(request)

    def callers(self) -> frozenset[socket.socket]:
        with self._changed:
            return frozenset(self._open)

    def wait_until_gone(self, known: frozenset[socket.socket], *, seconds: float) -> bool:
        """Wait until every connection but the `known` ones has ended; say whether that came true."""
        with self._changed:
            return self._changed.wait_for(lambda: self._open <= known, timeout=seconds)

    def cut_connections(self) -> None:
        for connection in self.callers():
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                # The client has hung up already, which is all that we want.
                with self._changed:
                    self._open.discard(connection)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay silent about clients that hang up in the middle: tests kill theirs."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body of an answer are two writes; waiting for the first to be acknowledged would cost 40 ms.
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        self._answer()

    do_POST = do_PATCH = do_PUT = do_DELETE = do_HEAD = do_GET

    def _answer(self) -> None:
        try:
            answer = self.server.sandbox.answer(self._read())
        except ConnectionCut:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
            self.close_connection = True
            # Not shutdown: that would be a goodbye.
            self.connection.close()
            return
        self._write(answer)

    def _read(self) -> Request:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        return Request(
            method=self.command,
            path=parts.path,
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(min(length, BODY_MAX_BYTES)),
            base=f"http://{self.headers.get('Host') or urlsplit(self.server.sandbox.url).netloc}",
        )

    def _write(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status != 204:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Write the `Date` header by the sandbox's clock, which a test may have set."""
        return format_datetime(self.server.sandbox.clock(), usegmt=True)

    def version_string(self) -> str:
        return "sandbox"

    def log_message(self, format: str, *args: Any) -> None:
        """Write no log: addresses here carry codes and passcodes."""
