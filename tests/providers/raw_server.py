"""A server that says exactly the bytes that a test wants, in its own time."""

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PATIENCE_SECONDS = 5.0
TLS_HANDSHAKE = b"\x16"


class RawServer:
    """Accepts connections and gives each to `talk`; `requests` holds what each of them asked."""

    def __init__(self, talk: Callable[[socket.socket, threading.Event], None]) -> None:
        self.requests: list[bytes] = []
        self.stopping = threading.Event()
        self._talk = talk
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._accept, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self.stopping.set()
        # Wakes the accepting thread, which closing alone does not.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _accept(self) -> None:
        while not self.stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(PATIENCE_SECONDS)
                self._serve(connection)

    def _serve(self, connection: socket.socket) -> None:
        try:
            self.requests.append(_read_request(connection))
            self._talk(connection, self.stopping)
        except ConnectionError:
            self.requests.append(b"the client hung up")


def _read_request(connection: socket.socket) -> bytes:
    """Return one request with the body that its head announces; what came, if the client hangs up before."""
    said = b""
    while True:
        head, end, body = said.partition(b"\r\n\r\n")
        announced = re.search(rb"content-length: *([0-9]+)", head.lower())
        if end and len(body) >= (int(announced[1]) if announced else 0):
            return said
        heard = connection.recv(65536)
        said += heard
        if not heard or said.startswith(TLS_HANDSHAKE):
            return said


@contextmanager
def raw_server(talk: Callable[[socket.socket, threading.Event], None]) -> Iterator[RawServer]:
    server = RawServer(talk)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def saying(text: bytes) -> Callable[[socket.socket, threading.Event], None]:
    """Return a talk that says `text` and hangs up."""
    return lambda connection, _: connection.sendall(text)


def dripping(text: bytes, *, every: float) -> Callable[[socket.socket, threading.Event], None]:
    """Return a talk that says one byte of `text` `every` so many seconds, again and again."""

    def talk(connection: socket.socket, stopping: threading.Event) -> None:
        for byte in text * 1000:
            connection.sendall(bytes([byte]))
            if stopping.wait(every):
                return

    return talk
