"""M19: where a schedule says "everybody's", users who log in move and cancel what others have booked."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from convoca.booking.models import (
    Account,
    AuditEntry,
    Booking,
    Changes,
    Membership,
    Notification,
    Schedule,
    Visibility,
)
from convoca.booking.operations.booking import book_place, book_resource
from convoca.booking.operations.linking import type_link
from convoca.booking.operations.waiting import join_waiting_list
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
)
from tests.public.reading import choices, page_of, words
from tests.walk.scene import start

pytestmark = pytest.mark.django_db

OTHERS = "/my/Lumbre/others"
LINK = "https://rooms.example.net/secret-room"
EVERYBODYS: dict[str, Any] = {"who_changes": Changes.EVERYBODYS, "others_see": Visibility.NAMES}


@pytest.fixture
def account() -> Account:
    return make_account()


@pytest.fixture
def ana(account: Account) -> Membership:
    return make_member(account, email="ana@lumbre.example")


@pytest.fixture
def browser(ana: Membership) -> Client:
    browser = Client()
    browser.force_login(ana.user)
    return browser


@pytest.fixture
def schedule(account: Account) -> Schedule:
    return make_resource_schedule(account, **EVERYBODYS)


def reread(booking: Booking) -> Booking:
    return Booking.objects.select_related("slot").get(pk=booking.pk)


def test_m19_a_user_sees_whose_bookings_they_may_change(browser: Client, schedule: Schedule, ana: Membership) -> None:
    booking = book(schedule)
    book(schedule, "12:00", client=make_client("Ana", "ana@lumbre.example", membership=ana))

    home, page = browser.get("/my/Lumbre"), browser.get(OTHERS)
    calendar = browser.get("/schedule/Lumbre/consultations?day=2026-11-26")

    for each in (home, calendar):
        assert f'href="{OTHERS}"' in each.content.decode()
    text, html = words(page), page.content.decode()
    assert "Thursday 26 November" in text
    assert "10:00–10:30 Consultations · Room 1 Luis Pérez" in text
    assert "12:00" not in text, "one's own are on another page"
    assert f"{OTHERS}/{booking.pk}/change" in html
    assert f"{OTHERS}/{booking.pk}/cancel" in html


def test_m19_of_each_no_more_is_told_than_the_schedule_tells_of_others(browser: Client, schedule: Schedule) -> None:
    booking = book(schedule)
    pages = [OTHERS, f"{OTHERS}/{booking.pk}/change?day=2026-11-26", f"{OTHERS}/{booking.pk}/cancel"]

    names = [browser.get(page).content.decode() for page in pages]
    Schedule.objects.update(others_see=Visibility.EVERYTHING)
    everything = browser.get(OTHERS).content.decode()

    assert all("Luis Pérez" in each and "luis@" not in each for each in names)
    assert "l…@e….org" in everything
    assert "luis@example.org" not in everything


def test_m19_a_user_moves_somebody_s_appointment_and_the_trail_says_who(
    browser: Client, schedule: Schedule, ana: Membership
) -> None:
    booking = book(schedule)
    page = browser.get(f"{OTHERS}/{booking.pk}/change?day=2026-11-26&all=1")

    answer = browser.post(f"{OTHERS}/{booking.pk}/change", {"start": start("15:00")})

    assert "15:00 to 15:30, Thursday 26 November" in choices(page)
    assert (answer.status_code, answer["Location"]) == (303, f"{OTHERS}?moved={booking.pk}")
    assert "Moved. They are told by email." in words(browser.get(answer["Location"]))
    assert reread(booking).slot.starts_at == at("15:00")
    line = AuditEntry.objects.latest("pk")
    assert (line.verb, line.actor, line.membership) == ("moved", "user", ana)
    assert Notification.objects.filter(booking=booking, kind=Notification.Kind.MOVED).exists()


def test_m19_a_user_cancels_somebody_s_appointment_and_takes_it_back(
    browser: Client, schedule: Schedule, ana: Membership
) -> None:
    booking = book(schedule)
    question = words(browser.get(f"{OTHERS}/{booking.pk}/cancel"))

    answer = browser.post(f"{OTHERS}/{booking.pk}/cancel")
    after = browser.get(answer["Location"])
    cancelled = reread(booking).status
    line = AuditEntry.objects.latest("pk")
    undone = browser.post(f"{OTHERS}/{booking.pk}/undo")

    assert "Luis Pérez Cancel this booking?" in question
    assert "Cancelled. They are told by email. Undo" in words(after)
    assert (cancelled, line.actor, line.membership) == ("cancelled", "user", ana)
    assert Notification.objects.filter(booking=booking, kind=Notification.Kind.CANCELLATION).exists()
    assert (undone.status_code, reread(booking).status) == (303, "confirmed")


def test_what_somebody_else_has_cancelled_or_long_ago_nobody_takes_back_here(
    browser: Client, account: Account, schedule: Schedule
) -> None:
    booking, old = book(schedule), book(schedule, "12:00")
    other = Client()
    other.force_login(make_member(account, email="eva@lumbre.example").user)
    other.post(f"{OTHERS}/{booking.pk}/cancel")
    browser.post(f"{OTHERS}/{old.pk}/cancel")

    page = browser.get(f"{OTHERS}?cancelled={booking.pk}")
    answers = [browser.post(f"{OTHERS}/{booking.pk}/undo").status_code]
    with time_machine.travel(NOW + timedelta(minutes=6), tick=False):
        answers.append(browser.post(f"{OTHERS}/{old.pk}/undo").status_code)

    assert "Undo" not in words(page)
    assert answers == [404, 404]


def test_whose_it_was_takes_it_back_within_five_minutes(browser: Client, schedule: Schedule) -> None:
    booking = book(schedule)
    browser.post(f"{OTHERS}/{booking.pk}/cancel")

    page = Client().get(page_of(booking))
    Client().post(f"{page_of(booking)}/undo")

    assert "Undo" in words(page)
    assert reread(booking).status == "confirmed"


def test_m19_a_user_moves_and_cancels_somebody_s_place_in_a_class(browser: Client, account: Account) -> None:
    yoga = make_capacity_schedule(account, **EVERYBODYS)
    first, second = make_class(yoga), make_class(yoga, starts_at=at("20:00"))
    booking = book_place(first, client=make_client(), now=NOW)

    moved = browser.post(f"{OTHERS}/{booking.pk}/change", {"slot": str(second.pk)})
    where = reread(booking).slot
    browser.post(f"{OTHERS}/{booking.pk}/cancel")

    assert moved.status_code == 303
    assert where == second
    assert reread(booking).status == "cancelled"


def test_m2_whoever_changes_others_bookings_never_sees_their_link_or_address(
    browser: Client, schedule: Schedule
) -> None:
    Schedule.objects.update(link_source=Schedule.MANUAL, others_see=Visibility.EVERYTHING)
    schedule.refresh_from_db()
    booking = book(schedule)
    type_link(booking.slot, LINK, now=NOW)
    holder = Client()
    holder.post(f"{page_of(booking)}/show")
    assert "secret-room" in holder.get(page_of(booking)).content.decode(), "there is something to leak"
    addresses = [booking.token.open(), booking.join_token.open()]

    pages = [OTHERS, f"{OTHERS}/{booking.pk}/change?day=2026-11-26", f"{OTHERS}/{booking.pk}/cancel"]
    told = "".join(browser.get(page).content.decode() for page in pages)
    moved = browser.post(f"{OTHERS}/{booking.pk}/change", {"start": start("15:00")})
    cancelled = browser.post(f"{OTHERS}/{booking.pk}/cancel")
    told += "".join(browser.get(each["Location"]).content.decode() for each in (moved, cancelled))
    told += moved["Location"] + cancelled["Location"]

    assert "Luis Pérez" in told
    assert not [each for each in (*addresses, "secret-room", "rooms.example") if each in told]


def test_the_limits_of_time_bind_whoever_changes_others_bookings(browser: Client, schedule: Schedule) -> None:
    Schedule.objects.update(change_limit_minutes=7 * 24 * 60, cancel_limit_minutes=7 * 24 * 60)
    booking = book(schedule)

    page = words(browser.get(OTHERS))
    moved = browser.post(f"{OTHERS}/{booking.pk}/change", {"start": start("15:00")})
    cancelled = browser.post(f"{OTHERS}/{booking.pk}/cancel")

    assert "Changes are possible until" in page
    assert "/change" not in browser.get(OTHERS).content.decode()
    assert (moved.status_code, cancelled.status_code) == (409, 409)
    assert (reread(booking).status, reread(booking).slot.starts_at) == ("confirmed", at("10:00"))


def test_who_waits_who_is_blocked_and_what_is_over_is_not_there_to_be_changed(
    browser: Client, account: Account, schedule: Schedule
) -> None:
    yoga = make_capacity_schedule(account, has_waiting_list=True, **EVERYBODYS)
    full = make_class(yoga, capacity=1)
    book_place(full, client=make_client("Nora"), now=NOW)
    waiting = join_waiting_list(full, client=make_client("Iris", "iris@example.org"), now=NOW)
    out = make_member(account, Membership.Role.BLOCKED)
    barred = book(schedule, client=make_client("Blocked", membership=out))
    over = book(schedule, "12:00")
    over.slot.starts_at, over.slot.ends_at = NOW - timedelta(hours=2), NOW - timedelta(hours=1)
    over.slot.save()

    page = words(browser.get(OTHERS))
    answers = {browser.post(f"{OTHERS}/{each.pk}/cancel").status_code for each in (waiting, barred, over)}

    assert "Nora" in page
    assert "Iris" not in page
    assert answers == {404}


@pytest.mark.parametrize(
    "rules",
    [
        {"who_changes": Changes.OWN},
        {"who_changes": Changes.NOBODYS},
        {"others_see": Visibility.TIMES},
        {"others_see": Visibility.NOTHING},
        {"who_books": "superusers"},
        {"who_sees": "superusers"},
        {"who_books": "groups"},
    ],
)
def test_m19_elsewhere_there_is_no_such_page_for_users(
    rules: dict[str, str], browser: Client, schedule: Schedule
) -> None:
    booking = book(schedule)
    assert browser.get(OTHERS).status_code == 200
    Schedule.objects.update(**rules)

    answers = [browser.get(OTHERS), *(browser.post(f"{OTHERS}/{booking.pk}/{act}") for act in ("change", "cancel"))]

    assert {each.status_code for each in answers} == {404}
    assert OTHERS not in browser.get("/my/Lumbre").content.decode()
    assert reread(booking).status == "confirmed"


def test_another_account_s_bookings_are_not_there(browser: Client, schedule: Schedule) -> None:
    book(schedule)
    elsewhere = book(make_resource_schedule(make_account("Otra"), **EVERYBODYS))

    assert browser.get(f"{OTHERS}/{elsewhere.pk}/cancel").status_code == 404
    assert browser.get("/my/Otra/others").status_code == 302


def test_a_stranger_changes_nobody_s_booking_even_where_strangers_book(client: Client, schedule: Schedule) -> None:
    booking = book(schedule)

    answers = [client.get(OTHERS), client.post(f"{OTHERS}/{booking.pk}/cancel")]

    assert all(each.status_code == 302 and "/accounts/login/" in each["Location"] for each in answers)
    assert reread(booking).status == "confirmed"


def test_another_site_s_form_changes_nothing(ana: Membership, schedule: Schedule) -> None:
    booking, browser = book(schedule), Client(enforce_csrf_checks=True)
    browser.force_login(ana.user)

    answers = [
        browser.post(f"{OTHERS}/{booking.pk}/cancel"),
        browser.post(f"{OTHERS}/{booking.pk}/change", {"start": start("15:00")}),
    ]

    assert [each.status_code for each in answers] == [403, 403]
    for act in ("cancel", "change?day=2026-11-26"):
        assert "csrfmiddlewaretoken" in browser.get(f"{OTHERS}/{booking.pk}/{act}").content.decode()


def test_a_pause_keeps_others_bookings_where_they_are(browser: Client, schedule: Schedule) -> None:
    booking = book(schedule)
    Schedule.objects.update(is_paused=True)

    answer = browser.post(f"{OTHERS}/{booking.pk}/change", {"start": start("15:00")})

    assert answer.status_code == 409
    assert reread(booking).slot.starts_at == at("10:00")


@pytest.mark.parametrize(
    ("wanted", "rules", "said"),
    [
        ("12:00", {}, "Someone just booked that time. Nothing was changed – pick another time."),
        ("03:00", {}, "That time is not on offer. Nothing was changed – pick another time."),
        ("12:00", {"no_overlap": True}, "Luis Pérez already has an appointment at that time. Pick another time."),
        ("15:00", {"most_per_day": 1}, "Luis Pérez has as many bookings as one may have here. Nothing was changed."),
    ],
)
def test_a_refused_move_of_somebody_else_s_booking_said_that_you_keep_yours(
    browser: Client, account: Account, wanted: str, rules: dict[str, Any], said: str
) -> None:
    schedule = make_resource_schedule(account, resources=2, **EVERYBODYS)
    booking = book(schedule)
    same, other = schedule.resources.order_by("pk")
    book_resource(schedule, other if rules else same, at("12:00"), client=make_client(), now=NOW)
    Schedule.objects.update(**rules)

    answer = browser.post(f"{OTHERS}/{booking.pk}/change", {"start": start(wanted)})

    assert answer.status_code == 409
    assert said in words(answer)
    assert "You" not in words(answer).replace("You can", "")
    assert reread(booking).slot.starts_at == at("10:00")


def test_the_time_of_somebody_else_s_booking_was_called_your_current_time(browser: Client, schedule: Schedule) -> None:
    booking = book(schedule)

    picker = words(browser.get(f"{OTHERS}/{booking.pk}/change?day=2026-11-26&all=1"))
    Schedule.objects.update(horizon_days=0)
    nothing = words(browser.get(f"{OTHERS}/{booking.pk}/change?day=2026-11-26"))

    assert "10:00 The current time" in picker
    assert "It stays Thursday 26 November" in nothing
    assert "Your" not in picker
    assert "You keep" not in nothing


def test_a_place_of_somebody_else_that_could_not_move_was_called_yours(browser: Client, account: Account) -> None:
    schedule = make_capacity_schedule(account, **EVERYBODYS)
    first, full, double = make_class(schedule), make_class(schedule, capacity=1), make_class(schedule)
    booking = book_place(first, client=make_client(), now=NOW)
    book_place(full, client=make_client("Eva", "eva@example.org"), now=NOW)
    book_place(double, client=make_client(), now=NOW)

    pages = [words(browser.post(f"{OTHERS}/{booking.pk}/change", {"slot": str(slot.pk)})) for slot in (full, double)]

    assert "All places of that session are taken. Nothing was changed – pick another one." in pages[0]
    assert "Luis Pérez is already signed up for that session. Pick another one." in pages[1]
    assert not any("You" in page for page in pages)
