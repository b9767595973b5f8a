"""Who may what (M19): the whole matrix of rank, action and setting, as tables that read like the specification."""

from collections.abc import Mapping
from itertools import product

import pytest
from pytest_django import Settings

from convoca.booking.models import (
    Account,
    Audience,
    Booking,
    Changes,
    Group,
    GroupMember,
    Membership,
    Right,
    Schedule,
    ScheduleGroup,
    Supervision,
    Visibility,
)
from convoca.booking.questions.permissions import BY_RIGHT as WANTS
from convoca.booking.questions.permissions import (
    Action,
    Contradiction,
    Rank,
    contradictions,
    is_own,
    may,
    may_change,
    may_in_account,
    rank_of,
    sees_of_others,
)
from convoca.booking.questions.viewers import Viewer, stranger, token_holder, viewer_of
from tests.booking.building import (
    book,
    make_account,
    make_capacity_schedule,
    make_client,
    make_member,
    make_resource_schedule,
)

pytestmark = pytest.mark.django_db

# Everybody who may come by, as the columns of the tables below.
LOOKERS = (
    "stranger",
    "elsewhere",
    "blocked",
    "blocked once superuser",
    "user",
    "of a group",
    "of another",
    "of this",
    "super",
    "owner",
)


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
def viewers(account: Account, schedule: Schedule) -> Mapping[str, Viewer]:
    """One of each: the owner of another account, a superuser of another schedule, and so on."""
    role = Membership.Role
    other, elsewhere = make_capacity_schedule(account), make_account("Otra")
    people = {
        "blocked": make_member(account, role.BLOCKED),
        "blocked once superuser": make_member(account, role.BLOCKED, "once@lumbre.example"),
        "user": make_member(account),
        "of a group": make_member(account, email="group@lumbre.example"),
        "of another": make_member(account, email="another@lumbre.example"),
        "of this": make_member(account, email="this@lumbre.example"),
        "super": make_member(account, role.SUPERUSER),
        "owner": make_member(account, role.OWNER),
    }
    for name, supervised in (("blocked once superuser", schedule), ("of another", other), ("of this", schedule)):
        Supervision.objects.create(account=account, membership=people[name], schedule=supervised)
    group = Group.objects.create(account=account, name="Members")
    GroupMember.objects.create(account=account, group=group, membership=people["of a group"])
    for purpose in ScheduleGroup.Purpose:
        ScheduleGroup.objects.create(account=account, schedule=schedule, group=group, purpose=purpose)
    of_account = {name: viewer_of(account, person.user) for name, person in people.items()}
    own = make_member(elsewhere, role.OWNER)
    return {"stranger": stranger(account), "elsewhere": viewer_of(elsewhere, own.user), **of_account}


def marks(row: str) -> dict[str, bool]:
    """Read a row of a table: + may, · may not, in the order of LOOKERS."""
    return {looker: mark == "+" for looker, mark in zip(LOOKERS, row.split(), strict=True)}


def test_every_viewer_has_the_rank_that_they_are_given(schedule: Schedule, viewers: Mapping[str, Viewer]) -> None:
    assert {name: rank_of(viewer, schedule) for name, viewer in viewers.items()} == {
        "stranger": Rank.VISITOR,
        "elsewhere": Rank.VISITOR,
        "blocked": Rank.BLOCKED,
        "blocked once superuser": Rank.BLOCKED,
        "user": Rank.USER,
        "of a group": Rank.USER,
        "of another": Rank.USER,
        "of this": Rank.SUPERUSER,
        "super": Rank.SUPERUSER,
        "owner": Rank.OWNER,
    }


def test_a_superuser_of_one_schedule_is_a_user_to_the_account(viewers: Mapping[str, Viewer]) -> None:
    assert rank_of(viewers["of this"]) is Rank.USER


