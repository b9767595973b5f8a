"""The pages of a person with a log-in: their bookings in words, and what they may say of themselves."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache

from convoca.booking.asking import PersonNameField, form_fields
from convoca.booking.manner import speak_for
from convoca.booking.models import Account, Booking, FormField, Language, Membership, User
from convoca.booking.questions.bookings import resources_of
from convoca.booking.questions.forms import sign_up_fields
from convoca.booking.questions.links import Link, LinkState, links_for
from convoca.booking.questions.viewers import Viewer, viewer_of
from convoca.booking.wording import day_text, span_text
from convoca.core.time import local_day
from convoca.public.booked import Standing, standing_of, what_text
from convoca.public.door import blocked_page
from convoca.public.zones import zone_choices

PHONE = FormField(key=FormField.Key.PHONE)
LIVE = frozenset({Standing.LIVE})


@dataclass(frozen=True, kw_only=True)
class Home:
    """Whose pages these are: a user of the account, who is not blocked."""

    account: Account
    viewer: Viewer
    person: Membership
    user: User

    @property
    def time_zone(self) -> str:
        return self.user.time_zone or self.account.time_zone


type View[**P] = Callable[Concatenate[HttpRequest, Home, P], HttpResponse]
type Address = Callable[..., HttpResponse]


def at_home[**P](view: View[P]) -> Address:
    """Let in the account's users. Others are asked to log in or to join; who is blocked is told so.

    A log-in's cookie entitles to these pages, so their forms are guarded against other sites, unlike the rest of this
    door.
    """

    @never_cache
    @login_required
    @wraps(view)
    def entered(request: HttpRequest, account: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        found = get_object_or_404(Account, name=account)
        speak_for(found)
        user = request.user
        viewer = viewer_of(found, user if isinstance(user, User) else None)
        if viewer.membership is None or not isinstance(user, User):
            return redirect("account_join", account=found.name)
        if viewer.role == Membership.Role.BLOCKED:
            return blocked_page(request, found)
        home = Home(account=found, viewer=viewer, person=viewer.membership, user=user)
        home.person.account, home.person.user = found, user
        return view(request, home, *args, **kwargs)

    return entered


@dataclass(frozen=True, kw_only=True)
class Own:
    """One of a person's own bookings, in words; `status` and `link` are empty where there is nothing to say."""

    address: str
    what: str
    partner: str
    day: str
    clock: str
    status: str
    link: str
    is_ready: bool
    is_over: bool


def own_bookings(home: Home, bookings: Sequence[Booking], *, now: datetime) -> list[Own]:
    """Return the bookings in words. Three queries at most, however many bookings."""
    slots = [booking.slot for booking in bookings]
    links = links_for(home.viewer, slots, now=now) if slots else {}
    partners = resources_of(home.account.pk, slots) if slots else {}
    return [
        _own(home, booking, links[booking.slot_id], partners.get(booking.slot_id, ""), now=now) for booking in bookings
    ]


def _own(home: Home, booking: Booking, link: Link, partner: str, *, now: datetime) -> Own:
    slot, zone = booking.slot, home.time_zone
    standing = standing_of(booking, now=now)
    day = day_text(local_day(slot.starts_at, zone), "full")
    return Own(
        address=reverse("booking", args=[booking.token.open()]),
        what=what_text(slot),
        partner=partner,
        day=day[:1].upper() + day[1:],
        clock=span_text(slot.starts_at, slot.ends_at, zone),
        status=standing_text(standing),
        link=link_text(link) if standing in LIVE else "",
        is_ready=link.is_ready and standing in LIVE,
        is_over=standing in {Standing.OVER, Standing.CANCELLED},
    )


def standing_text(standing: Standing) -> str:
    """Say how it stands with a booking, where that is not as usual."""
    return {
        Standing.REQUESTED: gettext("Waiting for approval"),
        Standing.WAITING: gettext("On the waiting list"),
        Standing.OFFERED: gettext("A place is free: take it"),
        Standing.CANCELLED: gettext("Cancelled"),
    }.get(standing, "")


def link_text(link: Link) -> str:
    """Say how it stands with the link; the link itself is shown on the booking's own page alone."""
    match link.state:
        case LinkState.NONE | LinkState.HIDDEN:
            return ""
        case LinkState.READY:
            return gettext("Meeting link ready")
        case LinkState.PENDING | LinkState.DELAYED | LinkState.QUOTA:
            return gettext("Meeting link on its way")
        case LinkState.NOT_YET:
            return gettext("The meeting link opens shortly before the start")
        case _:
            return gettext("No meeting link yet")


class ProfileForm(forms.Form):
    """What a person says of themselves in one account, and how everything is shown to them."""

    name = PersonNameField(
        label=gettext_lazy("Name"),
        error_messages={
            "required": gettext_lazy("Enter your name"),
            "max_length": gettext_lazy("Enter a name of 100 characters at most"),
        },
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of pages and mails"),
        choices=Language.choices,
        error_messages=dict.fromkeys(("required", "invalid_choice"), gettext_lazy("Choose a language.")),
    )
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Show times in"),
        error_messages=dict.fromkeys(("required", "invalid_choice"), gettext_lazy("Choose a time zone.")),
    )

    def __init__(self, data: Any = None, *, home: Home, now: datetime) -> None:
        asked = sign_up_fields(home.account)
        asked = asked if any(each.key == PHONE.key for each in asked) else [PHONE, *asked]
        known = {each.key: getattr(home.person, each.key) for each in asked}
        usual = {"name": home.person.called, "language": home.user.language, "time_zone": home.time_zone}
        super().__init__(data, initial=usual | known)
        self.asked = form_fields(asked)
        self.fields.update(self.asked)
        self.order_fields(["name", *self.asked, "language", "time_zone"])
        zones = self.fields["time_zone"]
        if isinstance(zones, forms.ChoiceField):
            zones.choices = zone_choices(home.time_zone, now=now)

    @property
    def values(self) -> dict[str, str]:
        """The person's columns in the account, of a valid form."""
        return {key: str(self.cleaned_data[key]) for key in ("name", *self.asked)}
