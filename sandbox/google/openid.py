"""OpenID Connect at the simulated Google: what it says of itself, its key, and the tokens that it signs with it.

As <https://accounts.google.com/.well-known/openid-configuration> was in November 2026.
"""

import json
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from sandbox.google.state import User

ISSUER: Final = "https://accounts.google.com"
LIFE: Final = timedelta(hours=1)


def discovery(base: str) -> dict[str, Any]:
    """Return the discovery document; `base` is where this Google is. The issuer is Google's, as in its tokens."""
    return {
        "issuer": ISSUER,
        "authorization_endpoint": f"{base}/auth",
        "device_authorization_endpoint": f"{base}/device/code",
        "token_endpoint": f"{base}/token",
        "userinfo_endpoint": f"{base}/userinfo",
        "revocation_endpoint": f"{base}/revoke",
        "jwks_uri": f"{base}/oauth2/v3/certs",
        "response_types_supported": [
            "code", "token", "id_token", "code token", "code id_token", "token id_token", "code token id_token", "none",
        ],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "email", "profile"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "claims_supported": [
            "aud", "email", "email_verified", "exp", "family_name", "given_name", "iat", "iss", "name", "picture",
            "sub",
        ],
        "code_challenge_methods_supported": ["plain", "S256"],
        "grant_types_supported": [
            "authorization_code",
            "refresh_token",
            "urn:ietf:params:oauth:grant-type:device_code",
            "urn:ietf:params:oauth:grant-type:jwt-bearer",
        ],
    }  # fmt: skip


@cache
def _key() -> rsa.RSAPrivateKey:
    """Return the key of this run: made when somebody first logs in, as it takes a moment."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def certificates() -> dict[str, Any]:
    """Return the public half, as a set of JSON Web Keys (RFC 7517)."""
    numbers = _key().public_key().public_numbers()
    exponent, modulus = _number(numbers.e), _number(numbers.n)
    key = {"kty": "RSA", "alg": "RS256", "use": "sig", "kid": _kid(), "e": exponent, "n": modulus}
    return {"keys": [key]}


def id_token(
    user: User, *, client_id: str, nonce: str, with_email: bool, with_name: bool, is_verified: bool, now: datetime
) -> str:
    """Return a signed token that says who somebody is, to one application."""
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "azp": client_id,
        "aud": client_id,
        "sub": user.id,
        **({"email": user.email, "email_verified": is_verified} if with_email else {}),
        **({"nonce": nonce} if nonce else {}),
        **({"name": user.name, "given_name": user.name.partition(" ")[0]} if with_name else {}),
        "iat": int(now.timestamp()),
        "exp": int((now + LIFE).timestamp()),
    }
    head = {"alg": "RS256", "kid": _kid(), "typ": "JWT"}
    signed = ".".join(_text(json.dumps(part).encode()) for part in (head, claims))
    return f"{signed}.{_text(_key().sign(signed.encode(), padding.PKCS1v15(), SHA256()))}"


def _kid() -> str:
    return sha256(str(_key().public_key().public_numbers().n).encode()).hexdigest()[:40]


def _number(value: int) -> str:
    return _text(value.to_bytes((value.bit_length() + 7) // 8))


def _text(value: bytes) -> str:
    return urlsafe_b64encode(value).decode().rstrip("=")
