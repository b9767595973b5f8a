"""What superusers do with a booking: approve, decline, cancel, move; and its history (M19, M20, J12)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from convoca.booking.models import Account, AuditEntry, Booking, Meeting, Membership, Supervision
from convoca.booking.operations.cancelling import cancel
from tests.booking.building import (
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
from tests.manage.reading import buttons, said, words

ON_THURSDAY = {"day": THURSDAY.isoformat()}


def day_of(account: Account) -> str:
    return f"/manage/{account.name}/"


def page_of(booking: Booking, page: str = "") -> str:
    return f"/manage/{booking.account.name}/bookings/{booking.pk}{page}"


def request_on(account: Account, clock: str = "10:00", *, link_source: str = "none") -> Booking:
    return book(make_resource_schedule(account, requires_approval=True, link_source=link_source), clock)


def trail(booking: Booking) -> list[tuple[str, str]]:
    return list(AuditEntry.objects.filter(booking=booking).values_list("actor", "verb"))


def test_m20_a_request_stands_among_those_that_need_somebody_with_its_chip_and_both_answers(
    superuser: Client, account: Account
) -> None:
    request_on(account)

    page = superuser.get(day_of(account), ON_THURSDAY)

    assert "1 appointment · 1 needs you" in words(page)
    assert "These need you 10:00–10:30 Luis Pérez" in words(page)
    assert "Waiting for approval Approve Decline" in words(page)


def test_a_request_lacks_no_link_yet(superuser: Client, account: Account) -> None:
    """Its meeting is made with the yes: nothing is broken, and nobody is asked to paste a link."""
    request_on(account, link_source="jitsi")

    page = superuser.get(day_of(account), ON_THURSDAY)

    assert "The link is made when it is approved" in words(page)
    assert "disconnected" not in words(page)
    assert "Paste link" not in words(page)
    assert "Coming days" not in words(superuser.get(day_of(account)))


def test_in_spanish_the_chip_is_the_manual_s(superuser: Client, account: Account) -> None:
    request_on(account)

    page = superuser.get(day_of(account), ON_THURSDAY, headers={"accept-language": "es"})

    assert "Por aprobar" in words(page)


def test_a_superuser_approves(superuser: Client, account: Account) -> None:
    booking = request_on(account, link_source="jitsi")

    answer = superuser.post(page_of(booking, "/approve"))

    assert answer.status_code == 303
    assert answer.headers["Location"] == f"{day_of(account)}?day=2026-11-26#slot-{booking.slot_id}"
    assert said(answer) == ["Luis Pérez is confirmed and told by email."]
    booking.refresh_from_db()
    assert booking.is_confirmed
    assert Meeting.objects.exists()
    assert trail(booking) == [("attendee", "requested"), ("superuser", "approved")]


def test_a_superuser_declines_and_the_time_is_free_again(superuser: Client, account: Account) -> None:
    booking = request_on(account)

    answer = superuser.post(page_of(booking, "/decline"))

    assert said(answer) == ["The request of Luis Pérez is declined. They are told by email."]
    assert book(booking.slot.schedule, client=make_client(email="eva@example.org")).pk


def test_the_second_answer_to_a_request_changes_nothing(superuser: Client, account: Account) -> None:
    booking = request_on(account)
    superuser.post(page_of(booking, "/approve"))

    answer = superuser.post(page_of(booking, "/decline"))

    assert said(answer)[-1] == "Somebody has answered this request already. Nothing was changed."
    booking.refresh_from_db()
    assert booking.is_confirmed


def test_of_a_class_each_person_is_answered_alone(superuser: Client, account: Account) -> None:
    slot = make_class(make_capacity_schedule(account, requires_approval=True))
    luis, eva = sign_up(slot), sign_up(slot, "eva@example.org")

    superuser.post(page_of(luis, "/approve"))

    assert [Booking.objects.get(pk=each.pk).status for each in (luis, eva)] == ["confirmed", "pending"]
    assert "Waiting for approval Approve Decline" in words(superuser.get(day_of(account), ON_THURSDAY))


def test_nothing_is_cancelled_before_it_is_asked(superuser: Client, account: Account) -> None:
    booking = book(make_resource_schedule(account))

    page = superuser.get(page_of(booking, "/cancel"))

    assert "Cancel the appointment of Luis Pérez?" in words(page)
    assert buttons(page) == ["Cancel the appointment", "Keep"]
    booking.refresh_from_db()
    assert booking.is_confirmed


def test_m20_a_superuser_cancels_also_later_than_the_client_could(superuser: Client, account: Account) -> None:
    booking = book(make_resource_schedule(account, cancel_limit_minutes=30 * 24 * 60))

    answer = superuser.post(page_of(booking, "/cancel"))

    assert said(answer) == ["The appointment of Luis Pérez is cancelled. They are told by email."]
    booking.refresh_from_db()
    assert booking.status == Booking.Status.CANCELLED
    assert booking.notifications.filter(kind="cancellation").exists()
    again = superuser.post(page_of(booking, "/cancel"))
    assert said(again)[-1] == "This appointment is cancelled already. Nothing was changed."


def test_the_free_times_of_the_week_are_offered_to_move_to(superuser: Client, account: Account) -> None:
    schedule = make_resource_schedule(account, length_minutes=60, start_every_minutes=60)
    booking = book(schedule, "10:00")
    book(schedule, "12:00", client=make_client(email="eva@example.org"))

    page = words(superuser.get(page_of(booking, "/move")))

    assert "The week from Thursday 26 November 2026 · Madrid time, GMT+1" in page
    assert "Thursday 26 November 2026 09:00 11:00 13:00 14:00 15:00 16:00 Friday 27 November 2026 09:00 10:00" in page


def test_m20_a_superuser_moves_an_appointment_which_keeps_its_meeting(superuser: Client, account: Account) -> None:
    booking = book(make_resource_schedule(account, link_source="jitsi"))
    meeting = Meeting.objects.get()

    answer = superuser.post(page_of(booking, "/move"), {"start": at("12:00").isoformat()})

    assert said(answer) == ["The appointment of Luis Pérez is now on Thursday 26 November 2026, 12:00–12:30."]
    booking.slot.refresh_from_db()
    assert booking.slot.starts_at == at("12:00")
    assert Meeting.objects.get().pk == meeting.pk
    assert trail(booking) == [("attendee", "booked"), ("superuser", "moved")]


def test_a_superuser_moves_outside_opening_hours_too(superuser: Client, account: Account) -> None:
    booking = book(make_resource_schedule(account, change_limit_minutes=30 * 24 * 60))

    answer = superuser.post(page_of(booking, "/move"), {"on": "2026-11-29", "at": "21:10"})

    assert answer.status_code == 303
    booking.slot.refresh_from_db()
    assert booking.slot.starts_at == at("21:10", THURSDAY + timedelta(days=3))


def test_what_is_taken_stays_taken_and_the_free_times_are_named(superuser: Client, account: Account) -> None:
    """«{resource} is busy then. Free: 12:00, 12:30.»"""
    schedule = make_resource_schedule(account, length_minutes=120, start_every_minutes=120)
    booking = book(schedule, "10:00")
    book(schedule, "12:00", client=make_client(email="eva@example.org"))

    answer = superuser.post(page_of(booking, "/move"), {"on": "2026-11-26", "at": "13:00"})

    assert answer.status_code == 422
    assert "Room 1 is busy then. Free: 14:00." in words(answer)
    booking.slot.refresh_from_db()
    assert booking.slot.starts_at == at("10:00")


def test_a_place_in_a_class_moves_to_another_slot(superuser: Client, account: Account) -> None:
    schedule = make_capacity_schedule(account)
    old, new = make_class(schedule), make_class(schedule, starts_at=at("20:00"))
    booking = sign_up(old)

    page = superuser.get(page_of(booking, "/move"))
    superuser.post(page_of(booking, "/move"), {"start": str(new.pk)})

    assert "20:00–21:00 · Yoga for backs · 0 of 3 places taken" in words(page)
    booking.refresh_from_db()
    assert booking.slot_id == new.pk


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"start": ""},
        {"start": "tomorrow"},
        {"start": "2026-11-26T12:00:00"},
        {"start": "9999-12-31T23:59:59-12:00"},
        {"start": "0001-01-01T00:00:00+12:00"},
        {"start": "🙂\x00"},
        {"on": "2026-11-26", "at": ""},
        {"on": "9999-12-31", "at": "12:00"},
        {"on": "", "at": "12:00"},
    ],
)
def test_a_time_that_makes_no_sense_is_refused(typed: dict[str, str], superuser: Client, account: Account) -> None:
    booking = book(make_resource_schedule(account))

    assert superuser.post(page_of(booking, "/move"), typed).status_code == 422
    booking.slot.refresh_from_db()
    assert booking.slot.starts_at == at("10:00")


@pytest.mark.parametrize("slot", ["", "0", "9" * 30, "²", "-1"])
def test_a_slot_that_makes_no_sense_is_refused(slot: str, superuser: Client, account: Account) -> None:
    booking = sign_up(make_class(make_capacity_schedule(account)))

    assert superuser.post(page_of(booking, "/move"), {"start": slot}).status_code == 422


def test_a_place_never_moves_into_another_account(superuser: Client, account: Account) -> None:
    booking = sign_up(make_class(make_capacity_schedule(account)))
    foreign = make_class(make_capacity_schedule(make_account("Sombra")))

    assert superuser.post(page_of(booking, "/move"), {"start": str(foreign.pk)}).status_code == 422


def test_a_booking_s_page_says_with_whom_it_is(superuser: Client, account: Account) -> None:
    """The list of the day said it, and whoever opened the booking from a mail or the history did not learn it."""
    booking = book(make_resource_schedule(account))

    assert "Schedule Consultations With whom or what Room 1" in words(superuser.get(page_of(booking)))


def test_a_booking_s_page_tells_who_did_what_and_when(superuser: Client, account: Account) -> None:
    booking = request_on(account)
    superuser.post(page_of(booking, "/approve"))
    superuser.post(page_of(booking, "/move"), {"start": at("12:00").isoformat()})

    page = words(superuser.get(page_of(booking)))

    assert "Tue 24 Nov, 09:00 Requested · Luis Pérez" in page
    assert "Tue 24 Nov, 09:00 Approved · Superuser (Superuser)" in page
    assert "Tue 24 Nov, 09:00 Moved · Superuser (Superuser)" in page


def test_a_cancelled_booking_keeps_its_history_and_can_be_taken_back_or_booked_again(
    superuser: Client, account: Account
) -> None:
    booking = book(make_resource_schedule(account))
    cancel(booking, now=booking.created_at)

    page = superuser.get(page_of(booking))

    assert "Cancelled · Luis Pérez" in words(page)
    assert buttons(page) == ["Undo the cancellation", "Book again"]


def test_a_yes_is_posted_never_followed(superuser: Client, account: Account) -> None:
    booking = request_on(account)

    assert superuser.get(page_of(booking, "/approve")).status_code == 405
    booking.refresh_from_db()
    assert booking.status == Booking.Status.PENDING


def test_one_press_declined_a_request_without_asking(superuser: Client, account: Account) -> None:
    booking = request_on(account)

    day = superuser.get(day_of(account), ON_THURSDAY)
    asked = superuser.get(page_of(booking, "/decline"))

    assert f'<a class="btn" href="{page_of(booking, "/decline")}"' in day.text
    assert f'action="{page_of(booking, "/decline")}"' not in day.text + superuser.get(page_of(booking)).text
    assert "Decline the request of Luis Pérez?" in words(asked)
    assert buttons(asked) == ["Decline", "Back"]
    booking.refresh_from_db()
    assert booking.status == Booking.Status.PENDING


def test_a_request_that_is_answered_can_no_longer_be_declined(superuser: Client, account: Account) -> None:
    booking = request_on(account)
    superuser.post(page_of(booking, "/approve"))

    asked = superuser.get(page_of(booking, "/decline"))

    assert "Somebody has answered this request already." in words(asked)
    assert buttons(asked) == ["Back"]


@pytest.mark.parametrize("page", ["/approve", "/decline", "/cancel", "/move"])
def test_a_post_from_elsewhere_is_refused(page: str, account: Account) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(make_member(account, Membership.Role.OWNER).user)
    booking = request_on(account)

    assert browser.post(page_of(booking, page), {"start": at("12:00").isoformat()}).status_code == 403
    booking.refresh_from_db()
    assert booking.status == Booking.Status.PENDING


def _user(account: Account) -> Membership:
    return make_member(account, Membership.Role.USER)


def _blocked(account: Account) -> Membership:
    return make_member(account, Membership.Role.BLOCKED)


def _superuser_of_another_schedule(account: Account) -> Membership:
    membership = make_member(account, Membership.Role.USER, "yoga@example.org")
    Supervision.objects.create(account=account, membership=membership, schedule=make_capacity_schedule(account))
    return membership


def _owner_elsewhere(account: Account) -> Membership:
    return make_member(make_account("Sombra"), Membership.Role.OWNER)


@pytest.mark.parametrize("make", [_user, _blocked, _superuser_of_another_schedule, _owner_elsewhere])
def test_m19_whoever_does_not_supervise_the_schedule_finds_no_booking(
    make: Callable[[Account], Membership], account: Account, log_in: LogIn
) -> None:
    booking = request_on(account)
    browser = log_in(make(account))

    acts = ("/approve", "/decline", "/cancel", "/move")
    statuses = {browser.post(page_of(booking, each)).status_code for each in acts}
    statuses |= {browser.get(page_of(booking, each)).status_code for each in ("", "/cancel", "/move")}

    assert statuses == {404}
    booking.refresh_from_db()
    assert booking.status == Booking.Status.PENDING


def test_m19_a_superuser_of_this_schedule_alone_answers(account: Account, log_in: LogIn) -> None:
    booking = request_on(account)
    membership = make_member(account, Membership.Role.USER, "desk@example.org")
    Supervision.objects.create(account=account, membership=membership, schedule=booking.slot.schedule)

    assert log_in(membership).post(page_of(booking, "/approve")).status_code == 303
    assert trail(booking)[-1] == ("superuser", "approved")


def test_the_history_costs_the_same_however_long(
    superuser: Client, account: Account, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Session, person, account, membership, supervisions; the booking, its history, moves, meeting, resources,
    form, and what was asked for with it."""
    booking = book(make_resource_schedule(account))
    for clock in ("11:00", "12:00", "13:00"):
        superuser.post(page_of(booking, "/move"), {"start": at(clock).isoformat()})

    superuser.get(page_of(booking))  # What was said is shown once, and then forgotten.
    with django_assert_num_queries(12):
        superuser.get(page_of(booking))
