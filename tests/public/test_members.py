"""Booking with a log-in: who they are is known, and their own limits apply (M19, M20)."""

import pytest
from django.test import Client

from convoca.booking.models import AuditEntry, Booking, FormField, Membership, User
from tests.booking.building import (
    book,
    make_account,
    make_capacity_schedule,
    make_class,
    make_client,
    make_member,
    make_resource_schedule,
)
from tests.public.reading import choices, page_of, the_booking, words

pytestmark = pytest.mark.django_db

PAGE = "/schedule/Lumbre/consultations"
TEN = "2026-11-26T09:00Z"


def logged_in(member: Membership) -> Client:
    browser = Client()
    browser.force_login(member.user)
    return browser


def test_m20_a_user_is_not_asked_again_who_they_are() -> None:
    """3.3.7: a time and a button are enough; the booking is theirs, under the name that the account knows."""
    schedule = make_resource_schedule(make_account())
    member = make_member(schedule.account, email="luis@lumbre.example")
    Membership.objects.update(name="Luis Pérez")
    browser = logged_in(member)

    page = browser.get(PAGE)
    answer = browser.post(PAGE, {"start": TEN, "name": "Somebody else", "email": "else@example.org"})

    booking = the_booking()
    assert (answer.status_code, answer["Location"]) == (303, page_of(booking))
    assert "Luis Pérez luis@lumbre.example" in words(page)
    assert 'id="name"' not in page.content.decode()
    assert (booking.membership, booking.name, booking.email) == (member, "Luis Pérez", "luis@lumbre.example")
    assert AuditEntry.objects.get(booking=booking).membership == member


def test_m20_a_user_s_limit_counts_what_they_booked_with_their_log_in() -> None:
    schedule = make_resource_schedule(make_account(), most_per_day=1)
    member = make_member(schedule.account)
    book(schedule, "10:00", client=make_client(membership=member, email=member.user.email))

    refused = logged_in(member).post(PAGE, {"start": "2026-11-26T12:00Z"})
    other = logged_in(make_member(schedule.account, email="eva@lumbre.example")).post(
        PAGE, {"start": "2026-11-26T12:00Z"}
    )

    assert refused.status_code == 409
    assert "You can have 1 booking a day here." in words(refused)
    assert other.status_code == 303


def test_m20_two_appointments_at_once_are_refused_where_the_schedule_says_so() -> None:
    schedule = make_resource_schedule(make_account(), resources=2, no_overlap=True)
    member = make_member(schedule.account)
    book(schedule, "10:00", client=make_client(membership=member, email=member.user.email))

    refused = logged_in(member).post(f"{PAGE}/room-2", {"start": TEN})

    assert refused.status_code == 409
    assert "You already have an appointment at that time." in words(refused)


def test_a_user_s_answers_are_known_and_can_be_changed() -> None:
    schedule = make_resource_schedule(make_account())
    FormField.objects.create(account=schedule.account, schedule=schedule, key="phone", is_required=True)
    member = make_member(schedule.account)
    Membership.objects.update(phone="+34 600 111 222")

    page = logged_in(member).get(PAGE)
    logged_in(member).post(PAGE, {"start": TEN, "phone": "+34 600 333 444"})

    assert 'value="+34 600 111 222"' in page.content.decode()
    assert the_booking().phone == "+34 600 333 444"


def test_m22_a_user_reads_times_in_their_own_zone_unless_they_ask_for_another() -> None:
    schedule = make_resource_schedule(make_account())
    member = make_member(schedule.account)
    User.objects.update(time_zone="America/New_York")

    page = logged_in(member).get(PAGE, {"day": "2026-11-26"})
    in_madrid = logged_in(member).get(PAGE, {"day": "2026-11-26", "tz": "Europe/Madrid"})

    assert "04:00 to 04:30, Thursday 26 November" in choices(page)
    assert "10:00 to 10:30, Thursday 26 November" in choices(in_madrid)
    assert "tz=Europe%2FMadrid" in in_madrid.content.decode()


def test_m20_what_an_owner_books_needs_no_approval_and_waits_for_no_pause() -> None:
    schedule = make_resource_schedule(make_account(), requires_approval=True, is_paused=True)
    owner = logged_in(make_member(schedule.account, Membership.Role.OWNER))

    answer = owner.post(PAGE, {"start": TEN})

    assert answer.status_code == 303
    assert the_booking().status == Booking.Status.CONFIRMED


def test_a_user_signs_up_once_whichever_address_they_type() -> None:
    slot = make_class(make_capacity_schedule(make_account()))
    browser = logged_in(make_member(slot.account))

    first = browser.post("/schedule/Lumbre/yoga", {"slot": str(slot.pk)})
    second = browser.post("/schedule/Lumbre/yoga", {"slot": str(slot.pk), "email": "other@example.org"})

    assert (first.status_code, second.status_code) == (303, 409)
    assert "You are already signed up for this session." in words(second)
