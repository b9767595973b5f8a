"""The environment, read once, here and nowhere else. What is wrong is refused in a sentence before anything starts."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from convoca.config.env_values import (
    DatabaseAddress,
    MailAddress,
    read_base_address,
    read_database,
    read_fernet_keys,
    read_mail,
    read_origin,
    read_path,
    read_secret,
    read_sender,
    read_switch,
    read_text,
    whole_number,
)

PORT_MAX = 65535
SECRET_SHOWN = "(a secret, not shown)"


class EnvironmentRefused(Exception):
    """A setting is missing or wrong. The message is a whole sentence for the operator."""


@dataclass(frozen=True, kw_only=True)
class Variable:
    """One setting: its name, how it is read, and what an operator must know about it.

    `default` is None if it must be set; `{PORT}` in it stands for another setting's text. A secret may also be given
    as a file, whose path NAME_FILE holds.
    """

    name: str
    read: Callable[[str], object]
    example: str
    help: str
    default: str | None = None
    secret: bool = False


@dataclass(frozen=True, kw_only=True)
class ApplicationKeys:
    """What a vendor gave us when our application was registered there. All empty if it never was."""

    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    webhook_secret: str = field(default="", repr=False)
    account_id: str = ""


def _setting(
    name: str,
    read: Callable[[str], object],
    *,
    example: str,
    help: str,
    default: str | None = None,
    secret: bool = False,
) -> Any:
    variable = Variable(name=name, read=read, example=example, help=help, default=default, secret=secret)
    return field(metadata={"variable": variable}, repr=not secret)


def _vendor_address(name: str, default: str, help: str) -> Any:
    return _setting(name, read_base_address, default=default, example=default, help=help)


def _vendor_id(name: str, vendor: str) -> Any:
    return _setting(
        name, read_text, default="", example="ab12cd34", help=f"The client id of your application at {vendor}."
    )


def _vendor_secret(name: str, help: str) -> Any:
    return _setting(name, read_text, default="", example="s3cr3t", help=help, secret=True)


@dataclass(frozen=True, kw_only=True)
class Environment:
    """All settings of one installation, checked and typed."""

    secret_key: str = _setting(
        "CONVOCA_SECRET_KEY",
        read_secret,
        example="<the first line of `convoca keys`>",
        help="Signs sessions and forms. Everybody is logged out when it changes.",
        secret=True,
    )
    encryption_keys: tuple[str, ...] = _setting(
        "CONVOCA_ENCRYPTION_KEYS",
        read_fernet_keys,
        example="<newest key>,<older key>  (`convoca keys` makes one)",
        help="Encrypt links and tokens in the database, newest first. Add a new key in front; keep the old ones.",
        secret=True,
    )
    port: int = _setting(
        "PORT", whole_number(1, PORT_MAX), default="8000", example="8000", help="The port of the web server."
    )
    base_url: str = _setting(
        "CONVOCA_BASE_URL",
        read_origin,
        default="http://localhost:{PORT}",
        example="https://book.example.org",
        help="The address under which people reach this installation: mails, calendars and vendors are given it.",
    )
    behind_proxy: bool = _setting(
        "CONVOCA_BEHIND_PROXY",
        read_switch,
        default="no",
        example="yes",
        help="Whether a proxy of yours stands in front and sets X-Forwarded-For and X-Forwarded-Proto itself.",
    )
    listen: str = _setting(
        "CONVOCA_LISTEN",
        read_text,
        default="127.0.0.1",
        example="0.0.0.0",
        help="The network address that the web server listens on.",
    )
    web_workers: int = _setting(
        "CONVOCA_WEB_WORKERS",
        whole_number(1, 64),
        default="2",
        example="4",
        help="Processes of the web server: about one for each core.",
    )
    web_threads: int = _setting(
        "CONVOCA_WEB_THREADS",
        whole_number(1, 64),
        default="4",
        example="8",
        help="Threads in each process of the web server. On SQLite few are faster than many.",
    )
    worker_threads: int = _setting(
        "CONVOCA_WORKER_THREADS",
        whole_number(1, 256),
        default="16",
        example="32",
        help="How many calls to vendors and mail servers may wait at the same time in one worker.",
    )
    var: Path = _setting(
        "CONVOCA_VAR",
        read_path,
        default="var",
        example="/srv/convoca",
        help="The folder for everything that is written outside the database.",
    )
    database: DatabaseAddress = _setting(
        "DATABASE_URL",
        read_database,
        default="sqlite:///{CONVOCA_VAR}/convoca.sqlite3",
        example="postgres://convoca@localhost/convoca",
        help="The database: an SQLite file (sqlite:////absolute or sqlite:///relative) or a PostgreSQL server.",
        secret=True,
    )
    email: MailAddress = _setting(
        "EMAIL_URL",
        read_mail,
        default="outbox:",
        example="smtp+tls://user:password@mail.example.org:587",
        help="The mail server: smtp:// (plain), smtp+tls:// (STARTTLS) or smtps://; or a mail service: brevo://, "
        "mailersend://, mailgun://, mailjet://, postmark:// or sparkpost://. "
        "`outbox:` sends nothing and keeps the mails to be read in the browser.",
        secret=True,
    )
    email_webhook_secret: str = _setting(
        "CONVOCA_EMAIL_WEBHOOK_SECRET",
        read_text,
        default="",
        example="s3cr3t",
        help="What the mail service proves itself by when it reports mails that came back and complaints: the password "
        "in the address that you give it, or Mailgun's signing key.",
        secret=True,
    )
    emails_per_second: int = _setting(
        "CONVOCA_EMAILS_PER_SECOND",
        whole_number(0, 1000),
        default="0",
        example="10",
        help="How many mails the mail server or service takes in a second, from all workers together; 0: no limit.",
    )
    email_from: str = _setting(
        "CONVOCA_EMAIL_FROM",
        read_sender,
        default="Convoca <convoca@localhost>",
        example="Bookings <bookings@example.org>",
        help="The sender of every mail.",
    )
    webhooks_within: bool = _setting(
        "CONVOCA_WEBHOOKS_WITHIN",
        read_switch,
        default="no",
        example="yes",
        help="Whether webhooks may also call programs of your own network, and by plain http: "
        "whoever owns an account here can then reach what only this machine can.",
    )
    zoom_client_id: str = _vendor_id("CONVOCA_ZOOM_CLIENT_ID", "Zoom")
    zoom_client_secret: str = _vendor_secret("CONVOCA_ZOOM_CLIENT_SECRET", "The client secret that goes with it.")
    zoom_account_id: str = _setting(
        "CONVOCA_ZOOM_ACCOUNT_ID",
        read_text,
        default="",
        example="dzVA4QmMQfyISoRcpFO8CA",
        help="Only for a server-to-server application at Zoom: the account whose owner hosts every meeting. "
        "Whoever owns an account here connects to it without being asked for consent.",
    )
    zoom_webhook_secret: str = _vendor_secret("CONVOCA_ZOOM_WEBHOOK_SECRET", "The secret token of Zoom's webhooks.")
    google_client_id: str = _vendor_id("CONVOCA_GOOGLE_CLIENT_ID", "Google")
    google_client_secret: str = _vendor_secret("CONVOCA_GOOGLE_CLIENT_SECRET", "The client secret that goes with it.")
    microsoft_client_id: str = _vendor_id("CONVOCA_MICROSOFT_CLIENT_ID", "Microsoft")
    microsoft_client_secret: str = _vendor_secret(
        "CONVOCA_MICROSOFT_CLIENT_SECRET", "The client secret that goes with it."
    )
    zoom_oauth_url: str = _vendor_address(
        "CONVOCA_ZOOM_OAUTH_URL", "https://zoom.us/oauth", "Where Zoom asks for consent and gives tokens."
    )
    zoom_api_url: str = _vendor_address("CONVOCA_ZOOM_API_URL", "https://api.zoom.us/v2", "Where Zoom makes meetings.")
    google_auth_url: str = _vendor_address(
        "CONVOCA_GOOGLE_AUTH_URL", "https://accounts.google.com/o/oauth2/v2/auth", "Where Google asks for consent."
    )
    google_token_url: str = _vendor_address(
        "CONVOCA_GOOGLE_TOKEN_URL", "https://oauth2.googleapis.com/token", "Where Google gives tokens."
    )
    google_revoke_url: str = _vendor_address(
        "CONVOCA_GOOGLE_REVOKE_URL", "https://oauth2.googleapis.com/revoke", "Where Google takes tokens back."
    )
    google_calendar_url: str = _vendor_address(
        "CONVOCA_GOOGLE_CALENDAR_URL", "https://www.googleapis.com/calendar/v3", "Google Calendar."
    )
    google_userinfo_url: str = _vendor_address(
        "CONVOCA_GOOGLE_USERINFO_URL",
        "https://openidconnect.googleapis.com/v1/userinfo",
        "Where Google says who gave consent.",
    )
    microsoft_login_url: str = _vendor_address(
        "CONVOCA_MICROSOFT_LOGIN_URL",
        "https://login.microsoftonline.com",
        "Where Microsoft asks for consent and gives tokens.",
    )
    graph_url: str = _vendor_address(
        "CONVOCA_GRAPH_URL", "https://graph.microsoft.com/v1.0", "Where Microsoft makes meetings."
    )
    jitsi_url: str = _vendor_address(
        "CONVOCA_JITSI_URL",
        "https://meet.jit.si",
        "The Jitsi Meet server of the links. At meet.jit.si the host must sign in before the first guest.",
    )

    @property
    def zoom(self) -> ApplicationKeys:
        return ApplicationKeys(
            client_id=self.zoom_client_id,
            client_secret=self.zoom_client_secret,
            webhook_secret=self.zoom_webhook_secret,
            account_id=self.zoom_account_id,
        )

    @property
    def google(self) -> ApplicationKeys:
        return ApplicationKeys(client_id=self.google_client_id, client_secret=self.google_client_secret)

    @property
    def microsoft(self) -> ApplicationKeys:
        return ApplicationKeys(client_id=self.microsoft_client_id, client_secret=self.microsoft_client_secret)

    @property
    def endpoints(self) -> Mapping[str, str]:
        """The vendors' base addresses, without a trailing slash."""
        return MappingProxyType(
            {
                "zoom_oauth": self.zoom_oauth_url,
                "zoom_api": self.zoom_api_url,
                "google_auth": self.google_auth_url,
                "google_token": self.google_token_url,
                "google_revoke": self.google_revoke_url,
                "google_calendar": self.google_calendar_url,
                "google_userinfo": self.google_userinfo_url,
                "microsoft_login": self.microsoft_login_url,
                "graph": self.graph_url,
                "jitsi": self.jitsi_url,
            }
        )

    @property
    def allowed_hosts(self) -> list[str]:
        """The host names that a request may ask for: our own, and this very machine's."""
        own = urlsplit(self.base_url).hostname or ""
        return list(dict.fromkeys([own, "localhost", "127.0.0.1", "[::1]"]))

    @property
    def is_https(self) -> bool:
        """Whether people reach us over TLS, so that cookies may be marked secure."""
        return self.base_url.startswith("https://")


