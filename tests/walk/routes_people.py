"""The routes of users: those of the owner and superusers, of whoever becomes one, and their own pages."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from convoca.booking.models import Group, GroupMember, Invitation, Membership, Sealed
from convoca.booking.operations.addresses import digest, new_token
from convoca.booking.operations.founding import make_key
from convoca.booking.operations.importing import keep_list
from tests.booking.building import NOW
from tests.walk.scene import DAY, Scene, start
from tests.walk.viewers import WITH_LOG_IN, Looker, Secret
from tests.walk.visiting import (
    Route,
    Statuses,
    Visit,
    answer,
    at,
    everybody,
    granted_in_account,
    logged_in,
    named,
    of_schedules,
    operator,
    owner,
    supervisors,
)

ACCESS = {"who_sees": "users", "who_books": "users", "who_changes": "own", "others_see": "times"}
GROUPS = ("groups_that_see", "groups_that_book")
REGISTRATION = {
    "sign_up": "domain",
    "sign_up_domain": "example.org",
    "sign_up_networks": "192.0.2.0/24",
    "sign_up_password": "olivos al sol",
    "superusers_may": "add",
}
PROFILE = {"name": "Ada", "phone": "+34 600", "language": "es", "time_zone": "America/Lima"}
FOUNDER = {
    "name": "Nora Gil",
    "email": "nora@sombra.example",
    "password": "a long way home",
    "offer": "Lessons",
    "time_zone": "Europe/Madrid",
}
NEW = {"name": "Ada Ruiz", "email": "ada@example.org"}
USERS = WITH_LOG_IN - {Looker.ELSEWHERE, Looker.BLOCKED, Looker.OPERATOR}


def managers(status: int) -> Statuses:
    """The owner and the superusers of the whole account; those of one schedule are told that they may not."""
    return granted_in_account(404) | dict.fromkeys((Looker.SUPERUSER, Looker.OWNER), status)


def users(status: int) -> Statuses:
    """Whoever is a user of the account; who is of another is asked to join, and who is blocked is told so."""
    return everybody(302) | {Looker.BLOCKED: 403} | dict.fromkeys(USERS, status)


def changers(status: int) -> Statuses:
    """Whoever is a user where users change what others have booked; who supervises it has other pages for that."""
    return users(status) | dict.fromkeys((Looker.SUPERUSER, Looker.OWNER), 404)


def of_theirs(name: str, *, query: str = "", **form: Any) -> Callable[[Scene, Looker], list[Visit]]:
    def visits(scene: Scene, _: Looker) -> list[Visit]:
        booking = scene.slots[Secret.TYPED].bookings.get()
        return [Visit(path=reverse(name, args=[scene.account.name, booking.pk]) + query, form=form)]

    return visits


def without_account(name: str, *where: str) -> Callable[[Scene, Looker], list[Visit]]:
    """Visit a page of the installation, which belongs to no account."""
    return lambda _scene, _looker: [Visit(path=reverse(name, args=where))]


def with_key(_scene: Scene, _looker: Looker) -> list[Visit]:
    key = make_key(now=timezone.now())
    return [Visit(path=f"{reverse('setup')}?key={key}", form=FOUNDER | {"key": key})]


def of_group(name: str, /, *people: Looker, **form: Any) -> Callable[[Scene, Looker], list[Visit]]:
    """Visit a group's page, with somebody who is in it where the address names one."""

    def visits(scene: Scene, _: Looker) -> list[Visit]:
        group, _made = Group.objects.get_or_create(account=scene.account, name="Members")
        members = [Membership.objects.get(account=scene.account, user=scene.users[each]) for each in people]
        for member in members:
            GroupMember.objects.get_or_create(account=scene.account, group=group, membership=member)
        path = reverse(name, args=[scene.account.name, group.pk, *(member.pk for member in members)])
        return [Visit(path=path, form=form)]

    return visits


