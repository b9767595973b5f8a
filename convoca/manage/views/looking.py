"""Layout Settings of the account, and the preview beside them."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods, require_safe

from convoca.booking.manner import speaking
from convoca.booking.models import Account, Language
from convoca.booking.operations.looking import LogoUnfit, remove_logo, set_logo, set_looks, wear
from convoca.booking.questions.look import brand_name
from convoca.booking.questions.permissions import Action
from convoca.booking.wording import day_text, span_text, weekdays, zone_text
from convoca.core.time import local_day
from convoca.manage import looking_phrases as say
from convoca.manage.hours import weekday_name
from convoca.manage.looking import LooksForm
from convoca.manage.pages import render_page, see_other
from convoca.manage.policy import Visit, for_those_who_may


@require_http_methods(["GET", "HEAD", "POST"])
@for_those_who_may(Action.DRESS)
def choose_looks(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Choose words, days and clocks, colour, logo, and what stands above and below every page."""
    account = visit.account
    form = LooksForm(request.POST or None, request.FILES or None, account=account)
    if form.is_valid() and _is_logo_taken(form, account):
        set_looks(account, form.looks)
        messages.success(request, f"{gettext('Saved.')} {say.about_colour(account.brand_colour)}".strip())
        return see_other("manage:look", account=account.name)
    context = {"form": form, "account": account, "languages": Language} | _sample(account)
    return render_page(request, visit, "manage/look.html", context, status=422 if form.errors else 200)


@require_safe
@for_those_who_may(Action.DRESS)
def preview_looks(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show a part of a page as it would look, while it is being chosen. Nothing is saved."""
    form = LooksForm(request.GET, account=visit.account)
    if form.is_valid():
        wear(visit.account, form.looks)
    return render(request, "manage/look_sample.html", {"account": visit.account} | _sample(visit.account))


def _is_logo_taken(form: LooksForm, account: Account) -> bool:
    """Keep the picture if there is one; say what is wrong with it, if it cannot be one."""
    picture = form.picture
    if picture is None:
        if form.cleaned_data["no_logo"]:
            remove_logo(account)
        return True
    try:
        set_logo(account, picture, now=timezone.now())
    except LogoUnfit as refusal:
        form.add_error("logo", say.say(refusal))
        return False
    return True


def _sample(account: Account) -> dict[str, object]:
    """Return some words of a page, as the account would say them in the language of whoever looks."""
    starts_at = timezone.now().replace(hour=15, minute=30, second=0, microsecond=0)
    with speaking(get_language() or "en", account):
        return {
            "part_of_brand": brand_name(account.brand_colour) if account.brand_colour else "",
            "about_colour": say.about_colour(account.brand_colour),
            "sample": {
                "bookings": gettext("My bookings"),
                "booking": gettext("Your booking"),
                "slots": gettext("Coming slots"),
                "users": gettext("Users"),
                "cancelled": gettext("Your booking is cancelled."),
                "day": day_text(local_day(starts_at, account.time_zone), "full"),
                "clocks": span_text(starts_at, starts_at + timedelta(minutes=30), account.time_zone),
                "zone": zone_text(account.time_zone, starts_at),
                "weekdays": ", ".join(weekday_name(day) for day in weekdays()),
                "button": gettext("Book this time"),
            },
        }
