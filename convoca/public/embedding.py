"""A schedule's page as its address asks for it: within another site's page, in a language, in light or dark.

Browsers give a page within another site's none of its cookies. So whatever it remembers from one address to the next
is in the address; and nothing can be done in it that a log-in entitles to, since there is none.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.csp import CSP, build_policy

from convoca.booking.models import Schedule
from convoca.booking.questions.schedules import framing_sources
from convoca.booking.spoken import speak_as_asked

FRAMED, LANGUAGE, THEME = "embed", "lang", "theme"
THEMES = frozenset({"light", "dark"})


@dataclass(frozen=True, kw_only=True)
class Embedding:
    """`is_framed`: within another page. `language` and `theme`: what is asked for; "" follows the visitor's own."""

    is_framed: bool = False
    language: str = ""
    theme: str = ""

    @property
    def kept(self) -> dict[str, str]:
        """What every address of the page repeats."""
        asked = {FRAMED: "1" if self.is_framed else "", LANGUAGE: self.language, THEME: self.theme}
        return {name: value for name, value in asked.items() if value}


NOT_EMBEDDED = Embedding()


def read_embedding(request: HttpRequest) -> Embedding:
    """Return how the address asks for its page, and speak the language that it asks for from now on."""
    query, theme = request.GET, request.GET.get(THEME, "")
    return Embedding(
        is_framed=FRAMED in query,
        language=speak_as_asked(request, query.get(LANGUAGE, "")),
        theme=theme if theme in THEMES else "",
    )


def framed(response: HttpResponse, schedule: Schedule, embedding: Embedding) -> HttpResponse:
    """Let the answer be shown within the pages that the schedule's owner allows, if it was asked for as a frame.

    No other page of ours is ever shown within another: a visitor could be led to press what they do not see.
    """
    sources = framing_sources(schedule) if embedding.is_framed else []
    if sources:
        policy: dict[str, Any] = {**settings.SECURE_CSP, "frame-ancestors": sources}
        response.headers[str(CSP.HEADER_ENFORCE)] = build_policy(policy)
        # The older header knows no list of sites; browsers that know the policy go by it.
        response.xframe_options_exempt = True
    return response
