"""How an account looks, for templates."""

from django import template
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

from convoca.booking.models import Account
from convoca.booking.questions.look import Shown, brand_name, shown_logo

register = template.Library()


@register.simple_tag
def shades_address(account: Account | None) -> str:
    """Return the address of the sheet with the account's colour; nothing if it has none."""
    colour = account.brand_colour if account else ""
    return reverse("shades", args=[brand_name(colour)]) if colour else ""


@register.simple_tag
def logo_of(account: Account | None) -> Shown | None:
    return shown_logo(account)


@register.filter
def short_address(address: str) -> SafeString:
    """Return an address as people read it: without its scheme, and broken, if it must be, after a slash."""
    parts = address.partition("://")[2].split("/")
    return format_html_join(mark_safe("/<wbr>"), "{}", ((part,) for part in parts))
