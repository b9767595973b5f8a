"""Whose hosts a link leads to."""

from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit


def split_web_link(url: str) -> SplitResult | None:
    """Return the parts of a plain http(s) address, or None.

    Refused are spaces and control characters, backslashes and names before an @: browsers and parsers disagree about
    the host of such addresses.
    """
    if "\\" in url or not url.isprintable() or " " in url:
        return None
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        return None
    return parts if usable and "@" not in parts.netloc else None


def leads_to(url: str, hosts: Iterable[str], *, base: str) -> bool:
    """Say whether `url` is an https address on one of `hosts`, or below one.

    `base` is where the vendor was configured to be. If that is a loopback address, so may be `url`, on the same host
    and port: a simulated vendor hands out addresses of its own.
    """
    parts, base_parts = split_web_link(url), split_web_link(base)
    if parts is None or parts.hostname is None:
        return False
    if base_parts and _is_loopback(base_parts) and parts[:2] == base_parts[:2]:
        return True
    return parts.scheme == "https" and any(
        parts.hostname == host or parts.hostname.endswith("." + host) for host in hosts
    )


def _is_loopback(parts: SplitResult) -> bool:
    host = parts.hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
