"""How each kind of setting is read from its text. Every reader raises `ValueError` with what was expected."""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from types import MappingProxyType
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit


class Engine(StrEnum):
    SQLITE = "sqlite"
    POSTGRES = "postgres"


class MailKind(StrEnum):
    OUTBOX = "outbox"
    SMTP = "smtp"
    SERVICE = "service"


class Tls(StrEnum):
    NONE = "none"
    STARTTLS = "starttls"
    IMPLICIT = "implicit"


@dataclass(frozen=True, kw_only=True)
class DatabaseAddress:
    """Where the data lives. `name` is an absolute path for SQLite; `port` is None for the server's own default.

    `prepares`: statements are prepared at the server, which needs connections that are ours alone, or a pooler that
    knows of prepared statements.
    """

    engine: Engine
    name: str
    host: str = ""
    port: int | None = None
    user: str = ""
    password: str = field(default="", repr=False)
    options: Mapping[str, str] = field(default_factory=dict)
    prepares: bool = True


@dataclass(frozen=True, kw_only=True)
class MailAddress:
    """How mails leave. An outbox keeps them in the database, to be read in the browser.

    Of a mail service `service` is its name and `options` are what its account needs; `endpoint` is another address than
    its usual one, or empty.
    """

    kind: MailKind
    service: str = ""
    options: Mapping[str, str] = field(default_factory=dict, repr=False)
    endpoint: str = ""
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = field(default="", repr=False)
    tls: Tls = Tls.NONE


# The mail services that are known, and what each calls the parts of the address that it needs.
MAIL_SERVICES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "brevo": {"user": "api_key"},
        "mailersend": {"user": "api_token"},
        "mailgun": {"user": "api_key", "host": "sender_domain"},
        "mailjet": {"user": "api_key", "password": "secret_key"},
        "postmark": {"user": "server_token"},
        "sparkpost": {"user": "api_key"},
    }
)
POSTGRES_SCHEMES = frozenset({"postgres", "postgresql"})
SMTP_SCHEMES: Mapping[str, tuple[Tls, int]] = MappingProxyType(
    {"smtp": (Tls.NONE, 25), "smtp+tls": (Tls.STARTTLS, 587), "smtps": (Tls.IMPLICIT, 465)}
)
# As many random bits as the signatures made with it (HMAC-SHA256) can use.
SECRET_MIN_CHARS = 32
FERNET_KEY_BYTES = 32


def read_text(text: str) -> str:
    return text


def read_path(text: str) -> Path:
    return Path(text).expanduser().absolute()


def read_switch(text: str) -> bool:
    match text.lower():
        case "yes" | "true" | "on" | "1":
            return True
        case "no" | "false" | "off" | "0":
            return False
    raise ValueError("it must be yes or no")


def whole_number(smallest: int, largest: int) -> Callable[[str], int]:
    """Return a reader of whole numbers from `smallest` to `largest`, both included."""

    def read(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text) or not smallest <= int(text) <= largest:
            raise ValueError(f"it must be a whole number from {smallest} to {largest}")
        return int(text)

    return read


def read_secret(text: str) -> str:
    if len(text) < SECRET_MIN_CHARS:
        raise ValueError(f"it must have at least {SECRET_MIN_CHARS} characters; `convoca keys` makes one")
    return text


def read_fernet_keys(text: str) -> tuple[str, ...]:
    """Return the keys in their order, newest first: the first one encrypts, all of them decrypt."""
    keys = tuple(key.strip() for key in text.split(",") if key.strip())
    if not keys or not all(_is_fernet_key(key) for key in keys):
        raise ValueError("it must be a comma-separated list of 32-byte URL-safe base64 keys; `convoca keys` makes one")
    return keys


def _is_fernet_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text, altchars=b"-_", validate=True)) == FERNET_KEY_BYTES
    except (binascii.Error, ValueError):
        return False


