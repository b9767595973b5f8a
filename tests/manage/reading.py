"""What tests read off a page of this door."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any

from django.contrib.messages import get_messages
from django.test import Client

from convoca.booking.models import Schedule


@dataclass(frozen=True)
class Choice:
    """One radio button: what its label says, whether it can be chosen, and the reason and links beside it."""

    label: str
    is_open: bool
    is_chosen: bool
    hint: str
    links: tuple[str, ...]


def after_posting(browser: Client, page: str, form: Mapping[str, str]) -> Any:
    """Post, and return the page that the answer leads to."""
    answer = browser.post(page, dict(form))
    assert answer.status_code == 303
    return browser.get(answer.headers["Location"])


def words(response: Any) -> str:
    """Return what a reader sees, without tags."""
    return plain(response.content.decode())


def plain(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def choices(response: Any) -> list[Choice]:
    """Return the radio buttons of the page, in its order."""
    found = re.findall(r'<div class="choice[^"]*">(.*?)</div>', response.content.decode(), re.DOTALL)
    return [_choice(html) for html in found]


def _choice(html: str) -> Choice:
    button = re.findall(r"<input[^>]*>", html)[0]
    label = re.findall(r"<label[^>]*>(.*?)</label>", html)[0]
    hint = "".join(re.findall(r'<p class="hint"[^>]*>(.*?)</p>', html, re.DOTALL))
    return Choice(
        label=plain(label),
        is_open=" disabled" not in button,
        is_chosen=" checked" in button,
        hint=plain(hint),
        links=tuple(re.findall(r'href="([^"]+)"', hint)),
    )


def buttons(response: Any) -> list[str]:
    """Return the words on the buttons and the links that look like one, in the page's main part."""
    main = response.content.decode().partition("<main")[2]
    found = re.findall(r'<(?:button|a) [^>]*class="btn[^"]*"[^>]*>(.*?)</(?:button|a)>', main, re.DOTALL)
    return [plain(each) for each in found]


def said(response: Any) -> list[str]:
    """Return what the next page will say was done."""
    return [str(message) for message in get_messages(response.wsgi_request)]


def page_of(schedule: Schedule, page: str) -> str:
    return f"/manage/{schedule.account.name}/schedules/{schedule.slug}/{page}"
