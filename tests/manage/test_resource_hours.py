"""Opening hours of one resource, and days on which a schedule or a resource is closed or open also (M18)."""

from datetime import date

import pytest
from django.test import Client

from convoca.booking.models import Account, Resource, Schedule, SpecialDay
from convoca.booking.questions.offers import local_window, starts_on_offer
from convoca.core.admission import OutsideOpeningHours
from tests.booking.building import NOW, THURSDAY, book, make_account, make_capacity_schedule, make_resource_schedule
from tests.manage.reading import page_of, said, words
from tests.manage.test_hours import row

FRIDAY, SATURDAY = date(2026, 11, 27), date(2026, 11, 28)


def hours_of(schedule: Schedule, resource: Resource, page: str = "") -> str:
    return page_of(schedule, f"resources/{resource.pk}/hours{page}")


def rooms_of(schedule: Schedule) -> list[Resource]:
    return [listed.resource for listed in schedule.listed.select_related("resource")]


def free_on(schedule: Schedule, day: date, resource: Resource | None = None) -> int:
    window = local_window(day, 1, schedule.time_zone)
    return len(starts_on_offer(schedule, window=window, now=NOW, resource=resource))


def test_m18_a_resource_has_hours_of_its_own_several_periods_a_day_and_past_midnight(
    owner: Client, account: Account
) -> None:
    schedule = make_resource_schedule(account, resources=2)
    first, second = rooms_of(schedule)
    evening = row(3, 0, "12:00", "13:00") | row(3, 1, "22:00", "02:00")

    answer = owner.post(hours_of(schedule, first), {"whose": "own"} | evening)

    assert (answer.status_code, said(answer)) == (303, ["Saved. Bookings outside the new hours stay as they are."])
    assert answer["Location"] == hours_of(schedule, first)
    # Two at noon and four until midnight; the two hours after it are Friday's starts.
    assert [free_on(schedule, day, first) for day in (THURSDAY, FRIDAY)] == [6, 4]
    assert [free_on(schedule, day, second) for day in (THURSDAY, FRIDAY)] == [16, 16]
    with pytest.raises(OutsideOpeningHours):
        book(schedule, "10:00")
    assert book(schedule, "23:00").pk


def test_m18_a_resource_without_hours_of_its_own_has_the_schedule_s(owner: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)
    (room,) = rooms_of(schedule)
    owner.post(hours_of(schedule, room), {"whose": "own"} | row(3, 0, "12:00", "13:00"))
    assert "hours of its own" in words(owner.get(page_of(schedule, "resources")))

    owner.post(hours_of(schedule, room), {"whose": "schedules"} | row(3, 0, "9 o'clock", ""))

    assert free_on(schedule, THURSDAY, room) == 16
    assert "the schedule's hours" in words(owner.get(page_of(schedule, "resources")))


def test_a_resource_s_own_hours_count_on_every_schedule_that_lists_it(owner: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)
    (room,) = rooms_of(schedule)
    other = make_resource_schedule(account, resources=0, slug="members")
    other.listed.create(account=account, resource=room)

    owner.post(hours_of(schedule, room), {"whose": "own"} | row(3, 0, "12:00", "13:00"))

    assert free_on(other, THURSDAY, room) == 2


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"whose": "own"}, "Enter when it is open, or choose the hours of the schedule."),
        ({}, "This field is required."),
        ({"whose": "own"} | row(0, 0, "09:00", ""), "Enter both times, or leave both empty."),
    ],
)
def test_hours_that_make_no_sense_change_nothing(
    typed: dict[str, str], sentence: str, owner: Client, account: Account
) -> None:
    schedule = make_resource_schedule(account)
    (room,) = rooms_of(schedule)

    answer = owner.post(hours_of(schedule, room), typed)

    assert answer.status_code == 422
    assert sentence in words(answer)
    assert free_on(schedule, THURSDAY, room) == 16


def test_m18_a_schedule_is_closed_from_one_date_to_another(owner: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)
    page = page_of(schedule, "hours")

    answer = owner.post(f"{page}/days", {"day": "2026-11-26", "until": "2026-12-04", "kind": "closed"})

    assert answer.status_code == 303
    assert "Thursday 26 November 2026 to Friday 4 December 2026 · Closed" in words(owner.get(page))
    days = (date(2026, 11, 25), THURSDAY, date(2026, 12, 4), date(2026, 12, 5))
    assert [free_on(schedule, day) for day in days] == [16, 0, 0, 16]
    with pytest.raises(OutsideOpeningHours):
        book(schedule, day=date(2026, 12, 1))

    first = SpecialDay.objects.order_by("day").first()
    assert first is not None
    owner.post(f"{page}/days/{first.pk}/remove")
    assert [free_on(schedule, day) for day in days] == [16, 16, 16, 16]


