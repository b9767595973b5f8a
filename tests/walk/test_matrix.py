"""M19: who may what, for every setting of a schedule's access: the one matrix in code, and every door, say the same.

What is right is written here once more, in words of its own, and taken neither from the code nor from its tests.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import cast

import pytest
import time_machine
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from convoca.booking.models import (
    Account,
    Booking,
    Group,
    GroupMember,
    Membership,
    Schedule,
    ScheduleGroup,
    Slot,
    Supervision,
)
from convoca.booking.operations.booking import book_place
from convoca.booking.operations.cancelling import cancel
from convoca.booking.operations.configuring import set_rules
from convoca.booking.operations.waiting import join_waiting_list
from convoca.booking.questions.permissions import Action, may, may_change, sees_of_others
from convoca.booking.questions.viewers import Viewer, stranger, token_holder, viewer_of
from tests.booking.building import (
    NOW,
    book,
    make_account,
    make_capacity_schedule,
    make_class,
    make_client,
    make_member,
    make_resource_schedule,
)
from tests.walk.scene import DAY, new_browser, start

SETTINGS = ("who_sees", "who_books", "who_changes", "others_see")
AUDIENCES = ("anyone", "users", "groups", "superusers")
CHANGING = ("nobodys", "own", "everybodys")
LEVELS = ("nothing", "times", "names", "everything")
TOLD = ("names", "everything")
SOMEBODY, ADDRESS, MASKED = "Luis Pérez", "luis@example.org", "l…@e….org"


class Looker(StrEnum):
    """Who may come by. The two of another account have a log-in, but none that counts here."""

    STRANGER = "a stranger"
    OTHER_USER = "a user of another account"
    OTHER_OWNER = "the owner of another account"
    BLOCKED = "a blocked user"
    FALLEN = "a blocked superuser of this schedule"
    USER = "a user"
    GROUPED = "a user of the group"
    CLIENT = "a user who has booked"
    OF_ANOTHER = "a superuser of another schedule"
    OF_THIS = "a superuser of this schedule"
    SUPERUSER = "a superuser of the account"
    OWNER = "the owner"


VISITORS = {Looker.STRANGER, Looker.OTHER_USER, Looker.OTHER_OWNER}
BLOCKED = {Looker.BLOCKED, Looker.FALLEN}
USERS = {Looker.USER, Looker.GROUPED, Looker.CLIENT, Looker.OF_ANOTHER}
SUPERVISORS = {Looker.OF_THIS, Looker.SUPERUSER, Looker.OWNER}

# --- what is right ---

LETS_IN = {
    "anyone": VISITORS | USERS | SUPERVISORS,
    "users": USERS | SUPERVISORS,
    "groups": {Looker.GROUPED} | SUPERVISORS,
    "superusers": SUPERVISORS,
}


@dataclass(frozen=True, kw_only=True)
class Access:
    """One way in which an owner may set who may what."""

    who_sees: str
    who_books: str
    who_changes: str
    others_see: str

    @property
    def is_sensible(self) -> bool:
        """Whoever books has to see what, and whoever changes bookings has to book there and see whose they are."""
        if self.who_changes == "everybodys" and (self.who_books == "superusers" or self.others_see not in TOLD):
            return False
        return LETS_IN[self.who_books] <= LETS_IN[self.who_sees]

    def sees(self, looker: Looker) -> bool:
        return looker in LETS_IN[self.who_sees]

    def books(self, looker: Looker) -> bool:
        return looker in LETS_IN[self.who_books]

    def changes(self, looker: Looker, whose: Looker | None) -> bool:
        """Say who changes the booking of `whose` (None: somebody without a log-in), if nothing but rank matters."""
        if looker in SUPERVISORS:
            return True
        if self.who_changes == "nobodys" or looker in BLOCKED | VISITORS:
            return False
        return looker == whose or (self.who_changes == "everybodys" and self.books(looker))

    def level(self, looker: Looker) -> str:
        """Say how much is seen of the bookings of others."""
        if looker in SUPERVISORS:
            return "everything"
        return self.others_see if self.sees(looker) else "nothing"

    def refusal(self, looker: Looker, audience: str) -> int:
        """Return the answer to somebody who is not in the audience: log in; this is not for you; there is no page."""
        if looker in BLOCKED:
            return 403
        if audience in {"users", "groups"}:
            return 302 if looker is Looker.STRANGER else 403
        return 404


EVERY_ACCESS = [
    access
    for values in product(AUDIENCES, AUDIENCES, CHANGING, LEVELS)
    if (access := Access(**dict(zip(SETTINGS, values, strict=True)))).is_sensible
]
PAIRS = sorted({(access.who_sees, access.who_books) for access in EVERY_ACCESS})


def at_the_doors(who_sees: str, who_books: str) -> list[Access]:
    """Return four settings that together have every level, and whatever may be said of changes."""
    changes = ("nobodys", "own", "nobodys", "own" if who_books == "superusers" else "everybodys")
    return [
        Access(who_sees=who_sees, who_books=who_books, who_changes=change, others_see=level)
        for change, level in zip(changes, LEVELS, strict=True)
    ]


# --- the scene ---


@dataclass(frozen=True, kw_only=True)
class Scene:
    account: Account
    schedule: Schedule
    browsers: Mapping[Looker, Client]
    viewers: Mapping[Looker, Viewer]
    guests: Booking
    clients: Booking
    queue: Sequence[Booking]

    def set(self, access: Access) -> None:
        set_rules(self.schedule, {name: getattr(access, name) for name in SETTINGS})


@pytest.fixture
def scene(db: None, settings: Settings) -> Iterator[Scene]:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with time_machine.travel(NOW, tick=False):
        yield build_scene()


def build_scene() -> Scene:
    account, elsewhere = make_account(), make_account("Otra")
    schedule = make_resource_schedule(account)
    people = {
        Looker.OTHER_USER: make_member(elsewhere),
        Looker.OTHER_OWNER: make_member(elsewhere, Membership.Role.OWNER),
        Looker.BLOCKED: make_member(account, Membership.Role.BLOCKED),
        Looker.FALLEN: make_member(account, Membership.Role.BLOCKED, "fallen@lumbre.example"),
        Looker.USER: make_member(account),
        Looker.GROUPED: make_member(account, email="grouped@lumbre.example"),
        Looker.CLIENT: make_member(account, email="client@lumbre.example"),
        Looker.OF_ANOTHER: make_member(account, email="another@lumbre.example"),
        Looker.OF_THIS: make_member(account, email="this@lumbre.example"),
        Looker.SUPERUSER: make_member(account, Membership.Role.SUPERUSER),
        Looker.OWNER: make_member(account, Membership.Role.OWNER),
    }
    yoga = make_capacity_schedule(account, has_waiting_list=True)
    for looker, supervised in ((Looker.FALLEN, schedule), (Looker.OF_ANOTHER, yoga), (Looker.OF_THIS, schedule)):
        Supervision.objects.create(account=account, membership=people[looker], schedule=supervised)
    group = Group.objects.create(account=account, name="Members")
    GroupMember.objects.create(account=account, group=group, membership=people[Looker.GROUPED])
    for purpose in ScheduleGroup.Purpose:
        ScheduleGroup.objects.create(account=account, schedule=schedule, group=group, purpose=purpose)
    browsers = {looker: new_browser() for looker in Looker}
    for looker, person in people.items():
        browsers[looker].force_login(person.user)
    client = make_client("Nora Gil", "client@lumbre.example", membership=people[Looker.CLIENT])
    viewers = {looker: viewer_of(account, person.user) for looker, person in people.items()}
    return Scene(
        account=account,
        schedule=schedule,
        browsers=browsers,
        viewers={Looker.STRANGER: stranger(account), **viewers},
        guests=book(schedule, "10:00"),
        clients=book(schedule, "11:00", client=client),
        queue=_queue(schedule, make_class(yoga, capacity=1)),
    )


def _queue(schedule: Schedule, full: Slot) -> Sequence[Booking]:
    """Return one who waits for a class, one whose booking awaits approval, and one who cancelled."""
    book_place(full, client=make_client(email="first@example.org"), now=NOW)
    waiting = join_waiting_list(full, client=make_client(email="eva@example.org"), now=NOW)
    set_rules(schedule, {"requires_approval": True})
    pending = book(schedule, "12:00", client=make_client(email="iris@example.org"))
    set_rules(schedule, {"requires_approval": False})
    left = cancel(book(schedule, "13:00", client=make_client(email="marta@example.org")), now=NOW)
    return waiting, pending, left


# --- the code ---


def test_the_matrix_in_code_says_what_is_right_for_every_setting_and_everybody(scene: Scene) -> None:
    wrong = []
    for access in EVERY_ACCESS:
        scene.set(access)
        wrong += [f"{access}: {looker}: {what}" for looker in Looker for what in wrong_in_code(scene, access, looker)]

    assert len(EVERY_ACCESS) == 92
    assert not wrong, "\n".join(wrong)


def wrong_in_code(scene: Scene, access: Access, looker: Looker) -> Iterator[str]:
    viewer, schedule = scene.viewers[looker], scene.schedule
    right = {
        Action.SEE: access.sees(looker),
        Action.BOOK: access.books(looker),
        Action.SUPERVISE: looker in SUPERVISORS,
        Action.CHANGE: looker in SUPERVISORS,
        Action.GO_BEYOND: looker in SUPERVISORS,
        Action.OPEN: looker is Looker.OWNER,
        Action.WORD: looker is Looker.OWNER,
        Action.CONFIGURE: looker is Looker.OWNER,
    }
    yield from (f"{action}" for action, answer in right.items() if may(viewer, action, schedule) is not answer)
    for booking, whose in ((scene.guests, None), (scene.clients, Looker.CLIENT)):
        if may_change(viewer, booking, schedule) is not access.changes(looker, whose):
            yield f"change the booking of {whose or 'a guest'}"
    if looker not in VISITORS and sees_of_others(viewer, schedule) != access.level(looker):
        yield "see of others"


def test_a_token_is_for_its_own_booking_and_gives_what_users_may_do_with_their_own(scene: Scene) -> None:
    """Whoever waits, was asked to wait for a yes, or has cancelled holds no more than that."""
    for access in EVERY_ACCESS:
        scene.set(access)
        for booking in (scene.guests, scene.clients, *scene.queue):
            holder = token_holder(booking)
            others = [each for each in (scene.guests, scene.clients, *scene.queue) if each.pk != booking.pk]

            booking.slot.schedule.who_changes = access.who_changes
            assert may_change(holder, booking, booking.slot.schedule) is (access.who_changes != "nobodys")
            assert not any(may_change(holder, other, other.slot.schedule) for other in others)
            assert not may(holder, Action.SUPERVISE, scene.schedule)
            assert not may(holder, Action.CONFIGURE, scene.schedule)
            assert not any(may(holder, action, scene.schedule) for action in (Action.CHANGE, Action.OPEN, Action.WORD))


# --- the doors ---


@pytest.mark.parametrize(("who_sees", "who_books"), PAIRS)
def test_the_page_the_list_for_programs_and_booking_let_in_whom_the_settings_let_in(
    scene: Scene, who_sees: str, who_books: str
) -> None:
    wrong = []
    for access in at_the_doors(who_sees, who_books):
        scene.set(access)
        wrong += [
            f"{access}: {looker}: {what}" for looker in Looker for what in wrong_at_the_door(scene, access, looker)
        ]

    assert not wrong, "\n".join(wrong)


def wrong_at_the_door(scene: Scene, access: Access, looker: Looker) -> Iterator[str]:
    browser = scene.browsers[looker]
    address = reverse("schedule", args=[scene.account.name, scene.schedule.slug])
    page = cast(HttpResponse, browser.get(f"{address}?day={DAY}&all=1"))
    free = cast(HttpResponse, browser.get(f"{address}/free.json?from={DAY}&days=1"))
    seen = 200 if access.sees(looker) else access.refusal(looker, access.who_sees)
    if page.status_code != seen:
        yield f"the page answers {page.status_code}, not {seen}"
    # A program is told no and sent nowhere.
    if free.status_code != (403 if seen == 302 else seen):
        yield f"the list of free times answers {free.status_code}"
    yield from wrong_of_others(page, free, access.level(looker) if seen == 200 else "nothing")
    answer, booked = book_from(browser, address)
    if booked is not access.books(looker):
        yield f"booking makes {'a' if booked else 'no'} booking"
    if not booked and answer.status_code not in {302, 403, 404}:
        yield f"booking is refused with {answer.status_code}"
    if SOMEBODY in answer.text or ADDRESS in answer.text:
        yield "the refusal tells of others"


def wrong_of_others(page: HttpResponse, free: HttpResponse, level: str) -> Iterator[str]:
    """Say what is told of the guest's booking beyond the level, or short of it. Nobody is told the address."""
    told = free.text if free.status_code != 200 else json.dumps(json.loads(free.text), ensure_ascii=False)
    for name, text in (("page", page.text), ("list", told)):
        if (SOMEBODY in text) is not (level in {"names", "everything"}):
            yield f"the {name} tells {'the' if SOMEBODY in text else 'no'} name"
        if (MASKED in text) is not (level == "everything"):
            yield f"the {name} tells {'the' if MASKED in text else 'no'} masked address"
        if ADDRESS in text:
            yield f"the {name} tells the address"
    if ('"taken"' in told) is not (level != "nothing"):
        yield "the list tells what is taken, or does not"


