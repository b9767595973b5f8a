"""Fresh keys for a new installation."""

import base64
import secrets

FERNET_KEY_BYTES = 32


def fresh_keys() -> dict[str, str]:
    """Return new values for the variables that an installation cannot do without."""
    return {
        "CONVOCA_SECRET_KEY": secrets.token_urlsafe(40),
        "CONVOCA_ENCRYPTION_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(FERNET_KEY_BYTES)).decode(),
    }


def print_fresh_keys() -> None:
    for name, value in fresh_keys().items():
        print(f"{name}={value}")
