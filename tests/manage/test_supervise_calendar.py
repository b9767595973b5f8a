"""Supervise: day and week, grid and list, narrowed and searched; what has no link stands out (J12, product.md §12)."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from convoca.booking.models import Account, Booking, Membership, Schedule, Slot, Supervision
from convoca.booking.operations.moving import move_appointment
from convoca.booking.operations.provisioning import provision_next
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
from tests.manage.reading import plain, words

ON_THURSDAY = {"day": THURSDAY.isoformat()}
AS_LIST = {**ON_THURSDAY, "as": "list"}


def supervise_of(account: Account) -> str:
    return f"/manage/{account.name}/supervise"


def columns(response: Any) -> dict[str, list[str]]:
    """Return the grid: each column's name, and what its blocks say."""
    found: dict[str, list[str]] = {}
    parts = re.findall(r'<section class="column.*?</section>', response.text, re.DOTALL)
    for part in parts:
        name = plain(re.findall(r"<h2[^>]*>(.*?)</h2>", part, re.DOTALL)[0])
        found[name] = [plain(block) for block in re.findall(r'<li class="block.*?</li>', part, re.DOTALL)]
    return found


def rows(response: Any) -> list[str]:
    """Return what the rows of the list are about, in order."""
    return [plain(each) for each in re.findall(r'<h3 id="who-\d+">(.*?)</h3>', response.text)]


def placed(response: Any) -> list[str]:
    """Return where the grid's blocks stand."""
    return re.findall(r'<li class="block (from-\d+ long-\d+ lane-\d-of-\d)', response.text)


def test_a_day_is_a_grid_with_a_column_for_each_resource_and_each_schedule_of_classes(
    superuser: Client, account: Account
) -> None:
    schedule = make_resource_schedule(account, resources=2, link_source="jitsi")
    book(schedule, "10:00")
    make_class(make_capacity_schedule(account))
    while provision_next(now=NOW):
        continue

    page = superuser.get(supervise_of(account), ON_THURSDAY)

    assert columns(page) == {
        "Room 1": ["10:00 –10:30 Link ready Luis Pérez Consultations · Room 1"],
        "Room 2": [],
        "Yoga": ["18:00 –19:00 Yoga for backs Yoga · 0 of 3 places taken"],
    }


def test_a_week_is_a_grid_with_a_column_for_each_day_from_monday(superuser: Client, account: Account) -> None:
    book(make_resource_schedule(account))

    page = superuser.get(supervise_of(account), {"view": "week", **ON_THURSDAY})

    grid = columns(page)
    assert list(grid) == [
        "Mon 23 Nov", "Tue 24 Nov", "Wed 25 Nov", "Thu 26 Nov", "Fri 27 Nov", "Sat 28 Nov", "Sun 29 Nov",
    ]  # fmt: skip
    assert [day for day, blocks in grid.items() if blocks] == ["Thu 26 Nov"]


def test_the_same_is_shown_as_a_list(superuser: Client, account: Account) -> None:
    """The grid is for wide screens; the list is beside it for narrow ones, and alone for who chose it."""
    book(make_resource_schedule(account))

    as_grid, as_list = superuser.get(supervise_of(account), ON_THURSDAY), superuser.get(supervise_of(account), AS_LIST)

    assert rows(as_grid) == rows(as_list) == ["Luis Pérez"]
    assert columns(as_list) == {}


def test_a_block_stands_at_its_quarter_of_the_hour_for_as_long_as_it_takes(superuser: Client, account: Account) -> None:
    """The grid begins at nine; 10:30 is its seventh quarter."""
    book(make_resource_schedule(account, length_minutes=60), "10:30")

    assert placed(superuser.get(supervise_of(account), ON_THURSDAY)) == ["from-7 long-4 lane-1-of-1"]


def test_what_happens_at_once_stands_side_by_side(superuser: Client, account: Account) -> None:
    schedule = make_capacity_schedule(account)
    for minutes in (0, 30, 120):
        make_class(schedule, starts_at=at("10:00") + timedelta(minutes=minutes))

    assert placed(superuser.get(supervise_of(account), ON_THURSDAY)) == [
        "from-5 long-4 lane-1-of-2",
        "from-7 long-4 lane-2-of-2",
        "from-13 long-4 lane-1-of-1",
    ]


def test_what_finds_no_room_beside_four_others_is_counted_and_listed(superuser: Client, account: Account) -> None:
    schedule = make_capacity_schedule(account)
    for _ in range(6):
        make_class(schedule, starts_at=at("10:00"))

    page = superuser.get(supervise_of(account), ON_THURSDAY)

    assert len(placed(page)) == 4
    assert "Yoga +2 more in the list" in words(page)
    assert len(rows(page)) == 6


def test_every_place_in_the_grid_has_a_rule_of_its_style_sheet() -> None:
    """No inline styles are allowed, so a class without a rule would put a block anywhere."""
    from importlib.resources import files

    css = files("convoca").joinpath("design/static/manage/timetable.css").read_text(encoding="utf-8")
    wanted = [f".from-{quarter}" for quarter in range(1, 97)] + [f".long-{length}" for length in range(2, 97)]
    wanted += [f".lane-{lane}-of-{lanes}" for lanes in range(1, 5) for lane in range(1, lanes + 1)]
    wanted += [f".hours-{hours}" for hours in range(9, 25)]

    assert [rule for rule in wanted if f"{rule}{{" not in css] == []


