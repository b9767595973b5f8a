"""Which browser may be shown a provider's link on a booking's page.

Whoever opens /b/<token> may be a scanner of mails. A browser that booked, or pressed Join or Show there, proved by a
POST that a person uses it; a signed cookie, sent to that one booking's address only, remembers it.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from convoca.booking.models import Booking

COOKIE = "shown"
KEPT_AFTER_THE_APPOINTMENT = timedelta(days=30)


def disclose(response: HttpResponseBase, booking: Booking, *, now: datetime) -> None:
    """Let the browser that gets `response` see the link of `booking` from now on."""
    kept = booking.slot.ends_at + KEPT_AFTER_THE_APPOINTMENT - now
    response.set_signed_cookie(
        COOKIE,
        "yes",
        salt=_salt(booking),
        max_age=max(int(kept.total_seconds()), 0),
        path=reverse("booking", args=[booking.token.open()]),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def is_disclosed(request: HttpRequest, booking: Booking) -> bool:
    """Say whether this browser may be shown the link of this booking."""
    return request.get_signed_cookie(COOKIE, "", salt=_salt(booking)) == "yes"


def _salt(booking: Booking) -> str:
    return f"convoca.public.disclosure.{booking.token_digest}"
