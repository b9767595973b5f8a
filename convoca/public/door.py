"""Who stands at the door, and what they read who may not come in.

A schedule's page is open to strangers, whose cookies entitle them to nothing, so it works in a browser that keeps none.
Whoever sends the cookie of a log-in is asked for Django's token as well: their browser may act for them.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from convoca.booking.manner import speak_for
from convoca.booking.models import Account, Audience, Schedule, User
from convoca.booking.questions.permissions import Action, Rank, may, rank_of
from convoca.booking.questions.viewers import Viewer, viewer_of
from convoca.public.embedding import Embedding

type View[**P] = Callable[Concatenate[HttpRequest, P], HttpResponse]


def viewer_at(request: HttpRequest, account: Account) -> Viewer:
    """Return what whoever asks is in the account, which speaks from now on. A stranger costs no query."""
    speak_for(account)
    user = request.user
    if not isinstance(user, User):
        return viewer_of(account, None)
    viewer = viewer_of(account, user)
    if viewer.membership is not None:
        # The person is at hand; asking for them again would cost a query.
        viewer.membership.user = user
    return viewer


def has_session(request: HttpRequest) -> bool:
    """Say whether this browser may be acting for somebody with a log-in."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES


def forgery_checked[**P](view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Take a form from any stranger, and from who is logged in only if it came from our own page."""
    unchecked = require_http_methods(["GET", "HEAD", "POST"])(view)
    checked = csrf_protect(unchecked)

    @wraps(view)
    def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        return (checked if has_session(request) else unchecked)(request, *args, **kwargs)

    return csrf_exempt(answer)


def turned_away(request: HttpRequest, viewer: Viewer, action: Action, schedule: Schedule) -> HttpResponse | None:
    """Return the answer for somebody who may not do this on the schedule; None for who may."""
    if may(viewer, action, schedule):
        return None
    if rank_of(viewer, schedule) is Rank.BLOCKED:
        return blocked_page(request, schedule.account)
    if _audience(viewer, schedule) == Audience.SUPERUSERS:
        return _closed_page(request, viewer, action, schedule)
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if rank_of(viewer, schedule) is Rank.USER:
        return _for_groups_page(request, schedule.account)
    return _for_users_page(request, schedule.account)


def login_address(request: HttpRequest) -> str:
    """Return where one logs in and comes back to this page."""
    return redirect_to_login(request.get_full_path()).url


def log_in_apart(request: HttpRequest, schedule: Schedule, embedding: Embedding) -> HttpResponse:
    """Lead out of a frame, where nobody can be known, to the page itself."""
    context = {
        "embedding": embedding,
        "account": schedule.account,
        "title": schedule.name,
        "text": gettext("This page asks you to log in."),
        "action": {
            "url": reverse("schedule", args=[schedule.account.name, schedule.slug]),
            "text": gettext("Open it in a window of its own"),
        },
    }
    return render(request, "public/message.html", context)


def why_not_book(viewer: Viewer, schedule: Schedule, *, is_logged_in: bool) -> str:
    """Return what somebody reads who sees the times and may not take one; nothing for who may."""
    if may(viewer, Action.BOOK, schedule):
        return ""
    if _audience(viewer, schedule) == Audience.SUPERUSERS:
        return gettext("Only {owner} makes bookings here.").format(owner=schedule.account.title)
    if rank_of(viewer, schedule) is Rank.USER:
        return gettext("Only some users of {owner} can book here.").format(owner=schedule.account.title)
    if is_logged_in:
        return gettext("Only users of {owner} can book here.").format(owner=schedule.account.title)
    return gettext("Log in to book.")


def _audience(viewer: Viewer, schedule: Schedule) -> str:
    """Return who is let in where this viewer is not."""
    return schedule.who_books if may(viewer, Action.SEE, schedule) else schedule.who_sees


def blocked_page(request: HttpRequest, account: Account) -> HttpResponse:
    return render(request, "public/blocked.html", {"account": account}, status=403)


def _for_users_page(request: HttpRequest, account: Account) -> HttpResponse:
    """Tell somebody with a log-in that it does not count here, and how it could."""
    text = gettext(
        "Only users of {owner} can use this page. You are logged in as {email}, who is not one of them."
    ).format(owner=account.title, email=getattr(request.user, "email", ""))
    return _message(
        request,
        account,
        gettext("This page is for users of {owner}").format(owner=account.title),
        text,
        {"url": reverse("account_join", args=[account.name]), "text": gettext("Become a user")}
        if account.takes_people_in
        else None,
    )


def _for_groups_page(request: HttpRequest, account: Account) -> HttpResponse:
    """Tell a user that this is for the users of some groups; of which, is the owner's business."""
    return _message(
        request,
        account,
        gettext("This page is for some users of {owner}").format(owner=account.title),
        gettext("Your log-in is not among those that can use this page. Ask {owner} if it should be.").format(
            owner=account.title
        ),
        {"url": reverse("account_schedules", args=[account.name]), "text": gettext("Other pages to book on")},
    )


def _closed_page(request: HttpRequest, viewer: Viewer, action: Action, schedule: Schedule) -> HttpResponse:
    """Say of a page that only superusers see that it may not exist at all."""
    if action is Action.BOOK and may(viewer, Action.SEE, schedule):
        text = why_not_book(viewer, schedule, is_logged_in=True)
        return _message(request, schedule.account, gettext("You cannot book here"), text)
    is_stranger = not request.user.is_authenticated
    context = {
        "title": gettext("There is no such page, or it is not open to you"),
        "text": gettext("Check the address, or ask whoever gave it to you for a new one."),
        "action": {"url": login_address(request), "text": gettext("Log in")} if is_stranger else None,
    }
    return render(request, "public/message.html", context, status=404)


def _message(
    request: HttpRequest, account: Account, title: str, text: str, action: dict[str, str] | None = None
) -> HttpResponse:
    context = {"account": account, "title": title, "text": text, "action": action}
    return render(request, "public/message.html", context, status=403)
