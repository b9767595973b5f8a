"""What the first owner types, and the steps that are left when the page is live."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import segno
from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, gettext_lazy

from convoca.booking.asking import PersonNameField
from convoca.booking.models import Account, Membership, Schedule, User
from convoca.booking.operations.founding import FIRST_STEPS, Founder
from convoca.booking.spoken import SpokenForm
from convoca.manage.furnishing import zone_choices
from convoca.manage.joining import check_password, password_field
from convoca.manage.pages import has_outbox
from convoca.manage.people import EMAIL_WRONG, LONGEST_EMAIL, plain_address
from convoca.manage.proving import passkeys_work
from convoca.manage.security import has_passkey

# Pixels for each square of the code: as large as a stamp, and sharp at any size.
QR_SCALE = 4
LOOPBACK = ("http://localhost", "http://127.0.0.1", "http://[::1]")


class FoundingForm(SpokenForm):
    """Four fields, and a time zone that the browser fills in. `website` is a trap: people do not see it."""

    name = PersonNameField(
        label=gettext_lazy("Your name"),
        error_messages={"required": gettext_lazy("Enter your name")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("Email address"),
        max_length=LONGEST_EMAIL,
        error_messages=EMAIL_WRONG,
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    password = password_field()
    offer = forms.CharField(
        label=gettext_lazy("What can people book?"),
        max_length=100,
        error_messages={"required": gettext_lazy("Enter what people can book with you")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"), widget=forms.Select(attrs={"data-own-zone": True, "autocomplete": "off"})
    )
    website = forms.CharField(required=False)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"offer": gettext("30-minute appointment"), "time_zone": "UTC"})
        zones = self.fields["time_zone"]
        assert isinstance(zones, forms.ChoiceField)
        zones.choices = [("UTC", "UTC"), *zone_choices()]

    def clean_email(self) -> str:
        return plain_address(self.cleaned_data["email"])

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise forms.ValidationError(gettext("Leave this field empty."))
        return ""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        check_password(self, email=cleaned.get("email", ""))
        return cleaned

    @property
    def founder(self) -> Founder:
        """What a valid form says."""
        said = {name: value for name, value in self.cleaned_data.items() if name != "website"}
        return Founder(**said, language=get_language() or "en")


@dataclass(frozen=True, kw_only=True)
class FirstStep:
    """One line of the list. `is_done`: nothing is left to do, whether or not anybody ticked it off."""

    name: str
    title: str
    text: str
    address: str
    link: str
    is_done: bool


def steps_left(schedule: Schedule) -> Sequence[FirstStep]:
    """Return what the owner has neither done nor left out, in order."""
    wanted = schedule.account.first_steps.split()
    return [step for step in _steps(schedule) if step.name in wanted and not step.is_done]


def steps_in_words(account: Account) -> str:
    """Return what is left, in a line for the owner's first page; "" if nothing is."""
    if not account.first_steps:
        return ""
    schedule = first_schedule(account)
    return ", ".join(step.title for step in steps_left(schedule)) if schedule else ""


def first_schedule(account: Account) -> Schedule | None:
    """Return the schedule that the steps are about."""
    own = Schedule.objects.filter(account=account, closing_at=None, is_example=False)
    return own.select_related("account").first()


def _steps(schedule: Schedule) -> Sequence[FirstStep]:
    where = [schedule.account.name, schedule.slug]
    outbox = reverse("manage:outbox", args=[schedule.account.name]) if has_outbox() else ""
    every = {
        "link": FirstStep(
            name="link",
            title=gettext("Meeting link"),
            text=gettext("No meeting link yet – bookings work without it."),
            address=reverse("manage:process", args=where),
            link=gettext("Choose where links come from"),
            is_done=schedule.link_source != Schedule.NO_LINK,
        ),
        "calendar": FirstStep(
            name="calendar",
            title=gettext("Your calendar"),
            text=gettext(
                "Bookings can appear in your Google Calendar, "
                "and your own appointments keep those times from being booked."
            ),
            address=reverse("manage:synchronize", args=where),
            link=gettext("Synchronize"),
            is_done=schedule.published_at is not None,
        ),
        "mail": FirstStep(
            name="mail",
            title=gettext("Email"),
            text=gettext("Emails wait in the outbox until this installation has a mail server (EMAIL_URL)."),
            address=outbox,
            link=gettext("See outbox"),
            is_done=not has_outbox(),
        ),
        "hours": FirstStep(
            name="hours",
            title=gettext("Opening hours"),
            text=gettext("Monday to Friday, 9 to 17. Change them if you work otherwise."),
            address=reverse("manage:hours", args=where),
            link=gettext("Change opening hours"),
            is_done=False,
        ),
        "passkey": FirstStep(
            name="passkey",
            title=gettext("Passkey"),
            text=gettext("Log in with your finger, your face or the PIN of your device, instead of a password."),
            address=reverse("mfa_add_webauthn"),
            link=gettext("Add a passkey"),
            is_done=not passkeys_work() or has_passkey(_owner_of(schedule.account)),
        ),
    }
    return [every[name] for name in FIRST_STEPS]


def _owner_of(account: Account) -> User:
    return User.objects.get(memberships__account=account, memberships__role=Membership.Role.OWNER)


def code_of(address: str) -> SafeString:
    """Return the QR code of an address as an SVG; its text stands beside it."""
    # Nothing of a visitor's is in it: the library draws squares. Only with a unit does it say how they scale.
    drawn = segno.make(address, error="m").svg_inline(scale=QR_SCALE, unit="px", svgclass="qr", lineclass=None)
    return mark_safe(drawn)


def is_for_this_computer_only() -> bool:
    """Say whether nobody else can open the addresses that we give."""
    return str(settings.BASE_URL).startswith(LOOPBACK)
