"""The users of the account, read by programs. The owner is no user of theirs."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404
from ninja import Query, Router, Schema

from convoca.api.asked import Lines, Skipped, Yes
from convoca.api.door import Caller, Keyed
from convoca.api.finding import person_called
from convoca.api.schedules import WRONG
from convoca.api.told import UserTold
from convoca.booking.models import GroupMember, Membership
from convoca.booking.questions.permissions import Action, may_in_account
from convoca.booking.questions.wire_form import told_user

router = Router(tags=["users"])


class UsersAsked(Schema):
    form: Yes = False
    limit: Lines = 100
    offset: Skipped = 0


@router.get("/users.json", response={200: list[UserTold], **WRONG}, url_name="users", exclude_unset=True)
def list_users(request: Keyed, asked: Query[UsersAsked]) -> list[dict[str, Any]]:
    """List the users, in the order in which they came."""
    caller = request.auth
    if not may_in_account(caller.viewer, Action.SEE_PEOPLE, caller.account):
        raise Http404
    people = Membership.objects.filter(account=caller.account).exclude(role=Membership.Role.OWNER)
    found = people.select_related("user").order_by("pk")[asked.offset : asked.offset + asked.limit]
    return told_users(caller, list(found))


@router.get("/users/{user_id}.json", response={200: UserTold, **WRONG}, url_name="user", exclude_unset=True)
def get_user(request: Keyed, user_id: str) -> dict[str, Any]:
    """Return one user, by our number, by your own key with `fk` behind it, or by login name."""
    person = person_called(request.auth, user_id)
    if person is None or person.role == Membership.Role.OWNER:
        raise Http404
    [told] = told_users(request.auth, [person])
    return told


def told_users(caller: Caller, people: Sequence[Membership]) -> list[dict[str, Any]]:
    members = GroupMember.objects.filter(account=caller.account, membership__in=[each.pk for each in people])
    groups: dict[int, list[int]] = {}
    for person, group in members.order_by("pk").values_list("membership_id", "group_id"):
        groups.setdefault(person, []).append(group)
    return [told_user(person, groups=groups.get(person.pk, [])) for person in people]
