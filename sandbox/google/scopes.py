"""What may be granted, and which of it each call needs."""

from typing import Final

AUTH: Final = "https://www.googleapis.com/auth/"
OPENID, EMAIL, PROFILE = "openid", AUTH + "userinfo.email", AUTH + "userinfo.profile"
# Each has a box of its own on the consent page; the second name is that of its sentence.
TICKABLE: Final = {
    AUTH + "calendar.events": "events",
    AUTH + "calendar.calendarlist.readonly": "calendarlist",
    AUTH + "calendar.freebusy": "freebusy",
    AUTH + "calendar.app.created": "created",
}
# From the discovery document, as far as they are asked for here.
NEEDED: Final = {
    "event.insert": ("calendar", "calendar.events", "calendar.events.owned"),
    "event.get": ("calendar", "calendar.events", "calendar.events.readonly", "calendar.readonly"),
    "event.list": ("calendar", "calendar.events", "calendar.events.readonly", "calendar.readonly"),
    "event.patch": ("calendar", "calendar.events", "calendar.events.owned"),
    "event.delete": ("calendar", "calendar.events", "calendar.events.owned"),
    "event.watch": ("calendar", "calendar.events", "calendar.readonly"),
    "channel.stop": ("calendar", "calendar.events", "calendar.readonly", "calendar.freebusy"),
    "freebusy": ("calendar", "calendar.freebusy", "calendar.readonly", "calendar.events.freebusy"),
    "calendar.list": ("calendar", "calendar.calendarlist.readonly", "calendar.calendarlist", "calendar.readonly"),
    "calendar.insert": ("calendar", "calendar.app.created", "calendar.calendars"),
}
# Enough for whatever concerns a calendar that the application itself has made.
OF_OUR_MAKING: Final = AUTH + "calendar.app.created"


def allows(scopes: list[str], verb: str, *, is_of_our_making: bool) -> bool:
    """Say whether what was granted is enough for a call about a calendar."""
    if is_of_our_making and OF_OUR_MAKING in scopes and verb.startswith(("event.", "channel.")):
        return True
    return any(AUTH + name in scopes for name in NEEDED[verb])


def spelled_out(scope: str) -> str:
    """Return a scope as Google's answers spell it."""
    return {"email": EMAIL, "profile": PROFILE}.get(scope, scope)
