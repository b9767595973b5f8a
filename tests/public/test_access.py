"""Who sees a schedule, who books on it, and what they read who may not (M19)."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from convoca.booking.models import Account, Audience, Booking, Membership, Schedule, Supervision
from tests.booking.building import (
    make_account,
    make_capacity_schedule,
    make_class,
    make_member,
    make_resource_schedule,
)
from tests.public.reading import choices, post, words

pytestmark = pytest.mark.django_db

PAGE = "/schedule/Lumbre/consultations"
TEN = "2026-11-26T09:00Z"
Role = Membership.Role


def consultations(**rules: Any) -> Schedule:
    return make_resource_schedule(make_account(contact_email="ana@lumbre.example"), **rules)


def browser_of(account: Account, role: str = Role.USER) -> Client:
    browser = Client()
    browser.force_login(make_member(account, role).user)
    return browser


def superuser_of(schedule: Schedule) -> Client:
    """A user who is superuser of this schedule alone."""
    member = make_member(schedule.account, email="one@lumbre.example")
    Supervision.objects.create(account=schedule.account, membership=member, schedule=schedule)
    browser = Client()
    browser.force_login(member.user)
    return browser


def test_m19_where_users_log_in_a_stranger_is_led_to_the_log_in_and_back(client: Client) -> None:
    consultations(who_sees=Audience.USERS, who_books=Audience.USERS)

    looked = client.get(PAGE, {"day": "2026-11-26"})
    posted = post(client, f"{PAGE}?day=2026-11-26", start=TEN)

    log_in = f"/accounts/login/?next={PAGE}%3Fday%3D2026-11-26"
    assert (looked.status_code, looked["Location"]) == (302, log_in)
    assert (posted.status_code, posted["Location"]) == (302, log_in)
    assert not Booking.objects.exists()


def test_m19_a_user_sees_and_books_what_is_for_users() -> None:
    schedule = consultations(who_sees=Audience.USERS, who_books=Audience.USERS)
    user = browser_of(schedule.account)

    page = user.get(PAGE, {"day": "2026-11-26"})
    booked = user.post(PAGE, {"start": TEN})

    assert "10:00 to 10:30, Thursday 26 November" in choices(page)
    assert booked.status_code == 303


def test_m19_a_log_in_of_another_account_is_told_that_it_does_not_count_here() -> None:
    schedule = consultations(who_sees=Audience.USERS, who_books=Audience.USERS)
    other = browser_of(make_account("Otra"), Role.OWNER)

    closed = other.get(PAGE)
    Account.objects.filter(pk=schedule.account_id).update(sign_up=Account.SignUp.OPEN)
    open_to_join = other.get(PAGE)

    assert closed.status_code == 403
    assert "You are logged in as owner@otra.example, who is not one of them." in words(closed)
    assert "Become a user" not in words(closed)
    assert 'href="/accounts/join/Lumbre/"' in open_to_join.content.decode()


def test_m19_times_that_only_users_book_are_shown_to_strangers_with_the_log_in_and_without_buttons(
    client: Client,
) -> None:
    consultations(who_books=Audience.USERS)

    page = client.get(PAGE, {"day": "2026-11-26"})

    assert "Log in to book." in words(page)
    assert f'href="/accounts/login/?next={PAGE}%3Fday%3D2026-11-26"' in page.content.decode()
    assert "10:00" in words(page)
    assert choices(page) == {}
    assert 'id="name"' not in page.content.decode()


def test_m19_what_only_superusers_see_may_not_exist_at_all_for_everybody_else(client: Client) -> None:
    schedule = consultations(who_sees=Audience.SUPERUSERS, who_books=Audience.SUPERUSERS)
    user = browser_of(schedule.account)

    for browser in (client, user):
        for answer in (browser.get(PAGE), post(browser, PAGE, start=TEN)):
            assert answer.status_code == 404
            assert "There is no such page, or it is not open to you" in words(answer)
            assert "Consultations" not in words(answer)
            assert "Estudio Lumbre" not in words(answer)
    assert "Log in" in words(client.get(PAGE))


def test_m19_superusers_see_and_book_what_is_only_for_them() -> None:
    schedule = consultations(who_sees=Audience.SUPERUSERS, who_books=Audience.SUPERUSERS)

    for browser, start in (
        (browser_of(schedule.account, Role.SUPERUSER), TEN),
        (browser_of(schedule.account, Role.OWNER), "2026-11-26T10:00Z"),
        (superuser_of(schedule), "2026-11-26T11:00Z"),
    ):
        assert browser.get(PAGE).status_code == 200
        assert browser.post(PAGE, {"start": start}).status_code == 303


def test_m19_where_only_superusers_book_everybody_else_reads_so(client: Client) -> None:
    schedule = consultations(who_books=Audience.SUPERUSERS)

    for browser in (client, browser_of(schedule.account)):
        assert "Only Estudio Lumbre makes bookings here." in words(browser.get(PAGE))
        refused = post(browser, PAGE, start=TEN)
        assert refused.status_code == 403
        assert "You cannot book here" in words(refused)
    assert not Booking.objects.exists()


def test_m19_a_blocked_person_is_told_so_and_sees_and_books_nothing() -> None:
    schedule = consultations()
    blocked = browser_of(schedule.account, Role.BLOCKED)

    for answer in (blocked.get(PAGE), blocked.post(PAGE, {"start": TEN}), blocked.get("/schedule/Lumbre/")):
        assert answer.status_code == 403
        assert "You are blocked here" in words(answer)
        assert "ana@lumbre.example" in words(answer)
        assert choices(answer) == {}
    assert not Booking.objects.exists()


def test_m19_an_account_s_page_lists_what_its_reader_may_see(client: Client) -> None:
    account = make_account()
    for audience in Audience:
        make_resource_schedule(account, slug=str(audience), name=f"For {audience}", who_sees=audience)

    listed = {
        "stranger": words(client.get("/schedule/Lumbre/")),
        "user": words(browser_of(account).get("/schedule/Lumbre/")),
        "owner": words(browser_of(account, Role.OWNER).get("/schedule/Lumbre/")),
    }

    assert {who: [str(each) for each in Audience if f"For {each}" in text] for who, text in listed.items()} == {
        "stranger": ["anyone"],
        "user": ["anyone", "users"],
        "owner": ["anyone", "users", "groups", "superusers"],
    }


def test_m19_the_front_page_lists_what_everybody_may_see(client: Client) -> None:
    account = make_account()
    make_resource_schedule(account, name="Open to all")
    make_resource_schedule(account, slug="secret", name="For users", who_sees=Audience.USERS)

    page = words(client.get("/"))

    assert "Open to all" in page
    assert "For users" not in page


@pytest.mark.parametrize(
    ("who_sees", "status", "sentence"),
    [
        (Audience.USERS, 403, "Only users of Estudio Lumbre see this."),
        (Audience.GROUPS, 403, "Only users of Estudio Lumbre see this."),
        (Audience.SUPERUSERS, 404, "There is no such schedule."),
    ],
)
def test_m19_free_times_are_told_to_those_who_see_the_page(
    client: Client, who_sees: Audience, status: int, sentence: str
) -> None:
    schedule = consultations(who_sees=who_sees)
    supervisor = browser_of(schedule.account, Role.SUPERUSER)

    refused = client.get(f"{PAGE}/free.json")

    assert (refused.status_code, refused.json()) == (status, {"error": sentence})
    assert refused["Cache-Control"] == "no-store"
    assert supervisor.get(f"{PAGE}/free.json").json()["free"]


def test_a_log_in_counts_only_for_forms_that_came_from_our_own_page() -> None:
    """Another site's form carries no token of ours; a stranger's needs none, for it could do nothing more."""
    schedule = consultations()
    session = browser_of(schedule.account).cookies[settings.SESSION_COOKIE_NAME].value
    user, stranger = Client(enforce_csrf_checks=True), Client(enforce_csrf_checks=True)
    user.cookies[settings.SESSION_COOKIE_NAME] = session

    forged = user.post(PAGE, {"start": TEN})
    token = user.get(PAGE).context["csrf_token"]
    own = user.post(PAGE, {"start": TEN, "csrfmiddlewaretoken": str(token)})
    strange = post(stranger, PAGE, start="2026-11-26T10:00Z")

    assert forged.status_code == 403
    assert (own.status_code, strange.status_code) == (303, 303)
    assert "csrftoken" not in stranger.cookies


def test_asking_who_may_costs_a_stranger_nothing_and_a_log_in_four_questions(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Session, person, membership, schedules supervised."""
    account = make_account()
    make_class(make_capacity_schedule(account, who_books=Audience.USERS))
    user = browser_of(account)
    client.get("/schedule/Lumbre/yoga")

    with django_assert_num_queries(3):
        client.get("/schedule/Lumbre/yoga")
    with django_assert_num_queries(3 + 4):
        user.get("/schedule/Lumbre/yoga")
