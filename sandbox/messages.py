"""What goes in and out of a simulated vendor."""

import json
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl


@dataclass(frozen=True, kw_only=True)
class Request:
    """One HTTP request. `base` is the address under which the client knows us, without a path."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    base: str = ""

    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(errors="replace"), keep_blank_values=True))

    def json(self) -> Any:
        """Return the JSON in the body. Raises ValueError if there is none."""
        return json.loads(self.body)

    def json_object(self) -> dict[str, Any] | None:
        """Return the JSON object in the body; None if there is none."""
        try:
            value = self.json()
        except ValueError:
            return None
        return value if isinstance(value, dict) else None

    def bearer_token(self) -> str:
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token if scheme.lower() == "bearer" else ""

    def basic_credentials(self) -> tuple[str, str]:
        """Return client id and secret; two empty texts if there are none."""
        scheme, _, encoded = self.headers.get("authorization", "").partition(" ")
        try:
            text = b64decode(encoded, validate=True).decode() if scheme.lower() == "basic" else ""
        except ValueError:
            text = ""
        name, _, secret = text.partition(":")
        return name, secret

    def language(self) -> str:
        """Return "es" if the reader's browser prefers Spanish to English, else "en"."""
        wanted = [part.strip().lower() for part in self.headers.get("accept-language", "").split(",")]
        return next((name[:2] for name in wanted if name[:2] in ("en", "es")), "en")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One HTTP answer."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of_json(cls, status: int, value: object, headers: Mapping[str, str] | None = None) -> "Answer":
        body = json.dumps(value, ensure_ascii=False).encode()
        return cls(
            status=status, body=body, headers={"Content-Type": "application/json;charset=UTF-8", **(headers or {})}
        )

    @classmethod
    def of_redirect(cls, url: str) -> "Answer":
        return cls(status=302, headers={"Location": url, "Cache-Control": "no-store"})
