"""A mail server that takes everything and notes who was written to, and when.

It shares two cores with what is measured, so it reads no mail.
"""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

READY_WITHIN_SECONDS = 10.0


@dataclass
class PostOffice:
    """`taken` are the recipients in the order in which their mails came, each with the seconds since the epoch."""

    port: int = 0
    taken: list[tuple[str, float]] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await self._talk(reader, writer)
        writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        recipients: list[str] = []
        writer.write(b"220 ready\r\n")
        while line := (await reader.readline()).decode("ascii", "replace").strip():
            verb = line[:4].upper()
            if verb == "RCPT":
                recipients.append(line.partition("<")[2].partition(">")[0])
            if verb == "DATA":
                writer.write(b"354 go on\r\n")
                await reader.readuntil(b"\r\n.\r\n")
                self.taken += [(each, time.time()) for each in recipients]
                recipients = []
            writer.write(b"221 goodbye\r\n" if verb == "QUIT" else b"250 taken\r\n")
            await writer.drain()
            if verb == "QUIT":
                return


@contextmanager
def open_post_office() -> Iterator[PostOffice]:
    """Take mails on a free port until the block ends."""
    office, loop, ready = PostOffice(), asyncio.new_event_loop(), threading.Event()

    async def start() -> None:
        server = await asyncio.start_server(office.serve, "127.0.0.1", 0, limit=2**20)
        office.port = server.sockets[0].getsockname()[1]
        ready.set()

    def run() -> None:
        loop.create_task(start())
        loop.run_forever()

    thread = threading.Thread(target=run, name="post office", daemon=True)
    thread.start()
    if not ready.wait(READY_WITHIN_SECONDS):
        raise TimeoutError("The mail server did not start.")
    try:
        yield office
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


def furthest_from_its_place(found: list[int]) -> int:
    """Return by how many places the number that is furthest from where it belongs is away from there."""
    return max((abs(place - number) for place, number in enumerate(found)), default=0)
