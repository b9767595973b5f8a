"""A crowd: many people, each with a browser of their own, who press the same button at the same moment."""

import html
import re
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier

import httpx2

PATIENCE_SECONDS = 60
FORM = re.compile(r'<form[^>]*id="booking".*?</form>', re.DOTALL)
ACTION = re.compile(r'action="([^"]*)"')
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


@dataclass(frozen=True, kw_only=True)
class Rush:
    """Everybody opens `page`, chooses `value` for `field`, and waits for the others before pressing the button."""

    page: str
    field: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What one person got: a status, where it led, and the page with entities resolved."""

    status: int
    location: str
    page: str


def rush(base: str, wish: Rush, *, people: int) -> Sequence[Outcome]:
    """Let so many people book at once. Every form is opened before the first one is sent."""
    gate = Barrier(people)
    with ThreadPoolExecutor(people) as crowd:
        return list(crowd.map(lambda number: _one(base, wish, number, gate), range(people)))


def statuses(outcomes: Sequence[Outcome]) -> dict[int, int]:
    return dict(Counter(outcome.status for outcome in outcomes))


def _one(base: str, wish: Rush, number: int, gate: Barrier) -> Outcome:
    # A server closes idle connections; browsers send a form again on a fresh one, so here each gets one at once.
    fresh = httpx2.Limits(max_keepalive_connections=0)
    with httpx2.Client(base_url=base, timeout=PATIENCE_SECONDS, limits=fresh) as browser:
        try:
            page = browser.get(wish.page)
            action, filled_in = _form_of(page.text)
        except BaseException:
            gate.abort()
            raise
        filled_in |= {wish.field: wish.value, "name": f"Visitor {number}", "email": f"visitor{number}@example.org"}
        gate.wait(PATIENCE_SECONDS)
        answer = browser.post(action, data=filled_in, headers={"Origin": base})
        return Outcome(
            status=answer.status_code, location=answer.headers.get("location", ""), page=html.unescape(answer.text)
        )


def _form_of(page: str) -> tuple[str, dict[str, str]]:
    """Return where the booking form of `page` is sent, and what it carries unseen (a CSRF token, if it has one)."""
    form = FORM.search(page)
    assert form, "the page has no booking form"
    action = ACTION.search(form.group())
    assert action, "the form says not where it is sent"
    return html.unescape(action.group(1)), {name: html.unescape(value) for name, value in HIDDEN.findall(form.group())}