@pytest.mark.parametrize(
    ("day", "clock", "block"),
    [(date(2027, 3, 28), "01:30", "from-3 long-8"), (date(2026, 10, 25), "02:30", "from-3 long-2")],
    ids=["the night that loses an hour", "the night that has one twice"],
)
def test_the_grid_shows_the_clocks_of_the_account_in_the_nights_when_they_change(
    day: date, clock: str, block: str, superuser: Client, account: Account
) -> None:
    """It begins at the hour of the first class; half past one to half past three takes two hours on the clocks."""
    make_class(make_capacity_schedule(account), starts_at=at(clock, day))

    assert placed(superuser.get(supervise_of(account), {"day": day.isoformat()}))[0].startswith(block)


def test_a_stay_of_several_days_is_in_each_of_them(superuser: Client, account: Account) -> None:
    schedule = make_resource_schedule(
        account, length_kind="days", check_out_minutes=12 * 60, start_every_minutes=None, horizon_days=None
    )
    slot = make_class(make_capacity_schedule(account), starts_at=at("16:00"))
    Slot.objects.filter(pk=slot.pk).update(schedule=schedule, ends_at=at("12:00") + timedelta(days=3))
    Booking.objects.create(account=account, slot=slot, name="Ida", email="ida@example.org", token_digest="a")

    week = superuser.get(supervise_of(account), {"view": "week", **ON_THURSDAY})
    last_day = superuser.get(supervise_of(account), {"day": "2026-11-29"})

    assert [day for day, blocks in columns(week).items() if blocks] == [
        "Thu 26 Nov", "Fri 27 Nov", "Sat 28 Nov", "Sun 29 Nov",
    ]  # fmt: skip
    assert rows(last_day) == ["Ida"]


def test_a_rental_took_the_room_of_those_who_come_by_the_hour(superuser: Client, account: Account) -> None:
    """What lasts for days stands above the hours of a week, on the same line each day."""
    rental = make_class(make_capacity_schedule(account), starts_at=at("16:00"))
    Slot.objects.filter(pk=rental.pk).update(ends_at=at("12:00") + timedelta(days=2))
    other = make_class(rental.schedule, starts_at=at("17:00"))
    Slot.objects.filter(pk=other.pk).update(ends_at=at("12:00") + timedelta(days=1))
    book(make_resource_schedule(account), day=THURSDAY + timedelta(days=1))

    html = superuser.get(supervise_of(account), {"view": "week", **ON_THURSDAY}).text

    stays = re.findall(r'class="block stay (in-\d) is-\w+( begins)?( ends)?"', html)
    assert stays == [
        ("in-1", " begins", ""), ("in-2", " begins", ""),
        ("in-1", "", ""), ("in-2", "", " ends"),
        ("in-1", "", " ends"),
    ]  # fmt: skip
    assert "stays-2" in html
    assert re.findall(r'class="column (lanes-\d)', html) == ["lanes-0"] * 4 + ["lanes-1"] + ["lanes-0"] * 2


def test_a_party_that_goes_on_past_midnight_is_no_rental(superuser: Client, account: Account) -> None:
    slot = make_class(make_capacity_schedule(account), starts_at=at("22:00"))
    Slot.objects.filter(pk=slot.pk).update(ends_at=at("22:00") + timedelta(hours=4))

    html = superuser.get(supervise_of(account), {"view": "week", **ON_THURSDAY}).text

    assert "block stay" not in html
    assert html.count("lane-1-of-1") == 2


def test_previous_today_and_next_keep_what_is_looked_for(superuser: Client, account: Account) -> None:
    page = superuser.get(supervise_of(account), {"view": "week", "q": "eva", **ON_THURSDAY})

    found = re.findall(r'href="([^"]*)" rel="(?:prev|next)"', page.text)
    assert found == [
        f"{supervise_of(account)}?view=week&amp;day=2026-11-16&amp;q=eva",
        f"{supervise_of(account)}?view=week&amp;day=2026-11-30&amp;q=eva",
    ]


# --- who sees what ---


def test_a_superuser_of_one_schedule_supervises_it_alone(account: Account, log_in: LogIn) -> None:
    own, other = make_resource_schedule(account), make_capacity_schedule(account)
    book(own)
    sign_up(make_class(other), "eva@example.org")
    member = make_member(account)
    Supervision.objects.create(account=account, membership=member, schedule=own)

    page = log_in(member).get(supervise_of(account), ON_THURSDAY)

    assert "Luis Pérez" in words(page)
    assert "Yoga" not in words(page)
    assert "Yoga" not in words(log_in(member).get(supervise_of(account), {**ON_THURSDAY, "schedule": other.slug}))


