"""What tests read off a page: as text, as its radio buttons, as its status."""

import re
from html import unescape
from typing import Any, Protocol

from django.test import Client

from convoca.booking.models import Booking


class Page(Protocol):
    @property
    def content(self) -> bytes: ...


DETAILS = {"name": "Luis Pérez", "email": "luis@example.org"}


def words(response: Page) -> str:
    """Return what a reader sees, without tags."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def choices(response: Page) -> dict[str, str]:
    """Return the radio buttons of the page: what a screen reader says of each, and its value."""
    found = re.findall(
        r'<input type="radio" name="\w+" value="([^"]+)" aria-label="([^"]+)"', response.content.decode()
    )
    return {unescape(name): value for value, name in found}


def checked(response: Page) -> list[str]:
    found = re.findall(r'<input type="radio"[^>]* aria-label="([^"]+)"[^>]* checked', response.content.decode())
    return [unescape(name) for name in found]


def post(browser: Client, page: str, **fields: str) -> Any:
    return browser.post(page, DETAILS | fields)


def the_booking() -> Booking:
    """Return the only booking there is."""
    return Booking.objects.select_related("slot").get()


def page_of(booking: Booking) -> str:
    return f"/b/{booking.token.open()}"


def join_page_of(booking: Booking) -> str:
    return f"/j/{booking.join_token.open()}"
