"""Connections to the world and not to our own network, for addresses that people of an account type.

An address is judged when the connection is made, by what the name leads to at that moment, and the very address that
was judged is the one that is called: a name that leads elsewhere a moment later gains nothing.
"""

import ipaddress
import socket
from collections.abc import Iterable

import httpcore2

type Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# A gateway translates these into IPv4 addresses, which may be of its own network (RFC 6052, RFC 8215).
TRANSLATED = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))


class NotPublic(httpcore2.ConnectError):
    """The name leads to an address of our own network: nothing was sent."""


class PublicOnlyBackend(httpcore2.NetworkBackend):
    """Connects by `backend`, to addresses that are everybody's."""

    def __init__(self, backend: httpcore2.NetworkBackend) -> None:
        self._backend = backend

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        # The name is kept for TLS by whoever asked for the connection.
        return self._backend.connect_tcp(public_address(host, port), port, timeout, local_address, socket_options)


def public_address(host: str, port: int) -> str:
    """Return an address that `host` has. Raises NotPublic if any of its addresses is not public.

    One that is suffices to refuse: which of several is called is chance, and a repetition might hit the other.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore2.ConnectError("The name leads nowhere.") from error
    addresses = [str(each[4][0]) for each in found]
    if not addresses or not all(is_public(each) for each in addresses):
        raise NotPublic("The name leads to an address that is not public.")
    # Some machines have no IPv6 of their own, however public the other side's is.
    return min(addresses, key=lambda each: ":" in each)


def is_public(text: str) -> bool:
    """Say whether an address is one of the world's, whatever way it is written."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return all(each.is_global and not each.is_multicast and not each.is_reserved for each in _meant(address))


def _meant(address: Address) -> list[Address]:
    """Return the address, and those that are hidden in it."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    # A mapped address is the IPv4 address, and judged as that.
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    meant: list[Address] = [address]
    if address.sixtofour is not None:
        meant.append(address.sixtofour)
    if address.teredo is not None:
        meant.extend(address.teredo)
    if any(address in network for network in TRANSLATED):
        meant.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return meant