@pytest.mark.parametrize("page", ["", "/trail", "/csv", "/ics"])
def test_users_strangers_and_other_accounts_find_nothing_here(page: str, account: Account, log_in: LogIn) -> None:
    stranger = Client().get(supervise_of(account) + page)
    user = log_in(make_member(account)).get(supervise_of(account) + page)
    other_owner = log_in(make_member(make_account("Other"), Membership.Role.OWNER)).get(supervise_of(account) + page)

    assert [stranger.status_code, user.status_code, other_owner.status_code] == [302, 404, 404]


# --- links, chips, acts ---


def test_m20_what_has_no_link_stands_beside_the_grid_with_its_reason_and_what_mends_it(
    superuser: Client, account: Account
) -> None:
    book(make_resource_schedule(account, link_source="manual"))

    page = superuser.get(supervise_of(account), ON_THURSDAY)

    assert columns(page)["Room 1"] == ["10:00 –10:30 No link Luis Pérez Consultations · Room 1"]
    assert "These need you 10:00–10:30 Luis Pérez" in words(page)
    assert "No link entered yet Paste link" in words(page)


def test_m17_a_link_pasted_here_leads_back_here(superuser: Client, account: Account) -> None:
    booking = book(make_resource_schedule(account, link_source="manual"))
    here = f"{supervise_of(account)}?day=2026-11-26"

    answer = superuser.post(
        f"/manage/{account.name}/slots/{booking.slot_id}/link", {"link": "https://meet.example/x", "back": here}
    )

    assert (answer.status_code, answer.headers["Location"]) == (303, here)


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/manage/Other/", "/"])
def test_nobody_is_sent_elsewhere_afterwards(back: str, superuser: Client, account: Account) -> None:
    booking = book(make_resource_schedule(account, link_source="manual"))

    answer = superuser.post(
        f"/manage/{account.name}/slots/{booking.slot_id}/link", {"link": "https://meet.example/x", "back": back}
    )

    assert answer.headers["Location"].startswith(f"/manage/{account.name}/?day=")


def test_new_and_moved_say_so_for_a_day(superuser: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)
    moved, _fresh = book(schedule), book(schedule, "11:00", client=make_client("Eva"))
    move_appointment(moved, at("12:00"), now=NOW)

    page = words(superuser.get(supervise_of(account), AS_LIST))

    assert "11:00–11:30 Eva Consultations · Room 1 New" in page
    assert "12:00–12:30 Luis Pérez Consultations · Room 1 Moved" in page

    with time_machine.travel(NOW + timedelta(hours=25), tick=False):
        later = words(superuser.get(supervise_of(account), AS_LIST))
    assert "Moved" not in later
    assert "New Details" not in later


# --- cost ---


def test_a_day_costs_the_same_however_much_it_holds(
    superuser: Client, account: Account, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Session, person, account, membership, supervisions; schedules, resources, services; slots, bookings, moves,
    meetings, occupancies."""
    schedule = make_resource_schedule(account, resources=2, link_source="jitsi")
    for clock in ("09:00", "10:00", "11:00", "12:00"):
        book(schedule, clock, client=make_client(email=f"{clock[:2]}@example.org"))

    with django_assert_num_queries(13):
        superuser.get(supervise_of(account), {"view": "week", **ON_THURSDAY})
    with django_assert_num_queries(13):
        superuser.get(supervise_of(account), {**AS_LIST, "q": "luis", "state": "need"})


def test_a_long_list_is_turned_in_pages(superuser: Client, account: Account) -> None:
    schedule = make_capacity_schedule(account)
    Slot.objects.bulk_create(
        Slot(
            account=account,
            schedule=schedule,
            starts_at=at("09:00") + timedelta(minutes=number),
            ends_at=at("10:00") + timedelta(minutes=number),
            title=f"Class {number}",
        )
        for number in range(120)
    )

    first = superuser.get(supervise_of(account), AS_LIST)
    third = superuser.get(supervise_of(account), {**AS_LIST, "page": "3"})

    assert (len(rows(first)), len(rows(third))) == (50, 20)
    assert "120 appointments" in words(first)
    assert "Next page" in words(first)
    assert "Next page" not in words(third)


def test_coming_shows_what_comes_first_and_only_what_comes(superuser: Client, account: Account) -> None:
    schedule = make_resource_schedule(account, horizon_days=None)
    for days in (0, 40, 300):
        book(schedule, "16:00", day=THURSDAY + timedelta(days=days), client=make_client(f"Client {days}"))

    assert rows(superuser.get(supervise_of(account), {"view": "coming"})) == ["Client 0", "Client 40", "Client 300"]
    assert rows(superuser.get(supervise_of(account), {"view": "coming", "q": "client 40"})) == ["Client 40"]


def test_in_spanish_it_is_called_supervisar(superuser: Client, account: Account) -> None:
    book(make_resource_schedule(account, requires_approval=True))

    page = words(superuser.get(supervise_of(account), ON_THURSDAY, headers={"accept-language": "es"}))

    assert "Supervisar" in page
    assert "1 cita · 1 te necesita" in page
    assert "Nueva reserva" in page


def test_schedules_without_anybody_have_their_page_too(superuser: Client, account: Account) -> None:
    assert Schedule.objects.count() == 0
    assert superuser.get(supervise_of(account)).status_code == 200
