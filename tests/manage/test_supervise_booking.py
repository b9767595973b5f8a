"""Superusers book for people, bound by nothing but what is taken (M20, product.md §5)."""

from datetime import timedelta

import pytest
from django.test import Client

from convoca.booking.models import (
    Account,
    AuditEntry,
    Booking,
    FormField,
    Meeting,
    Membership,
    Notification,
    Resource,
    Schedule,
    Service,
    Slot,
    Supervision,
)
from tests.booking.building import (
    THURSDAY,
    at,
    book,
    make_account,
    make_capacity_schedule,
    make_class,
    make_member,
    make_resource_schedule,
    make_service_schedule,
    sign_up,
)
from tests.manage.conftest import LogIn
from tests.manage.reading import said, words

EVA = {"name": "Eva Gómez", "email": "eva@example.org"}
AT_TEN = {"on": THURSDAY.isoformat(), "at": "10:00", "length": "30", "resource": "any"}


def new_booking_on(schedule: Schedule) -> str:
    return f"/manage/{schedule.account.name}/bookings/new?schedule={schedule.slug}"


def edit_of(booking: Booking) -> str:
    return f"/manage/{booking.account.name}/bookings/{booking.pk}/edit"


def first_resource() -> str:
    return str(Resource.objects.earliest("pk").pk)


def trail(booking: Booking) -> list[tuple[str, str, str]]:
    return list(AuditEntry.objects.filter(booking=booking).values_list("actor", "verb", "fields"))


def owed(booking: Booking) -> list[str]:
    return list(
        Notification.objects.filter(booking=booking, sent_at=None).order_by("pk").values_list("kind", flat=True)
    )


# --- booking for somebody ---


def test_m20_a_superuser_books_for_somebody_without_a_log_in(superuser: Client, account: Account) -> None:
    schedule = make_resource_schedule(account, link_source="jitsi")

    answer = superuser.post(new_booking_on(schedule), {**AT_TEN, **EVA, "resource": first_resource()})

    booking = Booking.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/manage/Lumbre/bookings/{booking.pk}")
    assert said(answer) == ["Eva Gómez is booked for Thursday 26 November 2026, 10:00–10:30 and told by email."]
    assert (booking.name, booking.email, booking.membership) == ("Eva Gómez", "eva@example.org", None)
    assert booking.slot.starts_at == at("10:00")
    assert Meeting.objects.get().slot == booking.slot
    assert owed(booking) == ["confirmation", "reminder"]


def test_the_trail_names_the_superuser_and_not_the_client(superuser: Client, account: Account) -> None:
    superuser.post(new_booking_on(make_resource_schedule(account)), {**AT_TEN, **EVA, "resource": first_resource()})

    entry = AuditEntry.objects.get(verb="booked")
    assert entry.actor == "superuser"
    assert entry.membership is not None
    assert entry.membership.role == "superuser"


def test_acting_for_a_registered_user_the_booking_and_the_mails_are_theirs(superuser: Client, account: Account) -> None:
    member = make_member(account, email="marta@example.org")

    superuser.post(
        new_booking_on(make_resource_schedule(account)),
        {**AT_TEN, "resource": first_resource(), "person": "MARTA@example.org", "name": "", "email": ""},
    )

    booking = Booking.objects.get()
    assert (booking.membership, booking.email, booking.name) == (member, "marta@example.org", member.called)
    assert trail(booking) == [("superuser", "booked", "")]


def test_a_user_who_does_not_exist_or_is_blocked_is_not_booked_for(superuser: Client, account: Account) -> None:
    make_member(account, Membership.Role.BLOCKED, "blocked@example.org")
    make_member(make_account("Other"), email="elsewhere@example.org")
    address = new_booking_on(make_resource_schedule(account))

    for person in ("nobody@example.org", "blocked@example.org", "elsewhere@example.org"):
        answer = superuser.post(address, {**AT_TEN, "resource": first_resource(), "person": person})

        assert answer.status_code == 422
        assert "There is no such user." in words(answer)
    assert not Booking.objects.exists()


def test_a_superuser_of_one_schedule_is_not_told_who_the_users_are(account: Account, log_in: LogIn) -> None:
    schedule = make_resource_schedule(account)
    make_member(account, email="marta@example.org")
    member = make_member(account, email="sara@example.org")
    Supervision.objects.create(account=account, membership=member, schedule=schedule)
    browser = log_in(member)

    page = browser.get(new_booking_on(schedule))
    browser.post(
        new_booking_on(schedule),
        {**AT_TEN, **EVA, "resource": first_resource(), "person": "marta@example.org"},
    )

    assert "marta@example.org" not in page.text
    assert Booking.objects.get().membership is None


