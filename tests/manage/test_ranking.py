"""Rights of users (M19): who is a superuser, of what, who is blocked, and who may say so."""

import pytest
from django.test import Client

from convoca.booking.models import Account, AuditEntry, Invitation, Membership, Supervision
from tests.booking.building import book, make_account, make_client, make_member, make_resource_schedule
from tests.manage.conftest import LogIn
from tests.manage.people import USERS, page_of, trail
from tests.manage.reading import said, words

Role = Membership.Role


@pytest.fixture
def eva(account: Account) -> Membership:
    return make_member(account, email="eva@example.org")


def test_the_owner_makes_a_superuser_of_the_account(owner: Client, account: Account, eva: Membership) -> None:
    answer = owner.post(page_of(eva, "/rights"), {"role": "superuser"})

    eva.refresh_from_db()
    assert (answer.status_code, eva.role) == (303, Role.SUPERUSER)
    assert trail(account) == [("owner", "ranked", "eva@example.org")]


def test_the_owner_makes_a_superuser_of_one_schedule(
    owner: Client, account: Account, eva: Membership, log_in: LogIn
) -> None:
    schedule = make_resource_schedule(account)

    owner.post(page_of(eva, "/rights"), {"role": "user", "schedules": [schedule.pk]})

    assert list(eva.supervisions.values_list("schedule__slug", flat=True)) == [schedule.slug]
    assert log_in(eva).get(f"/manage/Lumbre/schedules/{schedule.slug}").status_code == 200
    assert AuditEntry.objects.get(person=eva).fields == schedule.slug


def test_a_superuser_becomes_a_user_again(owner: Client, account: Account, log_in: LogIn) -> None:
    schedule = make_resource_schedule(account)
    paz = make_member(account, Role.SUPERUSER, "paz@example.org")
    browser = log_in(paz)
    before = browser.get("/manage/Lumbre/").status_code

    owner.post(page_of(paz, "/rights"), {"role": "user"})

    assert (before, browser.get("/manage/Lumbre/").status_code) == (200, 404)
    assert schedule.supervisions.count() == 0


def test_rights_on_the_schedule_of_another_account_are_refused(owner: Client, eva: Membership) -> None:
    far = make_resource_schedule(make_account("Sombra"))

    answer = owner.post(page_of(eva, "/rights"), {"role": "user", "schedules": [far.pk]})

    assert answer.status_code == 422
    assert not Supervision.objects.exists()


@pytest.mark.parametrize("role", ["owner", "blocked", "", "\x00"])
def test_no_form_makes_an_owner(role: str, owner: Client, eva: Membership) -> None:
    assert owner.post(page_of(eva, "/rights"), {"role": role}).status_code == 422
    assert account_roles(eva.account) == {"owner": 1, "user": 1}


def account_roles(account: Account) -> dict[str, int]:
    roles = [person.role for person in account.memberships.all()]
    return {str(role): roles.count(role) for role in set(roles)}


# --- blocking ---


def test_a_blocked_person_loses_their_rights_in_open_sessions_at_once(
    owner: Client, account: Account, log_in: LogIn
) -> None:
    paz = make_member(account, Role.SUPERUSER, "paz@example.org")
    browser = log_in(paz)
    before = browser.get("/manage/Lumbre/").status_code

    owner.post(page_of(paz, "/block"))

    assert (before, browser.get("/manage/Lumbre/").status_code) == (200, 404)
    assert trail(account) == [("owner", "blocked", "paz@example.org")]


def test_a_blocked_person_is_told_so_on_their_own_page(owner: Client, eva: Membership, log_in: LogIn) -> None:
    browser = log_in(eva)

    owner.post(page_of(eva, "/block"))

    answer = browser.get("/my/Lumbre")
    assert answer.status_code == 403
    assert "You are blocked here" in words(answer)


def test_who_is_unblocked_is_a_plain_user_again(owner: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)
    paz = make_member(account, email="paz@example.org")
    Supervision.objects.create(account=account, membership=paz, schedule=schedule)
    owner.post(page_of(paz, "/block"))

    owner.post(page_of(paz, "/unblock"))

    paz.refresh_from_db()
    assert (paz.role, paz.supervisions.count()) == (Role.USER, 0)