# Who sees, who books, and then: who may see, who may book. Never wider than who sees.
# fmt: off
SEEING_AND_BOOKING = [
    # of the schedule's page           stranger elsewhere blocked once user group other this super owner
    ("anyone",     "anyone",     Action.SEE,  "+ · · · + + + + + +"),
    ("anyone",     "anyone",     Action.BOOK, "+ · · · + + + + + +"),
    ("anyone",     "users",      Action.SEE,  "+ · · · + + + + + +"),
    ("anyone",     "users",      Action.BOOK, "· · · · + + + + + +"),
    ("anyone",     "groups",     Action.SEE,  "+ · · · + + + + + +"),
    ("anyone",     "groups",     Action.BOOK, "· · · · · + · + + +"),
    ("anyone",     "superusers", Action.SEE,  "+ · · · + + + + + +"),
    ("anyone",     "superusers", Action.BOOK, "· · · · · · · + + +"),
    ("users",      "anyone",     Action.SEE,  "· · · · + + + + + +"),
    ("users",      "anyone",     Action.BOOK, "· · · · + + + + + +"),
    ("users",      "users",      Action.SEE,  "· · · · + + + + + +"),
    ("users",      "users",      Action.BOOK, "· · · · + + + + + +"),
    ("users",      "groups",     Action.SEE,  "· · · · + + + + + +"),
    ("users",      "groups",     Action.BOOK, "· · · · · + · + + +"),
    ("users",      "superusers", Action.SEE,  "· · · · + + + + + +"),
    ("users",      "superusers", Action.BOOK, "· · · · · · · + + +"),
    ("groups",     "anyone",     Action.SEE,  "· · · · · + · + + +"),
    ("groups",     "anyone",     Action.BOOK, "· · · · · + · + + +"),
    ("groups",     "users",      Action.SEE,  "· · · · · + · + + +"),
    ("groups",     "users",      Action.BOOK, "· · · · · + · + + +"),
    ("groups",     "groups",     Action.SEE,  "· · · · · + · + + +"),
    ("groups",     "groups",     Action.BOOK, "· · · · · + · + + +"),
    ("groups",     "superusers", Action.SEE,  "· · · · · + · + + +"),
    ("groups",     "superusers", Action.BOOK, "· · · · · · · + + +"),
    ("superusers", "anyone",     Action.SEE,  "· · · · · · · + + +"),
    ("superusers", "anyone",     Action.BOOK, "· · · · · · · + + +"),
    ("superusers", "users",      Action.SEE,  "· · · · · · · + + +"),
    ("superusers", "users",      Action.BOOK, "· · · · · · · + + +"),
    ("superusers", "groups",     Action.SEE,  "· · · · · · · + + +"),
    ("superusers", "groups",     Action.BOOK, "· · · · · · · + + +"),
    ("superusers", "superusers", Action.SEE,  "· · · · · · · + + +"),
    ("superusers", "superusers", Action.BOOK, "· · · · · · · + + +"),
]
# fmt: on


@pytest.mark.parametrize(("sees", "books", "action", "row"), SEEING_AND_BOOKING)
def test_m19_who_sees_and_who_books(
    sees: str, books: str, action: Action, row: str, schedule: Schedule, viewers: Mapping[str, Viewer]
) -> None:
    schedule.who_sees, schedule.who_books = Audience(sees), Audience(books)

    assert {looker: may(viewer, action, schedule) for looker, viewer in viewers.items()} == marks(row)


def test_the_table_of_seeing_and_booking_is_whole() -> None:
    found = {(sees, books, action) for sees, books, action, _ in SEEING_AND_BOOKING}

    assert found == set(product(Audience.values, Audience.values, (Action.SEE, Action.BOOK)))


@pytest.mark.parametrize(
    ("action", "row"),
    [
        (Action.SUPERVISE, "· · · · · · · + + +"),
        (Action.CONFIGURE, "· · · · · · · · · +"),
    ],
)
@pytest.mark.parametrize("audience", Audience)
def test_m19_who_supervises_and_configures_whatever_the_settings(
    audience: Audience, action: Action, row: str, schedule: Schedule, viewers: Mapping[str, Viewer]
) -> None:
    schedule.who_sees = schedule.who_books = audience

    assert {looker: may(viewer, action, schedule) for looker, viewer in viewers.items()} == marks(row)


