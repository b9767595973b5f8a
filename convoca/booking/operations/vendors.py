"""What a provider needs to know of this installation."""

from django.conf import settings

from convoca.booking.models import Connection
from convoca.providers import calendar_provider_by_id
from convoca.providers.calendars import CalendarProvider
from convoca.providers.contract import Application


def application_for(provider_id: str) -> Application:
    """Return the vendor's application of this installation, with the addresses at which the vendors are reached."""
    keys = settings.VENDORS.get(provider_id)
    return Application(
        client_id=keys.client_id if keys else "",
        client_secret=keys.client_secret if keys else "",
        redirect_uri=f"{settings.BASE_URL}/manage/connect/{provider_id}/callback",
        endpoints=settings.VENDOR_ENDPOINTS,
        secret=settings.SECRET_KEY,
        account_id=keys.account_id if keys else "",
    )


def calendars_at(connection: Connection) -> tuple[CalendarProvider, Application]:
    """Return who keeps the calendars of a connection, and our application there."""
    return calendar_provider_by_id(connection.provider), application_for(connection.provider)


def serves_itself(provider_id: str) -> bool:
    """Say whether the installation's application at this vendor acts for its own account, without consent."""
    return bool(application_for(provider_id).account_id)


def webhook_secret(provider_id: str) -> str:
    """Return what the vendor signs its notices with, "" if the operator has given us none."""
    keys = settings.VENDORS.get(provider_id)
    return str(keys.webhook_secret) if keys else ""


def is_registered(provider_id: str) -> bool:
    """Say whether the operator has given us the vendor's application."""
    keys = settings.VENDORS.get(provider_id)
    return bool(keys and keys.client_id and keys.client_secret)
