"""An account's logo and the shades of its colour: files that browsers may keep for ever, named by what is in them."""

import re
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.csp import CSP
from django.views.decorators.csp import csp_override

from convoca.booking.questions.look import brand_name, brand_sheet, logo_file
from convoca.public.answers import reads

FOR_EVER = "public, max-age=31536000, immutable"
LOGO_NAME = re.compile(r"[0-9a-f]{32}\.(?:png|jpg|webp)")
SHEET_NAME = re.compile(r"([0-9a-f]{6})-[0-9a-f]{12}")
A_PICTURE: dict[str, Any] = {"default-src": [CSP.NONE], "sandbox": True}
# What part of a page looks so: the preview on Layout Settings.
IN_BRAND = ".in-brand"


@csp_override(A_PICTURE)
@reads
def show_logo(request: HttpRequest, account: str, name: str) -> HttpResponse:
    """Return the picture, which is nothing else: opened by itself it runs nothing and asks for nothing."""
    found = logo_file(account, name) if LOGO_NAME.fullmatch(name) else None
    if found is None:
        raise Http404
    body, kind = found
    # Mails are read on pages of other sites.
    headers = {"Cache-Control": FOR_EVER, "Cross-Origin-Resource-Policy": "cross-origin"}
    return HttpResponse(body, content_type=kind, headers=headers)


@reads
def show_shades(request: HttpRequest, name: str) -> HttpResponse:
    """Return the style sheet of a brand colour. No query: the colour is in its name."""
    return _sheet(name, scope="")


@reads
def show_shades_of_part(request: HttpRequest, name: str) -> HttpResponse:
    """Return the same for one part of a page."""
    return _sheet(name, scope=IN_BRAND)


def _sheet(name: str, *, scope: str) -> HttpResponse:
    found = SHEET_NAME.fullmatch(name)
    if found is None:
        raise Http404
    colour = f"#{found[1]}"
    # An address of an earlier release gets what counts now, and keeps it no longer than a page.
    kept = FOR_EVER if brand_name(colour) == name else "no-cache"
    return HttpResponse(
        brand_sheet(colour, scope=scope), content_type="text/css; charset=utf-8", headers={"Cache-Control": kept}
    )