VARIABLES: tuple[Variable, ...] = tuple(each.metadata["variable"] for each in fields(Environment))
PAIRS = (
    ("zoom_client_id", "zoom_client_secret"),
    ("google_client_id", "google_client_secret"),
    ("microsoft_client_id", "microsoft_client_secret"),
)


def read_environment(source: Mapping[str, str] = os.environ) -> Environment:
    """Return the checked settings. An empty variable counts as not set.

    Raises EnvironmentRefused if a setting is missing or wrong.
    """
    values = {each.name: _read(each.metadata["variable"], source) for each in fields(Environment)}
    for first, second in PAIRS:
        if bool(values[first]) != bool(values[second]):
            given, missing = (first, second) if values[first] else (second, first)
            raise EnvironmentRefused(
                f"CONVOCA_{given.upper()} is set but CONVOCA_{missing.upper()} is not: set both or none."
            )
    if values["zoom_account_id"] and not values["zoom_client_id"]:
        raise EnvironmentRefused(
            "CONVOCA_ZOOM_ACCOUNT_ID is set but CONVOCA_ZOOM_CLIENT_ID is not: a server-to-server application has both."
        )
    return Environment(**values)


def _read(variable: Variable, source: Mapping[str, str]) -> Any:
    text = _text(variable, source)
    if text is None:
        raise EnvironmentRefused(
            f"{variable.name} is missing: {variable.help} Example: {variable.name}={variable.example}"
        )
    try:
        return variable.read(text)
    except ValueError as error:
        shown = _redacted(variable, text)
        raise EnvironmentRefused(
            f"{variable.name} is {shown}, but {error}. Example: {variable.name}={variable.example}"
        ) from error


