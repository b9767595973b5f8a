"""Configure > Rules: what a schedule asks of its bookings (M18, M20)."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from convoca.booking.models import Account, Booking, Schedule
from convoca.booking.operations.booking import book_place, book_resource
from convoca.booking.operations.cancelling import cancel
from convoca.booking.operations.configuring import RULES, set_rules
from convoca.booking.operations.waiting import join_waiting_list
from convoca.core.admission import LimitReached, ResourceTaken, TooFar, TooLateToCancel, TooSoon, WrongLength
from convoca.manage.rules import COLUMNS, GROUPS, RulesForm
from tests.booking.building import (
    NOW,
    at,
    book,
    make_capacity_schedule,
    make_class,
    make_client,
    make_resource_schedule,
    make_service_schedule,
    sign_up,
)
from tests.manage.reading import page_of, said, words

type Make = Callable[[Account], Schedule]

BY_KIND: list[Make] = [make_resource_schedule, make_service_schedule, make_capacity_schedule]


def length(name: str, number: object, unit: int = 1) -> dict[str, str]:
    return {f"{name}_minutes_0": str(number), f"{name}_minutes_1": str(unit)}


TIMES = {
    **length("notice", 2, 60),
    "horizon_days": "60",
    **length("change_limit", 1, 1440),
    **length("cancel_limit", 0),
    **length("reminder", "", 60),
    "most_per_day": "1",
    "most_per_week": "",
    "most_per_month": "",
    "most_in_total": "",
    "most_ahead": "3",
    "no_overlap": "on",
    "requires_approval": "on",
}
ON_DEMAND = {**length("buffer_before", 5), **length("buffer_after", 0), "resource_choice": "first"}
FILLED: Mapping[str, dict[str, str]] = {
    "resource": {"length_kind": "fixed", **length("length", 45), **ON_DEMAND, "repeats": "may", **TIMES},
    "service": {**ON_DEMAND, **TIMES},
    "capacity": {
        "usual_capacity": "8",
        "places_per_person": "2",
        "repeats": "must",
        "has_waiting_list": "on",
        "offer_hours": "6",
        **TIMES,
    },
}
NO_LIMITS = {
    **{f"{name}_minutes_0": "0" for name in ("notice", "change_limit", "cancel_limit", "buffer_before")},
    **dict.fromkeys(("most_per_day", "most_ahead", "no_overlap", "requires_approval"), ""),
}


def fields_of(response: Any) -> set[str]:
    return set(response.context["form"].fields)


@pytest.mark.parametrize("make", BY_KIND)
def test_m20_the_owner_sets_within_what_limits_people_book_change_and_cancel(
    make: Make, owner: Client, account: Account
) -> None:
    schedule = make(account)

    answer = owner.post(page_of(schedule, "rules"), FILLED[schedule.kind])

    assert (answer.status_code, said(answer)) == (303, ["Saved. Bookings already made stay as they are."])
    schedule.refresh_from_db()
    assert (schedule.notice_minutes, schedule.horizon_days) == (120, 60)
    assert (schedule.change_limit_minutes, schedule.cancel_limit_minutes) == (1440, 0)
    assert (schedule.reminder_minutes, schedule.most_per_day, schedule.most_ahead) == (None, 1, 3)
    assert (schedule.no_overlap, schedule.requires_approval) == (True, True)


def test_m18_each_kind_has_the_rules_that_make_sense_for_it(owner: Client, account: Account) -> None:
    """A service has a length of its own; a class is when its owner put it, and somebody may wait for it."""
    resource, service, capacity = (fields_of(owner.get(page_of(make(account), "rules"))) for make in BY_KIND)

    assert resource - service == {
        "length_kind",
        "length_minutes",
        "longest_minutes",
        "length_step_minutes",
        "most_days",
        "check_out_minutes",
        "repeats",
    }
    assert service - capacity == {"resource_choice", "buffer_before_minutes", "buffer_after_minutes"}
    assert capacity - service == {
        "usual_capacity",
        "shows_places",
        "places_per_person",
        "repeats",
        "has_waiting_list",
        "offer_hours",
    }


def test_every_rule_has_its_page() -> None:
    """Rules, Start times, Access, and Name and pause: nothing that binds a booking is out of the owner's reach."""
    elsewhere = {"start_every_minutes", "is_paused", "paused_message"}
    elsewhere |= {"who_sees", "who_books", "who_changes", "others_see"}

    assert set(RulesForm.base_fields) | elsewhere == RULES
    assert set(RulesForm.base_fields) == {name for columns in COLUMNS.values() for name in columns}
    assert sorted(set(RulesForm.base_fields)) == sorted({name for _, names in GROUPS for name in names})


