"""As whom somebody acts on a schedule: what they are there, not only what they are in the account (M19)."""

import pytest
from django.test import Client
from django.urls import reverse

from convoca.booking.models import Account, AuditEntry, Booking, Membership, Schedule, Supervision
from convoca.booking.operations.auditing import acting
from convoca.booking.operations.cancelling import cancel, may_undo
from tests.booking.building import NOW, book, make_capacity_schedule, make_class, make_member, make_resource_schedule
from tests.manage.conftest import LogIn

SUPERUSER = AuditEntry.Actor.SUPERUSER


@pytest.fixture
def schedule(account: Account) -> Schedule:
    return make_resource_schedule(account)


def browser_of_its_superuser(schedule: Schedule, log_in: LogIn) -> Client:
    person = make_member(schedule.account)
    Supervision.objects.create(account=schedule.account, membership=person, schedule=schedule)
    return log_in(person)


def page_of(booking: Booking, page: str) -> str:
    return f"/manage/{booking.account.name}/bookings/{booking.pk}/{page}"


def actor_of(verb: str) -> str:
    return AuditEntry.objects.get(verb=verb).actor


def test_a_superuser_of_one_schedule_was_written_down_as_a_mere_user(schedule: Schedule, log_in: LogIn) -> None:
    booking = book(schedule)

    browser_of_its_superuser(schedule, log_in).post(page_of(booking, "cancel"))

    assert actor_of("cancelled") == SUPERUSER


def test_an_attendee_took_back_what_the_superuser_of_the_schedule_had_cancelled(
    schedule: Schedule, log_in: LogIn
) -> None:
    booking = book(schedule)
    browser_of_its_superuser(schedule, log_in).post(page_of(booking, "cancel"))
    booking.refresh_from_db()

    assert not may_undo(booking, now=NOW)


def test_a_superuser_of_one_schedule_could_not_take_back_what_the_owner_had_cancelled(
    schedule: Schedule, log_in: LogIn
) -> None:
    owner = make_member(schedule.account, Membership.Role.OWNER)
    booking = cancel(book(schedule), now=NOW, by=acting(owner))

    browser_of_its_superuser(schedule, log_in).post(page_of(booking, "undo"))

    booking.refresh_from_db()
    assert booking.status == Booking.Status.CONFIRMED
    assert actor_of("restored") == SUPERUSER


def test_a_superuser_of_a_class_was_written_down_as_a_mere_user_when_it_was_called_off(
    account: Account, log_in: LogIn
) -> None:
    yoga = make_capacity_schedule(account)
    slot = make_class(yoga)

    browser_of_its_superuser(yoga, log_in).post(reverse("manage:cancel-slot", args=["Lumbre", yoga.slug, slot.pk]))

    assert actor_of("cancelled") == SUPERUSER