def _text(variable: Variable, source: Mapping[str, str]) -> str | None:
    text = source.get(variable.name, "").strip()
    path = source.get(f"{variable.name}_FILE", "").strip() if variable.secret else ""
    if text and path:
        raise EnvironmentRefused(f"{variable.name} and {variable.name}_FILE are both set: keep one of them.")
    if path:
        text = _content(variable, path)
    return text or _default(variable, source)


def _content(variable: Variable, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise EnvironmentRefused(
            f"{variable.name}_FILE is {path}, which cannot be read. "
            f"Example: {variable.name}_FILE=/run/secrets/{variable.name.lower()}"
        ) from error


def _default(variable: Variable, source: Mapping[str, str]) -> str | None:
    if variable.default is None:
        return None
    return re.sub(r"{(\w+)}", lambda match: _text(_named(match[1]), source) or "", variable.default)


def _named(name: str) -> Variable:
    return next(variable for variable in VARIABLES if variable.name == name)


def _redacted(variable: Variable, text: str) -> str:
    """Return `text` as it may be shown: of a secret address, the scheme and what follows the password."""
    if not variable.secret:
        return repr(text)
    address = re.fullmatch(r"([a-z+]+://)(.*@)?([^?]*)([?].*)?", text)
    return repr(f"{address[1]}{'…@' if address[2] else ''}{address[3]}") if address else SECRET_SHOWN
