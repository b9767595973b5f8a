"""A program with a key, as SuperSaaS's own clients ask."""

import json
from base64 import b64encode
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from convoca.booking.models import Account, Membership
from convoca.booking.operations.keys import make_key
from tests.booking.building import NOW


@dataclass
class Caller:
    """Asks with the account's name and key, unless told otherwise."""

    account: Account
    key: str
    browser: Client = field(default_factory=Client)

    @property
    def headers(self) -> dict[str, str]:
        return {
            "authorization": basic(self.account.name, self.key),
            "accept": "application/json",
            "content-type": "application/json",
        }

    def get(self, path: str, **query: Any) -> Any:
        return self.browser.get(f"/api{path}", query, headers=self.headers)

    def send(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """Send a body as JSON; a text as it is."""
        text = body if isinstance(body, str) else json.dumps(body if body is not None else {})
        return self.browser.generic(
            method,
            f"/api{path}",
            text,
            content_type="application/json",
            headers=self.headers,
            query_params=query,
        )


def errors(answer: Any) -> list[str]:
    return [each["title"] for each in answer.json()["errors"]]


def basic(name: str, key: str) -> str:
    return "Basic " + b64encode(f"{name}:{key}".encode()).decode()


def caller_for(owner: Membership) -> Caller:
    return Caller(account=owner.account, key=make_key(owner.account, by=owner, now=NOW))