def book_from(browser: Client, address: str) -> tuple[HttpResponse, bool]:
    """Book at nine, and let nothing remain of it; return the answer, and whether there was a booking."""
    before, point = Booking.objects.count(), transaction.savepoint_create()
    form = {"start": start("09:00"), "name": "Ada Ruiz", "email": "ada@example.org"}
    answer = cast(HttpResponse, browser.post(address, form))
    booked = answer.status_code == 303 and Booking.objects.count() == before + 1
    transaction.savepoint_rollback(point)
    return answer, booked


@pytest.mark.parametrize("who_changes", CHANGING)
def test_the_address_of_a_booking_changes_it_as_far_as_users_change_their_own_whoever_sees_the_schedule(
    scene: Scene, who_changes: str
) -> None:
    for who_sees, booking in product(AUDIENCES, (scene.guests, scene.clients)):
        scene.set(Access(who_sees=who_sees, who_books="superusers", who_changes=who_changes, others_see="nothing"))
        changed = [name for name, form in CHANGES.items() if is_changed(booking, name, form)]

        assert changed == ([] if who_changes == "nobodys" else list(CHANGES)), (who_sees, booking.name)


CHANGES = {"booking_change": {"start": start("15:00")}, "booking_cancel": {}}


def is_changed(booking: Booking, name: str, form: Mapping[str, str]) -> bool:
    """Say whether a fresh browser that has the address alone changes the booking; let nothing remain of it."""
    point = transaction.savepoint_create()
    answer = new_browser().post(reverse(name, args=[booking.token.open()]), form)
    now = Booking.objects.select_related("slot").get(pk=booking.pk)
    transaction.savepoint_rollback(point)
    assert answer.status_code in {303, 403, 409}
    return (now.status, now.slot.starts_at) != (booking.status, booking.slot.starts_at)


