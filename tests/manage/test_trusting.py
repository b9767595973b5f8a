"""What the owner lets each superuser do (M19, product.md §5): every right at every door, granted and not."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import product

import pytest
from django.test import Client

from convoca.booking.models import (
    Account,
    AuditEntry,
    Booking,
    Membership,
    Resource,
    Right,
    Schedule,
    Slot,
    Supervision,
)
from convoca.booking.operations.cancelling import cancel
from tests.booking.building import (
    NOW,
    THURSDAY,
    at,
    book,
    make_account,
    make_capacity_schedule,
    make_class,
    make_client,
    make_member,
    make_resource_schedule,
    sign_up,
)
from tests.manage.conftest import LogIn
from tests.manage.people import page_of, trail
from tests.manage.reading import said, words

Role = Membership.Role
EVA = {"name": "Eva Gómez", "email": "eva@example.org"}


@dataclass(frozen=True, kw_only=True)
class Scene:
    """One schedule of each sort, with a booking on it, and one superuser: of the account, or of these alone."""

    account: Account
    paz: Membership
    rooms: Schedule
    yoga: Schedule
    booking: Booking
    slot: Slot

    @property
    def new_booking(self) -> str:
        return f"/manage/Lumbre/bookings/new?schedule={self.rooms.slug}"

    def at(self, clock: str) -> dict[str, str]:
        """Return a form's choice of half an hour of the room."""
        room = str(self.rooms.listed.get().resource_id)
        return {"on": THURSDAY.isoformat(), "at": clock, "resource": room, "length": "30"}

    def grant(self, *rights: Right) -> None:
        granted = {right.value: right in rights for right in Right}
        Membership.objects.filter(pk=self.paz.pk).update(**granted)
        Supervision.objects.filter(membership=self.paz).update(**granted)


@pytest.fixture(params=["account", "schedule"])
def scene(request: pytest.FixtureRequest, account: Account) -> Scene:
    everywhere = request.param == "account"
    rooms, yoga = make_resource_schedule(account), make_capacity_schedule(account)
    paz = make_member(account, Role.SUPERUSER if everywhere else Role.USER, "paz@example.org")
    if not everywhere:
        for schedule in (rooms, yoga):
            Supervision.objects.create(account=account, membership=paz, schedule=schedule)
    return Scene(account=account, paz=paz, rooms=rooms, yoga=yoga, booking=book(rooms), slot=make_class(yoga))


@dataclass(frozen=True, kw_only=True)
class Door:
    """One thing that can be asked for: with which right, where, and with what."""

    right: Right
    path: Callable[[Scene], str]
    form: Mapping[str, str] | None = field(default_factory=dict)


def of_booking(act: str) -> Callable[[Scene], str]:
    return lambda scene: f"/manage/Lumbre/bookings/{scene.booking.pk}{act}"


def of_slot(act: str = "") -> Callable[[Scene], str]:
    return lambda scene: f"/manage/Lumbre/schedules/{scene.yoga.slug}/slots/{scene.slot.pk}{act}"


def of_rooms(page: str) -> Callable[[Scene], str]:
    return lambda scene: f"/manage/Lumbre/schedules/{scene.rooms.slug}/{page}"


def of_resource(page: str) -> Callable[[Scene], str]:
    return lambda scene: of_rooms(f"resources/{Resource.objects.get().pk}/{page}")(scene)


