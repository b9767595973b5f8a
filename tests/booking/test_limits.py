"""Limits per person, and what superusers may ignore."""

from datetime import date, timedelta

import pytest

from convoca.booking.models import Schedule
from convoca.booking.operations.booking import book_resource
from convoca.booking.operations.cancelling import cancel
from convoca.booking.questions.terms import supervisor_terms
from convoca.core.admission import LimitReached, NotOnGrid, OverlapsOwn, ResourceTaken, WrongLength
from convoca.core.availability import Per
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

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("rule", "per"),
    [
        ("most_per_day", Per.DAY),
        ("most_per_week", Per.WEEK),
        ("most_per_month", Per.MONTH),
        ("most_in_total", Per.TOTAL),
        ("most_ahead", Per.FUTURE),
    ],
)
def test_a_person_holds_no_more_bookings_than_the_schedule_allows(rule: str, per: Per) -> None:
    schedule = make_resource_schedule(make_account(), **{rule: 1})
    first = book(schedule, "10:00")

    with pytest.raises(LimitReached) as refusal:
        book(schedule, "11:00")
    assert (refusal.value.per, refusal.value.limit) == (per, 1)

    assert book(schedule, "11:00", client=make_client(email="eva@example.org")).pk
    cancel(first, now=NOW)
    assert book(schedule, "12:00").pk


def test_a_user_with_log_in_is_counted_by_their_membership_whatever_address_they_write() -> None:
    schedule = make_resource_schedule(make_account(), most_per_day=1)
    member = make_member(schedule.account)
    book(schedule, "10:00", client=make_client(membership=member))

    with pytest.raises(LimitReached):
        book(schedule, "11:00", client=make_client(email="other@example.org", membership=member))


def test_the_same_person_never_has_two_appointments_at_once_in_one_account() -> None:
    account = make_account()
    schedule = make_resource_schedule(account, no_overlap=True)
    sign_up(make_class(make_capacity_schedule(account), starts_at=at("10:00")))

    with pytest.raises(OverlapsOwn):
        book(schedule, "10:30")

    assert book(schedule, "11:00").pk


def test_superusers_ignore_opening_hours_and_limits_but_not_what_is_taken() -> None:
    schedule = make_resource_schedule(make_account(), most_per_day=1)
    resource = schedule.resources.get()
    terms = supervisor_terms()
    book(schedule, "10:00")

    late = book_resource(schedule, resource, at("20:10"), client=make_client(), now=NOW, terms=terms)

    assert late.pk
    with pytest.raises(ResourceTaken):
        book_resource(schedule, resource, at("20:20"), client=make_client(), now=NOW, terms=terms)


def test_who_books_chooses_a_length_between_the_shortest_and_the_longest() -> None:
    schedule = make_resource_schedule(
        make_account(), length_kind=Schedule.LengthKind.CHOSEN, longest_minutes=90, start_every_minutes=30
    )
    resource = schedule.resources.get()
    booking = book_resource(
        schedule, resource, at("10:00"), client=make_client(), now=NOW, length=timedelta(minutes=90)
    )

    assert booking.slot.ends_at == at("11:30")
    with pytest.raises(WrongLength):
        book_resource(schedule, resource, at("12:00"), client=make_client(), now=NOW, length=timedelta(minutes=120))


def test_bookings_start_at_the_listed_times_of_their_weekday() -> None:
    schedule = make_resource_schedule(make_account(), start_every_minutes=None)
    schedule.start_times.create(account=schedule.account, minutes=9 * 60 + 20)
    schedule.start_times.create(account=schedule.account, weekday=4, minutes=11 * 60)

    assert book(schedule, "09:20").pk
    friday = date(2026, 11, 27)
    with pytest.raises(NotOnGrid):
        book(schedule, "09:20", day=friday, client=make_client(email="eva@example.org"))
    assert book(schedule, "11:00", day=friday, client=make_client(email="eva@example.org")).pk