@pytest.mark.parametrize("looker", Looker)
def test_behind_the_log_in_the_settings_count_for_nothing(scene: Scene, looker: Looker) -> None:
    """Superusers see their schedule and the owner changes it; everybody else finds no page, or the log-in."""
    browser = scene.browsers[looker]
    nothing = 302 if looker is Looker.STRANGER else 404
    for who in AUDIENCES:
        scene.set(Access(who_sees=who, who_books=who, who_changes="own", others_see="everything"))
        answers = {
            name: browser.get(reverse(f"manage:{name}", args=[scene.account.name, part])).status_code
            for name, part in (
                ("schedule", scene.schedule.slug),
                ("booking", scene.guests.pk),
                ("rules", scene.schedule.slug),
                ("hours", scene.schedule.slug),
                ("layout", scene.schedule.slug),
                ("access", scene.schedule.slug),
            )
        }

        supervised = 200 if looker in SUPERVISORS else nothing
        configured = 200 if looker is Looker.OWNER else nothing
        # What the owner could grant is refused in a sentence to whom it is not.
        granted = 200 if looker is Looker.OWNER else 403 if looker in SUPERVISORS else nothing
        assert answers == {
            "schedule": supervised,
            "booking": supervised,
            "rules": configured,
            "access": configured,
            "hours": granted,
            "layout": granted,
        }
