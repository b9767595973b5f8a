"""The choices of one day, drawn once for everybody who sees the same ones."""

from collections.abc import Sequence
from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from convoca.public.choices import Choice

# A crowd looks at few days at a time; a day of times takes some kilobytes.
DAYS_KEPT = 256

register = template.Library()


@register.simple_tag
def draw_choices(choices: Sequence[Choice], chooses: str, **how: object) -> SafeString:
    """Draw what is sent as `chooses`: radio buttons, or check-boxes if `several`.

    `is_capacity`: they are sessions; `is_change`: one that is booked is moved.
    """
    return _drawn(tuple(choices), chooses, frozenset(name for name, is_so in how.items() if is_so))


# The choices are words by now, in the reader's language and time zone: nothing else decides how they look.
@lru_cache(DAYS_KEPT)
def _drawn(choices: tuple[Choice, ...], chooses: str, how: frozenset[str]) -> SafeString:
    context = {"choices": choices, "chooses": chooses} | dict.fromkeys(how, True)
    return render_to_string("public/choices.html", context)
