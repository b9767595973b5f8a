"""Calendars to subscribe to: the addresses that a supervisor has made, to copy and to revoke, and new ones."""

from datetime import timedelta
from urllib.parse import urlencode

from django.contrib import messages
from django.core.signing import BadSignature, TimestampSigner
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from convoca.booking.mail.feeds import feed_address
from convoca.booking.models import Feed
from convoca.booking.operations.feeding import look_at_feed, make_feed, revoke_feed
from convoca.booking.questions.feeds import feeds_of, reader_of
from convoca.core.admission import Refusal
from convoca.manage.feeds import FeedForm
from convoca.manage.pages import render_page, see_other
from convoca.manage.policy import Visit, for_supervisors

MOST_PK = 2**63
SALT = "shown-feed"
# Reloading the page later than that shows the address no more, and nobody finds it in a browser's history.
SHOWN_FOR = timedelta(minutes=5)


@require_http_methods(["GET", "HEAD", "POST"])
@for_supervisors
def list_feeds(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show the visitor's own calendar addresses, and make a new one."""
    form = FeedForm(request.POST if request.method == "POST" else None, viewer=visit.viewer)
    if request.method == "POST" and form.is_valid():
        try:
            made = make_feed(visit.member, form.following, now=timezone.now())
        except Refusal:
            form.add_error("about", gettext("You have as many addresses as one may have. Revoke one first."))
        else:
            messages.success(request, gettext("The address is made. Copy it into your calendar program."))
            return _see(visit, made)
    shown = _shown(request.GET.get("shown", ""))
    feeds = [_line(each, is_shown=each.pk == shown) for each in feeds_of(visit.member)]
    context = {"feeds": feeds, "form": form}
    return render_page(request, visit, "manage/feeds.html", context, status=422 if form.errors else 200)


@require_POST
@for_supervisors
def revoke(request: HttpRequest, visit: Visit, feed: int) -> HttpResponse:
    """Let the address be found no more."""
    if feed >= MOST_PK or not revoke_feed(visit.member, feed, now=timezone.now()):
        raise Http404
    messages.success(request, gettext("The address no longer works."))
    return see_other("manage:feeds", account=visit.account.name)


@require_POST
@for_supervisors
def show(request: HttpRequest, visit: Visit, feed: int) -> HttpResponse:
    """Show one address, to be copied; that somebody looked at it is noted."""
    found = look_at_feed(visit.member, feed, now=timezone.now()) if feed < MOST_PK else None
    if found is None:
        raise Http404
    return _see(visit, found)


def _see(visit: Visit, feed: Feed) -> HttpResponse:
    """Lead to the list, where this one's address can be read for a while."""
    key = TimestampSigner(salt=SALT).sign(str(feed.pk))
    page = reverse("manage:feeds", args=[visit.account.name])
    return HttpResponse(status=303, headers={"Location": f"{page}?{urlencode({'shown': key})}#feed-{feed.pk}"})


def _shown(key: str) -> int | None:
    try:
        return int(TimestampSigner(salt=SALT).unsign(key, max_age=SHOWN_FOR))
    except (BadSignature, ValueError):
        return None


def _line(feed: Feed, *, is_shown: bool) -> dict[str, object]:
    address = feed_address(feed)
    about = feed.schedule or feed.resource
    return {
        "pk": feed.pk,
        "about": str(about) if about else gettext("My own bookings"),
        "shows": _shows(feed),
        "address": address,
        "subscribe": f"webcal://{address.partition('://')[2]}",
        "is_shown": is_shown,
        "is_dead": reader_of(feed) is None,
    }


def _shows(feed: Feed) -> str:
    if feed.schedule is None and feed.resource is None:
        return gettext("with the join pages") if feed.has_links else gettext("only the times")
    if feed.has_names and feed.has_links:
        return gettext("with names and meeting links")
    if feed.has_names:
        return gettext("with names, without meeting links")
    return gettext("with meeting links, without names") if feed.has_links else gettext("only the times")
