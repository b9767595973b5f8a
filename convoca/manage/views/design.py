"""The living design page: every token and every component, in light and in dark, as this release draws them."""

import re
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from convoca.booking.models import Membership, User
from convoca.booking.operations.example_business import ACCOUNT

DESIGN = Path(settings.PACKAGE) / "design"
TOKEN = re.compile(r"--([\w-]+): ([^;]+);")
# What each group of tokens is shown as, by how its names begin.
KINDS = {
    "fs": "type",
    "space": "space",
    "radius": "shape",
    "target": "shape",
    "measure": "shape",
    "page-width": "shape",
}
LEFT_OUT = ("lh", "font", "shadow", "page-width", "measure", "target")
OWNERS, VISITORS = "owners", "visitors"


@require_safe
@login_required
def show_design(request: HttpRequest, whose: str = OWNERS) -> HttpResponse:
    """Show it to whoever looks after the installation, and to the owner of the example account."""
    if not _may_look(request.user):
        raise Http404
    context = {
        "whose": whose,
        "specimens": f"design/specimens/{whose}.html",
        "colours": tokens("colour"),
        "sizes": tokens("type"),
        "spaces": tokens("space"),
        "shapes": tokens("shape"),
        "icons": icons(),
        "themes": ("light", "dark"),
        "account": {"title": "Convoca"},
    }
    return render(request, "manage/design.html", context)


def _may_look(user: object) -> bool:
    if not isinstance(user, User):
        return False
    example = Membership.objects.filter(user=user, account__name=ACCOUNT, role=Membership.Role.OWNER)
    return user.is_superuser or example.exists()


@cache
def tokens(kind: str) -> list[tuple[str, str]]:
    """Return the names and the light values of the tokens of one kind: colour, type, space or shape."""
    sheet = (DESIGN / "static" / "design" / "tokens.css").read_text(encoding="utf-8").split("@media")[0]
    found = []
    for name, value in TOKEN.findall(sheet):
        beginning = name.rsplit("-", 1)[0] if name[-1].isdigit() else name.split("-")[0]
        if not name.startswith(LEFT_OUT) and KINDS.get(beginning, "colour") == kind:
            found.append((name, value))
    return found


@cache
def icons() -> list[str]:
    return sorted(path.stem for path in (DESIGN / "templates" / "design" / "icons").glob("*.svg"))
