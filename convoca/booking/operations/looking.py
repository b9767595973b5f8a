"""The owner's word on how an account's pages and mails look and speak: Layout Settings."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction

from convoca.booking.models import Account, Logo
from convoca.core.admission import Refusal
from convoca.core.colour import is_colour
from convoca.core.picture import NotAPicture, picture_of

# A page of ours weighs 60 kB at most; a logo that is drawn 48 pixels high needs a part of that.
LARGEST_LOGO_BYTES = 200 * 1024
LARGEST_LOGO_PIXELS = 2000
SMALLEST_LOGO_PIXELS = 16
# Mails ask for the logo that they were sent with; after so many newer ones an old one goes.
LOGOS_KEPT = 10
COLUMNS = ("words", "clock", "dates", "first_weekday", "brand_colour", "page_header", "page_footer")


class Unfit(StrEnum):
    """Why a picture cannot be a logo."""

    NO_PICTURE = "no picture"
    TOO_HEAVY = "too heavy"
    TOO_LARGE = "too large"
    TOO_SMALL = "too small"


@dataclass(eq=False)
class LogoUnfit(Refusal):
    """The picture was not taken."""

    why: Unfit


@dataclass(frozen=True, kw_only=True)
class Looks:
    """What a saved page holds; as in `models.Look`."""

    words: Mapping[str, Mapping[str, Sequence[str]]]
    clock: str
    dates: str
    first_weekday: str
    brand_colour: str = ""
    page_header: str = ""
    page_footer: str = ""


def set_looks(account: Account, looks: Looks) -> None:
    """Save how pages and mails look and speak from now on. Raises ValueError for a colour in another form."""
    if looks.brand_colour and not is_colour(looks.brand_colour):
        raise ValueError(f"Not a colour: {looks.brand_colour}")
    wear(account, looks)
    account.save(update_fields=list(COLUMNS))


def wear(account: Account, looks: Looks) -> None:
    """Let the account look so for the moment, without saving it."""
    for column in COLUMNS:
        setattr(account, column, getattr(looks, column))


def set_logo(account: Account, raw: bytes, *, now: datetime) -> None:
    """Show the picture on pages and in mails from now on. Raises LogoUnfit."""
    if len(raw) > LARGEST_LOGO_BYTES:
        raise LogoUnfit(Unfit.TOO_HEAVY)
    try:
        picture = picture_of(raw)
    except NotAPicture as error:
        raise LogoUnfit(Unfit.NO_PICTURE) from error
    if max(picture.width, picture.height) > LARGEST_LOGO_PIXELS:
        raise LogoUnfit(Unfit.TOO_LARGE)
    if min(picture.width, picture.height) < SMALLEST_LOGO_PIXELS:
        raise LogoUnfit(Unfit.TOO_SMALL)
    name = f"{hashlib.sha256(picture.body).hexdigest()[:32]}.{picture.kind}"
    with transaction.atomic():
        Logo.objects.update_or_create(account=account, name=name, defaults={"body": picture.body, "created_at": now})
        _show(account, name, picture.width, picture.height)
        kept = Logo.objects.filter(account=account).order_by("-created_at", "-pk").values("pk")[:LOGOS_KEPT]
        Logo.objects.filter(account=account).exclude(pk__in=list(kept.values_list("pk", flat=True))).delete()


def remove_logo(account: Account) -> None:
    """Show no logo from now on. Mails that were sent keep theirs."""
    _show(account, "", 0, 0)


def _show(account: Account, name: str, width: int, height: int) -> None:
    account.logo, account.logo_width, account.logo_height = name, width, height
    account.save(update_fields=["logo", "logo_width", "logo_height"])
