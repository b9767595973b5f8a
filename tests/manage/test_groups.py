"""Groups of users on the page Users, and on Configure > Access (M19)."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from convoca.booking.models import Account, Group, GroupMember, Membership, Schedule, ScheduleGroup
from convoca.booking.operations.groups import make_group, put_into_group
from tests.booking.building import NOW, make_account, make_member, make_resource_schedule
from tests.manage.conftest import LogIn
from tests.manage.reading import page_of, said, words

GROUPS = "/manage/Lumbre/users/groups"
ACCESS = {"who_sees": "groups", "who_books": "groups", "who_changes": "own", "others_see": "nothing"}
PAGE = "/schedule/Lumbre/consultations"


@pytest.fixture
def schedule(account: Account) -> Schedule:
    return make_resource_schedule(account)


@pytest.fixture
def eva(account: Account) -> Membership:
    return make_member(account, email="eva@example.org")


@pytest.fixture
def group(account: Account) -> Group:
    return make_group(account, "Members")


def test_m19_the_owner_makes_names_fills_and_deletes_a_group(owner: Client, account: Account, eva: Membership) -> None:
    made = owner.post(GROUPS, {"name": "Members"})
    group = Group.objects.get(account=account)
    page = f"{GROUPS}/{group.pk}"
    put = owner.post(f"{page}/users", {"person": "EVA@example.org"})
    renamed = owner.post(page, {"name": "Friends"})
    listed, shown = words(owner.get(GROUPS)), words(owner.get(page))
    removed = owner.post(f"{page}/users/{eva.pk}/remove")
    empty = words(owner.get(page))
    deleted = owner.post(f"{page}/delete")

    assert said(made) == ["The group Members is made. Now put users into it."]
    assert said(put)[-1:] == ["User is in the group Members now."]
    assert said(renamed)[-1:] == ["Saved."]
    assert "Friends 1 user" in listed
    assert "eva@example.org" in shown
    assert said(removed)[-1:] == ["User is not in the group Friends any more."]
    assert "eva@example.org" not in empty
    assert said(deleted)[-1:] == ["The group Friends is deleted. Its users stay users."]
    assert not Group.objects.exists()


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "Enter a name for the group"),
        ("x" * 61, "Enter a name of 60 characters at most"),
        ("members", "There is a group of that name already."),
    ],
)
def test_a_group_needs_a_name_of_its_own(name: str, sentence: str, owner: Client, group: Group) -> None:
    other = make_group(group.account, "Friends")

    answers = [owner.post(GROUPS, {"name": name}), owner.post(f"{GROUPS}/{other.pk}", {"name": name})]

    for answer in answers:
        assert answer.status_code == 422
        assert sentence in words(answer)
    assert set(Group.objects.values_list("name", flat=True)) == {"Members", "Friends"}


def test_whoever_is_no_user_here_comes_into_no_group(owner: Client, group: Group) -> None:
    make_member(make_account("Otra"), email="far@example.org")

    answer = owner.post(f"{GROUPS}/{group.pk}/users", {"person": "far@example.org"})

    assert answer.status_code == 422
    assert "No user here has that login name or address." in words(answer)
    assert not GroupMember.objects.exists()


def test_another_account_s_group_is_not_there(owner: Client, eva: Membership, group: Group) -> None:
    elsewhere = make_group(make_account("Otra"), "Members")

    answers = [
        owner.get(f"{GROUPS}/{elsewhere.pk}"),
        owner.post(f"{GROUPS}/{elsewhere.pk}/delete"),
        owner.post(f"{GROUPS}/{elsewhere.pk}/users", {"person": "eva@example.org"}),
        owner.get(f"{GROUPS}/{2**70}"),
    ]
    chosen = owner.post(f"/manage/Lumbre/users/{eva.pk}/groups", {"groups": [str(elsewhere.pk)]})

    assert {each.status_code for each in answers} == {404}
    assert chosen.status_code == 422
    assert not GroupMember.objects.exists()


def test_a_person_s_page_says_in_which_groups_they_are(owner: Client, eva: Membership, group: Group) -> None:
    other = make_group(group.account, "Friends")
    page = f"/manage/Lumbre/users/{eva.pk}"

    answer = owner.post(f"{page}/groups", {"groups": [str(group.pk), str(other.pk)]})
    html = owner.get(page).content.decode()
    owner.post(f"{page}/groups", {})

    assert answer.status_code == 303
    for place, each in enumerate((other, group)):
        assert f'name="groups" value="{each.pk}" id="id_groups_{place}" checked' in html
    assert not GroupMember.objects.exists()


def test_m19_a_schedule_is_for_the_users_of_its_groups(
    owner: Client, account: Account, schedule: Schedule, eva: Membership, group: Group, log_in: LogIn, client: Client
) -> None:
    paz = make_member(account, email="paz@example.org")
    put_into_group(group, "eva@example.org", by=paz, now=NOW)
    chosen = {"groups_that_see": [str(group.pk)], "groups_that_book": [str(group.pk)]}

    saved = owner.post(page_of(schedule, "access"), ACCESS | chosen)
    page = owner.get(page_of(schedule, "access")).content.decode()

    assert saved.status_code == 303
    assert page.count(f'value="{group.pk}" id="id_groups_that_see_0" checked') == 1
    assert page.count(f'value="{group.pk}" id="id_groups_that_book_0" checked') == 1
    refused = log_in(paz).get(PAGE)
    assert refused.status_code == 403
    assert "This page is for some users of Estudio Lumbre" in words(refused)
    assert "Members" not in words(refused), "which groups there are is the owner's business"
    assert log_in(eva).get(PAGE).status_code == 200
    assert "/accounts/login/" in client.get(PAGE)["Location"]
    assert Client().get("/schedule/Lumbre/").status_code == 200


def test_m19_where_a_group_only_books_others_read_why_they_cannot(
    owner: Client, account: Account, schedule: Schedule, eva: Membership, group: Group, log_in: LogIn
) -> None:
    owner.post(page_of(schedule, "access"), ACCESS | {"who_sees": "users", "groups_that_book": [str(group.pk)]})
    browser = log_in(eva)

    page = browser.get(PAGE)
    answer = browser.post(PAGE, {"start": "2026-11-26T09:00Z"})

    assert "Only some users of Estudio Lumbre can book here." in words(page)
    assert answer.status_code == 403


def test_a_group_that_decides_is_not_deleted_and_its_page_says_about_what(
    owner: Client, schedule: Schedule, group: Group
) -> None:
    chosen = {"groups_that_see": [str(group.pk)], "groups_that_book": [str(group.pk)]}
    owner.post(page_of(schedule, "access"), ACCESS | chosen)

    page = words(owner.get(f"{GROUPS}/{group.pk}"))
    answer = owner.post(f"{GROUPS}/{group.pk}/delete")

    assert "It decides who may see or book on these schedules" in page
    assert "Delete the group" not in page
    assert said(answer) == [
        "This group decides who may see or book on Consultations. Change the access there first, then delete it."
    ]
    assert Group.objects.filter(pk=group.pk).exists()
    assert "Members Nobody yet · opens Consultations" in words(owner.get(GROUPS))


@pytest.mark.parametrize(
    ("choices", "sentence"),
    [
        (ACCESS, "Choose at least one group, or let in other people."),
        (ACCESS | {"who_books": "users", "groups_that_see": "own"}, "Nobody books what they cannot see."),
        (
            ACCESS | {"who_sees": "anyone", "who_books": "anyone", "who_changes": "everybodys"},
            "Nobody changes bookings without seeing whose they are.",
        ),
        (
            {"who_sees": "anyone", "who_books": "superusers", "who_changes": "everybodys", "others_see": "names"},
            "Who may not book here changes no bookings of others.",
        ),
    ],
)
def test_contradictory_choices_of_groups_and_changes_are_refused_with_a_sentence(
    choices: dict[str, str], sentence: str, owner: Client, schedule: Schedule, group: Group
) -> None:
    form = choices | ({"groups_that_see": str(group.pk)} if "groups_that_see" in choices else {})

    answer = owner.post(page_of(schedule, "access"), form)

    schedule.refresh_from_db()
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert (schedule.who_sees, schedule.who_books, schedule.who_changes) == ("anyone", "anyone", "own")
    assert not ScheduleGroup.objects.exists()


def test_what_cannot_be_meant_says_so_beside_the_choice(owner: Client, schedule: Schedule) -> None:
    """A script disables it meanwhile; without one, the reason stands there and the server says no."""
    before = owner.get(page_of(schedule, "access")).content.decode()
    make_group(schedule.account, "Members")
    after = owner.get(page_of(schedule, "access")).content.decode()

    assert 'data-unless="others_see nothing times; who_books superusers"' in before
    assert "Only where users can book, and see at least the name of who booked." in before
    assert "There is no group yet: you make groups on the page Users." in before
    assert before.count("disabled") == 2, "nobody is in a group that is not there"
    assert "disabled" not in after
    assert 'name="groups_that_see"' not in before
    assert 'name="groups_that_see"' in after


def test_superusers_group_users_where_they_rank_them(account: Account, group: Group, log_in: LogIn) -> None:
    paz = log_in(make_member(account, Membership.Role.SUPERUSER))
    before = paz.get(GROUPS).status_code
    Account.objects.update(superusers_may=Account.SuperusersMay.RANK)

    assert (before, paz.get(GROUPS).status_code) == (403, 200)


def test_the_list_of_groups_asks_a_fixed_number_of_times(
    owner: Client, account: Account, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(3):
        make_group(account, f"Group {number}")
    owner.get(GROUPS)

    with django_assert_num_queries(8):
        owner.get(GROUPS)