DOORS = [
    *(Door(right=Right.BOOKINGS, path=of_booking(act), form=None) for act in ("/decline", "/cancel", "/move", "/edit")),
    *(
        Door(right=Right.BOOKINGS, path=of_booking(act))
        for act in ("/approve", "/decline", "/cancel", "/move", "/edit", "/undo")
    ),
    Door(right=Right.BOOKINGS, path=of_slot(), form=None),
    Door(right=Right.BOOKINGS, path=of_slot("/cancel"), form=None),
    *(Door(right=Right.BOOKINGS, path=of_slot(act)) for act in ("", "/cancel", "/undo")),
    Door(right=Right.BOOKINGS, path=lambda scene: f"/manage/Lumbre/schedules/{scene.yoga.slug}/slots"),
    Door(right=Right.BOOKINGS, path=lambda scene: f"/manage/Lumbre/slots/{scene.booking.slot_id}/link"),
    Door(right=Right.HOURS, path=of_rooms("hours"), form=None),
    *(Door(right=Right.HOURS, path=of_rooms(page)) for page in ("hours", "hours/days", "hours/days/1/remove")),
    Door(right=Right.HOURS, path=of_resource("hours"), form=None),
    *(Door(right=Right.HOURS, path=of_resource(page)) for page in ("hours", "hours/days", "hours/days/1/remove")),
    Door(right=Right.LAYOUT, path=of_rooms("layout"), form=None),
    Door(right=Right.LAYOUT, path=of_rooms("layout")),
    Door(right=Right.LAYOUT, path=of_rooms("layout/confirmation/en"), form=None),
    Door(right=Right.LAYOUT, path=of_rooms("layout/confirmation/en"), form={"do": "restore"}),
    Door(right=Right.LAYOUT, path=of_rooms("layout/confirmation/en/preview"), form=None),
]


@pytest.mark.parametrize("right", [Right.BOOKINGS, Right.HOURS, Right.LAYOUT])
def test_m19_every_door_refuses_what_was_not_granted_and_opens_for_what_was(
    right: Right, scene: Scene, log_in: LogIn
) -> None:
    browser, wrong = log_in(scene.paz), []
    for door, granted in product((each for each in DOORS if each.right is right), (False, True)):
        scene.grant(*([right] if granted else set(Right) - {right}))
        path = door.path(scene)
        answer = browser.get(path) if door.form is None else browser.post(path, dict(door.form))
        if (answer.status_code != 403) is not granted or answer.status_code in {404, 405}:
            wrong.append(f"{path} answers {answer.status_code} where it is {'' if granted else 'not '}granted")
        if not granted:
            assert "Nothing was changed. The owner can give you this right." in words(answer)

    assert not wrong, "\n".join(wrong)


def test_what_is_refused_changes_nothing(scene: Scene, log_in: LogIn) -> None:
    scene.grant()
    browser = log_in(scene.paz)

    browser.post(of_booking("/cancel")(scene))
    browser.post(of_booking("/move")(scene), {"start": at("15:00").isoformat()})
    browser.post(of_slot("/cancel")(scene), {"which": "this"})

    now = Booking.objects.select_related("slot").get(pk=scene.booking.pk)
    assert (now.status, now.slot.starts_at) == (scene.booking.status, scene.booking.slot.starts_at)
    assert Slot.objects.get(pk=scene.slot.pk).is_live


def test_who_may_not_change_bookings_sees_them_and_books_for_people(scene: Scene, log_in: LogIn) -> None:
    scene.grant()
    browser = log_in(scene.paz)

    page = browser.get(of_booking("")(scene))
    booked = browser.post(scene.new_booking, EVA | scene.at("15:00"))

    assert "Luis Pérez" in words(page)
    assert booked.status_code == 303
    assert Booking.objects.filter(name="Eva Gómez").count() == 1


PAGES: dict[str, Callable[[Scene], str]] = {
    "of the booking": of_booking(""),
    "of the day": lambda _: f"/manage/Lumbre/?day={THURSDAY}",
    "of the slots": lambda scene: f"/manage/Lumbre/schedules/{scene.yoga.slug}/slots",
    "of one slot": lambda scene: f"/manage/Lumbre/slots/{scene.slot.pk}",
    "of what was cancelled": lambda _: "/manage/Lumbre/supervise?view=trash",
}
ACTS = ("/cancel", "/move", "/edit", "/approve", "/decline", "/undo", "/link")


