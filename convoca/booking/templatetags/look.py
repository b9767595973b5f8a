"""How an account looks, for templates."""

from django import template
from django.urls import reverse

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
