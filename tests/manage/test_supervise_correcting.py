"""Superusers correct what is known of a booking, and see who has a place or waits for one (M16, M20)."""

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from convoca.booking.models import (
    Account,
    AuditEntry,
    Booking,
    FormField,
    Meeting,
    Notification,
    Supervision,
)
from convoca.booking.operations.cancelling import cancel
from convoca.booking.operations.waiting import join_waiting_list
from convoca.booking.questions.bookings import booking_by_join_token, booking_by_token
from tests.booking.building import (
    NOW,
    at,
    book,
    make_capacity_schedule,
    make_class,
    make_client,
    make_member,
    make_resource_schedule,
    sign_up,
)
from tests.manage.conftest import LogIn
from tests.manage.reading import said, words

EVA = {"name": "Eva Gómez", "email": "eva@example.org"}


def edit_of(booking: Booking) -> str:
    return f"/manage/{booking.account.name}/bookings/{booking.pk}/edit"


def trail(booking: Booking) -> list[tuple[str, str, str]]:
    return list(AuditEntry.objects.filter(booking=booking).values_list("actor", "verb", "fields"))


def owed(booking: Booking) -> list[str]:
    unsent = Notification.objects.filter(booking=booking, sent_at=None)
    return list(unsent.order_by("pk").values_list("kind", flat=True))


# --- correcting ---


def test_a_corrected_address_has_new_links_and_a_mail_of_its_own_and_the_old_links_die(
    superuser: Client, account: Account
) -> None:
    booking = book(make_resource_schedule(account))
    Notification.objects.update(sent_at=NOW, due_at=None)
    token, join_token = booking.token.open(), booking.join_token.open()

    answer = superuser.post(edit_of(booking), {"name": "Luis Pérez", "email": "luis.perez@example.org"})

    assert said(answer) == ["Saved. The new address gets a mail; links sent to the old one no longer work."]
    held = Booking.objects.get()
    assert booking_by_token(token) is None
    assert booking_by_join_token(join_token) is None
    assert booking_by_token(held.token.open()) == held
    assert held.revision == booking.revision + 1
    assert owed(held) == ["confirmation", "reminder"]
    assert trail(held)[-1] == ("superuser", "edited", "email")


def test_a_corrected_name_leaves_the_links_and_sends_nothing(superuser: Client, account: Account) -> None:
    booking = book(make_resource_schedule(account))
    Notification.objects.update(sent_at=NOW, due_at=None)

    answer = superuser.post(edit_of(booking), {"name": "Luis  Pérez Gil", "email": "luis@example.org"})

    assert said(answer) == ["Saved."]
    held = Booking.objects.get()
    assert (held.name, held.token_digest, held.revision) == ("Luis Pérez Gil", booking.token_digest, booking.revision)
    assert owed(held) == []


@pytest.mark.parametrize(("status", "kind"), [("pending", "request"), ("waiting", "waiting"), ("offered", "offer")])
def test_whoever_has_no_place_yet_is_told_at_the_new_address_how_it_stands(
    status: str, kind: str, superuser: Client, account: Account
) -> None:
    booking = sign_up(make_class(make_capacity_schedule(account)))
    Booking.objects.update(status=status, offered_until=at("17:00"), waits_since=NOW)
    Notification.objects.all().delete()

    superuser.post(edit_of(booking), {"name": "Luis Pérez", "email": "new@example.org"})

    assert owed(booking) == [kind]


def test_the_trail_names_what_was_edited_and_never_what_was_written(superuser: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)
    FormField.objects.create(account=account, schedule=schedule, key="phone")
    booking = book(schedule)

    superuser.post(edit_of(booking), {"name": "Eva", "email": "luis@example.org", "phone": "600 123"})

    assert trail(booking)[-1] == ("superuser", "edited", "name phone")
    page = superuser.get(f"/manage/{account.name}/bookings/{booking.pk}")
    assert "Edited : Name, Phone · Superuser" in words(page)


def test_nothing_changed_leaves_no_trace(superuser: Client, account: Account) -> None:
    booking = book(make_resource_schedule(account))

    superuser.post(edit_of(booking), {"name": "Luis Pérez", "email": "luis@example.org"})

    assert len(trail(booking)) == 1


def test_m16_a_link_in_the_supervisor_field_of_an_appointment_becomes_its_link(
    superuser: Client, account: Account
) -> None:
    Account.objects.update(supervisor_field="superusers")
    booking = book(make_resource_schedule(account, link_source="manual"))

    superuser.post(
        edit_of(booking),
        {"name": "Luis Pérez", "email": "luis@example.org", "super_field": "https://meet.example/abc"},
    )

    booking.refresh_from_db()
    assert booking.super_field == ""
    assert Meeting.objects.get().link.open() == "https://meet.example/abc"
    assert "https://meet.example/abc" in superuser.get(f"/manage/{account.name}/bookings/{booking.pk}").text


def test_what_is_cancelled_is_not_edited(superuser: Client, account: Account) -> None:
    booking = book(make_resource_schedule(account))
    cancel(booking, now=NOW)

    answer = superuser.post(edit_of(booking), EVA)

    assert answer.status_code == 422
    assert "This appointment is cancelled already. Nothing was changed." in words(answer)


# --- the waiting list of a class ---


def test_who_waits_stands_in_order_with_their_place(superuser: Client, account: Account) -> None:
    slot = make_class(make_capacity_schedule(account, has_waiting_list=True), capacity=1)
    sign_up(slot)
    for minutes, name in ((2, "Second"), (1, "First"), (3, "Third")):
        client = make_client(name, f"{name}@example.org")
        join_waiting_list(slot, client=client, now=NOW + timedelta(minutes=minutes))

    page = words(superuser.get(f"/manage/{account.name}/slots/{slot.pk}"))

    assert "Who comes Luis Pérez" in page
    assert page.index("1. First") < page.index("2. Second") < page.index("3. Third")
    assert "Joined the waiting list: Third" in page


def test_the_places_of_a_class_cost_the_same_however_many(
    superuser: Client, account: Account, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Session, person, account, membership, supervisions; slot, bookings, moves, meetings, resources, trail."""
    slot = make_class(make_capacity_schedule(account), capacity=None)
    for number in range(5):
        sign_up(slot, f"{number}@example.org")

    with django_assert_num_queries(11):
        superuser.get(f"/manage/{account.name}/slots/{slot.pk}")


def test_a_class_leads_to_its_slot_and_to_one_more_booking(superuser: Client, account: Account) -> None:
    slot = make_class(make_capacity_schedule(account))

    page = superuser.get(f"/manage/{account.name}/slots/{slot.pk}")

    assert f'href="/manage/{account.name}/schedules/yoga/slots/{slot.pk}"' in page.text
    assert f'href="/manage/{account.name}/bookings/new?schedule=yoga&amp;slot={slot.pk}"' in page.text


def test_the_places_of_another_schedule_are_not_shown(account: Account, log_in: LogIn) -> None:
    slot = make_class(make_capacity_schedule(account))
    member = make_member(account)
    Supervision.objects.create(account=account, membership=member, schedule=make_resource_schedule(account))

    assert log_in(member).get(f"/manage/{account.name}/slots/{slot.pk}").status_code == 404
