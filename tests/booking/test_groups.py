"""Groups of users (M19): made, filled and deleted, and what they open."""

from typing import Any

import pytest
from django.db import connection
from django.db.models import RestrictedError
from pytest_django import DjangoAssertNumQueries, Settings

from convoca.booking.models import (
    Account,
    Audience,
    AuditEntry,
    Changes,
    Group,
    GroupMember,
    Membership,
    Schedule,
    ScheduleGroup,
    Visibility,
)
from convoca.booking.operations.access import Access, set_access
from convoca.booking.operations.groups import (
    delete_group,
    make_group,
    put_into_group,
    rename_group,
    set_groups,
    take_out_of_group,
)
from convoca.booking.operations.refusals import ContradictoryAccess, GroupExists, GroupInUse, NoSuchGroup, NoSuchUser
from convoca.booking.questions.groups import people_by_group, schedules_by_group, schedules_of
from convoca.booking.questions.permissions import Action, Contradiction, contradictions, may
from convoca.booking.questions.viewers import viewer_of
from tests.booking.building import NOW, make_account, make_capacity_schedule, make_member, make_resource_schedule

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quick_passwords(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def account() -> Account:
    return make_account()


@pytest.fixture
def schedule(account: Account) -> Schedule:
    return make_resource_schedule(account)


@pytest.fixture
def owner(account: Account) -> Membership:
    return make_member(account, Membership.Role.OWNER)


@pytest.fixture
def eva(account: Account) -> Membership:
    return make_member(account, email="eva@example.org")


def for_groups(sees: set[int], books: set[int], **others: Any) -> Access:
    choices: dict[str, Any] = {
        "who_sees": Audience.GROUPS,
        "who_books": Audience.GROUPS,
        "who_changes": Changes.OWN,
        "others_see": Visibility.NOTHING,
    }
    return Access(**choices | others, groups_that_see=frozenset(sees), groups_that_book=frozenset(books))


def admitted(schedule: Schedule) -> set[tuple[str, str]]:
    return set(ScheduleGroup.objects.filter(schedule=schedule).values_list("purpose", "group__name"))


def test_a_group_is_made_named_filled_emptied_and_deleted(account: Account, owner: Membership, eva: Membership) -> None:
    group = make_group(account, "Members")
    rename_group(group, "Friends")
    put_into_group(group, "EVA@example.org", by=owner, now=NOW)
    people = people_by_group(account)
    take_out_of_group(group, eva, by=owner, now=NOW)

    delete_group(group)

    assert people == {group.pk: 1}
    assert not Group.objects.exists()
    assert Membership.objects.filter(pk=eva.pk, role=Membership.Role.USER).exists()
    assert list(AuditEntry.objects.values_list("verb", "person", "fields")) == [("ranked", eva.pk, "groups")] * 2


def test_a_name_is_one_group_s_in_an_account_however_it_is_written(account: Account) -> None:
    make_group(account, "Members")
    other = make_group(account, "Friends")
    make_group(make_account("Otra"), "Members")

    with pytest.raises(GroupExists):
        make_group(account, "MEMBERS")
    with pytest.raises(GroupExists):
        rename_group(other, "members")
    rename_group(other, "FRIENDS")

    assert set(Group.objects.filter(account=account).values_list("name", flat=True)) == {"Members", "FRIENDS"}


def test_a_person_is_in_as_many_groups_as_is_said_and_in_no_other_account_s(
    account: Account, owner: Membership, eva: Membership
) -> None:
    first, second, third = (make_group(account, name) for name in ("A", "B", "C"))
    elsewhere = make_group(make_account("Otra"), "A")
    set_groups(eva, [first.pk, second.pk], by=owner, now=NOW)

    set_groups(eva, [second.pk, third.pk], by=owner, now=NOW)
    set_groups(eva, [second.pk, third.pk], by=owner, now=NOW)
    with pytest.raises(NoSuchGroup):
        set_groups(eva, [first.pk, elsewhere.pk], by=owner, now=NOW)
    with pytest.raises(NoSuchUser):
        put_into_group(elsewhere, "eva@example.org", by=owner, now=NOW)

    assert set(Group.objects.filter(members=eva).values_list("name", flat=True)) == {"B", "C"}
    assert AuditEntry.objects.filter(person=eva).count() == 2, "what changes nothing is not noted"


def test_m19_a_schedule_is_open_to_the_users_of_its_groups_alone(
    account: Account, schedule: Schedule, owner: Membership, eva: Membership
) -> None:
    group, larger = make_group(account, "Members"), make_group(account, "Everybody")
    set_groups(eva, [larger.pk], by=owner, now=NOW)

    set_access(schedule, for_groups({group.pk, larger.pk}, {group.pk}))

    viewer = viewer_of(account, eva.user)
    assert admitted(schedule) == {("sees", "Members"), ("sees", "Everybody"), ("books", "Members")}
    assert (may(viewer, Action.SEE, schedule), may(viewer, Action.BOOK, schedule)) == (True, False)
    assert may(viewer_of(account, owner.user), Action.BOOK, schedule)


def test_groups_that_decide_no_longer_are_forgotten(account: Account, schedule: Schedule) -> None:
    group = make_group(account, "Members")
    set_access(schedule, for_groups({group.pk}, {group.pk}))

    set_access(schedule, for_groups({group.pk}, {group.pk}, who_sees=Audience.USERS, who_books=Audience.USERS))

    assert admitted(schedule) == set()


def test_a_group_of_another_account_opens_nothing(account: Account, schedule: Schedule) -> None:
    elsewhere = make_group(make_account("Otra"), "Members")

    with pytest.raises(NoSuchGroup):
        set_access(schedule, for_groups({elsewhere.pk}, {elsewhere.pk}))

    schedule.refresh_from_db()
    assert schedule.who_sees == Audience.ANYONE
    assert admitted(schedule) == set()


def test_contradictory_groups_are_refused_and_nothing_is_saved(account: Account, schedule: Schedule) -> None:
    first, second = make_group(account, "A"), make_group(account, "B")

    with pytest.raises(ContradictoryAccess) as refused:
        set_access(schedule, for_groups({first.pk}, {second.pk}))

    schedule.refresh_from_db()
    assert refused.value.contradictions == (Contradiction.BOOKS_UNSEEN,)
    assert schedule.who_sees == Audience.ANYONE


def test_a_group_that_decides_about_schedules_is_not_deleted_and_they_are_named(
    account: Account, schedule: Schedule
) -> None:
    group, unused = make_group(account, "Members"), make_group(account, "Unused")
    yoga = make_capacity_schedule(account, position=1)
    for each in (yoga, schedule):
        set_access(each, for_groups({group.pk}, {group.pk}))

    with pytest.raises(GroupInUse) as refused:
        delete_group(group)
    delete_group(unused)

    assert refused.value.schedules == ("Consultations", "Yoga")
    assert schedules_of(group) == ["Consultations", "Yoga"]
    assert schedules_by_group(account) == {group.pk: ["Consultations", "Yoga"]}
    assert list(Group.objects.all()) == [group]


def test_behind_that_the_tables_keep_a_group_that_is_named(account: Account, schedule: Schedule) -> None:
    group = make_group(account, "Members")
    set_access(schedule, for_groups({group.pk}, {group.pk}))

    with pytest.raises(RestrictedError):
        group.delete()

    assert connection.in_atomic_block
    assert Group.objects.filter(pk=group.pk).exists()


def test_m19_a_group_opens_only_what_names_it_and_only_for_its_purpose(account: Account, schedule: Schedule) -> None:
    group = Group.objects.create(account=account, name="Members")
    person = make_member(account, email="group@lumbre.example")
    GroupMember.objects.create(account=account, group=group, membership=person)
    schedule.who_sees, schedule.who_books = Audience.GROUPS, Audience.GROUPS
    answers = []

    for purpose in (None, ScheduleGroup.Purpose.BOOKS, ScheduleGroup.Purpose.SEES):
        if purpose:
            ScheduleGroup.objects.create(account=account, schedule=schedule, group=group, purpose=purpose)
        viewer = viewer_of(account, person.user)
        answers.append((may(viewer, Action.SEE, schedule), may(viewer, Action.BOOK, schedule)))

    assert answers == [(False, False), (False, False), (True, True)]


def test_a_blocked_user_of_a_group_sees_nothing(account: Account, schedule: Schedule) -> None:
    group = Group.objects.create(account=account, name="Members")
    person = make_member(account, Membership.Role.BLOCKED)
    GroupMember.objects.create(account=account, group=group, membership=person)
    ScheduleGroup.objects.create(account=account, schedule=schedule, group=group, purpose=ScheduleGroup.Purpose.SEES)
    schedule.who_sees = Audience.GROUPS

    assert not may(viewer_of(account, person.user), Action.SEE, schedule)


def test_what_groups_open_is_asked_once_and_only_where_groups_decide(
    account: Account, schedule: Schedule, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    viewer = viewer_of(account, make_member(account).user)

    with django_assert_num_queries(0):
        may(viewer, Action.BOOK, schedule)
    schedule.who_sees = schedule.who_books = Audience.GROUPS
    with django_assert_num_queries(1):
        may(viewer, Action.BOOK, schedule)
        may(viewer, Action.SEE, schedule)


CONTRADICTORY = [
    ({"who_sees": "groups"}, (Contradiction.NOBODY_SEES, Contradiction.BOOKS_UNSEEN)),
    ({"who_sees": "groups", "groups_that_see": {1}}, (Contradiction.BOOKS_UNSEEN,)),
    ({"who_books": "groups"}, (Contradiction.NOBODY_BOOKS,)),
    ({"who_books": "groups", "groups_that_book": {1}}, ()),
    ({"who_sees": "groups", "groups_that_see": {1}, "who_books": "groups"}, (Contradiction.NOBODY_BOOKS,)),
    ({"who_sees": "groups", "groups_that_see": {1, 2}, "who_books": "groups", "groups_that_book": {2}}, ()),
    (
        {"who_sees": "groups", "groups_that_see": {1}, "who_books": "groups", "groups_that_book": {1, 2}},
        (Contradiction.BOOKS_UNSEEN,),
    ),
    ({"who_sees": "groups", "groups_that_see": {1}, "who_books": "superusers"}, ()),
    ({"who_changes": "everybodys"}, (Contradiction.CHANGES_UNSEEN,)),
    ({"who_changes": "everybodys", "others_see": "times"}, (Contradiction.CHANGES_UNSEEN,)),
    ({"who_changes": "everybodys", "others_see": "names"}, ()),
    ({"who_changes": "everybodys", "others_see": "everything"}, ()),
    (
        {"who_changes": "everybodys", "others_see": "names", "who_books": "superusers"},
        (Contradiction.CHANGES_UNBOOKED,),
    ),
]


@pytest.mark.parametrize(("choices", "found"), CONTRADICTORY)
def test_contradictions_of_groups_and_of_everybody_s_bookings_are_named(
    choices: dict[str, Any], found: tuple[Contradiction, ...]
) -> None:
    assert contradictions(**{"who_sees": "anyone", "who_books": "anyone"} | choices) == found
