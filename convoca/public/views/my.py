"""My bookings, and my profile: for whoever has a log-in in the account."""

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from convoca.booking.mail.feeds import feed_address
from convoca.booking.manner import speaking
from convoca.booking.operations.feeding import Following, make_feed, revoke_feed
from convoca.booking.operations.people import edit_user, set_preferences
from convoca.booking.operations.refusals import TooManyFeeds
from convoca.booking.questions.feeds import feeds_of
from convoca.booking.questions.people import coming_bookings, earlier_bookings
from convoca.booking.questions.theirs import changed_by
from convoca.booking.spoken import A_YEAR
from convoca.booking.wording import zone_text
from convoca.public.answers import SeeOther
from convoca.public.my import Home, ProfileForm, at_home, own_bookings

# More than anybody books ahead; who does, sees the soonest.
MOST_AHEAD = 100
ON_A_PAGE = 20
MOST_PK = 2**63


@require_safe
@at_home
def show_bookings(request: HttpRequest, home: Home) -> HttpResponse:
    """Show a person's own bookings, coming and earlier; each leads to its own page."""
    now = timezone.now()
    pages = Paginator(earlier_bookings(home.person, now=now), ON_A_PAGE)
    earlier = pages.get_page(request.GET.get("page"))
    context = {
        "account": home.account,
        "person": home.person,
        "coming": own_bookings(home, list(coming_bookings(home.person, now=now)[:MOST_AHEAD]), now=now),
        "earlier": own_bookings(home, list(earlier), now=now),
        "shown": earlier,
        "zone": zone_text(home.time_zone, now),
        "changes_others": bool(changed_by(home.viewer)),
        "supervises": home.viewer.supervises_anything,
    }
    return render(request, "public/my.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@at_home
def show_calendar(request: HttpRequest, home: Home) -> HttpResponse:
    """Show the secret addresses of the person's own calendar, to copy and revoke, and make one."""
    problem = ""
    if request.method == "POST":
        try:
            make_feed(home.person, Following(has_links=True), now=timezone.now())
        except TooManyFeeds:
            problem = gettext("You have as many addresses as one may have. Revoke one first.")
        else:
            return SeeOther(reverse("my_calendar", args=[home.account.name]))
    feeds = [
        {
            "pk": feed.pk,
            "address": feed_address(feed),
            "subscribe": f"webcal://{feed_address(feed).partition('://')[2]}",
        }
        for feed in feeds_of(home.person).filter(schedule=None, resource=None)
    ]
    context = {"account": home.account, "feeds": feeds, "problem": problem}
    return render(request, "public/my_calendar.html", context, status=409 if problem else 200)


@require_POST
@at_home
def revoke_calendar(request: HttpRequest, home: Home, feed: int) -> HttpResponse:
    """Let an address of the person's calendar be found no more."""
    if feed >= MOST_PK or not revoke_feed(home.person, feed, now=timezone.now()):
        raise Http404
    messages.success(request, gettext("The address no longer works."))
    return SeeOther(reverse("my_calendar", args=[home.account.name]))


@require_http_methods(["GET", "HEAD", "POST"])
@at_home
def edit_profile(request: HttpRequest, home: Home) -> HttpResponse:
    """Change what this account knows of a person, their language and their clocks."""
    now = timezone.now()
    form = ProfileForm(request.POST or None, home=home, now=now)
    if request.method == "POST" and form.is_valid():
        language = form.cleaned_data["language"]
        edit_user(home.person, form.values, by=home.person, now=now)
        set_preferences(home.user, language=language, time_zone=form.cleaned_data["time_zone"])
        with speaking(language, home.account):
            messages.success(request, gettext("Saved."))
        response = SeeOther(reverse("my", args=[home.account.name]))
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=A_YEAR,
            samesite="Lax",
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=True,
        )
        return response
    context = {"account": home.account, "form": form, "email": home.user.email}
    return render(request, "public/my_profile.html", context, status=422 if form.errors else 200)