def test_outside_opening_hours_it_warns_first_and_then_does_it(superuser: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)
    late = {**AT_TEN, **EVA, "at": "21:00", "resource": first_resource()}

    warned = superuser.post(new_booking_on(schedule), late)

    assert warned.status_code == 422
    assert "That is outside the opening hours of Consultations. Book it all the same?" in words(warned)
    assert not Booking.objects.exists()

    superuser.post(new_booking_on(schedule), {**late, "anyway": "1"})
    assert Booking.objects.get().slot.starts_at == at("21:00")


def test_limits_and_lengths_bind_nobody_who_supervises(superuser: Client, account: Account) -> None:
    schedule = make_resource_schedule(account, notice_minutes=30 * 24 * 60, most_in_total=1, horizon_days=1)
    for clock in ("10:00", "12:10"):
        superuser.post(
            new_booking_on(schedule), {**AT_TEN, **EVA, "at": clock, "length": "95", "resource": first_resource()}
        )

    assert [slot.ends_at - slot.starts_at for slot in Slot.objects.all()] == [timedelta(minutes=95)] * 2


def test_what_is_taken_stays_taken(superuser: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)
    book(schedule, "10:00")

    answer = superuser.post(new_booking_on(schedule), {**AT_TEN, **EVA, "resource": first_resource()})

    assert answer.status_code == 422
    assert "Somebody else has that time. Nothing was changed." in words(answer)
    assert 'value="Eva Gómez"' in answer.text
    assert Booking.objects.count() == 1


def test_any_that_is_free_is_found(superuser: Client, account: Account) -> None:
    schedule = make_resource_schedule(account, resources=2)
    taken = book(schedule, "10:00")

    superuser.post(new_booking_on(schedule), {**AT_TEN, **EVA})

    booking = Booking.objects.exclude(pk=taken.pk).get()
    assert booking.slot.occupancies.get().resource.name == "Room 2"


def test_a_rental_is_booked_by_its_days(superuser: Client, account: Account) -> None:
    schedule = make_resource_schedule(account, length_kind="days", check_out_minutes=12 * 60, horizon_days=None)

    superuser.post(new_booking_on(schedule), {**AT_TEN, **EVA, "length": "3", "resource": first_resource()})

    assert Slot.objects.get().ends_at == at("12:00") + timedelta(days=2)


def test_a_service_is_booked_with_whoever_is_free(superuser: Client, account: Account) -> None:
    schedule = make_service_schedule(account)
    service = Service.objects.get()

    superuser.post(
        new_booking_on(schedule), {**EVA, "on": THURSDAY.isoformat(), "at": "10:00", "service": str(service.pk)}
    )

    assert Booking.objects.get().slot.service == service


def test_places_in_a_class_are_booked_also_where_one_person_may_have_one(superuser: Client, account: Account) -> None:
    slot = make_class(make_capacity_schedule(account), capacity=3)

    superuser.post(new_booking_on(slot.schedule), {**EVA, "slot": str(slot.pk), "quantity": "2"})
    refused = superuser.post(new_booking_on(slot.schedule), {**EVA, "slot": str(slot.pk), "quantity": "2"})

    assert Booking.objects.get().quantity == 2
    assert refused.status_code == 422
    assert "All places of that session are taken." in words(refused)


def test_the_owner_s_questions_are_asked_and_may_be_left_open(superuser: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)
    FormField.objects.create(account=account, schedule=schedule, key="phone", is_required=True)
    FormField.objects.create(
        account=account, schedule=schedule, key="field_1", kind="choice", label="Level", options="Low\nHigh"
    )
    typed = {**AT_TEN, **EVA, "resource": first_resource()}

    superuser.post(new_booking_on(schedule), {**typed, "field_1": "High"})
    wrong = superuser.post(new_booking_on(schedule), {**typed, "at": "12:00", "field_1": "Middle"})

    booking = Booking.objects.get()
    assert (booking.field_1, booking.phone) == ("High", "")
    assert wrong.status_code == 422


def test_m15_the_supervisor_field_is_there_once_it_is_enabled(superuser: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)
    assert "Supervisor field" not in words(superuser.get(new_booking_on(schedule)))

    Account.objects.update(supervisor_field="superusers", supervisor_label="Internal note")

    assert "Internal note Only superusers see it." in words(superuser.get(new_booking_on(schedule)))


