"""What a provider needs to know of this installation."""

from django.conf import settings

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
    )


def is_registered(provider_id: str) -> bool:
    """Say whether the operator has given us the vendor's application."""
    keys = settings.VENDORS.get(provider_id)
    return bool(keys and keys.client_id and keys.client_secret)