@pytest.mark.parametrize("page", PAGES)
def test_no_page_shows_a_button_that_will_be_refused(page: str, scene: Scene, log_in: LogIn) -> None:
    Schedule.objects.update(link_source="jitsi")
    sign_up(scene.slot)
    Booking.objects.filter(pk=scene.booking.pk).update(status=Booking.Status.PENDING)
    cancel(book(scene.rooms, "16:00", client=make_client(email="eva@example.org")), now=NOW)
    browser, path = log_in(scene.paz), PAGES[page](scene)

    scene.grant(*Right)
    with_all = acts_on(browser.get(path).content.decode(), scene)
    scene.grant()
    with_none = acts_on(browser.get(path).content.decode(), scene)

    assert with_all
    assert with_none == []


def acts_on(html: str, scene: Scene) -> list[str]:
    """Return the addresses on a page at which something of others is changed."""
    slots = f"/manage/Lumbre/schedules/{scene.yoga.slug}/slots/{scene.slot.pk}"
    addresses = [part.partition('"')[0] for mark in ('href="', 'action="') for part in html.split(mark)[1:]]
    found = [each for each in addresses if each.partition("?")[0].endswith(ACTS) or each.startswith(slots)]
    return [each for each in found if "new" not in each] + (["new slot"] if 'id="new-slot"' in html else [])


# --- hours and limits ---


def test_whom_hours_bind_books_within_them_alone(scene: Scene, log_in: LogIn) -> None:
    scene.grant(Right.BOOKINGS)
    browser, page = log_in(scene.paz), scene.new_booking
    early = EVA | scene.at("06:00") | {"anyway": "1"}

    refused = browser.post(page, early)
    scene.grant(Right.BOOKINGS, Right.BEYOND_RULES)
    booked = browser.post(page, early)

    assert refused.status_code == 422
    assert "outside the opening hours, and you may not go beyond them" in words(refused)
    assert "anyway" not in refused.content.decode()
    assert booked.status_code == 303


def test_whom_limits_bind_moves_within_them_alone(scene: Scene, log_in: LogIn) -> None:
    scene.grant(Right.BOOKINGS)
    browser, page = log_in(scene.paz), of_booking("/move")(scene)
    late = {"on": THURSDAY.isoformat(), "at": "22:00"}

    shown, refused = browser.get(page), browser.post(page, late)
    scene.grant(Right.BOOKINGS, Right.BEYOND_RULES)
    moved = browser.post(page, late)

    assert "Within the opening hours and the limits of this schedule." in words(shown)
    assert (refused.status_code, moved.status_code) == (422, 303)
    assert Slot.objects.get(pk=scene.booking.slot_id).starts_at == at("22:00")


def test_whom_limits_bind_is_told_of_a_limit_of_the_person(scene: Scene, log_in: LogIn) -> None:
    Schedule.objects.filter(pk=scene.rooms.pk).update(most_per_day=1)
    scene.grant()
    again = {"name": "Luis Pérez", "email": "luis@example.org"}

    refused = log_in(scene.paz).post(scene.new_booking, again | scene.at("15:00"))

    assert refused.status_code == 422
    assert "The rules of this schedule do not allow it, and you may not go beyond them." in words(refused)


def test_nobody_approves_what_a_bound_superuser_books_for_people(scene: Scene, log_in: LogIn) -> None:
    Schedule.objects.filter(pk=scene.rooms.pk).update(requires_approval=True, is_paused=True)
    scene.grant()

    log_in(scene.paz).post(scene.new_booking, EVA | scene.at("15:00"))

    assert Booking.objects.get(name="Eva Gómez").status == Booking.Status.CONFIRMED


# --- hours of what several schedules share, looks ---


def test_the_hours_of_a_shared_resource_want_the_right_on_every_schedule_that_lists_it(
    account: Account, log_in: LogIn
) -> None:
    rooms, talks = make_resource_schedule(account), make_resource_schedule(account, slug="talks", name="Talks")
    shared = rooms.listed.get().resource
    paz = make_member(account, email="paz@example.org")
    Supervision.objects.create(account=account, membership=paz, schedule=rooms, changes_hours=True)
    browser, page = log_in(paz), f"/manage/Lumbre/schedules/{rooms.slug}/resources/{shared.pk}/hours"
    alone = browser.get(page).status_code

    talks.listed.create(account=account, resource=shared, position=2)

    assert (alone, browser.get(page).status_code) == (200, 403)


