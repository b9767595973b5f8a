"""How an account looks, as pages and mails ask for it."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings

from convoca.booking.models import Account, Logo
from convoca.core.colour import Brand, Shades, brand_of, is_colour

# The shades of our own pages, as in design/tokens.css; tests compare the two.
OUR_OWN = Brand(
    light=Shades(primary="#0b5cad", hover="#084a8c", on_primary="#ffffff", selected="#0a4a8a", selected_soft="#e3effb"),
    dark=Shades(primary="#7db8f5", hover="#a3cef9", on_primary="#0a1b2e", selected="#bfddfb", selected_soft="#17324f"),
    is_kept=True,
)
# From this proportion on a logo is a name in writing, and needs none beside it.
WIDE = 1.8
KINDS = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}
DRAWN_HIGH = 40
DRAWN_WIDE = 220


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A logo as it is drawn: its address, and its size in the pixels of a page. `is_wide`: it says the name itself."""

    path: str
    width: int
    height: int
    is_wide: bool

    @property
    def address(self) -> str:
        return f"{settings.BASE_URL}{self.path}"


def shown_logo(account: Account | None) -> Shown | None:
    """Return the account's logo; None if it has none. It costs no query."""
    if not isinstance(account, Account) or not account.logo:
        return None
    scale = min(DRAWN_HIGH / account.logo_height, DRAWN_WIDE / account.logo_width)
    return Shown(
        path=f"/logo/{account.name}/{account.logo}",
        width=max(1, round(account.logo_width * scale)),
        height=max(1, round(account.logo_height * scale)),
        is_wide=account.logo_width >= WIDE * account.logo_height,
    )


def logo_file(account: str, name: str) -> tuple[bytes, str] | None:
    """Return a picture that the account shows or has shown, and its type; None if there is no such one."""
    found = Logo.objects.filter(account__name=account, name=name).first()
    return (bytes(found.body), KINDS[name.rpartition(".")[2]]) if found else None


@lru_cache(maxsize=512)
def brand_in(colour: str) -> Brand:
    """Return the shades of a brand colour; those of our own pages if it is empty."""
    return brand_of(colour) if is_colour(colour) else OUR_OWN


@lru_cache(maxsize=512)
def brand_sheet(colour: str, *, scope: str = "") -> str:
    """Return the style sheet that puts the colour's shades in the place of ours, on a page or in one part of it."""
    brand = brand_in(colour)
    light, dark = _rules(brand.light), _rules(brand.dark)
    within = f" {scope}" if scope else ""
    return (
        f":root{within} {{ {light} }}\n"
        f'@media (prefers-color-scheme: dark) {{ :root:not([data-theme="light"]){within} {{ {dark} }} }}\n'
        f':root[data-theme="dark"]{within} {{ {dark} }}\n'
    )


@lru_cache(maxsize=512)
def brand_name(colour: str) -> str:
    """Return the name under which the sheet may be kept for ever: it changes whenever what stands in it does."""
    return f"{colour.lstrip('#')}-{hashlib.sha256(brand_sheet(colour).encode()).hexdigest()[:12]}"


def _rules(shades: Shades) -> str:
    values = {
        "primary": shades.primary,
        "primary-hover": shades.hover,
        "on-primary": shades.on_primary,
        "selected": shades.selected,
        "selected-soft": shades.selected_soft,
        "focus": shades.primary,
    }
    return " ".join(f"--{name}: {value};" for name, value in values.items())