def is_loopback(host: str) -> bool:
    """Say whether `host` is this very machine: `localhost`, a name below it, or a loopback address."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def read_base_address(text: str) -> str:
    """Return an http(s) address without its trailing slash. Plain http is for this very machine only."""
    address = _split(text)
    if address.scheme not in {"http", "https"} or not address.hostname:
        raise ValueError("it must be an address that begins with https://")
    if address.username or address.password or address.query or address.fragment:
        raise ValueError("it must be a bare address: no user, no question mark, no fragment")
    if address.scheme == "http" and not is_loopback(address.hostname):
        raise ValueError("plain http is accepted for loopback addresses only; use https")
    return text.rstrip("/")


def read_origin(text: str) -> str:
    """Return a base address that has no path."""
    address = read_base_address(text)
    if urlsplit(address).path:
        raise ValueError("it must be scheme and host, without a path")
    return address


def read_sender(text: str) -> str:
    name, address = parseaddr(text)
    if "\n" in text or "\r" in text or not re.fullmatch(r"[^@\s]+@[^@\s]+", address) or not address.isascii():
        raise ValueError("it must be an e-mail address, alone or as Name <address>")
    return f"{name} <{address}>" if name else address


def read_database(text: str) -> DatabaseAddress:
    """Read `sqlite:///relative`, `sqlite:////absolute` or `postgres://user:password@host:port/name?option=value`."""
    address = _split(text)
    if address.scheme == "sqlite":
        return _sqlite(address)
    if address.scheme in POSTGRES_SCHEMES:
        return _postgres(address)
    raise ValueError("it must begin with sqlite:/// or postgres://")


def _sqlite(address: SplitResult) -> DatabaseAddress:
    path = unquote(address.path.removeprefix("/"))
    if address.netloc or not path or ":memory:" in path:
        raise ValueError("it must name a file: sqlite:///var/convoca.sqlite3, or sqlite:////srv/… for an absolute path")
    return DatabaseAddress(engine=Engine.SQLITE, name=str(read_path(path)))


def _postgres(address: SplitResult) -> DatabaseAddress:
    name = unquote(address.path.removeprefix("/"))
    if not name or "/" in name:
        raise ValueError("it must name one database after the host")
    options = dict(parse_qsl(address.query, strict_parsing=bool(address.query)))
    prepares = options.pop("prepare", "yes")
    if prepares not in {"yes", "no"}:
        raise ValueError("prepare must be yes or no")
    return DatabaseAddress(
        engine=Engine.POSTGRES,
        name=name,
        # A socket's folder cannot stand where the host stands: postgres:///convoca?host=/run/postgresql
        host=options.pop("host", address.hostname or ""),
        port=_port(address),
        user=unquote(address.username or ""),
        password=unquote(address.password or ""),
        options=options,
        prepares=prepares == "yes",
    )


def read_mail(text: str) -> MailAddress:
    """Read `outbox:`, or `smtp://`, `smtp+tls://` (STARTTLS) or `smtps://` with user:password@host:port, or a service.

    A mail service is written `<service>://<key>@`, Mailgun's with its domain behind, Mailjet's with both its keys.
    """
    if text == "outbox:":
        return MailAddress(kind=MailKind.OUTBOX)
    address = _split(text)
    if address.scheme in MAIL_SERVICES:
        return _service(address)
    if address.scheme not in SMTP_SCHEMES or not address.hostname or address.path.strip("/"):
        raise ValueError(
            "it must be outbox:, or begin with smtp://, smtp+tls:// or smtps:// and name a host, or name a mail service"
        )
    tls, usual_port = SMTP_SCHEMES[address.scheme]
    return MailAddress(
        kind=MailKind.SMTP,
        host=address.hostname,
        port=_port(address) or usual_port,
        user=unquote(address.username or ""),
        password=unquote(address.password or ""),
        tls=tls,
    )


def _service(address: SplitResult) -> MailAddress:
    given = {
        "user": unquote(address.username or ""),
        "password": unquote(address.password or ""),
        "host": address.hostname or "",
    }
    wanted = MAIL_SERVICES[address.scheme]
    if address.path.strip("/") or any(bool(given[part]) != (part in wanted) for part in given):
        raise ValueError(f"a key for {address.scheme} is written {_form_of(address.scheme)}")
    query = dict(parse_qsl(address.query, strict_parsing=bool(address.query)))
    if set(query) - {"endpoint"}:
        raise ValueError("behind a question mark only endpoint=https://… is known")
    endpoint = read_base_address(query["endpoint"]) if query else ""
    options = {name: given[part] for part, name in wanted.items()}
    return MailAddress(kind=MailKind.SERVICE, service=address.scheme, options=options, endpoint=endpoint)


def _form_of(service: str) -> str:
    wanted = MAIL_SERVICES[service]
    keys = "KEY:SECRET" if "password" in wanted else "KEY"
    return f"{service}://{keys}@{'mg.example.org' if 'host' in wanted else ''}"


def _split(text: str) -> SplitResult:
    try:
        address = urlsplit(text)
    except ValueError as error:
        raise ValueError("it is not an address") from error
    if re.search(r"\s", text):
        raise ValueError("an address has no spaces")
    _port(address)
    return address


def _port(address: SplitResult) -> int | None:
    try:
        return address.port
    except ValueError as error:
        raise ValueError("its port must be a number from 0 to 65535") from error
