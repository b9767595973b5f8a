"""The users whom programs make, change and delete, in every way in which SuperSaaS's clients send it (B8)."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from convoca.booking.models import (
    Account,
    AuditEntry,
    Booking,
    Delivery,
    Group,
    GroupMember,
    Membership,
    Supervision,
    User,
)
from convoca.booking.operations.hooking import CHOOSABLE, Telling, make_webhook
from tests.api.calling import Caller
from tests.booking.building import NOW, book, make_account, make_client, make_member, make_resource_schedule

ADA = {"name": "ada", "email": "ada@example.org", "full_name": "Ada Ruiz", "phone": "600 11 22 33"}


def errors(answer: Any) -> list[str]:
    return [each["title"] for each in answer.json()["errors"]]


def ada() -> Membership:
    return Membership.objects.select_related("user").get(user__email="ada@example.org")


@pytest.fixture
def eva(account: Account) -> Membership:
    person = make_member(account, email="eva@example.org")
    Membership.objects.filter(pk=person.pk).update(external_key="12", name="Eva Gil", phone="600")
    person.refresh_from_db()
    return person


def test_b8_a_user_is_made_and_its_address_is_where_every_client_looks_for_it(caller: Caller) -> None:
    answer = caller.send("POST", "/users.json", {"user": ADA})

    person = ada()
    address = f"{settings.BASE_URL}/api/users/{person.pk}.json"
    assert (answer.status_code, answer.headers["location"], answer.json()) == (201, address, address)
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    assert (person.login_name, person.name, person.phone, person.role) == ("ada", "Ada Ruiz", "600 11 22 33", "user")
    assert [(each.actor, each.verb) for each in AuditEntry.objects.all()] == [("owner", "added")]


def test_nobody_s_password_is_set_by_a_program(caller: Caller, account: Account) -> None:
    """They log in with it everywhere: it is theirs to set, by mail. Nor is credit taken, of which there is none."""
    caller.send("POST", "/users.json", {"user": ADA | {"password": "a long way home", "credit": "10"}})

    assert not ada().user.has_usable_password()
    assert caller.get(f"/users/{ada().pk}.json").json()["credit"] == "-"


def in_json(caller: Caller) -> Any:
    return caller.send("POST", "/users.json", {"user": ADA, "account_name": "Lumbre"}, webhook="true")


def without_a_wrapper(caller: Caller) -> Any:
    return caller.send("POST", "/users.json", ADA)


def by_name_alone(caller: Caller) -> Any:
    return caller.send("POST", "/users.json", {"user": {"name": "Ada@Example.org", "full_name": "Ada Ruiz"}})


def as_a_form(caller: Caller) -> Any:
    form = {f"user[{name}]": value for name, value in ADA.items()}
    return caller.browser.post("/api/users.json", form, headers={"authorization": caller.headers["authorization"]})


@pytest.mark.parametrize("send", [in_json, without_a_wrapper, by_name_alone, as_a_form])
def test_b8_a_user_is_understood_wherever_a_client_puts_it(caller: Caller, send: Any) -> None:
    assert send(caller).status_code == 201
    assert ada().name == "Ada Ruiz"


def test_a_program_s_own_key_is_given_and_finds_its_user(caller: Caller) -> None:
    made = caller.send("POST", "/users/77fk.json", {"user": ADA})
    changed = caller.send("PUT", "/users/77fk.json", {"user": {"phone": "700"}})

    assert (made.status_code, changed.status_code) == (201, 200)
    assert (changed.json()["fk"], changed.json()["phone"], changed.json()["full_name"]) == ("77", "700", "Ada Ruiz")
    assert ada().external_key == "77"


def test_who_is_there_already_is_changed_refused_or_left_as_the_call_says(caller: Caller, eva: Membership) -> None:
    same = {"user": {"name": "eva@example.org", "phone": "700"}}
    address = f"{settings.BASE_URL}/api/users/{eva.pk}.json"

    refused = caller.send("POST", "/users.json", same, duplicate="raise")
    ignored = caller.send("POST", "/users.json", same, duplicate="ignore")
    assert (refused.status_code, errors(refused)) == (422, ["This person is a user already."])
    assert (ignored.status_code, ignored.json()) == (200, address)
    assert Membership.objects.get(pk=eva.pk).phone == "600"

    for path in ("/users.json", "/users/12fk.json", f"/users/{eva.pk}.json"):
        changed = caller.send("POST", path, same)
        assert (changed.status_code, changed.json(), changed.headers["location"]) == (200, address, address), path
        assert Membership.objects.filter(pk=eva.pk, phone="700").update(phone="600") == 1
    assert caller.send("POST", "/users.json", same, duplicate="perhaps").status_code == 400


def test_who_has_no_key_yet_is_given_it_and_who_has_another_keeps_it(
    caller: Caller, account: Account, eva: Membership
) -> None:
    luis = make_member(account, email="luis@example.org")

    assert caller.send("POST", "/users/34fk.json", {"user": {"email": "luis@example.org"}}).status_code == 200
    other = caller.send("POST", "/users/56fk.json", {"user": {"email": "eva@example.org"}})

    assert (other.status_code, errors(other)) == (422, ["Another user is called so."])
    assert Membership.objects.get(pk=luis.pk).external_key == "34"
    assert Membership.objects.get(pk=eva.pk).external_key == "12"


def test_an_update_writes_what_it_says_and_leaves_the_rest(caller: Caller, eva: Membership) -> None:
    answer = caller.send("PUT", f"/users/{eva.pk}.json", {"user": {"full_name": "Eva Gil Mar", "name": "evita"}})

    told = answer.json()
    assert (told["full_name"], told["name"], told["phone"]) == ("Eva Gil Mar", "evita", "600")
    assert [(each.verb, each.fields) for each in AuditEntry.objects.all()] == [("edited", "name, login_name")]
    assert caller.send("PUT", f"/users/{eva.pk}.json", {"user": told | {"role": 3}}).status_code == 400
    again = {name: told[name] for name in ("name", "email", "full_name", "phone", "credit", "role")}
    assert caller.send("PUT", f"/users/{eva.pk}.json", {"user": again}).json() == told
    assert AuditEntry.objects.count() == 1


def test_who_is_missing_is_made_refused_or_left_alone_as_the_call_says(caller: Caller) -> None:
    assert caller.send("PUT", "/users/77fk.json", {"user": ADA}, notfound="error").status_code == 404
    ignored = caller.send("PUT", "/users/77fk.json", {"user": ADA}, notfound="ignore")
    assert (ignored.status_code, ignored.json()) == (200, {})
    assert caller.send("PUT", "/users/77fk.json", {"user": ADA}, notfound="x").status_code == 400
    assert not User.objects.filter(email="ada@example.org").exists()

    made = caller.send("PUT", "/users/77fk.json", {"user": ADA})

    assert (made.status_code, ada().external_key) == (201, "77")


def test_roles_and_groups_are_given_and_taken(caller: Caller, account: Account, eva: Membership) -> None:
    first, second, further = (Group.objects.create(account=account, name=name) for name in ("A", "B", "C"))
    members = GroupMember.objects.filter(membership=eva)

    def told(**user: Any) -> Any:
        answer = caller.send("PUT", f"/users/{eva.pk}.json", {"user": user}).json()
        return answer["role"], answer.get("group"), members.count()

    assert told(role=4, group=first.pk) == (4, first.pk, 1)
    GroupMember.objects.create(account=account, group=further, membership=eva)
    assert told(role=4, group=first.pk) == (4, first.pk, 2)
    assert told(role="-1", group=str(second.pk)) == (-1, second.pk, 1)
    assert told(role=3) == (3, second.pk, 1)
    assert told(group="") == (3, None, 0)


@pytest.mark.parametrize(
    ("user", "status", "said"),
    [
        ({"nickname": "x"}, 400, "Bad request: unknown attribute 'nickname' for User."),
        ({"email": ""}, 422, "email is missing."),
        ({"email": "nobody"}, 422, "email: Enter a valid email address."),
        ({"email": "", "name": "no@body"}, 422, "email: Enter a valid email address."),
        ({"email": "ñu@example.org"}, 422, "email: Enter a valid email address."),
        ({"phone": "1" * 200}, 422, "phone: Ensure this value has at most 31 characters (it has 200)."),
        ({"name": "x" * 101}, 422, "name: at most 100 characters that can be seen."),
        ({"role": 5}, 422, "role: 3 is a user, 4 a superuser, -1 somebody who is blocked."),
        ({"group": 4711}, 422, "group: there is no such group."),
        ({"group": "Members"}, 400, "Bad request: group must be a number."),
        ({"name": "owner@lumbre.example"}, 422, "The owner is not a user that programs change."),
    ],
)
def test_what_is_wrong_is_said_and_nobody_is_made(caller: Caller, user: dict[str, Any], status: int, said: str) -> None:
    answer = caller.send("POST", "/users.json", {"user": ADA | user})

    assert (answer.status_code, errors(answer)) == (status, [said])
    assert Membership.objects.count() == User.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"email": "other@example.org"}, "A user's email address is how they log in: only they change it."),
        ({"name": "LUIS@example.org"}, "Another user has this name."),
    ],
)
def test_a_change_of_a_user_that_cannot_be_changes_nothing(
    caller: Caller, account: Account, eva: Membership, change: dict[str, str], said: str
) -> None:
    make_member(account, email="luis@example.org")

    answer = caller.send("PUT", "/users/12fk.json", {"user": change | {"phone": "700"}})

    assert (answer.status_code, errors(answer)) == (422, [said])
    assert Membership.objects.get(pk=eva.pk).phone == "600"


@pytest.mark.parametrize("body", [None, "null", {"webhook": False}, {"account_name": "Lumbre"}])
def test_b8_a_user_is_deleted_whatever_its_client_sends_along_and_the_bookings_stay(
    caller: Caller, account: Account, eva: Membership, body: Any
) -> None:
    schedule = make_resource_schedule(account)
    booking = book(schedule, "10:00", client=make_client("Eva", "eva@example.org", membership=eva))
    Supervision.objects.create(account=account, membership=eva, schedule=schedule)

    answer = caller.send("DELETE", "/users/12fk.json", body)

    assert (answer.status_code, answer.json()) == (200, {})
    assert not Membership.objects.filter(pk=eva.pk).exists()
    kept = Booking.objects.get(pk=booking.pk)
    assert (kept.name, kept.email, kept.status, kept.membership) == ("Eva", "eva@example.org", "confirmed", None)
    assert AuditEntry.objects.filter(verb="removed", actor="owner", fields=f"user {eva.pk}").exists()
    assert caller.send("DELETE", "/users/12fk.json").status_code == 404


def test_a_log_in_that_nobody_has_used_goes_with_its_last_account(caller: Caller) -> None:
    caller.send("POST", "/users.json", {"user": ADA})
    elsewhere = make_account("Otra")
    there = Membership.objects.create(account=elsewhere, user=ada().user, login_name="ada")

    caller.send("DELETE", "/users/ada.json")
    assert User.objects.filter(email="ada@example.org").exists()
    there.delete()
    caller.send("POST", "/users.json", {"user": ADA})
    caller.send("DELETE", "/users/ada.json")

    assert not User.objects.filter(email="ada@example.org").exists()


def test_a_log_in_that_somebody_has_stays_theirs(caller: Caller, eva: Membership) -> None:
    User.objects.filter(pk=eva.user_id).update(last_login=NOW)

    caller.send("DELETE", "/users/12fk.json")

    assert User.objects.filter(pk=eva.user_id).exists()


def test_the_owner_is_no_user_of_programs(caller: Caller, owner: Membership) -> None:
    for path in ("/users/0.json", f"/users/{owner.login_name}.json"):
        for method in ("PUT", "POST", "DELETE"):
            answer = caller.send(method, path, {"user": {"full_name": "Nobody", "role": -1}})
            assert answer.status_code == 404, (method, path)
    owner.refresh_from_db()
    assert (owner.role, owner.name) == ("owner", "")


def test_other_programs_are_told_of_users_only_if_the_caller_says_so(caller: Caller, account: Account) -> None:
    make_webhook(account, Telling(url="https://example.org/heard", happenings=CHOOSABLE), now=NOW)

    caller.send("POST", "/users.json", {"user": ADA | {"role": 4}})
    caller.send("PUT", "/users/ada.json", {"user": {"phone": "700"}})
    assert not Delivery.objects.exists()

    caller.send("PUT", "/users/ada.json", {"user": {"phone": "800"}}, webhook="true")
    number = ada().pk
    caller.send("DELETE", "/users/ada.json", {"webhook": True})

    [told] = Delivery.objects.all()
    assert (told.happening, told.person_id, told.gone) == ("user.deleted", None, number)


def test_nobody_without_the_key_changes_a_user(caller: Caller, owner: Membership, eva: Membership) -> None:
    browser = Client()
    browser.force_login(owner.user)

    for method in ("PUT", "POST", "DELETE"):
        assert browser.generic(method, f"/api/users/{eva.pk}.json").status_code == 401
    assert browser.post("/api/users.json", ADA).status_code == 401
    assert Membership.objects.count() == 2


def test_nobody_of_another_account_is_changed(caller: Caller) -> None:
    stranger = make_member(make_account("Otra"), email="olga@example.org")
    Membership.objects.filter(pk=stranger.pk).update(external_key="12")

    for name in (str(stranger.pk), "12fk", "olga@example.org"):
        answer = caller.send("PUT", f"/users/{name}.json", {"user": {"phone": "700"}}, notfound="error")
        assert answer.status_code == 404
        assert caller.send("DELETE", f"/users/{name}.json").status_code == 404
    made = caller.send("POST", "/users.json", {"user": {"email": "olga@example.org"}})

    assert made.status_code == 201
    stranger.refresh_from_db()
    assert (stranger.phone, stranger.external_key) == ("", "12")
    assert Membership.objects.get(account=caller.account, user=stranger.user).pk != stranger.pk
