"""Configure > Access of a schedule, and Access Control of the account (M19)."""

import pytest
from django.test import Client

from convoca.booking.models import Account, AuditEntry, FormField, Invitation, Membership, Schedule, Supervision
from tests.booking.building import make_account, make_capacity_schedule, make_member, make_resource_schedule
from tests.manage.conftest import LogIn
from tests.manage.reading import page_of, said, words

ACCESS = {"who_sees": "users", "who_books": "users", "who_changes": "nobodys", "others_see": "names"}
REGISTRATION = "/manage/Lumbre/access-control/registration"


@pytest.fixture
def schedule(account: Account) -> Schedule:
    return make_resource_schedule(account)


def access_of(schedule: Schedule) -> dict[str, str]:
    schedule.refresh_from_db()
    return {name: getattr(schedule, name) for name in ACCESS}


def test_m19_the_owner_says_who_sees_books_changes_and_sees_of_others(owner: Client, schedule: Schedule) -> None:
    answer = owner.post(page_of(schedule, "access"), ACCESS)

    assert answer.status_code == 303
    assert access_of(schedule) == ACCESS


def test_a_class_asks_who_signs_up(owner: Client, account: Account) -> None:
    yoga = make_capacity_schedule(account)

    assert "Once you have made a slot, who can sign up?" in words(owner.get(page_of(yoga, "access")))


@pytest.mark.parametrize(
    ("choices", "sentence"),
    [
        (
            {"who_sees": "users", "who_books": "anyone"},
            "Nobody books what they cannot see. Let more people see the schedule, or fewer people book on it.",
        ),
    ],
)
def test_contradictory_choices_are_refused_with_a_sentence(
    choices: dict[str, str], sentence: str, owner: Client, schedule: Schedule
) -> None:
    before = access_of(schedule)

    answer = owner.post(page_of(schedule, "access"), ACCESS | choices)

    assert answer.status_code == 422
    assert sentence in words(answer)
    assert access_of(schedule) == before


@pytest.mark.parametrize("name", list(ACCESS))
@pytest.mark.parametrize("value", ["", "nobody", "\x00"])
def test_what_is_not_on_the_list_changes_nothing(name: str, value: str, owner: Client, schedule: Schedule) -> None:
    assert owner.post(page_of(schedule, "access"), ACCESS | {name: value}).status_code == 422


# --- superusers just for this schedule ---


@pytest.mark.parametrize("called", ["eva@example.org", "EVA@example.org", "eva.login"])
def test_a_user_becomes_superuser_of_this_schedule_by_login_name_or_address(
    called: str, owner: Client, schedule: Schedule, account: Account, log_in: LogIn
) -> None:
    eva = make_member(account, email="eva@example.org")
    Membership.objects.filter(pk=eva.pk).update(login_name="eva.login", name="Eva")

    answer = owner.post(page_of(schedule, "access/superusers"), {"person": called})

    assert said(answer) == ["Eva is a superuser of Consultations now."]
    assert "Eva eva@example.org" in words(owner.get(page_of(schedule, "access")))
    assert log_in(eva).get(page_of(schedule, "")[:-1]).status_code == 200
    assert AuditEntry.objects.get(person=eva).fields == "consultations"


def test_they_are_superuser_no_longer(owner: Client, schedule: Schedule, account: Account, log_in: LogIn) -> None:
    eva = make_member(account, email="eva@example.org")
    Supervision.objects.create(account=account, membership=eva, schedule=schedule)

    owner.post(page_of(schedule, f"access/superusers/{eva.pk}/remove"))

    assert log_in(eva).get("/manage/Lumbre/").status_code == 404


@pytest.mark.parametrize("called", ["far@example.org", "out@example.org", "nobody", "x" * 300, "\x00"])
def test_only_users_of_the_account_become_superusers(
    called: str, owner: Client, schedule: Schedule, account: Account
) -> None:
    make_member(make_account("Sombra"), email="far@example.org")
    make_member(account, Membership.Role.BLOCKED, "out@example.org")

    answer = owner.post(page_of(schedule, "access/superusers"), {"person": called})

    assert answer.status_code == 422
    assert not Supervision.objects.exists()


