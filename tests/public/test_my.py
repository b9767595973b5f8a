"""A user's own pages (M19): their bookings with the state of the link, their profile, and who gets in."""

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from convoca.booking.models import Account, Booking, FormField, Membership, Schedule
from convoca.booking.operations.cancelling import cancel
from convoca.booking.operations.linking import type_link
from tests.booking.building import (
    NOW,
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
from tests.public.reading import words

MY = "/my/Lumbre"
LINK = "https://meet.example.net/secret-room"


@pytest.fixture(autouse=True)
def quick_passwords(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def account(db: None) -> Account:
    return make_account(contact_email="hello@lumbre.example")


@pytest.fixture
def schedule(account: Account) -> Schedule:
    return make_resource_schedule(account, link_source=Schedule.MANUAL)


@pytest.fixture
def eva(account: Account) -> Membership:
    return make_member(account, email="eva@example.org")


@pytest.fixture
def browser(eva: Membership) -> Client:
    browser = Client()
    browser.force_login(eva.user)
    return browser


def own(schedule: Schedule, eva: Membership, clock: str = "10:00") -> Booking:
    return book(schedule, clock, client=make_client("Eva", "eva@example.org", membership=eva))


# --- my bookings ---


def test_a_person_s_own_bookings_lead_to_their_own_pages(browser: Client, schedule: Schedule, eva: Membership) -> None:
    booking = own(schedule, eva)

    page = browser.get(MY)

    assert f'href="/b/{booking.token.open()}"' in page.text
    assert "Thursday 26 November 2026 10:00–10:30 Consultations · Room 1" in words(page)


def test_bookings_of_others_are_not_among_them(browser: Client, schedule: Schedule, account: Account) -> None:
    """Not even those of a guest who gave the same address: anybody may type it."""
    book(schedule, client=make_client("Luis", "luis@example.org"))
    book(schedule, "11:00", client=make_client("Eva", "eva@example.org"))
    book(schedule, "12:00", client=make_client("Paz", membership=make_member(account, email="paz@example.org")))

    page = browser.get(MY)

    assert "/b/" not in page.text
    assert "Nothing is booked." in words(page)


def test_the_link_s_state_is_told_and_the_link_is_not(browser: Client, schedule: Schedule, eva: Membership) -> None:
    booking = own(schedule, eva)
    before = words(browser.get(MY))
    type_link(booking.slot, LINK, now=NOW)

    page = browser.get(MY)

    assert "No meeting link yet" in before
    assert "Meeting link ready" in words(page)
    assert "meet.example.net" not in page.text


def test_who_waits_or_has_cancelled_reads_nothing_of_a_link(browser: Client, account: Account, eva: Membership) -> None:
    slot = make_class(make_capacity_schedule(account), capacity=3)
    type_link(slot, LINK, now=NOW)
    booking = sign_up(slot, "eva@example.org")
    Booking.objects.filter(pk=booking.pk).update(membership=eva, status=Booking.Status.WAITING)

    page = browser.get(MY)

    assert "On the waiting list" in words(page)
    assert "Meeting link" not in words(page)


def test_past_and_cancelled_bookings_stand_apart_the_latest_first(
    browser: Client, schedule: Schedule, eva: Membership, this_instant: time_machine.Traveller
) -> None:
    cancel(own(schedule, eva, "11:00"), now=NOW)
    own(schedule, eva, "09:00")
    own(schedule, eva, "16:00")
    this_instant.move_to(at("12:00"))

    page = words(browser.get(MY))

    assert page.index("16:00–16:30") < page.index("Earlier and cancelled") < page.index("11:00–11:30")
    assert page.index("11:00–11:30") < page.index("09:00–09:30")
    assert "11:00–11:30 Consultations · Room 1 Cancelled" in page


def test_times_are_shown_on_the_person_s_own_clocks(browser: Client, schedule: Schedule, eva: Membership) -> None:
    own(schedule, eva, "10:00")
    eva.user.time_zone = "America/Lima"
    eva.user.save()

    assert "04:00–04:30" in words(browser.get(MY))


def test_many_bookings_take_as_many_queries_as_one(
    browser: Client, schedule: Schedule, eva: Membership, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for clock in ("09:00", "10:00", "11:00", "12:00"):
        own(schedule, eva, clock)
    cancel(own(schedule, eva, "13:00"), now=NOW)
    cancel(own(schedule, eva, "14:00"), now=NOW)

    # Session, log-in, account, rights (2), how many were; coming and earlier, each with links and with whom.
    with django_assert_num_queries(13):
        browser.get(MY)


def test_earlier_bookings_come_page_by_page(browser: Client, schedule: Schedule, eva: Membership) -> None:
    for _ in range(21):
        cancel(own(schedule, eva, "10:00"), now=NOW)

    assert browser.get(MY).text.count('href="/b/') == 20
    assert browser.get(f"{MY}?page=2").text.count('href="/b/') == 1
    assert browser.get(f"{MY}?page=nonsense").status_code == 200


# --- who gets in ---


def test_a_stranger_is_asked_to_log_in_and_comes_back(client: Client, account: Account, eva: Membership) -> None:
    answer = client.get(MY)

    assert answer.headers["Location"] == "/accounts/login/?next=/my/Lumbre"


def test_a_user_of_another_account_is_asked_to_join(account: Account) -> None:
    other = Client()
    other.force_login(make_member(make_account("Sombra")).user)

    assert other.get(MY).headers["Location"] == reverse("account_join", args=["Lumbre"])


def test_a_blocked_person_reads_that_they_are_blocked(browser: Client, schedule: Schedule, eva: Membership) -> None:
    own(schedule, eva)
    Membership.objects.filter(pk=eva.pk).update(role=Membership.Role.BLOCKED)

    for page in (MY, f"{MY}/profile"):
        answer = browser.get(page)

        assert answer.status_code == 403
        assert "You are blocked here" in words(answer)
        assert "hello@lumbre.example" in words(answer)
        assert "/b/" not in answer.text


def test_there_is_no_page_of_an_account_that_does_not_exist(browser: Client) -> None:
    assert browser.get("/my/nobody").status_code == 404


def test_no_cache_keeps_it(browser: Client) -> None:
    assert "no-store" in browser.get(MY).headers["Cache-Control"]


def test_the_header_of_the_public_pages_leads_there(client: Client, browser: Client, schedule: Schedule) -> None:
    stranger, user = client.get("/schedule/Lumbre/"), browser.get("/schedule/Lumbre/")

    assert f'href="{MY}">Log in</a>' in stranger.text
    assert f'href="{MY}">My bookings</a>' in user.text


# --- my profile ---


PROFILE = {"name": "Eva Mora", "phone": "+34 600", "language": "es", "time_zone": "America/Lima"}


def test_a_person_changes_what_is_known_of_them(browser: Client, eva: Membership) -> None:
    answer = browser.post(f"{MY}/profile", PROFILE)

    eva.refresh_from_db()
    assert (answer.status_code, answer.headers["Location"]) == (303, MY)
    assert (eva.name, eva.phone, eva.user.language, eva.user.time_zone) == ("Eva Mora", "+34 600", "es", "America/Lima")
    assert "Mis reservas" in words(browser.get(MY))


def test_the_profile_asks_what_sign_up_asks(browser: Client, account: Account, eva: Membership) -> None:
    FormField.objects.create(account=account, key="field_1", label="Patient number", is_required=True)

    missing = browser.post(f"{MY}/profile", PROFILE)
    browser.post(f"{MY}/profile", PROFILE | {"field_1": "4711"})

    eva.refresh_from_db()
    assert missing.status_code == 422
    assert "Fill in “Patient number”" in words(missing)
    assert eva.field_1 == "4711"


def test_the_superusers_note_is_neither_shown_nor_taken(browser: Client, account: Account, eva: Membership) -> None:
    account.supervisor_field = Account.SupervisorField.SHOWN
    account.save()
    Membership.objects.filter(pk=eva.pk).update(super_field="Pays late")

    shown = browser.get(f"{MY}/profile").text
    browser.post(f"{MY}/profile", PROFILE | {"super_field": "Pays at once", "role": "owner"})

    eva.refresh_from_db()
    assert "Pays late" not in shown
    assert (eva.super_field, eva.role) == ("Pays late", Membership.Role.USER)


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("name", "a\x00b"), ("language", "xx"), ("time_zone", "/etc/localtime"), ("time_zone", "")],
)
def test_what_makes_no_sense_changes_nothing(field: str, value: str, browser: Client, eva: Membership) -> None:
    answer = browser.post(f"{MY}/profile", PROFILE | {field: value})

    eva.refresh_from_db()
    assert answer.status_code == 422
    assert eva.name == ""


def test_a_profile_form_from_another_site_is_refused(eva: Membership) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(eva.user)

    assert strict.post(f"{MY}/profile", PROFILE).status_code == 403


def test_logging_out_leaves_the_page(browser: Client) -> None:
    browser.post("/accounts/logout/")

    assert browser.get(MY).status_code == 302