def test_m18_a_class_of_a_course_is_booked_as_a_whole_and_an_appointment_is_repeated_by_who_wants(
    owner: Client, account: Account
) -> None:
    for make, repeats in ((make_resource_schedule, "may"), (make_capacity_schedule, "must")):
        schedule = make(account)
        owner.post(page_of(schedule, "rules"), FILLED[schedule.kind])
        schedule.refresh_from_db()
        assert schedule.repeats == repeats

    refused = owner.post(
        page_of(Schedule.objects.get(kind="resource"), "rules"), FILLED["resource"] | {"repeats": "must"}
    )
    assert refused.status_code == 422


# --- what is set binds ---


def test_m18_the_length_that_is_set_is_what_a_booking_takes(owner: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)

    owner.post(page_of(schedule, "rules"), FILLED["resource"] | NO_LIMITS)

    schedule.refresh_from_db()
    assert book(schedule, "10:00").slot.ends_at == at("10:45")


def test_m18_who_books_chooses_a_length_in_the_owner_s_steps(owner: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)
    chosen = {"length_kind": "chosen", **length("length", 30), **length("longest", 2, 60), **length("length_step", 30)}

    owner.post(page_of(schedule, "rules"), FILLED["resource"] | NO_LIMITS | chosen)

    schedule.refresh_from_db()
    room = schedule.resources.get()
    for minutes in (45, 150):
        with pytest.raises(WrongLength):
            book_resource(schedule, room, at("10:00"), client=make_client(), now=NOW, length=timedelta(minutes=minutes))
    assert book_resource(schedule, room, at("10:00"), client=make_client(), now=NOW, length=timedelta(minutes=90)).pk


def test_m18_a_rental_takes_whole_days_and_ends_at_the_check_out_of_the_day_after(
    owner: Client, account: Account
) -> None:
    schedule = make_resource_schedule(account)
    rental = {"length_kind": "days", "most_days": "3", "check_out_minutes_0": "11:00", "check_out_minutes_1": "1"}

    owner.post(page_of(schedule, "rules"), FILLED["resource"] | NO_LIMITS | rental)

    schedule.refresh_from_db()
    assert schedule.check_out_minutes == 1440 + 660
    assert 'name="check_out_minutes_0" value="11:00"' in owner.get(page_of(schedule, "rules")).text
    room, two_days = schedule.resources.get(), timedelta(days=2)
    booking = book_resource(schedule, room, at("15:00"), client=make_client(), now=NOW, length=two_days)
    assert booking.slot.ends_at == at("11:00", date(2026, 11, 28))
    with pytest.raises(WrongLength):
        book_resource(schedule, room, at("15:00"), client=make_client(), now=NOW, length=timedelta(days=4))


def test_m18_breaks_keep_bookings_apart(owner: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)
    breaks = {**length("length", 30), **length("buffer_before", 10), **length("buffer_after", 5)}

    owner.post(page_of(schedule, "rules"), FILLED["resource"] | NO_LIMITS | breaks)

    schedule.refresh_from_db()
    book(schedule, "10:00")
    with pytest.raises(ResourceTaken):
        book(schedule, "10:30", client=make_client(email="eva@example.org"))
    assert book(schedule, "11:00", client=make_client(email="eva@example.org")).pk


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        (length("notice", 3, 1440), TooSoon),
        ({"horizon_days": "1"}, TooFar),
        ({"most_per_week": "1"}, LimitReached),
        ({"most_in_total": "1"}, LimitReached),
        ({"most_ahead": "1"}, LimitReached),
    ],
)
def test_m20_the_limits_that_are_set_bind_who_books(
    typed: dict[str, str], refusal: type[Exception], owner: Client, account: Account
) -> None:
    schedule = make_resource_schedule(account)
    book(schedule, "09:00")

    owner.post(page_of(schedule, "rules"), FILLED["resource"] | NO_LIMITS | typed)

    schedule.refresh_from_db()
    with pytest.raises(refusal):
        book(schedule, "11:00")


def test_m20_nobody_cancels_after_the_limit_that_is_set(owner: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)
    booking = book(schedule, "10:00")

    owner.post(page_of(schedule, "rules"), FILLED["resource"] | NO_LIMITS | length("cancel_limit", 3, 1440))

    with pytest.raises(TooLateToCancel):
        cancel(Booking.objects.get(pk=booking.pk), now=NOW)


def test_m18_places_per_person_approval_and_waiting_list_bind_who_signs_up(owner: Client, account: Account) -> None:
    schedule = make_capacity_schedule(account)

    owner.post(
        page_of(schedule, "rules"), FILLED["capacity"] | NO_LIMITS | {"requires_approval": "on", "repeats": "no"}
    )

    schedule.refresh_from_db()
    assert (schedule.usual_capacity, schedule.shows_places) == (8, False)
    lesson, full = make_class(schedule), make_class(schedule, capacity=1, starts_at=at("19:00"))
    with pytest.raises(LimitReached):
        book_place(lesson, client=make_client(), quantity=3, now=NOW)
    assert book_place(lesson, client=make_client(), quantity=2, now=NOW).status == Booking.Status.PENDING
    sign_up(full)
    waiting = join_waiting_list(full, client=make_client(email="eva@example.org"), now=NOW)
    assert waiting.status == Booking.Status.WAITING


