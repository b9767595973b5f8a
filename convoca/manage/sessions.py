"""Where somebody is logged in: each browser in plain words, when it was last seen, and ending it.

When a browser was last seen stands in its own session, so that looking at a page writes nothing else.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import compare_digest
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.models import Session
from django.dispatch import receiver
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext

from convoca.booking.models import User

SEEN_KEY = "seen_at"
# Fine enough to tell this morning from last week; a busy browser writes no more often.
SEEN_EVERY = timedelta(minutes=10)
# What a browser says of itself, the telling word first: several name Chrome and Safari, whose kin they are.
BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "FxiOS": "Firefox", "Chrome": "Chrome"}
BROWSERS |= {"CriOS": "Chrome", "Safari": "Safari"}
SYSTEMS = {"iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Windows": "Windows", "Mac OS": "Mac"}
SYSTEMS |= {"CrOS": "ChromeOS", "Linux": "Linux"}


@dataclass(frozen=True, kw_only=True)
class Place:
    """One browser in which a person is logged in."""

    id: int
    device: str
    address: str
    seen_at: datetime
    is_this: bool


def note_last_seen(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Note in a person's session when they were last here. A page that needs no session is asked for none."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        session = request.session
        if session.accessed and SESSION_KEY in session:
            now, seen = timezone.now(), session.get(SEEN_KEY)
            if seen is None or now - datetime.fromisoformat(seen) >= SEEN_EVERY:
                session[SEEN_KEY] = now.isoformat()
        return response

    return middleware


@receiver(user_logged_in)
def note_log_in(request: HttpRequest, **kwargs: Any) -> None:
    """Keep which browser a new session is in, whichever way its owner came in."""
    request.session[SEEN_KEY] = timezone.now().isoformat()
    # A program that logs somebody in has no browser to tell of.
    if "REMOTE_ADDR" in request.META:
        UserSession.objects.create_from_request(request)


def places_of(user: User, request: HttpRequest) -> Sequence[Place]:
    """Return where the person is logged in now: this browser first, then as they were last seen."""
    kept = {each.session_key: each for each in UserSession.objects.filter(user=user)}
    alive = Session.objects.filter(session_key__in=kept, expire_date__gt=timezone.now())
    places = [
        _place(kept[session.session_key], told, is_this=session.session_key == request.session.session_key)
        for session in alive
        if _is_of(user, told := session.get_decoded())
    ]
    return sorted(places, key=lambda place: (not place.is_this, -place.seen_at.timestamp()))


def end_session(user: User, session_id: int) -> bool:
    """Log the person out in one of their browsers; say whether there was such a one."""
    found = UserSession.objects.filter(user=user, pk=session_id).first()
    if found is None:
        return False
    found.end()
    return True


def end_others(user: User, request: HttpRequest) -> None:
    """Log the person out everywhere but here."""
    for each in UserSession.objects.filter(user=user).exclude(session_key=request.session.session_key):
        each.end()


def _is_of(user: User, told: dict[str, Any]) -> bool:
    """Say whether a session still counts: a new password ends those that were begun with the old one."""
    return compare_digest(str(told.get(HASH_SESSION_KEY, "")), user.get_session_auth_hash())


def _place(kept: UserSession, told: dict[str, Any], *, is_this: bool) -> Place:
    seen = told.get(SEEN_KEY)
    return Place(
        id=kept.pk,
        device=device_of(kept.user_agent),
        address=kept.ip,
        seen_at=datetime.fromisoformat(seen) if seen else kept.last_seen_at,
        is_this=is_this,
    )


def device_of(user_agent: str) -> str:
    """Return what somebody would call the browser that says this of itself."""
    browser = next((name for word, name in BROWSERS.items() if f"{word}/" in user_agent), "")
    system = next((name for word, name in SYSTEMS.items() if word in user_agent), "")
    if browser and system:
        # Translators: for example, Firefox on Windows.
        return gettext("{browser} on {system}").format(browser=browser, system=system)
    return browser or system or gettext("A browser that does not say which")
