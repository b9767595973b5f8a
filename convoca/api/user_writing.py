"""Users made, changed and deleted by programs, through the operations of the page Users.

They share their addresses, and so the router, with those that are read.
"""

from http import HTTPStatus

from django.http import Http404, HttpResponse

from convoca.api.door import Caller, Keyed, Wrong, api, point_to
from convoca.api.finding import person_called
from convoca.api.heard import ANSWERS, Said, actor_of, body_of, said_by
from convoca.api.profiles import USER, address_in, own_key, profile_of
from convoca.api.schedules import WRONG
from convoca.api.told import Errors, UserTold
from convoca.api.users import router, told_users
from convoca.booking.models import Membership
from convoca.booking.operations.enrolling import Profile, enrol, revise
from convoca.booking.operations.refusals import AlreadyUser, OwnerStays
from convoca.booking.operations.removing import remove_user
from convoca.booking.questions import people
from convoca.booking.questions.permissions import Action, may_in_account

BODY = body_of(
    "user",
    dict.fromkeys(("name", "email", "full_name", "timezone", *ANSWERS), "string")
    | {"role": "integer", "group": "integer"},
    call={"webhook": "boolean"},
)
MADE = {200: str, 201: str, 422: Errors, **WRONG}


@router.post("/users.json", response=MADE, url_name="create-user", openapi_extra=BODY)
def create_user(request: Keyed, duplicate: str = "") -> HttpResponse:
    """Make a user, and answer with their address; 201 for a new one.

    Who is one already is changed; with `duplicate=raise` that is refused, with `ignore` they stay as they are.
    """
    return _create(request, None)


@router.post("/users/{user_id}.json", response=MADE, url_name="create-user-called", openapi_extra=BODY)
def create_user_called(request: Keyed, user_id: str, duplicate: str = "") -> HttpResponse:
    """The same for a user whom you call by your own key with `fk` behind it: they have it from then on."""
    return _create(request, user_id)


def _create(request: Keyed, called: str | None) -> HttpResponse:
    caller, said = request.auth, said_by(request, USER)
    if_there = said.choice("duplicate", "", "raise", "ignore")
    profile = _profile(caller, said, called)
    person = _meant(caller, called, profile)
    if person is None:
        made = _enrol(caller, called, profile, said)
        return point_to(request, f"users/{made.pk}", status=HTTPStatus.CREATED)
    if if_there == "raise":
        raise AlreadyUser
    if not if_there:
        revise(person, profile, by=actor_of(caller, said), now=caller.now)
    return point_to(request, f"users/{person.pk}", status=HTTPStatus.OK)


@router.put(
    "/users/{user_id}.json",
    response={200: UserTold, 201: str, 422: Errors, **WRONG},
    url_name="update-user",
    openapi_extra=BODY,
)
def update_user(request: Keyed, user_id: str, notfound: str = "") -> HttpResponse:
    """Change what is said of a user, and leave the rest.

    Who is not there is made, and answered with 201; with `notfound=error` that is 404, with `ignore` nothing happens.
    """
    caller, said = request.auth, said_by(request, USER)
    if_missing = said.choice("notfound", "", "error", "ignore")
    profile = _profile(caller, said, user_id)
    person = _meant(caller, user_id, profile)
    if person is None and if_missing == "ignore":
        return api.create_response(request, {}, status=HTTPStatus.OK)
    if person is None and if_missing == "error":
        raise Http404
    if person is None:
        made = _enrol(caller, user_id, profile, said)
        return point_to(request, f"users/{made.pk}", status=HTTPStatus.CREATED)
    revise(person, profile, by=actor_of(caller, said), now=caller.now)
    [told] = told_users(caller, [person])
    return api.create_response(request, told, status=HTTPStatus.OK)


@router.delete("/users/{user_id}.json", response={200: dict[str, str], 422: Errors, **WRONG}, url_name="delete-user")
def delete_user(request: Keyed, user_id: str) -> dict[str, str]:
    """Delete a user. Their bookings stay."""
    caller, said = request.auth, said_by(request, USER)
    person = person_called(caller, user_id)
    if person is None or person.role == Membership.Role.OWNER:
        raise Http404
    _require(caller, Action.RANK_PEOPLE)
    remove_user(person, by=actor_of(caller, said), now=caller.now)
    return {}


def _require(caller: Caller, action: Action) -> None:
    """Raises Http404 for who may not do this to the account's users."""
    if not may_in_account(caller.viewer, action, caller.account):
        raise Http404


def _profile(caller: Caller, said: Said, called: str | None) -> Profile:
    profile = profile_of(said, called, caller)
    _require(caller, Action.ADD_PEOPLE)
    if profile.role is not None or profile.group is not None:
        _require(caller, Action.RANK_PEOPLE)
    return profile


def _meant(caller: Caller, called: str | None, profile: Profile) -> Membership | None:
    """Return the user whom a call means: called so in its address, else, and if they have no other key, by name.

    Raises Http404 for the owner's number, OwnerStays for their name.
    """
    person = person_called(caller, called) if called is not None else None
    if person is not None:
        if person.role == Membership.Role.OWNER:
            raise Http404
        return person
    if called is not None and not own_key(called):
        return None
    found = None
    for name in filter(None, (profile.names["login_name"], profile.email)):
        found = found or people.person_called(caller.account, name)
    if found is not None and found.role == Membership.Role.OWNER:
        raise OwnerStays
    if found is not None and called is not None and found.external_key:
        raise Wrong("Another user is called so.")
    return found


def _enrol(caller: Caller, called: str | None, profile: Profile, said: Said) -> Membership:
    """Make somebody a user. The login name is their address where no other is said."""
    login_name = profile.names["login_name"]
    email = profile.email or (address_in(login_name) if "@" in login_name else "")
    if not email:
        raise Wrong("email is missing.")
    return enrol(caller.account, email, profile, by=actor_of(caller, said), now=caller.now)
