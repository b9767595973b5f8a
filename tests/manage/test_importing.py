"""Users > Import and export: whatever spreadsheets call CSV, looked through before anything counts."""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from convoca.booking.models import Account, FormField, Group, GroupMember, Invitation, Membership, PeopleImport, User
from convoca.booking.operations import importing
from convoca.booking.operations.importing import forget_abandoned, import_next
from convoca.booking.operations.waking import wake_due
from tests.booking.building import NOW, make_account, make_member
from tests.manage.reading import said, words

PAGE = "/manage/Lumbre/users/import"
Role = Membership.Role


class Killed(BaseException):
    """The end of a worker, in the middle of whatever it does."""


def upload(browser: Client, text: str | bytes, encoding: str = "utf-8") -> Any:
    raw = text if isinstance(text, bytes) else text.encode(encoding)
    return browser.post(PAGE, {"file": SimpleUploadedFile("people.csv", raw)})


def shown(browser: Client, text: str | bytes, encoding: str = "utf-8") -> Any:
    """Upload a list, and return the page that shows what it would change."""
    answer = upload(browser, text, encoding)
    assert answer.status_code == 303, words(answer)
    return browser.get(answer.headers["Location"])


def bring_in(browser: Client, text: str | bytes, **choices: str) -> Any:
    """Upload a list, confirm it, and let the worker do it. Return the page that says what became of it."""
    address = upload(browser, text).headers["Location"]
    assert browser.post(f"{address}/confirm", choices).status_code == 303
    work()
    return browser.get(address)


def work() -> None:
    while import_next(now=NOW):
        continue


def die_within_a_batch() -> None:
    with transaction.atomic():
        import_next(now=NOW)
        raise Killed


def people(account: Account) -> dict[str, tuple[str, str]]:
    found = Membership.objects.filter(account=account).select_related("user").order_by("pk")
    return {each.user.email: (each.called, each.role) for each in found}


LIST = "Email,Name,Phone\nada@example.org,Ada Ruiz,+34 600\nluis@example.org,Luis Pérez,\n"


def test_nothing_counts_before_it_is_confirmed_and_then_everybody_is_there(owner: Client, account: Account) -> None:
    page = shown(owner, LIST)

    assert "2 new users" in words(page)
    assert "Nothing is imported yet." in words(page)
    assert list(people(account)) == ["owner@lumbre.example"]

    done = bring_in(owner, LIST)

    assert people(account)["ada@example.org"] == ("Ada Ruiz", "user")
    assert "2 users were added" in words(done)
    assert Membership.objects.get(user__email="ada@example.org").phone == "+34 600"
    assert not User.objects.get(email="ada@example.org").has_usable_password()


def test_by_default_nobody_gets_a_mail_and_if_wanted_whoever_is_new(owner: Client, account: Account) -> None:
    make_member(account, email="luis@example.org")
    bring_in(owner, LIST)
    assert not Invitation.objects.exists()

    bring_in(owner, "email\neva@example.org\nluis@example.org", invites="1")

    [mailed] = Invitation.objects.all()
    assert (mailed.email, mailed.due_at) == ("eva@example.org", NOW)
    assert "eva@example.org" not in words(owner.get("/manage/Lumbre/users")).partition("Invited")[2]


def test_who_is_a_user_already_is_changed_and_an_empty_cell_changes_nothing(owner: Client, account: Account) -> None:
    luis = make_member(account, email="luis@example.org")
    Membership.objects.filter(pk=luis.pk).update(name="Luis", phone="600")

    page = shown(owner, "Email;Name;Phone\nLUIS@example.org;Luis Pérez;\n")
    assert "1 user is changed" in words(page)
    assert "Changed: Name" in words(page)
    done = bring_in(owner, "Email;Name;Phone\nLUIS@example.org;Luis Pérez;\n")

    luis.refresh_from_db()
    assert (luis.name, luis.phone) == ("Luis Pérez", "600")
    assert "1 user was changed" in words(done)
    again = shown(owner, "Email,Name\nluis@example.org,Luis Pérez\n")
    assert "1 user stays as they are" in words(again)
    assert "This list changes nothing." in words(again)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Email,Name\nada@example.org,Ñandú Ruiz\n", "utf-8-sig"),
        ("Email;Name\r\nada@example.org;Ñandú Ruiz\r\n", "cp1252"),
        ("Email\tName\r\nada@example.org\tÑandú Ruiz\r\n", "utf-16"),
        ("sep=;\r\nEmail;Name\r\nada@example.org;Ñandú Ruiz\r\n", "utf-8"),
        ('"Correo";"Nombre"\n\n"ada@example.org";"Ñandú\nRuiz"\n;;\n', "utf-8"),
        ('full_name,email\n"Ñandú Ruiz",ada@example.org,more,cells\n', "utf-8"),
    ],
    ids=["mark", "windows", "unicode text", "sep", "quoted lines", "other order"],
)
def test_whatever_spreadsheets_call_csv_is_read(owner: Client, account: Account, text: str, encoding: str) -> None:
    page = shown(owner, text, encoding)

    assert "1 new user" in words(page)
    bring_in(owner, text.encode(encoding))
    assert people(account)["ada@example.org"][0].replace(",", "") == "Ñandú Ruiz"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"PK\x03\x04\0\0\0spreadsheet", "This is no CSV file."),
        (b"\n\n", "There is nothing in this list."),
        (b'Email,Name\nada@example.org,"Ada\n', "The quotation marks of this file do not match."),
        (b"ada@example.org,Ada\n", "No column is called “Email”."),
        (b"Name\nAda\n", "No column is called “Email”."),
        (b"Email\n" + b"\n".join(b"a%d@example.org" % n for n in range(10_001)), "more than 10000 lines"),
    ],
    ids=["spreadsheet", "empty", "quotation marks", "no headings", "no address", "too long"],
)
def test_what_is_no_list_is_refused_with_a_way_out(owner: Client, text: bytes, sentence: str) -> None:
    answer = upload(owner, text)

    assert answer.status_code == 422
    assert sentence in words(answer)
    assert not PeopleImport.objects.exists()


