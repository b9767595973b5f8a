"""Superusers book repeats for people: five frequencies, at most 52 at once."""

from datetime import timedelta

import pytest
from django.test import Client

from convoca.booking.models import Account, Booking, Meeting, Notification, Occupancy, Slot
from convoca.booking.operations.booking import book_resource
from tests.booking.building import NOW, THURSDAY, at, book, make_client, make_resource_schedule
from tests.manage.reading import said, words
from tests.manage.test_supervise_booking import AT_TEN, EVA, first_resource, new_booking_on, trail


def repeated(**fields: str) -> dict[str, str]:
    until = (THURSDAY + timedelta(weeks=2)).isoformat()
    return {**AT_TEN, **EVA, "resource": first_resource(), "repeats": "weekly", "until": until, **fields}


def starts() -> list[str]:
    return [f"{slot.starts_at:%m-%d}" for slot in Slot.objects.order_by("starts_at")]


@pytest.mark.parametrize(
    ("frequency", "until", "days"),
    [
        ("daily", "2026-11-28", ["11-26", "11-27", "11-28"]),
        ("weekly", "2026-12-10", ["11-26", "12-03", "12-10"]),
        ("two_weekly", "2026-12-10", ["11-26", "12-10"]),
        ("monthly_by_date", "2027-01-31", ["11-26", "12-26", "01-26"]),
        ("monthly_by_day", "2027-01-31", ["11-26", "12-24", "01-28"]),
    ],
)
def test_a_superuser_books_repeats_for_somebody(
    superuser: Client, account: Account, frequency: str, until: str, days: list[str]
) -> None:
    """«daily, weekly, every two weeks, monthly by date, monthly by day; also where users may not»."""
    schedule = make_resource_schedule(account)

    answer = superuser.post(new_booking_on(schedule), repeated(repeats=frequency, until=until))

    assert answer.status_code == 303
    assert starts() == days
    first = Booking.objects.earliest("pk")
    when = "Thursday 26 November 2026, 10:00–10:30"
    assert said(answer) == [f"Eva Gómez is booked for {len(days)} dates from {when} and told by email."]
    assert {booking.made_with_id for booking in Booking.objects.exclude(pk=first.pk)} == {first.pk}
    assert {actor for booking in Booking.objects.all() for actor, _, _ in trail(booking)} == {"superuser"}
    confirmations = Notification.objects.filter(kind="confirmation", due_at__isnull=False)
    assert confirmations.count() == 1, "one mail tells of all"


def test_of_repeats_none_is_booked_if_one_is_taken_and_it_is_named(superuser: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)
    book(schedule, "10:00", day=THURSDAY + timedelta(weeks=1))

    answer = superuser.post(new_booking_on(schedule), repeated())

    assert answer.status_code == 422
    assert "Nothing was booked, because 1 of the dates is not free: Thu 3 Dec, 10:00" in words(answer)
    assert Booking.objects.count() == 1


def test_at_most_fifty_two_repeats_are_booked_at_once(superuser: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)

    answer = superuser.post(new_booking_on(schedule), repeated(repeats="daily", until="2027-02-01"))

    assert answer.status_code == 422
    assert "At most 52 are booked at once. Choose an earlier last day." in words(answer)
    assert not Booking.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"until": ""}, "Choose until when it repeats."),
        ({"until": "2026-11-25"}, "Choose a day that is not before the first one."),
    ],
)
def test_repeats_that_say_too_little_are_asked_about(
    superuser: Client, account: Account, wrong: dict[str, str], sentence: str
) -> None:
    schedule = make_resource_schedule(account)

    answer = superuser.post(new_booking_on(schedule), repeated(**wrong))

    assert answer.status_code == 422
    assert sentence in words(answer)
    assert not Booking.objects.exists()


def test_repeats_with_any_that_is_free_were_refused_though_visitors_may_book_them(
    superuser: Client, account: Account
) -> None:
    """Each of the dates takes whichever resource is free then."""
    schedule = make_resource_schedule(account, resources=2)
    book(schedule, "10:00", day=THURSDAY + timedelta(weeks=1))
    first, other = schedule.resources.order_by("listed__position")

    answer = superuser.post(new_booking_on(schedule), repeated(resource="any"))

    assert answer.status_code == 303
    taken = Occupancy.objects.filter(slot__series__isnull=False).order_by("starts_at")
    chosen = [occupancy.resource_id for occupancy in taken]
    assert len(chosen) == 3
    assert chosen[1] == other.pk
    assert set(chosen) <= {first.pk, other.pk}


def test_repeats_with_any_are_refused_whole_where_none_is_free_on_one_date(superuser: Client, account: Account) -> None:
    schedule = make_resource_schedule(account, resources=2)
    for resource in schedule.resources.all():
        on = at("10:00", THURSDAY + timedelta(weeks=1))
        book_resource(schedule, resource, on, client=make_client(email=f"c{resource.pk}@example.org"), now=NOW)

    answer = superuser.post(new_booking_on(schedule), repeated(resource="any"))

    assert answer.status_code == 422
    assert "1 of the dates is not free: Thu 3 Dec, 10:00" in words(answer)
    assert Booking.objects.count() == 2


def test_a_repeat_outside_the_hours_is_booked_only_if_it_is_meant(superuser: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)
    # Thursdays are open, Fridays are not.
    schedule.hours.filter(weekday=4).delete()
    form = repeated(repeats="daily", until="2026-11-27")

    asked = superuser.post(new_booking_on(schedule), form)
    assert asked.status_code == 422
    assert "outside the opening hours" in words(asked)
    assert not Booking.objects.exists()
    superuser.post(new_booking_on(schedule), {**form, "anyway": "1"})
    assert starts() == ["11-26", "11-27"]


def test_a_link_typed_for_repeats_is_the_link_of_each(superuser: Client) -> None:
    account = Account.objects.get()
    account.supervisor_field = Account.SupervisorField.SUPERUSERS
    account.save()
    schedule = make_resource_schedule(account)

    superuser.post(new_booking_on(schedule), repeated(super_field="https://meet.example/room"))

    links = [meeting.link.open() for meeting in Meeting.objects.all()]
    assert links == ["https://meet.example/room"] * 3