def test_a_blocked_person_is_given_no_rights(owner: Client, account: Account) -> None:
    out = make_member(account, Role.BLOCKED, "out@example.org")

    answer = owner.post(page_of(out, "/rights"), {"role": "superuser"})

    out.refresh_from_db()
    assert out.role == Role.BLOCKED
    assert said(answer) == ["This person is blocked. Unblock them first, then give them rights."]


def test_a_get_blocks_nobody(owner: Client, eva: Membership) -> None:
    assert owner.get(page_of(eva, "/block")).status_code == 405


# --- deleting ---


def test_who_is_deleted_is_a_user_no_more_and_can_be_added_again(
    owner: Client, account: Account, eva: Membership, log_in: LogIn
) -> None:
    """Their log-in is theirs, here and elsewhere; what they have booked stays, as a guest's."""
    schedule = make_resource_schedule(account)
    booking = book(schedule, "10:00", client=make_client("Eva", "eva@example.org", membership=eva))
    browser = log_in(eva)

    owner.post(page_of(eva, "/delete"))

    assert "is not a user any more. Their bookings stay as they are." in words(owner.get(USERS))
    assert account_roles(account) == {"owner": 1}
    assert browser.get("/my/Lumbre").status_code == 302
    booking.refresh_from_db()
    assert (booking.status, booking.name, booking.membership) == ("confirmed", "Eva", None)
    added = owner.post("/manage/Lumbre/users/add", {"name": "Eva", "email": "eva@example.org"})
    assert added.status_code == 303
    assert Membership.objects.get(account=account, user=eva.user).pk != eva.pk


def test_nobody_deletes_the_owner_or_themselves(owner: Client, account: Account, ranking_superuser: Client) -> None:
    head = Membership.objects.get(account=account, role=Role.OWNER)
    own = Membership.objects.get(account=account, role=Role.SUPERUSER)

    for person in (head, own):
        ranking_superuser.post(page_of(person, "/delete"))
    owner.post(page_of(head, "/delete"))

    assert account_roles(account) == {"owner": 1, "superuser": 1}


# --- what superusers may ---


@pytest.fixture
def ranking_superuser(account: Account, superuser: Client) -> Client:
    account.superusers_may = Account.SuperusersMay.RANK
    account.save()
    return superuser


def test_a_superuser_ranks_and_blocks_others_where_the_owner_lets_them(
    ranking_superuser: Client, eva: Membership
) -> None:
    ranking_superuser.post(page_of(eva, "/rights"), {"role": "superuser"})
    eva.refresh_from_db()
    ranked = eva.role
    ranking_superuser.post(page_of(eva, "/block"))
    eva.refresh_from_db()

    assert (ranked, eva.role) == (Role.SUPERUSER, Role.BLOCKED)


@pytest.mark.parametrize("act", ["/rights", "/block"])
def test_nobody_changes_the_owner(act: str, ranking_superuser: Client, account: Account) -> None:
    boss = make_member(account, Role.OWNER, "boss@example.org")

    answer = ranking_superuser.post(page_of(boss, act), {"role": "user"})

    boss.refresh_from_db()
    assert boss.role == Role.OWNER
    assert said(answer) == ["The owner's rights stay as they are."]


@pytest.mark.parametrize("act", ["/rights", "/block"])
def test_nobody_changes_their_own_rights(act: str, ranking_superuser: Client, account: Account) -> None:
    own = Membership.objects.get(account=account, role=Role.SUPERUSER)

    answer = ranking_superuser.post(page_of(own, act), {"role": "user"})

    own.refresh_from_db()
    assert own.role == Role.SUPERUSER
    assert said(answer) == ["Nobody changes their own rights. Ask the owner."]


def test_a_superuser_who_may_only_add_makes_no_superusers(account: Account, superuser: Client) -> None:
    account.superusers_may = Account.SuperusersMay.ADD
    account.save()

    superuser.post(f"{USERS}/invite", {"email": "nora@example.org", "language": "en", "role": "superuser"})

    assert Invitation.objects.get().role == Role.USER


def test_a_superuser_writes_nothing_about_the_owner(ranking_superuser: Client, account: Account) -> None:
    boss = make_member(account, Role.OWNER, "boss@example.org")

    assert ranking_superuser.post(page_of(boss), {"name": "Nobody"}).status_code == 404
