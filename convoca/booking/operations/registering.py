"""The vendors' applications of this installation, pasted in a page: kept, tried out, forgotten.

What the environment sets wins, and is not written here.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from convoca.booking.models import Sealed, VendorApplication
from convoca.booking.operations.leasing import CALL_SECONDS
from convoca.booking.operations.vendors import application_for
from convoca.providers import connected_provider_by_id
from convoca.providers.contract import Misconfigured, NotAuthorized, OutcomeLost, ProviderError, TokenExpired
from convoca.providers.wire import carry_out

# No vendor has given it to anybody: it is refused, but only after the application itself was accepted.
NOBODYS_TOKEN = "convoca-tries-its-application"


@dataclass(frozen=True, kw_only=True)
class Pasted:
    """What somebody pasted. An empty secret leaves the one that is kept."""

    client_id: str
    client_secret: str = field(default="", repr=False)
    webhook_secret: str = field(default="", repr=False)
    account_id: str = ""


class Verdict(StrEnum):
    """How a vendor took our application."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"


def register(provider_id: str, pasted: Pasted, *, now: datetime) -> None:
    """Keep the application from now on. Every process uses it at its next call."""
    values: dict[str, object] = {
        "client_id": pasted.client_id,
        "account_id": pasted.account_id,
        "changed_at": now,
    }
    for name in ("client_secret", "webhook_secret"):
        if secret := getattr(pasted, name):
            values[name] = Sealed.seal(secret)
    VendorApplication.objects.update_or_create(provider=provider_id, defaults=values)


def forget(provider_id: str) -> None:
    """Keep it no more: nothing is connected or renewed until there is another one."""
    VendorApplication.objects.filter(provider=provider_id).delete()


def try_out(provider_id: str) -> tuple[Verdict, str]:
    """Ask the vendor whether it knows our application; with the vendor's words if it does not.

    Nobody's consent is needed: a token of nobody's is refused after the application was recognised.
    """
    provider, application = connected_provider_by_id(provider_id), application_for(provider_id)
    if application.account_id:
        exchange = provider.token_for_account(application=application)
    else:
        exchange = provider.refresh(NOBODYS_TOKEN, application=application)
    try:
        carry_out(exchange, seconds=CALL_SECONDS)
    except (NotAuthorized, TokenExpired):
        return Verdict.ACCEPTED, ""
    except Misconfigured as refused:
        return Verdict.REFUSED, refused.reason
    except (ProviderError, OutcomeLost):
        return Verdict.UNREACHABLE, ""
    return Verdict.ACCEPTED, ""