def of_list(name: str, **form: Any) -> Callable[[Scene, Looker], list[Visit]]:
    """Visit a list of users that the owner has uploaded and not confirmed yet."""

    def visits(scene: Scene, _: Looker) -> list[Visit]:
        rows = [{"line": 2, "email": "nora@example.org", "name": "Nora"}]
        problems = [{"line": 3, "problem": "no_email", "about": "email"}]
        by = Membership.objects.get(account=scene.account, role=Membership.Role.OWNER)
        kept = keep_list(scene.account, rows, problems=problems, ranks=True, by=by, now=NOW)
        return [Visit(path=reverse(name, args=[scene.account.name, kept.pk]), form=form)]

    return visits


def of_person(route: str, looker: Looker, *arguments: Any, **form: Any) -> Callable[[Scene, Looker], list[Visit]]:
    def visits(scene: Scene, _: Looker) -> list[Visit]:
        person = Membership.objects.get(account=scene.account, user=scene.users[looker])
        return [Visit(path=reverse(route, args=[scene.account.name, *arguments, person.pk]), form=form)]

    return visits


def of_class_superuser(name: str, **form: Any) -> Callable[[Scene, Looker], list[Visit]]:
    def visits(scene: Scene, looker: Looker) -> list[Visit]:
        return of_person(name, Looker.CLASS_SUPERUSER, scene.schedules["class"].slug, **form)(scene, looker)

    return visits


def of_invitation(name: str) -> Callable[[Scene, Looker], list[Visit]]:
    def visits(scene: Scene, looker: Looker) -> list[Visit]:
        invitation, _ = _invite(scene)
        return [Visit(path=reverse(name, args=[scene.account.name, invitation.pk]))]

    return visits


def with_invitation(scene: Scene, looker: Looker) -> list[Visit]:
    _, token = _invite(scene)
    form = {"name": "Nora", "password": "another horse battery"}
    return [Visit(path=reverse("account_invitation", args=[token]), form=form)]


def _invite(scene: Scene) -> tuple[Invitation, str]:
    token = new_token()
    invitation = Invitation.objects.create(
        account=scene.account,
        email="nora@example.org",
        invited_by=Membership.objects.get(account=scene.account, role=Membership.Role.OWNER),
        token=Sealed.seal(token),
        token_digest=digest(token),
        expires_at=NOW + timedelta(days=7),
    )
    return invitation, token


