"""A real mail server on loopback that takes, refuses, keeps silent or hangs up, as a test says."""

import asyncio
import email
import email.policy
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

TAKEN = "250 2.0.0 taken"
HANG_UP = "hang up"
SAY_NOTHING = "say nothing"


@dataclass
class MailServer:
    """What the server got, and how it answers: by default with `TAKEN`.

    `after_body` is its answer to a body, or HANG_UP or SAY_NOTHING; a body that got either of these was received.
    """

    port: int = 0
    to_sender: str = "250 OK"
    to_recipient: str = "250 OK"
    after_body: str = TAKEN
    received: list[EmailMessage] = field(default_factory=list)
    connections: int = 0
    arrival: threading.Event = field(default_factory=threading.Event)

    def await_mail(self) -> None:
        """Wait until a body has been received."""
        assert self.arrival.wait(timeout=30)

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.to_sender

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.to_recipient.startswith("2"):
            envelope.rcpt_tos.append(address)
        return self.to_recipient

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        if self.after_body[:1] not in {"4", "5"}:
            self.received.append(parsed(content))
            self.arrival.set()
        if self.after_body == HANG_UP:
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        if self.after_body == SAY_NOTHING:
            await asyncio.Event().wait()
        return self.after_body


@contextmanager
def running_mail_server() -> Iterator[MailServer]:
    """Run a server on a free port until the block ends."""
    handler = MailServer()
    with running(handler):
        yield handler


@contextmanager
def running[Handler: MailServer](handler: Handler) -> Iterator[Handler]:
    """Run this server on a free port until the block ends."""
    handler.port = free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port)
    controller.start()
    try:
        yield handler
    finally:
        controller.stop()


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def parsed(content: bytes) -> EmailMessage:
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message
