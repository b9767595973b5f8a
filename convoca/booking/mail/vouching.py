"""Whether the domain of the sender vouches for this installation: its SPF, DKIM and DMARC records, read from the DNS.

Mail services turn away mails whose domain does not: since 2024 Google and Yahoo ask all three of whoever sends many.
<https://support.google.com/a/answer/81126> (checked 2026-11-27).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

import dns.exception
import dns.resolver
from django.conf import settings

from convoca.booking.mail.envelope import sender_address

# For each of the three, whoever asks waits so long at most.
ANSWER_SECONDS = 3.0
THIS_MACHINE = "localhost"
SELECTOR = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?")


class Kind(StrEnum):
    """The three records."""

    SPF = "SPF"
    DKIM = "DKIM"
    DMARC = "DMARC"


class State(StrEnum):
    """What was found."""

    RIGHT = "right"
    MISSING = "missing"
    WRONG = "wrong"
    UNKNOWN = "unknown"


BEGINNINGS = {Kind.SPF: "v=spf1", Kind.DKIM: "", Kind.DMARC: "v=dmarc1"}


@dataclass(frozen=True, kw_only=True)
class Record:
    """One of the records: where it belongs, what it may look like, and what is there. `state` is None if unasked."""

    kind: Kind
    name: str
    example: str
    state: State | None = None
    found: str = ""


def sender_domain() -> str:
    return sender_address().rpartition("@")[2]


def records(selector: str) -> list[Record]:
    """Return the records as they should be; the one of DKIM is named by what the mail server calls its key.

    None for an installation that has not been told its address yet: nobody asks the DNS about this very machine.
    """
    domain = sender_domain()
    if domain == THIS_MACHINE:
        return []
    return [
        Record(kind=Kind.SPF, name=domain, example=f"v=spf1 a:{_mail_host() or 'mail.' + domain} ~all"),
        Record(
            kind=Kind.DKIM,
            name=f"{selector or 'SELECTOR'}._domainkey.{domain}",
            example="v=DKIM1; k=rsa; p=MIIBIjANBg…",
        ),
        Record(kind=Kind.DMARC, name=f"_dmarc.{domain}", example=f"v=DMARC1; p=none; rua=mailto:postmaster@{domain}"),
    ]


def check_records(selector: str) -> list[Record]:
    """Ask the DNS for each of them. It answers within seconds, or is said not to have answered."""
    resolver = _resolver()
    return [_checked(record, resolver) for record in records(selector)]


def _checked(record: Record, resolver: dns.resolver.Resolver) -> Record:
    try:
        answer = resolver.resolve(record.name, "TXT", lifetime=ANSWER_SECONDS)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return _with(record, State.MISSING)
    except dns.exception.DNSException:
        return _with(record, State.UNKNOWN)
    texts = [b"".join(each.strings).decode("utf-8", "replace") for each in answer]
    return _judged(record, [each for each in texts if each.lower().startswith(BEGINNINGS[record.kind])])


def _judged(record: Record, texts: Sequence[str]) -> Record:
    """Judge what is there: two records of a kind count as none (RFC 7208, 4.5), and an empty key is withdrawn."""
    if not texts:
        return _with(record, State.MISSING)
    is_withdrawn = record.kind == Kind.DKIM and not re.search(r"\bp=[A-Za-z0-9+/]", texts[0])
    return _with(record, State.WRONG if len(texts) > 1 or is_withdrawn else State.RIGHT, found=texts[0])


def _with(record: Record, state: State, found: str = "") -> Record:
    return Record(kind=record.kind, name=record.name, example=record.example, state=state, found=found[:500])


def _mail_host() -> str:
    host = str(settings.MAILERS["default"].get("OPTIONS", {}).get("host", ""))
    return "" if host in {"", "localhost", "127.0.0.1"} else urlsplit(f"//{host}").hostname or ""


def _resolver() -> dns.resolver.Resolver:
    """Return whoever is asked: the system's own name servers, or one of ours."""
    if settings.NAME_SERVER is None:
        return dns.resolver.Resolver()
    resolver = dns.resolver.Resolver(configure=False)
    address, resolver.port = settings.NAME_SERVER
    resolver.nameservers = [address]
    return resolver
