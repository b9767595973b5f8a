"""What a program says of a user.

A password is not taken: whoever logs in sets it themselves. Nor is credit, of which there is none. A time zone counts
for somebody who had no log-in before: the clocks that people read by are their own.
"""

from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from convoca.api.door import Caller, Wrong
from convoca.api.finding import OWN_KEY
from convoca.api.heard import ANSWERS, Kind, Said, checked, number_in
from convoca.booking.models import Group, Membership
from convoca.booking.operations.enrolling import NO_GROUP, Profile
from convoca.booking.questions.wire_form import ROLES

NOT_TAKEN = ("password", "credit")
USER = Kind(
    wrapper="user",
    attributes=frozenset({"name", "email", "full_name", "timezone", "role", "group", *ANSWERS, *NOT_TAKEN}),
    of_the_call=frozenset(
        {"form", "webhook", "duplicate", "notfound", "account_name", "account", "user", "user_id", "schedule_id"}
    ),
)
MOST_NAME_CHARS = MOST_KEY_CHARS = 100
GIVEN = {str(ROLES[role]): role for role in (Membership.Role.SUPERUSER, Membership.Role.USER, Membership.Role.BLOCKED)}


def profile_of(said: Said, called: str | None, caller: Caller) -> Profile:
    """Return what is said of the user whom the address calls so. Raises Unclear or Wrong."""
    user = said.about
    details = checked({name: user[name] for name in ("full_name", "email", *ANSWERS) if name in user})
    email, zone = details.pop("email", ""), str(user.get("timezone") or "")
    if not details.get("name"):
        # Nobody becomes nameless; what is empty says nothing.
        details.pop("name", None)
    return Profile(
        email=email.lower() or None,
        details=details,
        names=_names(user, called),
        time_zone=zone if zone in available_timezones() else "",
        role=_role(user),
        group=_group(user, caller),
    )


def address_in(login_name: str) -> str:
    """Return the address that a login name is. Raises Wrong if it is none."""
    return checked({"email": login_name})["email"].lower()


def own_key(called: str | None) -> str:
    """Return the program's own key in what it calls a user, or nothing."""
    return called.removesuffix(OWN_KEY) if called is not None and called.endswith(OWN_KEY) else ""


def _names(user: Mapping[str, Any], called: str | None) -> dict[str, str]:
    login_name, key = " ".join(str(user.get("name") or "").split()), own_key(called)
    for name, value, most in (("name", login_name, MOST_NAME_CHARS), ("key", key, MOST_KEY_CHARS)):
        if len(value) > most or not value.isprintable():
            raise Wrong(f"{name}: at most {most} characters that can be seen.")
    return {"login_name": login_name, "external_key": key}


def _role(user: Mapping[str, Any]) -> Membership.Role | None:
    said = user.get("role")
    if said is None or said == "":
        return None
    if str(said) not in GIVEN:
        raise Wrong("role: 3 is a user, 4 a superuser, -1 somebody who is blocked.")
    return GIVEN[str(said)]


def _group(user: Mapping[str, Any], caller: Caller) -> int | None:
    """Return the id of the group that is said, NO_GROUP if it says none, or None if it says nothing."""
    if "group" not in user:
        return None
    number = number_in("group", user["group"])
    if not number:
        return NO_GROUP
    if not Group.objects.filter(account=caller.account, pk=number).exists():
        raise Wrong("group: there is no such group.")
    return number
