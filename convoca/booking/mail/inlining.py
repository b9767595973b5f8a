"""Styles where mail programs look for them: on every element, and the dark ones in the head."""

from functools import cache

from css_inline import CSSInliner


@cache
def _inliner() -> CSSInliner:
    # What depends on the reader's screen cannot stand on an element and stays in the head.
    return CSSInliner(keep_style_tags=False, keep_at_rules=True, load_remote_stylesheets=False)


def with_inline_styles(html: str) -> str:
    """Return the page with the rules of its style element written onto the elements they match."""
    return _inliner().inline(html)
