"""Calendars to subscribe to: the addresses that a supervisor has made, to copy and to revoke, and new ones."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from convoca.booking.mail.feeds import feed_address
from convoca.booking.models import Feed
from convoca.booking.operations.feeding import make_feed, revoke_feed
from convoca.booking.questions.feeds import feeds_of, reader_of
from convoca.core.admission import Refusal
from convoca.manage.feeds import FeedForm
from convoca.manage.pages import render_page, see_other
from convoca.manage.policy import Visit, for_supervisors

MOST_PK = 2**63


@require_http_methods(["GET", "HEAD", "POST"])
@for_supervisors
def list_feeds(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show the visitor's own calendar addresses, and make a new one."""
    form = FeedForm(request.POST if request.method == "POST" else None, viewer=visit.viewer)
    if request.method == "POST" and form.is_valid():
        try:
            make_feed(visit.member, form.following)
        except Refusal:
            form.add_error("about", gettext("You have as many addresses as one may have. Revoke one first."))
        else:
            messages.success(request, gettext("The address is made. Copy it into your calendar program."))
            return see_other("manage:feeds", account=visit.account.name)
    feeds = [_line(each) for each in feeds_of(visit.member)]
    context = {"feeds": feeds, "form": form}
    return render_page(request, visit, "manage/feeds.html", context, status=422 if form.errors else 200)


@require_POST
@for_supervisors
def revoke(request: HttpRequest, visit: Visit, feed: int) -> HttpResponse:
    """Let the address be found no more."""
    if feed >= MOST_PK or not revoke_feed(visit.member, feed):
        raise Http404
    messages.success(request, gettext("The address no longer works."))
    return see_other("manage:feeds", account=visit.account.name)


def _line(feed: Feed) -> dict[str, object]:
    address = feed_address(feed)
    about = feed.schedule or feed.resource
    return {
        "pk": feed.pk,
        "about": str(about) if about else gettext("My own bookings"),
        "shows": _shows(feed),
        "address": address,
        "subscribe": f"webcal://{address.partition('://')[2]}",
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
