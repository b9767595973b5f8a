"""Addresses that nobody has: their domains are reserved for examples and tests.

RFC 2606, sections 2 and 3: <https://www.rfc-editor.org/rfc/rfc2606> (checked 2026-11-28).
"""

from collections.abc import Iterable
from email.utils import parseaddr

TOP_LEVELS = frozenset({"test", "example", "invalid", "localhost"})
SECOND_LEVELS = frozenset({"example.com", "example.net", "example.org"})
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
# At these a mail server passes on what it is handed.
PORTS_OF_MAIL = frozenset({25, 465, 587})


def are_nobodys(recipients: Iterable[str]) -> bool:
    """Say whether a mail to all of these would reach nobody, whoever takes it."""
    addresses = list(recipients)
    return bool(addresses) and all(map(is_nobodys, addresses))


def is_nobodys(address: str) -> bool:
    domain = parseaddr(address)[1].rpartition("@")[2].lower().rstrip(".")
    labels = domain.split(".")
    return labels[-1] in TOP_LEVELS or ".".join(labels[-2:]) in SECOND_LEVELS


def is_a_trap(host: str, port: int | None) -> bool:
    """Say whether a mail server only catches mails, to be looked at: on this machine, at a port that is not of mail."""
    return host in LOOPBACK and port not in PORTS_OF_MAIL