def test_a_list_can_be_pasted_and_neither_is_a_mistake(owner: Client) -> None:
    assert owner.post(PAGE, {"pasted": "Email\tName\nada@example.org\tAda"}).status_code == 303
    assert "Choose a file, or paste a list." in words(owner.post(PAGE, {}))


def test_each_wrong_line_says_what_is_wrong_and_the_others_come_in(owner: Client, account: Account) -> None:
    FormField.objects.create(account=account, key="field_1", label="Level", kind="choice", options="A\nB")
    text = (
        "Email,Name,Phone,Rights,Level\n"
        "ada@example.org,Ada,,,B\n"
        ",Nobody,,,\n"
        "not-an-address,Luis,,,\n"
        "ADA@example.org,Ada again,,,\n"
        f"eva@example.org,{'x' * 101},{'1' * 32},,\n"
        "pau@example.org,Pau,,King,\n"
        "mia@example.org,Mia,,,C\n"
    )

    page = words(shown(owner, text))

    for sentence in (
        "Line 3: No email address.",
        "Line 4: The email address is not in the format name@example.com.",
        "Line 5: The same email address stands in an earlier line.",
        "Line 6: “Name” is too long.",
        "Line 6: “Phone” is too long.",
        "Line 7: “Rights” must be User, Superuser or Blocked.",
        "Line 8: “Level” is none of the choices of your sign-up form.",
        "6 lines are left out",
    ):
        assert sentence in page
    bring_in(owner, text)
    assert list(people(account)) == ["owner@lumbre.example", "ada@example.org"]


def test_m19_rights_and_groups_come_in_too_and_nobody_changes_the_owner_or_themselves(
    owner: Client, account: Account
) -> None:
    make_member(account, email="luis@example.org")
    Group.objects.create(account=account, name="Members")
    text = (
        "Email,Rights,Groups\n"
        "luis@example.org,Superusuario,members | New ones\n"
        "ada@example.org,Blocked,\n"
        "owner@lumbre.example,User,\n"
    )

    page = words(shown(owner, text))
    done = words(bring_in(owner, text))

    assert "New groups: New ones" in page
    assert "1 line would change the owner, or your own rights: it changes nothing" in page
    roles = {email: role for email, (_, role) in people(account).items()}
    assert roles == {"owner@lumbre.example": "owner", "luis@example.org": "superuser", "ada@example.org": "blocked"}
    members = GroupMember.objects.filter(membership__user__email="luis@example.org")
    assert sorted(members.values_list("group__name", flat=True)) == ["Members", "New ones"]
    assert "1 line changed nothing" in done


def test_superusers_who_may_only_add_users_give_no_rights(superuser: Client, account: Account) -> None:
    assert superuser.get(PAGE).status_code == 403
    Account.objects.update(superusers_may=Account.SuperusersMay.ADD)
    make_member(account, email="luis@example.org")

    bring_in(superuser, "Email,Name,Rights,Groups\nluis@example.org,Luis,Superuser,Friends\n")

    assert people(account)["luis@example.org"] == ("Luis", "user")
    assert not Group.objects.exists()


def test_whoever_has_lost_the_right_meanwhile_brings_in_nobody(superuser: Client, account: Account) -> None:
    Account.objects.update(superusers_may=Account.SuperusersMay.ADD)
    address = upload(superuser, LIST).headers["Location"]
    superuser.post(f"{address}/confirm")
    Account.objects.update(superusers_may=Account.SuperusersMay.NOTHING)

    work()

    assert "ada@example.org" not in people(account)


