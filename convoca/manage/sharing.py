"""What an owner copies to share a schedule: its address, its code to scan, and what goes into pages of their own."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import urlencode, urlsplit

import segno
from django import forms
from django.conf import settings
from django.utils import translation
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_lazy

from convoca.booking.models import Language, Schedule
from convoca.booking.models.account import NAME_IN_ADDRESS
from convoca.booking.questions.look import brand_in

HOST = re.compile(
    r"(?:\*\.(?=[^.]+\.))?[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*", re.ASCII
)
# A header that is longer is refused by some proxies.
MOST_SITES = 30
# About as high as a phone's page with a few days on it; the script needs no guess.
FRAME_HEIGHT_PIXELS = 760
# Pixels for each square of the code: printed as large as a hand, its squares stay sharp.
PNG_SCALE = 20
BUTTON = (
    "display:inline-block;padding:12px 20px;border-radius:6px;background:{};color:{};"
    "font:600 16px system-ui,sans-serif;text-decoration:none"
)


class AddressForm(forms.Form):
    """The last part of the address of a schedule's page."""

    slug = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=60,
        validators=[NAME_IN_ADDRESS],
        error_messages={"required": gettext_lazy("Enter an address.")},
        help_text=gettext_lazy(
            "The last part of the page's address. Whoever follows the old one is led to the new one."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class FramingForm(forms.Form):
    """Which sites may show the schedule's page within theirs."""

    framing = forms.ChoiceField(
        label=gettext_lazy("Where may this schedule be shown within another page?"),
        choices=Schedule.Framing.choices,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), gettext_lazy("Choose one of these.")),
    )
    sites = forms.CharField(
        label=gettext_lazy("Sites, one per line"),
        required=False,
        max_length=3000,
        help_text=gettext_lazy("Such as www.example.com, or *.example.com for all that end so."),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_sites(self) -> Sequence[str]:
        """Return them as origins, none twice."""
        typed = self.cleaned_data["sites"].replace(",", " ").split()
        found = {each: origin_of(each) for each in typed}
        wrong = [each for each, origin in found.items() if origin is None]
        if wrong:
            raise forms.ValidationError(
                gettext("{site} is not the address of a site. Write it as www.example.com.").format(site=wrong[0])
            )
        origins = list(dict.fromkeys(origin for origin in found.values() if origin))
        if len(origins) > MOST_SITES:
            raise forms.ValidationError(gettext("Enter {n} sites at most.").format(n=MOST_SITES))
        return origins

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("framing") == Schedule.Framing.SITES and "sites" in cleaned and not cleaned["sites"]:
            self.add_error("sites", gettext("Enter at least one site."))
        return cleaned


class SnippetForm(forms.Form):
    """How the page is to look where it is put."""

    lang = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=[("", gettext_lazy("The visitor's")), *Language.choices],
        required=False,
    )
    theme = forms.ChoiceField(
        label=gettext_lazy("Appearance"),
        choices=[
            ("", gettext_lazy("As the visitor's device")),
            ("light", gettext_lazy("Light")),
            ("dark", gettext_lazy("Dark")),
        ],
        required=False,
    )


@dataclass(frozen=True, kw_only=True)
class Snippet:
    """Something to copy into a page of one's own."""

    name: str
    title: str
    text: str
    code: str


def origin_of(typed: str) -> str | None:
    """Return the origin that somebody means by "www.example.com/page"; None if it is none."""
    parts = urlsplit(typed if "://" in typed else f"https://{typed}")
    try:
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except ValueError:
        return None
    if parts.scheme not in {"https", "http"} or parts.username is not None or not HOST.fullmatch(host):
        return None
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "")


def snippets(schedule: Schedule, address: str, *, language: str, theme: str) -> Sequence[Snippet]:
    """Return what shows the page, or leads to it, in the language and the appearance asked for; "" is the visitor's."""
    asked = {name: value for name, value in (("lang", language), ("theme", theme)) if value}
    with translation.override(language or translation.get_language()):
        book = gettext("Book: {name}").format(name=schedule.name)
        now = gettext("Book now")
    in_frame = f"{address}?{urlencode({'embed': '1'} | asked)}"
    direct = f"{address}?{urlencode(asked)}" if asked else address
    said = format_html("".join(f' data-{name}="{{{name}}}"' for name in asked), **asked) if asked else ""
    return [
        Snippet(
            name="script",
            title=gettext("In your page"),
            text=gettext("It takes the height that it needs. Where scripts are off, a link stays."),
            code=format_html(
                '<div data-convoca="{}"{}><a href="{}">{}</a></div>\n<script src="{}/embed.js" async></script>',
                address, said, direct, book, settings.BASE_URL,
            ),
        ),
        Snippet(
            name="frame",
            title=gettext("In your page, without a script"),
            text=gettext("For builders of sites that allow frames but no scripts. Its height is fixed."),
            code=format_html(
                '<iframe src="{}" title="{}" width="100%" height="{}" style="border:0" loading="lazy"></iframe>',
                in_frame, book, FRAME_HEIGHT_PIXELS,
            ),
        ),
        Snippet(
            name="button",
            title=gettext("A button"),
            text=gettext("It leads to the schedule's own page."),
            code=format_html('<a href="{}" style="{}">{}</a>', direct, _button_style(schedule), now),
        ),
    ]  # fmt: skip


def _button_style(schedule: Schedule) -> str:
    shades = brand_in(schedule.account.brand_colour).light
    return BUTTON.format(shades.primary, shades.on_primary)


def code_file(address: str, kind: str) -> bytes:
    """Return the QR code of an address as a file, "svg" or "png", with the margin that scanners need."""
    drawn = BytesIO()
    segno.make(address, error="m").save(drawn, kind=kind, scale=PNG_SCALE if kind == "png" else 1, border=4)
    return drawn.getvalue()
