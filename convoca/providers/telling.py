"""How another program is told what happened, in the form of Standard Webhooks (standardwebhooks.com).

The body is signed with its number and the moment of sending, so that whoever has the secret knows whose word it is, and
that it is not an old one which somebody repeats.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Final

from convoca.providers.contract import Exchange, Request

SECRET_PREFIX: Final = "whsec_"
SECRET_BYTES: Final = 32


def new_secret() -> str:
    """Return a secret in the form that libraries of Standard Webhooks take."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def sign(number: str, at: datetime, body: bytes, *, secret: str) -> str:
    """Return the signature of one sending."""
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    signed = b".".join([number.encode(), str(int(at.timestamp())).encode(), body])
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def tell(url: str, number: str, body: bytes, *, secrets: Sequence[str], now: datetime) -> Exchange[int]:
    """Post `body`, signed with each of the secrets, and return the status that the other program answers.

    A redirect is an answer like any other: nothing is sent where it leads.
    """
    headers = {
        "content-type": "application/json; charset=utf-8",
        "webhook-id": number,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(sign(number, now, body, secret=each) for each in secrets),
    }
    answer = yield Request(method="POST", url=url, headers=headers, body=body)
    return answer.status


def is_taken(status: int) -> bool:
    """Say whether a program that answers so has taken what it was told."""
    return HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES
