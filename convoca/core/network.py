"""Addresses of computers, and whether they lie in one of several networks; of the internet's version 4 and 6."""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

type Network = IPv4Network | IPv6Network


def read_networks(text: str) -> Sequence[Network]:
    """Return the networks that a text names, in order, each once; a single address is a network of one.

    They stand between spaces, commas or lines, as 192.0.2.0/24, 192.0.2.7 or 2001:db8::/32. Raises ValueError, whose
    argument is what cannot be read.
    """
    return tuple(dict.fromkeys(_read(each) for each in text.replace(",", " ").replace(";", " ").split()))


def _read(text: str) -> Network:
    try:
        return ip_network(text, strict=False)
    except ValueError as error:
        raise ValueError(text) from error


def lies_within(address: str, networks: Iterable[Network]) -> bool:
    """Say whether the address lies in one of the networks; what is no address lies in none.

    An address of version 4 that comes in the clothes of version 6 is one of version 4.
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return any(found in network for network in networks)