# fmt: off
BY_RIGHT = [
    # What is granted               stranger elsewhere blocked once user group other this super owner
    (Right.BOOKINGS,     Action.CHANGE,    "· · · · · · · + + +"),
    (Right.BEYOND_RULES, Action.GO_BEYOND, "· · · · · · · + + +"),
    (Right.HOURS,        Action.OPEN,      "· · · · · · · + + +"),
    (Right.LAYOUT,       Action.WORD,      "· · · · · · · + + +"),
]
# fmt: on
NOBODY_BUT_THE_OWNER = "· · · · · · · · · +"


@pytest.mark.parametrize(("right", "action", "row"), BY_RIGHT)
@pytest.mark.parametrize("is_granted", [True, False])
def test_m19_who_may_what_of_that_which_the_owner_grants_one_by_one(
    is_granted: bool, right: Right, action: Action, row: str, schedule: Schedule, viewers: Mapping[str, Viewer]
) -> None:
    """To everybody who is there, superuser or not, and granted alone, or withheld alone."""
    granted = {each.value: (each is right) is is_granted for each in Right}
    Membership.objects.update(**granted)
    Supervision.objects.update(**granted)
    anew = {name: _again(schedule.account, viewer) for name, viewer in viewers.items()}

    right_row = row if is_granted else NOBODY_BUT_THE_OWNER
    assert {looker: may(viewer, action, schedule) for looker, viewer in anew.items()} == marks(right_row)


def _again(account: Account, viewer: Viewer) -> Viewer:
    if viewer.membership is None:
        return viewer
    return viewer_of(viewer.membership.account, viewer.membership.user)


def test_the_table_of_rights_is_whole() -> None:
    assert {(right, action) for right, action, _ in BY_RIGHT} == {(right, action) for action, right in WANTS.items()}
    assert {right for right, _, _ in BY_RIGHT} == set(Right)


# fmt: off
OF_THE_ACCOUNT = [
    # What superusers may do             stranger elsewhere blocked once user group other this super owner
    ("unseen",  Action.SEE_PEOPLE,  "· · · · · · · · · +"),
    ("unseen",  Action.ADD_PEOPLE,  "· · · · · · · · · +"),
    ("unseen",  Action.BLOCK_PEOPLE, "· · · · · · · · · +"),
    ("unseen",  Action.RANK_PEOPLE, "· · · · · · · · · +"),
    ("unseen",  Action.GOVERN,      "· · · · · · · · · +"),
    ("nothing", Action.BLOCK_PEOPLE, "· · · · · · · · · +"),
    ("add",     Action.BLOCK_PEOPLE, "· · · · · · · · · +"),
    ("rank",    Action.BLOCK_PEOPLE, "· · · · · · · · + +"),
    ("rank",    Action.DRESS,       "· · · · · · · · · +"),
    ("nothing", Action.SEE_PEOPLE,  "· · · · · · · · + +"),
    ("nothing", Action.ADD_PEOPLE,  "· · · · · · · · · +"),
    ("nothing", Action.RANK_PEOPLE, "· · · · · · · · · +"),
    ("nothing", Action.GOVERN,      "· · · · · · · · · +"),
    ("add",     Action.SEE_PEOPLE,  "· · · · · · · · + +"),
    ("add",     Action.ADD_PEOPLE,  "· · · · · · · · + +"),
    ("add",     Action.RANK_PEOPLE, "· · · · · · · · · +"),
    ("add",     Action.GOVERN,      "· · · · · · · · · +"),
    ("rank",    Action.SEE_PEOPLE,  "· · · · · · · · + +"),
    ("rank",    Action.ADD_PEOPLE,  "· · · · · · · · + +"),
    ("rank",    Action.RANK_PEOPLE, "· · · · · · · · + +"),
    ("rank",    Action.GOVERN,      "· · · · · · · · · +"),
]
# fmt: on