def test_rules_are_shown_as_people_say_them(owner: Client, account: Account) -> None:
    """A day's reminder is 1 day, not 1440 minutes."""
    schedule = make_resource_schedule(account, reminder_minutes=1440, notice_minutes=90)

    page = owner.get(page_of(schedule, "rules")).text

    assert 'name="reminder_minutes_0" value="1"' in page
    assert '<option value="1440" selected>days</option>' in page
    assert 'name="notice_minutes_0" value="90"' in page


@pytest.mark.parametrize(
    ("kind", "saved"),
    [
        ("fixed", {"length_minutes": 45, "longest_minutes": 120, "most_days": 14}),
        ("chosen", {"length_minutes": 45, "longest_minutes": 180, "most_days": 14}),
        ("days", {"length_minutes": 30, "longest_minutes": 120, "most_days": 7}),
    ],
)
def test_only_the_lengths_that_count_are_checked_and_saved(
    kind: str, saved: dict[str, int], owner: Client, account: Account
) -> None:
    schedule = make_resource_schedule(account)
    lengths = {**length("longest", 3, 60), **length("length_step", 15), "most_days": "7", "length_kind": kind}
    lengths |= {"check_out_minutes_0": "18:00", "check_out_minutes_1": "0"}
    wrong = {"fixed": {"most_days": "x"}, "chosen": {"most_days": "-1"}, "days": length("length", "x")}[kind]

    answer = owner.post(page_of(schedule, "rules"), FILLED["resource"] | lengths | wrong)

    assert answer.status_code == 303
    schedule.refresh_from_db()
    assert {name: getattr(schedule, name) for name in saved} == saved


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        (length("length", ""), "length_minutes", "This field is required."),
        (length("length", "0"), "length_minutes", "Use at least 5 minutes."),
        (length("length", 32, 1440), "length_minutes", "Use at most 31 days."),
        (length("length", "9" * 40), "length_minutes", "Ensure this value is less than or equal to 100000."),
        (length("notice", 1, 7), "notice_minutes", "Select a valid choice. 7 is not one of the available choices."),
        (
            {"length_kind": "days", "check_out_minutes_0": "00:00", "check_out_minutes_1": "0", "most_days": "2"},
            "check_out_minutes",
            "A rental cannot end when its last day begins.",
        ),
        ({"repeats": "must"}, "repeats", "Select a valid choice. must is not one of the available choices."),
        ({"horizon_days": "0"}, "horizon_days", "Ensure this value is greater than or equal to 1."),
        (
            length("notice", 61, 1440),
            "horizon_days",
            "Nobody could book: it would be too soon and too far ahead at once.",
        ),
        (
            {"length_kind": "chosen", **length("longest", 30), **length("length_step", 5)},
            "longest_minutes",
            "The longest length is shorter than the shortest.",
        ),
        ({"most_per_day": "0"}, "most_per_day", "Ensure this value is greater than or equal to 1."),
        ({"length_kind": "🙂"}, "length_kind", "Select a valid choice. 🙂 is not one of the available choices."),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_saved(
    typed: dict[str, str], field: str, sentence: str, owner: Client, account: Account
) -> None:
    schedule = make_resource_schedule(account)

    answer = owner.post(page_of(schedule, "rules"), FILLED["resource"] | typed)

    assert answer.status_code == 422
    assert f'id="id_{field}_error">{sentence}</p>' in answer.text
    schedule.refresh_from_db()
    assert (schedule.notice_minutes, schedule.most_ahead) == (0, None)


def test_a_service_schedule_never_takes_another_kind_s_rules(owner: Client, account: Account) -> None:
    schedule = make_service_schedule(account)

    owner.post(page_of(schedule, "rules"), FILLED["service"] | {"has_waiting_list": "on", "length_kind": "days"})

    schedule.refresh_from_db()
    assert (schedule.has_waiting_list, schedule.length_kind) == (False, "fixed")


@pytest.mark.django_db
def test_only_rules_are_set_and_only_the_given_ones(account: Account) -> None:
    schedule = make_resource_schedule(account)
    Schedule.objects.update(name="Renamed meanwhile", most_days=3)

    set_rules(schedule, {"notice_minutes": 60})

    saved = Schedule.objects.get()
    assert (saved.notice_minutes, saved.name, saved.most_days) == (60, "Renamed meanwhile", 3)
    with pytest.raises(ValueError, match="Not a rule: slug"):
        set_rules(schedule, {"slug": "elsewhere"})


def test_m19_a_superuser_does_not_change_rules(superuser: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)

    assert superuser.post(page_of(schedule, "rules"), FILLED["resource"]).status_code == 404
    assert "Rules" not in words(superuser.get(f"/manage/{account.name}/schedules/{schedule.slug}"))
    schedule.refresh_from_db()
    assert schedule.notice_minutes == 0