PEOPLE: dict[str, Route] = {
    # Who is there, and what they may do.
    "manage:people": Route(visits=named("manage:people"), get=answer(managers(200)), query=("q", "page")),
    "manage:add-person": Route(
        visits=named("manage:add-person", **NEW),
        get=answer(granted_in_account(200)),
        post=answer(granted_in_account(303)),
        fields=(*NEW, "phone", "super_field"),
    ),
    "manage:invite-person": Route(
        visits=named("manage:invite-person", email="ada@example.org", language="es", role="superuser"),
        get=answer(granted_in_account(200)),
        post=answer(granted_in_account(303)),
        fields=("email", "language", "role"),
    ),
    "manage:person": Route(
        visits=of_person("manage:person", Looker.MEMBER, name="Ada", phone="+34 600", super_field="Pays late"),
        get=answer(managers(200)),
        post=answer(granted_in_account(303)),
        fields=("name", "phone", "super_field"),
    ),
    "manage:rank-person": Route(
        visits=of_person("manage:rank-person", Looker.MEMBER, role="superuser"),
        post=answer(granted_in_account(303)),
        fields=("role", "schedules"),
    ),
    "manage:trust-person": Route(
        visits=of_person("manage:trust-person", Looker.CLASS_SUPERUSER, rights="blocks_users", manages_users="nothing"),
        post=answer(owner(303)),
        fields=("rights", "manages_users"),
    ),
    # Lists of users, out and in.
    "manage:people-csv": Route(
        visits=named("manage:people-csv"), get=answer(granted_in_account(200)), query=("separator",), is_page=False
    ),
    "manage:import-people": Route(
        visits=named("manage:import-people", pasted="Email\nada@example.org"),
        get=answer(granted_in_account(200)),
        post=answer(granted_in_account(303)),
        fields=("pasted",),
    ),
    "manage:import": Route(visits=of_list("manage:import"), get=answer(granted_in_account(200))),
    "manage:import-progress": Route(
        visits=of_list("manage:import-progress"), get=answer(granted_in_account(200)), query=("seen",), is_page=False
    ),
    "manage:confirm-import": Route(
        visits=of_list("manage:confirm-import", invites="1"), post=answer(granted_in_account(303)), fields=("invites",)
    ),
    "manage:discard-import": Route(visits=of_list("manage:discard-import"), post=answer(granted_in_account(303))),
    # Groups.
    "manage:groups": Route(
        visits=named("manage:groups", name="Friends"),
        get=answer(granted_in_account(200)),
        post=answer(granted_in_account(303)),
        fields=("name",),
    ),
    "manage:group": Route(
        visits=of_group("manage:group", name="Friends"),
        get=answer(granted_in_account(200)),
        post=answer(granted_in_account(303)),
        query=("page",),
        fields=("name",),
    ),
    "manage:group-add": Route(
        visits=of_group("manage:group-add", person="member@lumbre.example"),
        get=answer(granted_in_account(303)),
        post=answer(granted_in_account(303)),
        query=("page",),
        fields=("person",),
    ),
    "manage:group-remove": Route(
        visits=of_group("manage:group-remove", Looker.MEMBER), post=answer(granted_in_account(303))
    ),
    "manage:delete-group": Route(visits=of_group("manage:delete-group"), post=answer(granted_in_account(303))),
    "manage:person-groups": Route(
        visits=of_person("manage:person-groups", Looker.MEMBER),
        post=answer(granted_in_account(303)),
        fields=("groups",),
    ),
    "manage:block-person": Route(
        visits=of_person("manage:block-person", Looker.MEMBER), post=answer(granted_in_account(303))
    ),
    "manage:unblock-person": Route(
        visits=of_person("manage:unblock-person", Looker.BLOCKED), post=answer(granted_in_account(303))
    ),
    "manage:send-invitation": Route(
        visits=of_invitation("manage:send-invitation"), post=answer(granted_in_account(303))
    ),
    "manage:withdraw-invitation": Route(
        visits=of_invitation("manage:withdraw-invitation"), post=answer(granted_in_account(303))
    ),
    "manage:delete-person": Route(
        visits=of_person("manage:delete-person", Looker.MEMBER), post=answer(granted_in_account(303))
    ),
    # Who may what.
    "manage:registration": Route(
        visits=named("manage:registration", **REGISTRATION),
        get=answer(owner(200)),
        post=answer(owner(303)),
        fields=tuple(REGISTRATION),
    ),
    "manage:access": Route(
        visits=of_schedules("resource", "service", "class", name="manage:access", **ACCESS),
        get=answer(owner(200)),
        post=answer(owner(303)),
        fields=(*ACCESS, *GROUPS),
    ),
    "manage:appoint": Route(
        visits=of_schedules("resource", name="manage:appoint", person="member@lumbre.example"),
        get=answer(owner(303)),
        post=answer(owner(303)),
        fields=("person",),
    ),
    "manage:dismiss": Route(visits=of_class_superuser("manage:dismiss"), post=answer(owner(303))),
    "manage:trust-superuser": Route(
        visits=of_class_superuser("manage:trust-superuser", rights="changes_hours"),
        post=answer(owner(303)),
        fields=("rights",),
    ),
    # The address that the server prints makes one account, whoever opens it.
    "setup": Route(
        visits=with_key,
        get=answer(everybody(200)),
        post=answer(everybody(303)),
        query=("key",),
        fields=("key", "name", "email", "password", "offer", "time_zone", "website"),
    ),
    # Of whoever looks after the installation.
    "manage:design": Route(visits=without_account("manage:design"), get=answer(operator(200))),
    "manage:design-visitors": Route(visits=without_account("manage:design-visitors"), get=answer(operator(200))),
    "applications": Route(visits=without_account("applications"), get=answer(operator(200))),
    "sign_up_setting": Route(
        visits=at("/setup/sign-up", takes="yes"),
        get=answer(operator(200)),
        post=answer(operator(303)),
        fields=("takes",),
    ),
    "application": Route(
        # Zoom's is set by the environment: the page says so, and nothing is changed.
        visits=without_account("application", "zoom"),
        get=answer(operator(302)),
        post=answer(operator(303)),
        fields=("zoom-client_id", "zoom-client_secret", "zoom-webhook_secret", "zoom-account_id"),
    ),
    "application_test": Route(visits=without_account("application_test", "zoom"), post=answer(operator(303))),
    "application_forget": Route(visits=without_account("application_forget", "zoom"), post=answer(operator(303))),
    # Help: superusers read it without the owner's links; whoever is not logged in, a page of their own.
    "manage:help": Route(visits=named("manage:help"), get=answer(supervisors(200))),
    "manage:guide": Route(
        visits=named("manage:guide", query="?schedule=consultations"),
        get=answer(supervisors(200)),
        query=("schedule",),
    ),
    "guide": Route(visits=without_account("guide"), get=answer(everybody(200))),
    "manage:first-steps": Route(visits=named("manage:first-steps"), get=answer(owner(200))),
    "manage:fill-with-examples": Route(visits=named("manage:fill-with-examples"), post=answer(owner(303))),
    "manage:remove-examples": Route(visits=named("manage:remove-examples"), post=answer(owner(303))),
    "manage:leave-step-out": Route(
        visits=named("manage:leave-step-out", step="hours"), post=answer(owner(303)), fields=("step",)
    ),
    # Becoming a user: the account of the scene takes in only people whom it invites.
    "account_join": Route(
        visits=named("account_join", email="ada@example.org"),
        get=answer(everybody(200) | {Looker.BLOCKED: 302} | dict.fromkeys(USERS, 302)),
        post=answer(everybody(200) | {Looker.BLOCKED: 302} | dict.fromkeys(USERS, 302)),
        fields=("email", "website", "name", "shared_password"),
    ),
    "account_join_sent": Route(visits=named("account_join_sent"), get=answer(everybody(200))),
    # Whoever is logged in as somebody else must log out to accept it.
    "account_invitation": Route(
        visits=with_invitation,
        get=answer(everybody(200)),
        post=answer(logged_in(404, others=303)),
        fields=("name", "password"),
    ),
    # A user's own pages.
    "my": Route(visits=named("my"), get=answer(users(200)), query=("page",)),
    "theirs": Route(
        visits=named("theirs", query="?cancelled=1&moved=1"),
        get=answer(changers(200)),
        query=("page", "cancelled", "moved"),
    ),
    "their_change": Route(
        visits=of_theirs("their_change", query=f"?day={DAY}", start=start("15:00")),
        get=answer(changers(200)),
        post=answer(changers(303)),
        query=("day", "all", "month"),
        fields=("start", "slot", "speak"),
    ),
    "their_cancel": Route(
        visits=of_theirs("their_cancel"),
        get=answer(changers(200)),
        post=answer(changers(303)),
    ),
    # Whoever has not just cancelled it has nothing to take back.
    "their_undo": Route(visits=of_theirs("their_undo"), post=answer(changers(404))),
    "my_profile": Route(
        visits=named("my_profile", **PROFILE), get=answer(users(200)), post=answer(users(303)), fields=tuple(PROFILE)
    ),
}