@pytest.mark.parametrize(("superusers_may", "action", "row"), OF_THE_ACCOUNT)
def test_m19_who_may_what_to_the_users_of_an_account(
    superusers_may: str, action: Action, row: str, account: Account, viewers: Mapping[str, Viewer]
) -> None:
    account.superusers_may = superusers_may

    assert {looker: may_in_account(viewer, action, account) for looker, viewer in viewers.items()} == marks(row)


# fmt: off
CHANGING = [
    # Whose bookings users change, whose booking it is
    #                                   stranger elsewhere blocked once user group other this super owner
    ("nobodys",    "theirs",    "· · · · · · · + + +"),
    ("nobodys",    "another's", "· · · · · · · + + +"),
    ("own",        "theirs",    "· · · · + + + + + +"),
    ("own",        "another's", "· · · · · · · + + +"),
    ("everybodys", "theirs",    "· · · · + + + + + +"),
    ("everybodys", "another's", "· · · · + + + + + +"),
]
# fmt: on


@pytest.mark.parametrize(("who_changes", "whose", "row"), CHANGING)
def test_m19_whose_bookings_may_be_changed(
    who_changes: str, whose: str, row: str, schedule: Schedule, viewers: Mapping[str, Viewer]
) -> None:
    schedule.who_changes, schedule.others_see = Changes(who_changes), Visibility.NAMES
    booking = book(schedule)

    def changes(viewer: Viewer) -> bool:
        # Whoever may look books in their own name where that is meant; nobody's is a guest's.
        booking.membership = viewer.membership if whose == "theirs" else None
        return may_change(viewer, booking, schedule)

    assert {looker: changes(viewer) for looker, viewer in viewers.items()} == marks(row)


def test_the_table_of_changing_is_whole() -> None:
    """A choice was offered once that no page kept."""
    assert {(who, whose) for who, whose, _ in CHANGING} == set(product(Changes.values, ("theirs", "another's")))


@pytest.mark.parametrize("others_see", Visibility)
@pytest.mark.parametrize("who_books", Audience)
def test_m19_everybody_s_bookings_are_changed_by_users_who_may_book_and_see_whose_they_are(
    who_books: Audience, others_see: Visibility, schedule: Schedule, viewers: Mapping[str, Viewer]
) -> None:
    schedule.who_changes, schedule.who_books, schedule.others_see = Changes.EVERYBODYS, who_books, others_see
    booking = book(schedule)
    told = others_see in {Visibility.NAMES, Visibility.EVERYTHING}
    users = {"user", "of a group", "of another"}
    booking_users = {looker for looker in users if may(viewers[looker], Action.BOOK, schedule)}

    changing = {looker for looker, viewer in viewers.items() if may_change(viewer, booking, schedule)}

    assert changing == {"of this", "super", "owner"} | (booking_users if told else set())


def test_everybody_s_bookings_are_those_of_the_schedule_s_own_account(
    schedule: Schedule, viewers: Mapping[str, Viewer]
) -> None:
    schedule.who_changes, schedule.others_see = Changes.EVERYBODYS, Visibility.NAMES
    elsewhere = book(make_resource_schedule(make_account("Tercera")))

    assert not may_change(viewers["user"], elsewhere, schedule)


def test_a_blocked_person_s_booking_is_no_other_user_s_to_change(
    schedule: Schedule, account: Account, viewers: Mapping[str, Viewer]
) -> None:
    schedule.who_changes, schedule.others_see = Changes.EVERYBODYS, Visibility.NAMES
    barred = book(schedule, client=make_client(membership=viewers["blocked"].membership))

    assert not may_change(viewers["user"], barred, schedule)
    assert may_change(viewers["super"], barred, schedule)


# --- the holder of a booking's address ---


