"""Resource schedules: which resource, for how long, how often (M18, J1)."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from convoca.booking.models import Booking, Schedule, Series, StartTime
from convoca.booking.operations.booking import book_resource
from tests.booking.building import NOW, at, book, make_account, make_client, make_resource_schedule
from tests.public.reading import checked, choices, page_of, post, the_booking, words

pytestmark = pytest.mark.django_db

PAGE = "/schedule/Lumbre/consultations"
THAT_DAY = {"day": "2026-11-26"}
TEN = "2026-11-26T09:00Z"
Kind = Schedule.LengthKind


# Any of several


def test_m18_a_visitor_may_leave_open_which_resource_it_is(client: Client) -> None:
    schedule = make_resource_schedule(make_account(), resources=2)
    book(schedule, "10:00")

    first = client.get(PAGE, THAT_DAY)
    anyone = client.get(PAGE, THAT_DAY | {"resource": "any"})
    booked = post(client, f"{PAGE}?resource=any", start=TEN)

    assert "Any that is free" in words(first)
    assert "10:00 to 10:30, Thursday 26 November" not in choices(first)
    assert "10:00 to 10:30, Thursday 26 November" in choices(anyone)
    assert f'href="{PAGE}?resource=any" aria-current="true"' in anyone.content.decode()
    assert booked.status_code == 303
    newest = Booking.objects.order_by("-pk")[0]
    assert newest.slot.occupancies.get().resource.name == "Room 2"


def test_m18_when_the_last_of_a_pool_is_gone_the_time_is_refused(client: Client) -> None:
    schedule = make_resource_schedule(make_account(), resources=2)
    for _ in range(2):
        post(client, f"{PAGE}?resource=any", start=TEN)

    refused = post(client, f"{PAGE}?resource=any", start=TEN)

    assert refused.status_code == 409
    assert "Someone just booked that time." in words(refused)
    assert Booking.objects.filter(slot__schedule=schedule).count() == 2


def test_what_has_been_picked_stays_picked_while_paging(client: Client) -> None:
    make_resource_schedule(make_account(), resources=2, length_kind=Kind.CHOSEN, length_minutes=30, longest_minutes=120)

    page = client.get(PAGE, THAT_DAY | {"resource": "any", "length": "90"}).content.decode()

    assert f'{PAGE}?resource=any&amp;length=90&amp;month=2026-11"' in page
    assert f'{PAGE}/room-1?length=90"' in page
    assert f'{PAGE}?resource=any&amp;length=60"' in page


# How long


def test_m18_where_who_books_chooses_the_length_the_times_follow_it(client: Client) -> None:
    """Open until five: an hour and a half starts at half past three at the latest."""
    make_resource_schedule(make_account(), length_kind=Kind.CHOSEN, length_minutes=30, longest_minutes=90)

    usual = client.get(PAGE, THAT_DAY | {"all": "1"})
    longest = client.get(PAGE, THAT_DAY | {"all": "1", "length": "90"})
    post(client, f"{PAGE}?length=90", start=TEN)

    assert "How long? 30 minutes 1 hour 1 hour 30 minutes" in words(usual)
    thursdays = [name for name in choices(longest) if "Thursday 26" in name]
    assert thursdays[-1] == "15:30 to 17:00, Thursday 26 November"
    assert "16:30 to 17:00, Thursday 26 November" in choices(usual)
    assert the_booking().slot.ends_at == at("11:30")


def test_a_length_that_is_not_on_offer_is_as_if_none_had_been_asked_for(client: Client) -> None:
    make_resource_schedule(make_account(), length_kind=Kind.CHOSEN, length_minutes=30, longest_minutes=90)

    for nonsense in ("45", "-30", "x", "999999999999999999999", ""):
        page = client.get(PAGE, THAT_DAY | {"length": nonsense})
        assert "09:00 to 09:30, Thursday 26 November" in choices(page)


def test_many_lengths_are_a_list_to_choose_from(client: Client) -> None:
    make_resource_schedule(make_account(), length_kind=Kind.CHOSEN, length_minutes=30, longest_minutes=480)

    html = client.get(PAGE, {"length": "240"}).content.decode()

    assert '<select id="length" name="length">' in html
    assert '<option value="240" selected>4 hours</option>' in html


def test_m18_a_rental_is_for_whole_days_from_check_in_to_check_out(client: Client) -> None:
    schedule = make_resource_schedule(
        make_account(), length_kind=Kind.DAYS, most_days=14, check_out_minutes=18 * 60, start_every_minutes=None
    )
    StartTime.objects.create(account=schedule.account, schedule=schedule, minutes=10 * 60)

    page = client.get(PAGE, THAT_DAY | {"length": "3"})
    name = "Thursday 26 November, 10:00 until Sat 28 Nov, 18:00"
    booked = post(client, f"{PAGE}?length=3", start=choices(page)[name])
    after = client.get(PAGE, THAT_DAY | {"length": "3"})

    assert "How many days?" in words(page)
    assert booked.status_code == 303
    slot = the_booking().slot
    assert (slot.starts_at, slot.ends_at) == (at("10:00"), at("18:00", date(2026, 11, 28)))
    first = next(iter(choices(after)))
    assert first == "Sunday 29 November, 10:00 until Tue 1 Dec, 18:00", "no stay touches a day that is taken"


def test_j4_a_booking_keeps_its_length_when_it_moves(client: Client) -> None:
    make_resource_schedule(make_account(), length_kind=Kind.CHOSEN, length_minutes=30, longest_minutes=90)
    post(client, f"{PAGE}?length=90", start=TEN)
    booking = the_booking()

    page = client.get(f"{page_of(booking)}/change", THAT_DAY | {"all": "1"})
    client.post(f"{page_of(booking)}/change", {"start": "2026-11-26T13:00Z"})

    assert "14:00 to 15:30, Thursday 26 November" in choices(page)
    assert "16:00 to 17:30, Thursday 26 November" not in choices(page)
    assert (the_booking().slot.starts_at, the_booking().slot.ends_at) == (at("14:00"), at("15:30"))


def test_a_length_longer_than_any_opening_said_only_that_nothing_was_free(client: Client) -> None:
    make_resource_schedule(make_account(), length_kind=Kind.CHOSEN, length_minutes=60, longest_minutes=600)

    as_long, too_long = (words(client.get(PAGE, THAT_DAY | {"length": length})) for length in ("480", "600"))

    assert "Nothing is free for so long. Choose a shorter length." in too_long
    assert "Nothing is free for so long." not in as_long


def test_programs_ask_for_a_length_too(client: Client) -> None:
    make_resource_schedule(make_account(), length_kind=Kind.CHOSEN, length_minutes=30, longest_minutes=90)

    answer = client.get(f"{PAGE}/free.json", {"from": "2026-11-26", "days": "1", "length": "90"})
    wrong = client.get(f"{PAGE}/free.json", {"length": "45"})

    assert answer.json()["free"][0] == {"starts_at": "2026-11-26T08:00:00Z", "ends_at": "2026-11-26T09:30:00Z"}
    assert wrong.status_code == 400


# How often


def repeating(**rules: Any) -> Schedule:
    return make_resource_schedule(make_account(), repeats=Schedule.Repeats.MAY, **rules)


def test_m18_a_visitor_repeats_a_booking_every_week_until_a_day(client: Client) -> None:
    repeating()

    answer = post(client, PAGE, start=TEN, repeat=Series.Frequency.WEEKLY, until="2026-12-17")

    first, *later = Booking.objects.order_by("slot__starts_at")
    assert (answer.status_code, answer["Location"]) == (303, page_of(first))
    assert [each.slot.starts_at for each in (first, *later)] == [
        at("10:00", date(2026, 11, 26) + timedelta(weeks=week)) for week in range(4)
    ]
    page = words(client.get(page_of(first)))
    assert "And on 3 more dates Thu 3 Dec 2026, 10:00–10:30 Thu 10 Dec 2026" in page


def test_m18_of_a_series_that_clashes_nothing_is_booked_and_every_clash_is_named(client: Client) -> None:
    schedule = repeating()
    for day in (date(2026, 12, 3), date(2026, 12, 17)):
        book(schedule, "10:00", day=day)

    refused = post(client, PAGE, start=TEN, repeat="weekly", until="2026-12-17")

    text = words(refused)
    assert refused.status_code == 409
    assert "Nothing was booked, because 2 of the dates are not possible:" in text
    assert "Thu 3 Dec, 10:00: Somebody has booked that time." in text
    assert "Thu 17 Dec, 10:00: Somebody has booked that time." in text
    assert Booking.objects.count() == 2
    html = refused.content.decode()
    assert 'value="Luis Pérez"' in html
    assert '<option value="weekly" selected>' in html
    assert 'name="until" type="date" value="2026-12-17"' in html
    assert checked(refused) == ["10:00 to 10:30, Thursday 26 November"]


def test_m18_a_repeat_takes_any_resource_that_is_free_each_time(client: Client) -> None:
    schedule = repeating(resources=2, resource_choice=Schedule.ResourceChoice.FIRST)
    # On the second date Room 1 is taken.
    book(schedule, "10:00", day=date(2026, 12, 3))
    page = client.get(PAGE, THAT_DAY | {"resource": "any"})

    answer = post(client, f"{PAGE}?resource=any", start=TEN, repeat="weekly", until="2026-12-10")

    own = Booking.objects.filter(email="luis@example.org", made_with=None).latest("pk")
    made = Booking.objects.filter(pk=own.pk) | Booking.objects.filter(made_with=own)
    rooms = [each.slot.occupancies.get().resource.name for each in made.order_by("slot__starts_at")]
    assert 'id="repeat"' in page.content.decode()
    assert answer.status_code == 303
    assert rooms == ["Room 1", "Room 2", "Room 1"]


def test_m18_of_a_repeat_with_any_resource_nothing_is_booked_if_one_date_has_none_free(client: Client) -> None:
    schedule = repeating(resources=2)
    for room in schedule.resources.all():
        book_resource(schedule, room, at("10:00", date(2026, 12, 3)), client=make_client(), now=NOW)

    refused = post(client, f"{PAGE}?resource=any", start=TEN, repeat="weekly", until="2026-12-10")

    text = words(refused)
    assert refused.status_code == 409
    assert "Nothing was booked, because 1 of the dates is not possible:" in text
    assert "Thu 3 Dec, 10:00: Somebody has booked that time." in text
    assert Booking.objects.count() == 2


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"repeat": "weekly"}, "until", "Enter the last day of the repeats"),
        ({"repeat": "weekly", "until": "soon"}, "until", "Enter a day such as 2026-12-31"),
        ({"repeat": "hourly", "until": "2026-12-17"}, "repeat", "Choose how often to repeat it"),
        ({"repeat": "daily", "until": "2027-11-26"}, "until", "That is more than 52 bookings at once."),
    ],
)
def test_what_is_wrong_with_a_repeat_is_said_at_its_field(
    client: Client, fields: dict[str, str], field: str, sentence: str
) -> None:
    repeating()

    refused = post(client, PAGE, start=TEN, **fields)

    assert refused.status_code in {409, 422}
    assert f'<a href="#{field}">{sentence}' in refused.content.decode()
    assert not Booking.objects.exists()


def test_m18_where_bookings_are_made_one_at_a_time_a_repeat_is_neither_offered_nor_taken(client: Client) -> None:
    make_resource_schedule(make_account())

    page = client.get(PAGE)
    post(client, PAGE, start=TEN, repeat="weekly", until="2026-12-17")

    assert 'id="repeat"' not in page.content.decode()
    assert Booking.objects.count() == 1


def test_m20_of_a_series_one_is_cancelled_or_this_one_and_all_that_follow(client: Client) -> None:
    repeating()
    post(client, PAGE, start=TEN, repeat="weekly", until="2026-12-17")
    first, second, third, fourth = Booking.objects.order_by("slot__starts_at")
    question = words(client.get(f"{page_of(third)}/cancel"))

    client.post(f"{page_of(first)}/cancel", {"which": "this"})
    client.post(f"{page_of(third)}/cancel", {"which": "following"})

    cancelled = Booking.Status.CANCELLED
    assert "Cancel only this one Cancel this one and the one that follows" in question
    assert [Booking.objects.get(pk=each.pk).status == cancelled for each in (first, second, third, fourth)] == [
        True,
        False,
        True,
        True,
    ]