def test_closing_twice_is_closing_once_and_a_gap_parts_two_closures(owner: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)
    page = page_of(schedule, "hours")
    for day, until in (("2026-11-26", "2026-11-28"), ("2026-11-27", "2026-11-29"), ("2026-12-01", "")):
        owner.post(f"{page}/days", {"day": day, "until": until, "kind": "closed"})

    shown = words(owner.get(page))
    first = SpecialDay.objects.order_by("day").first()
    assert first is not None
    owner.post(f"{page}/days/{first.pk}/remove")

    assert "Thursday 26 November 2026 to Sunday 29 November 2026 · Closed" in shown
    assert "Tuesday 1 December 2026 · Closed" in shown
    assert [each.day for each in SpecialDay.objects.all()] == [date(2026, 12, 1)]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"until": "2026-11-25"}, "The last day is before the first."),
        ({"until": "2027-11-27"}, "Close a year at most at a time."),
        ({"until": "soon"}, "Enter a valid date."),
        (
            {"until": "2026-11-28", "kind": "extra", "opens": "19:00", "closes": "20:00"},
            "Enter days on which it is open also one by one.",
        ),
    ],
)
def test_a_stretch_that_makes_no_sense_is_refused(
    typed: dict[str, str], sentence: str, owner: Client, account: Account
) -> None:
    schedule = make_resource_schedule(account)

    answer = owner.post(f"{page_of(schedule, 'hours')}/days", {"day": "2026-11-26", "kind": "closed"} | typed)

    assert answer.status_code == 422
    assert sentence in words(answer)
    assert not SpecialDay.objects.exists()


def test_m18_one_resource_is_away_or_there_also_while_the_others_are_as_always(owner: Client, account: Account) -> None:
    schedule = make_resource_schedule(account, resources=2)
    first, second = rooms_of(schedule)
    days = hours_of(schedule, first, "/days")

    owner.post(days, {"day": "2026-11-26", "until": "2026-11-27", "kind": "closed"})
    owner.post(days, {"day": "2026-11-28", "kind": "extra", "opens": "19:00", "closes": "20:00"})

    assert [free_on(schedule, day, first) for day in (THURSDAY, FRIDAY, SATURDAY)] == [0, 0, 18]
    assert [free_on(schedule, day, second) for day in (THURSDAY, FRIDAY, SATURDAY)] == [16, 16, 16]
    assert "None yet" in words(owner.get(page_of(schedule, "hours")))

    away = SpecialDay.objects.order_by("day").first()
    assert away is not None
    answer = owner.post(hours_of(schedule, first, f"/days/{away.pk}/remove"))
    assert said(answer)[-1:] == ["The day is as its weekday again."]
    assert free_on(schedule, FRIDAY, first) == 16


def test_the_days_of_a_schedule_count_for_its_resources_too(owner: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)
    (room,) = rooms_of(schedule)
    owner.post(hours_of(schedule, room), {"whose": "own"} | row(3, 0, "12:00", "13:00"))

    owner.post(f"{page_of(schedule, 'hours')}/days", {"day": THURSDAY.isoformat(), "kind": "closed"})

    assert free_on(schedule, THURSDAY, room) == 0


def test_one_resource_s_days_are_not_removed_on_another_s_page(owner: Client, account: Account) -> None:
    schedule = make_resource_schedule(account, resources=2)
    first, second = rooms_of(schedule)
    away = first.special_days.create(account=account, day=FRIDAY, kind="closed")

    assert said(owner.post(hours_of(schedule, second, f"/days/{away.pk}/remove"))) == [
        "This day is as its weekday already."
    ]
    assert said(owner.post(f"{page_of(schedule, 'hours')}/days/{away.pk}/remove"))[-1:] == [
        "This day is as its weekday already."
    ]
    assert SpecialDay.objects.filter(pk=away.pk).exists()


def test_only_resources_of_the_schedule_have_hours_here(owner: Client, account: Account) -> None:
    schedule, classes = make_resource_schedule(account), make_capacity_schedule(account)
    foreign = make_resource_schedule(make_account("Sombra")).resources.get()
    (room,) = rooms_of(schedule)

    assert owner.get(hours_of(schedule, foreign)).status_code == 404
    assert owner.get(hours_of(classes, room)).status_code == 404


def test_m19_a_superuser_does_not_change_a_resource_s_hours(superuser: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)
    (room,) = rooms_of(schedule)

    assert superuser.post(hours_of(schedule, room), {"whose": "own"} | row(3, 0, "12:00", "13:00")).status_code == 403
    assert superuser.post(hours_of(schedule, room, "/days"), {"day": "2026-11-26", "kind": "closed"}).status_code == 403
    assert free_on(schedule, THURSDAY, room) == 16