@pytest.fixture
def bookings(account: Account, schedule: Schedule) -> tuple[Booking, Booking]:
    """Two bookings of the same guest: same name, same address."""
    return book(schedule, "10:00"), book(schedule, "11:00")


def test_a_token_is_for_exactly_its_own_booking(bookings: tuple[Booking, Booking], schedule: Schedule) -> None:
    holder = token_holder(bookings[0])

    assert [is_own(holder, booking) for booking in bookings] == [True, False]
    assert [may_change(holder, booking, schedule) for booking in bookings] == [True, False]


@pytest.mark.parametrize(("who_changes", "may_it"), [("nobodys", False), ("own", True)])
def test_a_token_changes_its_booking_as_far_as_users_change_their_own(
    who_changes: str, may_it: bool, bookings: tuple[Booking, Booking], schedule: Schedule
) -> None:
    schedule.who_changes = Changes(who_changes)

    assert may_change(token_holder(bookings[0]), bookings[0], schedule) is may_it
    assert not may_change(token_holder(bookings[0]), bookings[1], schedule)


@pytest.mark.parametrize("action", [Action.SUPERVISE, Action.CONFIGURE])
def test_a_token_gives_no_right_to_the_schedule(
    action: Action, bookings: tuple[Booking, Booking], schedule: Schedule
) -> None:
    assert not may(token_holder(bookings[0]), action, schedule)


def test_a_token_of_a_user_s_booking_gives_none_of_the_user_s_other_rights(
    account: Account, schedule: Schedule
) -> None:
    owner = make_member(account, Membership.Role.OWNER)
    first = book(schedule, "10:00", client=make_client(membership=owner))
    second = book(schedule, "11:00", client=make_client(membership=owner))
    holder = token_holder(first)

    assert rank_of(holder, schedule) is Rank.VISITOR
    assert not is_own(holder, second)


# --- what is seen of the bookings of others ---


@pytest.mark.parametrize("others_see", Visibility)
@pytest.mark.parametrize("who_sees", Audience)
def test_m19_what_is_seen_of_the_bookings_of_others(
    who_sees: Audience, others_see: Visibility, schedule: Schedule, viewers: Mapping[str, Viewer]
) -> None:
    """Four levels for those who may see the page; everything for who supervises; nothing for everybody else."""
    schedule.who_sees, schedule.others_see = who_sees, others_see

    for looker, viewer in viewers.items():
        expected = others_see if may(viewer, Action.SEE, schedule) else Visibility.NOTHING
        if looker in {"of this", "super", "owner"}:
            expected = Visibility.EVERYTHING
        assert sees_of_others(viewer, schedule) == expected, looker


# --- what cannot be meant together ---


@pytest.mark.parametrize(
    ("who_sees", "who_books", "found"),
    [
        ("anyone", "anyone", ()),
        ("users", "anyone", (Contradiction.BOOKS_UNSEEN,)),
        ("superusers", "users", (Contradiction.BOOKS_UNSEEN,)),
        ("users", "users", ()),
        ("anyone", "superusers", ()),
        ("superusers", "anyone", (Contradiction.BOOKS_UNSEEN,)),
    ],
)
def test_contradictory_choices_are_named(who_sees: str, who_books: str, found: tuple[Contradiction, ...]) -> None:
    assert contradictions(who_sees=Audience(who_sees), who_books=Audience(who_books)) == found


def test_where_nothing_is_contradictory_whoever_may_book_may_see(
    schedule: Schedule, viewers: Mapping[str, Viewer]
) -> None:
    for sees, books in product(Audience, Audience):
        schedule.who_sees, schedule.who_books = sees, books
        clash = contradictions(who_sees=sees, who_books=books, groups_that_see={1}, groups_that_book={1})
        if not clash:
            lone = {name for name, viewer in viewers.items() if may(viewer, Action.BOOK, schedule)}
            assert lone <= {name for name, viewer in viewers.items() if may(viewer, Action.SEE, schedule)}
