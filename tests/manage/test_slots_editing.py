"""Changing and calling off a slot: "this one", or "this and following" (M18)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from convoca.booking.models import Account, AuditEntry, Booking, Membership, Schedule, Series, Slot, Supervision
from convoca.booking.operations.linking import type_link
from convoca.booking.operations.series import Repeat, book_series
from convoca.booking.operations.slots import open_series
from convoca.booking.operations.waiting import join_waiting_list
from convoca.core.time import Interval
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
from tests.manage.conftest import LogIn
from tests.manage.reading import after_posting, words

THURSDAY = date(2026, 11, 26)
LINK = "https://meet.example.org/yoga-for-backs"
AS_IT_IS = {
    "title": "Yoga for backs",
    "description": "",
    "day": "2026-11-26",
    "starts": "18:00",
    "ends": "19:00",
    "capacity": "3",
    "location": "",
}


def make_course(account: Account, weeks: int = 3) -> list[Slot]:
    schedule = make_capacity_schedule(account, has_waiting_list=True)
    repeat = Repeat(Series.Frequency.WEEKLY, THURSDAY + timedelta(weeks=weeks - 1))
    when = Interval(at("18:00"), at("19:00"))
    return open_series(schedule, when, repeat=repeat, title="Yoga for backs", capacity=3, now=NOW)


def edit_page(slot: Slot) -> str:
    return reverse("manage:edit-slot", args=[slot.account.name, slot.schedule.slug, slot.pk])


def cancel_page(slot: Slot) -> str:
    return reverse("manage:cancel-slot", args=[slot.account.name, slot.schedule.slug, slot.pk])


def clocks() -> list[str]:
    return [f"{slot.starts_at:%d %H:%M}" for slot in Slot.objects.order_by("pk")]


def test_the_form_holds_the_slot_as_it_is(owner: Client, account: Account) -> None:
    slot = make_course(account)[0]

    page = owner.get(edit_page(slot)).text

    for value in ("Yoga for backs", "2026-11-26", "18:00", "19:00", "3"):
        assert f'value="{value}"' in page


def test_this_one_is_meant_unless_one_says_otherwise(owner: Client, account: Account) -> None:
    slots = make_course(account)

    answer = owner.post(edit_page(slots[0]), AS_IT_IS | {"starts": "20:00", "ends": "21:00", "which": "this"})

    assert answer.status_code == 303
    assert clocks() == ["26 19:00", "03 17:00", "10 17:00"]


def test_this_and_following_are_changed_together(owner: Client, account: Account) -> None:
    slots = make_course(account)
    changed = AS_IT_IS | {"day": "2026-12-04", "capacity": "", "which": "following"}

    answer = after_posting(owner, edit_page(slots[1]), changed)

    assert clocks() == ["26 17:00", "04 17:00", "11 17:00"]
    assert list(Slot.objects.values_list("capacity", flat=True)) == [3, None, None]
    assert "2 slots are changed." in words(answer)


def test_a_slot_that_stands_alone_is_not_asked_about_a_series(owner: Client, account: Account) -> None:
    slot = make_class(make_capacity_schedule(account))

    assert "Which slots?" not in owner.get(edit_page(slot)).text
    assert "Which slots?" in owner.get(edit_page(make_course_beside(slot)[0])).text


def make_course_beside(slot: Slot) -> list[Slot]:
    repeat = Repeat(Series.Frequency.DAILY, THURSDAY + timedelta(days=1))
    when = Interval(at("20:00"), at("21:00"))
    return open_series(slot.schedule, when, repeat=repeat, title="Evening", capacity=3, now=NOW)


def test_nothing_different_is_said_so(owner: Client, account: Account) -> None:
    slot = make_course(account)[0]

    answer = after_posting(owner, edit_page(slot), AS_IT_IS | {"which": "following"})

    assert "Nothing was different, so nothing was changed." in words(answer)
    assert not AuditEntry.objects.filter(verb=AuditEntry.Verb.EDITED).exists()


def test_m17_a_typed_link_stands_in_the_location_field_of_those_who_supervise_and_is_kept_there(
    owner: Client, account: Account
) -> None:
    slot = make_class(make_capacity_schedule(account, link_source="manual"))
    type_link(slot, LINK, now=NOW)

    assert f'name="location" value="{LINK}"' in owner.get(edit_page(slot)).text
    owner.post(edit_page(slot), AS_IT_IS | {"location": LINK, "title": "Yoga for necks"})

    assert f'name="location" value="{LINK}"' in owner.get(edit_page(slot)).text
    slot.refresh_from_db()
    assert (slot.title, slot.location) == ("Yoga for necks", "")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"day": "2026-11-23"}, "Choose a date that has not passed."),
        ({"day": "2026-11-24", "starts": "08:59"}, "Choose a time that has not passed."),
        ({"ends": "18:00"}, "Choose an end that differs from the start."),
        ({"title": ""}, "This field is required."),
        ({"which": "all"}, "Choose whether only this one or the following ones, too."),
    ],
)
def test_what_is_wrong_is_said_and_the_form_kept(
    changes: dict[str, str], sentence: str, owner: Client, account: Account
) -> None:
    slot = make_course(account)[0]

    answer = owner.post(edit_page(slot), AS_IT_IS | {"description": "Bring a mat."} | changes)

    assert answer.status_code == 422
    assert sentence in words(answer)
    assert "Bring a mat." in answer.text
    assert not AuditEntry.objects.filter(verb=AuditEntry.Verb.EDITED).exists()


def test_a_class_that_has_begun_may_still_be_called_something_else(owner: Client, account: Account) -> None:
    slot = make_class(make_capacity_schedule(account), starts_at=NOW - timedelta(minutes=10))

    owner.post(
        edit_page(slot), AS_IT_IS | {"title": "Yoga for necks", "day": "2026-11-24", "starts": "08:50", "ends": "09:50"}
    )

    slot.refresh_from_db()
    assert slot.title == "Yoga for necks"


def test_who_has_signed_up_is_listed_with_a_way_to_their_booking(owner: Client, account: Account) -> None:
    slot = make_course(account)[0]
    booking = sign_up(slot)

    page = owner.get(edit_page(slot)).text

    assert f'<a href="{reverse("manage:booking", args=[account.name, booking.pk])}">Luis Pérez</a>' in page


def test_before_a_slot_is_called_off_it_says_how_many_are_told(owner: Client, account: Account) -> None:
    slots = make_course(account)
    for slot in slots[:2]:
        sign_up(slot)
    sign_up(slots[1], "eva@example.org")

    page = words(owner.get(cancel_page(slots[0])))

    assert "This one 1 person is told by email." in page
    assert "This and following 3 slots. 2 people are told by email." in page


def test_a_slot_is_called_off_with_a_message_to_all(owner: Client, account: Account) -> None:
    slot = make_course(account)[0]
    booking = sign_up(slot)

    answer = after_posting(owner, cancel_page(slot), {"which": "this", "message": "The teacher is ill."})

    booking.refresh_from_db()
    assert (booking.status, booking.cancel_message) == (Booking.Status.CANCELLED, "The teacher is ill.")
    assert Slot.objects.filter(cancelled_at__isnull=True).count() == 2
    assert "The slot is cancelled. Whoever signed up is told by email." in words(answer)


def test_this_and_following_are_called_off_together(owner: Client, account: Account) -> None:
    slots = make_course(account)

    answer = after_posting(owner, cancel_page(slots[1]), {"which": "following", "message": ""})

    assert [slot.is_live for slot in Slot.objects.order_by("pk")] == [True, False, False]
    assert "2 slots are cancelled. Whoever signed up is told by email." in words(answer)


def test_what_was_called_off_can_be_taken_back_on_the_same_page_for_five_minutes(
    owner: Client, account: Account, this_instant: time_machine.Traveller
) -> None:
    slots = make_course(account)
    sign_up(slots[0])
    answer = after_posting(owner, cancel_page(slots[0]), {"which": "following", "message": ""})
    assert "Cancelled: Yoga for backs, Thu 26 Nov, 18:00–19:00, and 2 more." in words(answer)
    undo = reverse("manage:undo-slot", args=[account.name, slots[0].schedule.slug, slots[0].pk])

    answer = after_posting(owner, undo, {})

    assert "3 slots take place again." in words(answer)
    assert Booking.objects.get().is_confirmed
    after_posting(owner, cancel_page(slots[0]), {"which": "this", "message": ""})
    this_instant.shift(timedelta(minutes=6))
    answer = after_posting(owner, undo, {})
    assert "A slot that was cancelled can be taken back for five minutes." in words(answer)
    assert 'action="' + undo not in answer.content.decode()


def test_who_waits_counts_among_those_who_are_told(owner: Client, account: Account) -> None:
    slot = make_class(make_capacity_schedule(account, has_waiting_list=True), capacity=1)
    sign_up(slot)
    join_waiting_list(slot, client=make_client(email="eva@example.org"), now=NOW)

    assert "2 people are told by email." in words(owner.get(cancel_page(slot)))


def test_looking_changes_nothing(owner: Client, account: Account) -> None:
    slot = make_course(account)[0]

    for page in (edit_page(slot), cancel_page(slot)):
        assert owner.get(page, {"which": "following", "title": "Another"}).status_code == 200

    assert not AuditEntry.objects.exclude(verb=AuditEntry.Verb.OPENED).exists()


def test_the_superuser_of_another_schedule_finds_nothing_here(account: Account, log_in: LogIn) -> None:
    slot = make_course(account)[0]
    other = make_resource_schedule(account)
    member = make_member(account)
    Supervision.objects.create(account=account, membership=member, schedule=other)
    browser = log_in(member)

    for page in (edit_page(slot), cancel_page(slot)):
        assert browser.get(page).status_code == 404
        assert browser.post(page, AS_IT_IS).status_code == 404
    Supervision.objects.create(account=account, membership=member, schedule=slot.schedule)
    assert browser.get(edit_page(slot)).status_code == 200


@pytest.mark.parametrize("page", [edit_page, cancel_page])
def test_slots_of_elsewhere_or_over_or_cancelled_and_appointments_are_not_found(
    page: Any, owner: Client, account: Account, this_instant: Any
) -> None:
    mine = make_class(make_capacity_schedule(account))
    theirs = make_class(make_capacity_schedule(make_account("Otra")))
    appointment = book(make_resource_schedule(account)).slot

    def found(slot: Slot, schedule: Schedule) -> int:
        name = "manage:edit-slot" if page is edit_page else "manage:cancel-slot"
        return owner.get(reverse(name, args=[account.name, schedule.slug, slot.pk])).status_code

    assert found(mine, mine.schedule) == 200
    assert found(theirs, mine.schedule) == 404
    assert found(appointment, mine.schedule) == 404
    assert found(appointment, appointment.schedule) == 404
    this_instant.move_to(mine.ends_at)
    assert found(mine, mine.schedule) == 404
    this_instant.move_to(NOW)
    owner.post(cancel_page(mine), {"message": ""})
    assert found(mine, mine.schedule) == 404


def test_dates_that_were_asked_for_together_are_approved_together_from_any_of_them(
    owner: Client, account: Account
) -> None:
    schedule = make_resource_schedule(account, repeats=Schedule.Repeats.MAY, requires_approval=True)
    repeat = Repeat(Series.Frequency.WEEKLY, THURSDAY + timedelta(weeks=2))
    bookings = book_series(
        schedule, schedule.resources.get(), at("10:00"), repeat=repeat, client=make_client(), now=NOW
    )
    page = reverse("manage:booking", args=[account.name, bookings[1].pk])

    assert "3 dates were asked for together. Approve all of them Decline all of them" in words(owner.get(page))
    asked = owner.get(reverse("manage:decline", args=[account.name, bookings[1].pk]), {"all": "1"})
    assert "3 dates were asked for together." in words(asked)
    assert 'name="all" value="1"' in asked.text
    owner.post(reverse("manage:decline", args=[account.name, bookings[2].pk]))
    owner.post(reverse("manage:approve", args=[account.name, bookings[1].pk]), {"all": "1"})

    statuses = Booking.objects.order_by("pk").values_list("status", flat=True)
    assert list(statuses) == ["confirmed", "confirmed", "cancelled"]
    assert "asked for together" not in words(owner.get(page))


def test_the_trail_names_the_owner(owner: Client, account: Account) -> None:
    slot = make_course(account)[0]

    owner.post(edit_page(slot), AS_IT_IS | {"title": "Yoga for necks"})

    entry = AuditEntry.objects.get(verb=AuditEntry.Verb.EDITED)
    assert entry.membership == Membership.objects.get(role=Membership.Role.OWNER)


def test_the_form_moved_a_class_to_the_first_of_two_equal_times_when_only_its_end_was_changed(
    owner: Client, account: Account
) -> None:
    """On 31 October 2027 the clocks of Madrid show 02:30 at 00:30 and again at 01:30 in Greenwich."""
    second = datetime(2027, 10, 31, 1, 30, tzinfo=UTC)
    slot = make_class(make_capacity_schedule(account), starts_at=second)

    owner.post(edit_page(slot), AS_IT_IS | {"day": "2027-10-31", "starts": "02:30", "ends": "04:30"})

    slot.refresh_from_db()
    assert (slot.starts_at, slot.ends_at) == (second, second + timedelta(hours=2))
