"""The simulated Google as an OpenID provider: what it says of itself, and who somebody is."""

import json
from base64 import urlsafe_b64decode

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256

from convoca.providers.contract import Application
from sandbox.google.state import ANA
from sandbox.server import Sandbox
from tests.googling import connect_google, google_application_at
from tests.vendors import VISITOR, SetClock


@pytest.fixture
def application(sandbox: Sandbox) -> Application:
    return google_application_at(sandbox)


# As Google's own was in November 2026 (<https://accounts.google.com/.well-known/openid-configuration>), but for where
# things are.
GOOGLES_OWN_DISCOVERY = {
    "issuer": "https://accounts.google.com",
    "response_types_supported": [
        "code",
        "token",
        "id_token",
        "code token",
        "code id_token",
        "token id_token",
        "code token id_token",
        "none",
    ],
    "subject_types_supported": ["public"],
    "id_token_signing_alg_values_supported": ["RS256"],
    "scopes_supported": ["openid", "email", "profile"],
    "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
    "claims_supported": [
        "aud",
        "email",
        "email_verified",
        "exp",
        "family_name",
        "given_name",
        "iat",
        "iss",
        "name",
        "picture",
        "sub",
    ],
    "code_challenge_methods_supported": ["plain", "S256"],
    "grant_types_supported": [
        "authorization_code",
        "refresh_token",
        "urn:ietf:params:oauth:grant-type:device_code",
        "urn:ietf:params:oauth:grant-type:jwt-bearer",
    ],
}
GOOGLES_OWN_ADDRESSES = {
    "authorization_endpoint",
    "device_authorization_endpoint",
    "token_endpoint",
    "userinfo_endpoint",
    "revocation_endpoint",
    "jwks_uri",
}


def test_the_discovery_document_has_the_shape_of_google_s(sandbox: Sandbox, application: Application) -> None:
    told = VISITOR.get(f"{sandbox.url}/google/.well-known/openid-configuration").json()

    addresses = {name: told.pop(name) for name in GOOGLES_OWN_ADDRESSES}
    assert told == GOOGLES_OWN_DISCOVERY
    assert all(address.startswith(f"{sandbox.url}/google/") for address in addresses.values())
    assert addresses["authorization_endpoint"] == application.endpoints["google_auth"]
    assert addresses["token_endpoint"] == application.endpoints["google_token"]


def test_a_token_of_who_it_is_is_signed_with_the_key_that_is_published(
    sandbox: Sandbox, application: Application, clock: SetClock
) -> None:
    token = connect_google(application).id_token
    head, claims, signature = token.split(".")
    (key,) = VISITOR.get(f"{sandbox.url}/google/oauth2/v3/certs").json()["keys"]
    numbers = RSAPublicNumbers(e=_number(key["e"]), n=_number(key["n"]))

    numbers.public_key().verify(_bytes(signature), f"{head}.{claims}".encode(), PKCS1v15(), SHA256())

    assert json.loads(_bytes(head)) == {"alg": "RS256", "kid": key["kid"], "typ": "JWT"}
    assert json.loads(_bytes(claims)) == {
        "iss": "https://accounts.google.com",
        "azp": "client",
        "aud": "client",
        "sub": ANA.id,
        "email": "ana@example.org",
        "email_verified": True,
        "iat": int(clock().timestamp()),
        "exp": int(clock().timestamp()) + 3600,
    }


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _number(text: str) -> int:
    return int.from_bytes(_bytes(text))