def test_m16_a_link_typed_into_the_supervisor_field_becomes_the_meeting_link_and_stays_nowhere_else(
    superuser: Client, account: Account
) -> None:
    Account.objects.update(supervisor_field="superusers")
    schedule = make_resource_schedule(account, link_source="manual")

    superuser.post(
        new_booking_on(schedule),
        {**AT_TEN, **EVA, "resource": first_resource(), "super_field": "ring first https://meet.example/abc please"},
    )

    booking = Booking.objects.get()
    assert booking.super_field == "ring first please"
    assert Meeting.objects.get().link.open() == "https://meet.example/abc"


def test_a_class_has_its_link_in_the_slot_s_location_not_in_one_person_s_field(
    superuser: Client, account: Account
) -> None:
    Account.objects.update(supervisor_field="superusers")
    slot = make_class(make_capacity_schedule(account))

    answer = superuser.post(
        new_booking_on(slot.schedule),
        {**EVA, "slot": str(slot.pk), "quantity": "1", "super_field": "https://meet.example/abc"},
    )

    assert answer.status_code == 422
    assert "goes into the slot's location" in words(answer)
    assert not Booking.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"on": "2026-13-40"}, {"on": "9999-12-31"}, {"at": "25:00"}, {"length": "0"}, {"length": "x"},
        {"resource": "0"}, {"name": ""}, {"email": "eva"}, {"name": "a" * 101}, {"name": "a\x07b"},
        {"email": "\u212aim@example.org"}, {"super_field": "x" * 5000},
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    wrong: dict[str, str], superuser: Client, account: Account
) -> None:
    Account.objects.update(supervisor_field="superusers")
    schedule = make_resource_schedule(account)

    answer = superuser.post(new_booking_on(schedule), {**AT_TEN, **EVA, "resource": first_resource(), **wrong})

    assert answer.status_code == 422
    assert "There is a problem" in words(answer)
    assert not Booking.objects.exists()


def test_who_supervises_several_schedules_chooses_one_first(superuser: Client, account: Account) -> None:
    make_resource_schedule(account)
    make_capacity_schedule(account)

    assert "On which schedule? Consultations Yoga" in words(superuser.get(f"/manage/{account.name}/bookings/new"))


def test_book_again_begins_with_what_was_booked(superuser: Client, account: Account) -> None:
    booking = book(make_resource_schedule(account))

    page = superuser.get(f"/manage/{account.name}/bookings/new?like={booking.pk}")

    assert 'value="Luis Pérez"' in page.text
    assert 'value="luis@example.org"' in page.text


def test_free_times_of_a_day_lead_to_the_form(superuser: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)

    page = superuser.get(f"{new_booking_on(schedule)}&day={THURSDAY.isoformat()}")

    assert "?schedule=consultations&amp;day=2026-11-26&amp;at=09%3A00" in page.text


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_books_on_a_schedule_that_they_do_not_supervise(method: str, account: Account, log_in: LogIn) -> None:
    own, other = make_resource_schedule(account), make_capacity_schedule(account)
    slot = make_class(other)
    gone = sign_up(slot)
    member = make_member(account)
    Supervision.objects.create(account=account, membership=member, schedule=own)
    browser = log_in(member)

    getattr(browser, method)(new_booking_on(other), {**EVA, "slot": str(slot.pk), "quantity": "1"})
    like = getattr(browser, method)(f"/manage/{account.name}/bookings/new?like={gone.pk}")

    assert like.status_code == 404
    assert Booking.objects.count() == 1


@pytest.mark.parametrize("page", ["edit", "undo"])
def test_a_booking_of_another_schedule_or_account_is_not_there(page: str, account: Account, log_in: LogIn) -> None:
    own, other = make_resource_schedule(account), make_capacity_schedule(account)
    foreign = sign_up(make_class(other))
    elsewhere = book(make_resource_schedule(make_account("Other")))
    member = make_member(account)
    Supervision.objects.create(account=account, membership=member, schedule=own)

    for booking in (foreign, elsewhere):
        answer = log_in(member).post(f"/manage/{account.name}/bookings/{booking.pk}/{page}", EVA)
        assert answer.status_code == 404
    assert set(Booking.objects.values_list("name", flat=True)) == {"Luis Pérez"}
