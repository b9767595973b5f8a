"""Where Zoom is and how it is spoken to."""

from collections.abc import Mapping
from typing import Final

from convoca.providers.contract import Application, Json, Request
from convoca.providers.zoom.limits import LIGHT

OAUTH_URL: Final = "https://zoom.us/oauth"
API_URL: Final = "https://api.zoom.us/v2"
# Join links live on zoom.us, on a cluster (us02web.zoom.us) or on a customer's vanity name below it; the United States
# government's Zoom is a separate domain.
HOSTS: Final = ("zoom.us", "zoomgov.com")


def oauth_url(application: Application) -> str:
    return application.endpoints.get("zoom_oauth") or OAUTH_URL


def api_url(application: Application) -> str:
    return application.endpoints.get("zoom_api") or API_URL


def api_request(
    method: str,
    path: str,
    *,
    application: Application,
    token: str,
    query: Mapping[str, str] | None = None,
    json: Mapping[str, Json] | None = None,
    weight: str = LIGHT,
) -> Request:
    """Return a call of Zoom's API in the name of the owner of `token`."""
    return Request(
        method=method,
        url=api_url(application) + path,
        headers={"authorization": f"Bearer {token}"},
        query=query or {},
        json=json,
        weight=weight,
    )