def test_looks_are_changed_by_superusers_of_the_account_who_may(scene: Scene, log_in: LogIn) -> None:
    """A superuser of one schedule words its mails; the looks are of all pages."""
    scene.grant(Right.LAYOUT)
    browser = log_in(scene.paz)

    answer = browser.get("/manage/Lumbre/layout-settings")

    everywhere = scene.paz.role == Role.SUPERUSER
    assert answer.status_code == (200 if everywhere else 403)
    assert ("Layout Settings" in words(browser.get("/manage/Lumbre/"))) is everywhere


# --- users ---

OF_USERS = ("", "/add", "/person", "/block", "/rights")
SEES, ADDS, BLOCKS, RANKS = {"", "/person"}, {"", "/person", "/add"}, {"", "/person", "/block"}, set(OF_USERS)


@pytest.mark.parametrize(
    ("manages", "blocks", "allowed"),
    [
        ("unseen", False, set()),
        ("nothing", False, SEES),
        ("add", False, ADDS),
        ("rank", False, RANKS),
        ("unseen", True, BLOCKS),
        ("add", True, ADDS | BLOCKS),
    ],
)
def test_what_a_superuser_does_to_users_by_the_owners_word_about_them(
    manages: str, blocks: bool, allowed: set[str], scene: Scene, log_in: LogIn
) -> None:
    Membership.objects.filter(pk=scene.paz.pk).update(manages_users=manages, blocks_users=blocks)

    assert what_users_allow(scene, log_in(scene.paz)) == allowed


@pytest.mark.parametrize("superusers_may", Account.SuperusersMay)
def test_without_a_word_about_them_the_accounts_own_counts_for_superusers_of_all_of_it(
    superusers_may: str, scene: Scene, log_in: LogIn
) -> None:
    Account.objects.update(superusers_may=superusers_may)

    said_of_all = {"unseen": set[str](), "nothing": SEES, "add": ADDS, "rank": RANKS}[superusers_may]
    assert what_users_allow(scene, log_in(scene.paz)) == (said_of_all if scene.paz.role == Role.SUPERUSER else set())


def what_users_allow(scene: Scene, browser: Client) -> set[str]:
    eva = make_member(scene.account, email="eva@example.org")
    statuses = {
        "": browser.get("/manage/Lumbre/users").status_code,
        "/add": browser.get("/manage/Lumbre/users/add").status_code,
        "/person": browser.get(page_of(eva)).status_code,
        "/rights": browser.post(page_of(eva, "/rights"), {"role": "user"}).status_code,
        "/block": browser.post(page_of(eva, "/block")).status_code,
    }
    assert set(statuses.values()) <= {200, 303, 403}
    return {name for name, status in statuses.items() if status != 403}


def test_who_may_only_block_users_blocks_no_superuser(scene: Scene, log_in: LogIn) -> None:
    Membership.objects.filter(pk=scene.paz.pk).update(blocks_users=True)
    other = make_member(scene.account, Role.SUPERUSER, "other@example.org")
    boss = make_member(scene.account, Role.OWNER, "boss@example.org")
    browser = log_in(scene.paz)

    answers = [browser.post(page_of(each, "/block")).status_code for each in (other, boss, scene.paz)]

    assert answers == [403, 403, 403]
    assert not Membership.objects.filter(role=Role.BLOCKED).exists()
    assert page_of(other, "/block") not in browser.get(page_of(other)).content.decode()