def test_the_work_is_done_in_batches_says_how_far_it_is_and_goes_on_after_a_kill(
    owner: Client, account: Account
) -> None:
    """It is asked for as often as anybody likes, and no line counts twice."""
    many = "Email,Name\n" + "".join(f"p{n}@example.org,Person {n}\n" for n in range(60))
    address = upload(owner, many).headers["Location"]
    owner.post(f"{address}/confirm")

    assert import_next(now=NOW)
    page = words(owner.get(address))
    assert "25 of 60 lines imported. Less than a minute left." in page
    [seen] = re.findall(r"progress\?seen=([\w-]+)", owner.get(address).text)
    assert owner.get(f"{address}/progress?seen={seen}").status_code == 204

    # Killed before a batch is committed: nothing of it stays, and the next worker begins it again.
    with pytest.raises(Killed):
        die_within_a_batch()
    assert (PeopleImport.objects.get().done, len(people(account))) == (25, 26)

    wake_due(NOW)
    work()
    kept = PeopleImport.objects.get()
    assert (kept.done, kept.added, kept.rows) == (60, 60, [])
    assert "60 users were added" in words(owner.get(f"{address}/progress?seen={seen}"))


def test_a_list_of_ten_thousand_lines_is_looked_through_with_as_many_questions_as_one_of_three(
    owner: Client, account: Account, django_assert_max_num_queries: Any
) -> None:
    many = "Email,Name\n" + "".join(f"p{n}@example.org,Person {n}\n" for n in range(10_000))
    address = upload(owner, many).headers["Location"]

    with django_assert_max_num_queries(10):
        page = owner.get(address)

    assert "10000 new users" in words(page)
    assert len(page.text) < 40_000


def test_confirming_twice_counts_once_and_what_was_discarded_is_forgotten(owner: Client, account: Account) -> None:
    address = upload(owner, LIST).headers["Location"]
    owner.post(f"{address}/confirm")
    again = owner.post(f"{address}/confirm")
    assert said(again)[-1:] == ["This list was confirmed already."]
    assert said(owner.post(f"{address}/discard"))[-1:] == ["This list was confirmed already."]
    work()

    other = upload(owner, LIST).headers["Location"]
    assert said(owner.post(f"{other}/discard"))[-1:] == ["The list was discarded. Nothing was imported."]
    assert owner.get(other).status_code == 404
    assert owner.post(f"{other}/confirm").status_code == 404


def test_what_nobody_confirms_is_forgotten_after_a_day(owner: Client) -> None:
    upload(owner, LIST)

    forget_abandoned(now=NOW + timedelta(hours=23))
    assert PeopleImport.objects.exists()
    forget_abandoned(now=NOW + timedelta(hours=25))
    assert not PeopleImport.objects.exists()


def test_a_list_of_another_account_is_none_of_ours(owner: Client, account: Account) -> None:
    elsewhere = make_account("Otra")
    theirs = importing.keep_list(elsewhere, [], problems=[], ranks=True, by=make_member(elsewhere, Role.OWNER), now=NOW)

    assert owner.get(f"{PAGE}/{theirs.pk}").status_code == 404
    assert owner.get(f"{PAGE}/{10**30}").status_code == 404


def cells(browser: Client, query: str = "") -> Sequence[str]:
    answer = browser.get(f"/manage/Lumbre/users/csv{query}")
    raw = b"".join(answer.streaming_content) if hasattr(answer, "streaming_content") else answer.content
    return str(raw.decode()).splitlines()


def test_the_list_that_goes_out_is_safe_in_spreadsheets_and_comes_in_again_as_it_was(
    owner: Client, superuser: Client, account: Account
) -> None:
    luis = make_member(account, email="luis@example.org")
    Membership.objects.filter(pk=luis.pk).update(name="=cmd|'/C calc'!A0", phone="+34 600", super_field="- late")
    GroupMember.objects.create(
        account=account, membership=luis, group=Group.objects.create(account=account, name="Members")
    )

    heading, *lines = cells(owner)
    assert heading.startswith("\ufeffEmail,Name,Phone,")
    [line] = [each for each in lines if "luis@" in each]
    assert "'=cmd" in line
    assert "'+34 600" in line
    assert ",Members" in line
    assert "luis@example.org;" in "\n".join(cells(owner, "?separator=semicolon"))
    back = owner.get(upload(owner, "\n".join([heading, *lines])).headers["Location"])
    assert "3 users stay as they are" in words(back)
    assert superuser.get("/manage/Lumbre/users/csv").status_code == 403


def test_the_page_of_users_leads_to_both(owner: Client) -> None:
    page = owner.get("/manage/Lumbre/users").text

    assert 'href="/manage/Lumbre/users/import"' in page
    assert 'href="/manage/Lumbre/users/csv"' in page
