"""What a provider needs to know of this installation."""

from dataclasses import dataclass, field

from django.conf import settings

from convoca.booking.models import Connection, VendorApplication
from convoca.booking.questions.prepared import Blank, Prepared
from convoca.providers import calendar_provider_by_id
from convoca.providers.calendars import CalendarProvider
from convoca.providers.contract import Application

_PASTED = Prepared(lambda: VendorApplication.objects.filter(provider=Blank("provider")))


@dataclass(frozen=True, kw_only=True)
class Keys:
    """What a vendor gave us: from the environment, which wins, or pasted in a page. All empty if it gave us nothing."""

    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    webhook_secret: str = field(default="", repr=False)
    account_id: str = ""
    from_environment: bool = False


def keys_for(provider_id: str) -> Keys:
    """Return what is set for this vendor now. A vendor that gives no keys is not looked for."""
    if provider_id not in settings.VENDORS:
        return Keys()
    given = settings.VENDORS[provider_id]
    if given.client_id:
        return Keys(
            client_id=given.client_id,
            client_secret=given.client_secret,
            webhook_secret=given.webhook_secret,
            account_id=given.account_id,
            from_environment=True,
        )
    pasted = _PASTED.first(provider=provider_id)
    if pasted is None:
        return Keys()
    return Keys(
        client_id=pasted.client_id,
        client_secret=pasted.client_secret.open(),
        webhook_secret=pasted.webhook_secret.open(),
        account_id=pasted.account_id,
    )


def application_for(provider_id: str) -> Application:
    """Return the vendor's application of this installation, with the addresses at which the vendors are reached."""
    keys = keys_for(provider_id)
    return Application(
        client_id=keys.client_id,
        client_secret=keys.client_secret,
        redirect_uri=f"{settings.BASE_URL}/manage/connect/{provider_id}/callback",
        endpoints=settings.VENDOR_ENDPOINTS,
        secret=settings.SECRET_KEY,
        account_id=keys.account_id,
    )


def calendars_at(connection: Connection) -> tuple[CalendarProvider, Application]:
    """Return who keeps the calendars of a connection, and our application there."""
    return calendar_provider_by_id(connection.provider), application_for(connection.provider)


def serves_itself(provider_id: str) -> bool:
    """Say whether the installation's application at this vendor acts for its own account, without consent."""
    return bool(application_for(provider_id).account_id)


def webhook_secret(provider_id: str) -> str:
    """Return what the vendor signs its notices with, "" if the operator has given us none."""
    return keys_for(provider_id).webhook_secret


def is_registered(provider_id: str) -> bool:
    """Say whether the operator has given us the vendor's application."""
    keys = keys_for(provider_id)
    return bool(keys.client_id and keys.client_secret)