def test_a_superuser_of_one_schedule_who_sees_users_sees_no_bookings_elsewhere(account: Account, log_in: LogIn) -> None:
    rooms, talks = make_resource_schedule(account), make_resource_schedule(account, slug="talks", name="Talks")
    eva = make_member(account, email="eva@example.org")
    paz = make_member(account, email="paz@example.org")
    Supervision.objects.create(account=account, membership=paz, schedule=rooms)
    Membership.objects.filter(pk=paz.pk).update(manages_users="nothing")
    here = book(rooms, client=make_client("Eva", "eva@example.org", membership=eva))
    there = book(talks, client=make_client("Eva", "eva@example.org", membership=eva))

    page = log_in(paz).get(page_of(eva)).content.decode()

    assert f"/bookings/{here.pk}" in page
    assert f"/bookings/{there.pk}" not in page


def test_who_does_not_see_users_books_in_nobodys_name(scene: Scene, log_in: LogIn) -> None:
    make_member(scene.account, email="eva@example.org")
    browser, page = log_in(scene.paz), scene.new_booking
    Membership.objects.filter(pk=scene.paz.pk).update(manages_users="nothing")
    with_users = browser.get(page).content.decode()

    Membership.objects.filter(pk=scene.paz.pk).update(manages_users="unseen")

    assert "eva@example.org" in with_users
    assert "eva@example.org" not in browser.get(page).content.decode()


# --- granting ---


def test_the_owner_grants_a_superuser_of_the_account_and_it_counts_at_once(
    owner: Client, account: Account, log_in: LogIn
) -> None:
    rooms, paz = make_resource_schedule(account), make_member(account, Role.SUPERUSER, "paz@example.org")
    browser, hours = log_in(paz), f"/manage/Lumbre/schedules/{rooms.slug}/hours"
    before = browser.get(hours).status_code

    answer = owner.post(page_of(paz, "/trust"), {"rights": ["changes_hours", "blocks_users"], "manages_users": "add"})

    paz.refresh_from_db()
    assert (answer.status_code, before, browser.get(hours).status_code) == (303, 403, 200)
    assert (set(paz.rights), paz.blocks_users, paz.manages_users) == ({Right.HOURS}, True, "add")
    assert said(answer) == ["The rights of Superuser are saved. They count from now on."]


def test_the_owner_grants_a_superuser_of_one_schedule_what_counts_there(
    owner: Client, account: Account, log_in: LogIn
) -> None:
    rooms, talks = make_resource_schedule(account), make_resource_schedule(account, slug="talks", name="Talks")
    paz = make_member(account, email="paz@example.org")
    for schedule in (rooms, talks):
        Supervision.objects.create(account=account, membership=paz, schedule=schedule)
    page = f"/manage/Lumbre/schedules/{rooms.slug}/access"

    answer = owner.post(f"{page}/superusers/{paz.pk}/rights", {"rights": ["changes_hours", "changes_layout"]})

    browser = log_in(paz)
    opened = [browser.get(f"/manage/Lumbre/schedules/{each.slug}/hours").status_code for each in (rooms, talks)]
    assert (answer.status_code, opened) == (303, [200, 403])
    assert paz.supervisions.get(schedule=rooms).rights == {Right.HOURS, Right.LAYOUT}
    assert paz.supervisions.get(schedule=talks).rights == {Right.BOOKINGS, Right.BEYOND_RULES}


def test_the_trail_names_the_rights_that_changed(owner: Client, account: Account) -> None:
    rooms, paz = make_resource_schedule(account), make_member(account, email="paz@example.org")
    Supervision.objects.create(account=account, membership=paz, schedule=rooms)

    owner.post(f"/manage/Lumbre/schedules/{rooms.slug}/access/superusers/{paz.pk}/rights", {"rights": []})
    owner.post(page_of(paz, "/trust"), {"rights": ["blocks_users"], "manages_users": ""})
    owner.post(page_of(paz, "/trust"), {"rights": ["blocks_users"], "manages_users": ""})

    assert trail(account) == [("owner", "ranked", "paz@example.org")] * 2
    fields = list(AuditEntry.objects.filter(person=paz).order_by("pk").values_list("fields", flat=True))
    assert fields == [f"{rooms.slug}, changes_bookings, ignores_rules", "blocks_users"]
    page = words(owner.get(page_of(paz)))
    assert f"Rights changed : {rooms.slug}, bookings of others, hours and limits" in page
    assert "Rights changed : blocking users" in page


