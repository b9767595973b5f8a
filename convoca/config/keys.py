"""Fresh keys for a new installation, and where those of one machine are kept."""

import base64
import os
import secrets
from pathlib import Path

FERNET_KEY_BYTES = 32
KEYS = ("CONVOCA_SECRET_KEY", "CONVOCA_ENCRYPTION_KEYS")


def fresh_keys() -> dict[str, str]:
    """Return new values for the variables that an installation cannot do without."""
    return {
        "CONVOCA_SECRET_KEY": secrets.token_urlsafe(40),
        "CONVOCA_ENCRYPTION_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(FERNET_KEY_BYTES)).decode(),
    }


def kept_keys(var: Path, *, make: bool = True) -> dict[str, str]:
    """Return the keys that are kept in the folder; if there are none, `make` them or return nothing."""
    path = var / "keys.env"
    if not path.exists():
        if not make:
            return {}
        var.mkdir(parents=True, exist_ok=True)
        # For its owner alone from the first byte on.
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.writelines(f"{name}={value}\n" for name, value in fresh_keys().items())
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


def print_fresh_keys() -> None:
    for name, value in fresh_keys().items():
        print(f"{name}={value}")