def test_who_supervises_everything_stays_as_they_are(owner: Client, schedule: Schedule, account: Account) -> None:
    make_member(account, Membership.Role.SUPERUSER, "paz@example.org")

    answer = owner.post(page_of(schedule, "access/superusers"), {"person": "paz@example.org"})

    assert said(answer) == ["Superuser is a superuser of all schedules already. Nothing was changed."]
    assert not Supervision.objects.exists()


# --- Access Control of the account ---


def test_m19_the_owner_says_who_registers_and_what_superusers_may(owner: Client, account: Account) -> None:
    answer = owner.post(REGISTRATION, {"sign_up": "domain", "sign_up_domain": "@Example.org", "superusers_may": "rank"})

    account.refresh_from_db()
    assert answer.status_code == 303
    assert (account.sign_up, account.sign_up_domain, account.superusers_may) == ("domain", "example.org", "rank")


def test_the_page_tells_where_people_register(owner: Client, account: Account) -> None:
    before = owner.get("/manage/Lumbre/access-control").text
    owner.post(REGISTRATION, {"sign_up": "open", "superusers_may": "nothing"})

    address = "http://localhost:8000/accounts/join/Lumbre/"
    assert address not in before
    assert address in owner.get("/manage/Lumbre/access-control").text


def test_m19_where_nobody_registers_nobody_is_invited_either_and_old_invitations_open_nothing(
    owner: Client, account: Account, client: Client
) -> None:
    open_one = owner.post(
        "/manage/Lumbre/users/invite", {"email": "nora@example.org", "language": "en", "role": "user"}
    )
    token = Invitation.objects.get().token.open()
    assert client.get(f"/accounts/invitation/{token}/").status_code == 200

    owner.post(REGISTRATION, {"sign_up": "nobody", "superusers_may": "nothing"})

    assert open_one.status_code == 303
    assert client.get(f"/accounts/invitation/{token}/").status_code == 404
    assert "Nobody signs up here" in words(client.get("/accounts/join/Lumbre/"))
    refused = owner.post("/manage/Lumbre/users/invite", {"email": "eva@example.org", "language": "en", "role": "user"})
    assert "Access Control says that nobody registers. Add people by hand or from a list." in words(refused)
    assert "Invite somebody" not in words(owner.get("/manage/Lumbre/users"))
    added = owner.post("/manage/Lumbre/users/add", {"name": "Eva", "email": "eva@example.org"})
    assert added.status_code == 303


def test_the_page_says_what_people_are_asked(owner: Client, account: Account) -> None:
    before = words(owner.get("/manage/Lumbre/access-control"))
    FormField.objects.create(account=account, key="phone", is_required=True)
    FormField.objects.create(account=account, key="field_1", label="Level")

    assert "people are asked for name and email alone" in before
    assert "people are asked when they register: Phone (required), Level." in words(
        owner.get("/manage/Lumbre/access-control")
    )


@pytest.mark.parametrize("domain", ["", "not a domain", "ana@example.org", "example", "exa\x00mple.org", "x" * 200])
def test_a_domain_that_is_none_is_refused(domain: str, owner: Client, account: Account) -> None:
    answer = owner.post(REGISTRATION, {"sign_up": "domain", "sign_up_domain": domain, "superusers_may": "add"})

    account.refresh_from_db()
    assert answer.status_code == 422
    assert account.sign_up == Account.SignUp.INVITATION


def test_a_superuser_does_not_reach_it(superuser: Client, schedule: Schedule) -> None:
    assert superuser.get(page_of(schedule, "access")).status_code == 404
    assert superuser.post(REGISTRATION, {"sign_up": "open", "superusers_may": "rank"}).status_code == 404