def test_who_becomes_a_superuser_may_what_superusers_always_could(account: Account) -> None:
    paz = make_member(account, Role.SUPERUSER, "paz@example.org")
    supervision = Supervision.objects.create(account=account, membership=paz, schedule=make_resource_schedule(account))

    usual = {Right.BOOKINGS, Right.BEYOND_RULES}
    assert paz.rights == supervision.rights == usual
    assert (paz.blocks_users, paz.manages_users) == (False, "")


@pytest.mark.parametrize("act", ["/rights", "/block"])
def test_who_is_no_superuser_any_more_keeps_nothing_that_was_granted(act: str, owner: Client, account: Account) -> None:
    paz = make_member(account, Role.SUPERUSER, "paz@example.org")
    owner.post(page_of(paz, "/trust"), {"rights": ["changes_hours", "blocks_users"], "manages_users": "rank"})

    owner.post(page_of(paz, act), {"role": "user"})
    owner.post(page_of(paz, "/unblock"))

    paz.refresh_from_db()
    assert paz.rights == {Right.BOOKINGS, Right.BEYOND_RULES}
    assert (paz.blocks_users, paz.manages_users) == (False, "")


def test_only_the_owner_grants_rights(scene: Scene, log_in: LogIn) -> None:
    Membership.objects.filter(pk=scene.paz.pk).update(manages_users="rank")
    other = make_member(scene.account, Role.SUPERUSER, "other@example.org")
    Supervision.objects.create(account=scene.account, membership=other, schedule=scene.rooms)
    browser = log_in(scene.paz)
    access = f"/manage/Lumbre/schedules/{scene.rooms.slug}/access/superusers/{other.pk}/rights"

    answers = [browser.post(each, {"rights": []}).status_code for each in (page_of(other, "/trust"), access)]

    other.refresh_from_db()
    assert answers == [404, 404]
    assert other.rights == {Right.BOOKINGS, Right.BEYOND_RULES}
    assert "/trust" not in browser.get(page_of(other)).content.decode()


def test_a_plain_user_is_granted_nothing(owner: Client, account: Account) -> None:
    eva = make_member(account, email="eva@example.org")

    answer = owner.post(page_of(eva, "/trust"), {"rights": ["blocks_users"], "manages_users": "rank"})

    eva.refresh_from_db()
    assert said(answer) == ["This person is no superuser any more. Nothing was changed."]
    assert (eva.blocks_users, eva.manages_users) == (False, "")
    assert "/trust" not in owner.get(page_of(eva)).content.decode()


def test_a_superuser_of_another_account_is_not_found(owner: Client) -> None:
    far = make_account("Sombra")
    paz = make_member(far, Role.SUPERUSER, "paz@example.org")
    Supervision.objects.create(account=far, membership=paz, schedule=make_resource_schedule(far))

    assert owner.post(page_of(paz, "/trust"), {"rights": []}).status_code == 404


@pytest.mark.parametrize("right", ["everything", "role", "\x00"])
def test_a_right_that_there_is_not_is_refused_on_both_pages(right: str, owner: Client, account: Account) -> None:
    rooms, paz = make_resource_schedule(account), make_member(account, email="paz@example.org")
    Supervision.objects.create(account=account, membership=paz, schedule=rooms)
    access = f"/manage/Lumbre/schedules/{rooms.slug}/access/superusers/{paz.pk}/rights"

    answers = [owner.post(each, {"rights": [right]}) for each in (page_of(paz, "/trust"), access)]

    assert [each.status_code for each in answers] == [422, 422]
    assert all("Choose among these rights." in words(each) for each in answers)
