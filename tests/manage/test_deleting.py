"""The owner deletes a schedule, after a page that says what goes with it (J11, M14)."""

import pytest
from django.test import Client
from django.urls import reverse

from convoca.booking.models import Account, Booking, Schedule
from convoca.booking.operations.connecting import connect_schedule
from convoca.booking.operations.deleting import take_away_next
from convoca.booking.operations.granting import need_owner
from tests.booking.building import NOW, book, connect_zoom, make_capacity_schedule, make_class, make_resource_schedule
from tests.booking.zooming import SimulatedZoom
from tests.manage.reading import after_posting, plain, words

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def schedule(account: Account) -> Schedule:
    return make_resource_schedule(account)


def page_of(schedule: Schedule) -> str:
    return reverse("manage:delete-schedule", args=[schedule.account.name, schedule.slug])


def read(browser: Client, address: str) -> str:
    return plain(browser.get(address).text)


def test_the_page_says_what_goes_with_the_schedule(owner: Client, schedule: Schedule, zoom: SimulatedZoom) -> None:
    zoom.connect(schedule)
    for clock in ("10:00", "11:00"):
        book(schedule, clock)
    zoom.work()

    text = read(owner, page_of(schedule))

    for sentence in (
        "2 upcoming bookings are cancelled, and their people are told by email.",
        "2 meetings are deleted at Zoom.",
        "It is the last schedule that uses Zoom: your credentials are deleted from this server",
        "Resources that no other schedule has go, too: Room 1.",
    ):
        assert sentence in text


def test_a_schedule_that_is_not_the_last_one_is_only_disconnected(owner: Client, schedule: Schedule) -> None:
    other = make_capacity_schedule(schedule.account)
    connect_schedule(other, connect_zoom(schedule), now=NOW)

    text = read(owner, page_of(schedule))

    assert "It is disconnected from Zoom; your other schedules stay connected." in text
    assert "No upcoming booking is affected." in text


def test_looking_at_the_page_deletes_nothing(owner: Client, schedule: Schedule) -> None:
    owner.get(page_of(schedule))

    assert not Schedule.objects.get().is_closing


def test_from_the_moment_of_deletion_nobody_finds_the_schedule(owner: Client, schedule: Schedule) -> None:
    slot = make_class(make_capacity_schedule(schedule.account))
    public = reverse("schedule", args=[schedule.account.name, schedule.slug])
    assert Client().get(public).status_code == 200

    owner.post(page_of(schedule), {"message": "We close."})

    assert Client().get(public).status_code == 404
    assert Client().get(reverse("free_times", args=[schedule.account.name, schedule.slug])).status_code == 404
    assert owner.get(reverse("manage:schedule", args=[schedule.account.name, schedule.slug])).status_code == 404
    text = read(owner, reverse("manage:schedules", args=[schedule.account.name]))
    assert "Being deleted Consultations" in text
    assert slot.schedule.name in text
    assert "Consultations" not in read(owner, reverse("manage:new-booking", args=[schedule.account.name]))


def test_the_message_is_what_people_are_told(owner: Client, schedule: Schedule) -> None:
    booking = book(schedule)

    owner.post(page_of(schedule), {"message": "We close.\nThank you."})
    while take_away_next(now=NOW):
        continue

    assert Booking.objects.get(pk=booking.pk).cancel_message.split() == ["We", "close.", "Thank", "you."]


def test_what_cannot_be_deleted_at_the_vendor_is_said_and_can_be_left_there(
    owner: Client, schedule: Schedule, zoom: SimulatedZoom
) -> None:
    connection = zoom.connect(schedule)
    book(schedule)
    zoom.work()
    need_owner(connection, reason="revoked", now=NOW)
    owner.post(page_of(schedule), {"message": ""})
    while take_away_next(now=NOW):
        continue

    text = read(owner, page_of(schedule))
    assert "1 meeting is still to be deleted at the vendor." in text
    assert "We cannot delete 1 of them: the vendor does not let us." in text

    leave = reverse("manage:leave-meetings", args=[schedule.account.name, schedule.slug])
    assert "1 meeting stays at the vendor." in words(after_posting(owner, leave, {}))


def test_only_the_owner_deletes(superuser: Client, schedule: Schedule) -> None:
    assert superuser.get(page_of(schedule)).status_code == 404
    assert superuser.post(page_of(schedule)).status_code == 404
    assert not Schedule.objects.get().is_closing


def test_the_deletion_stands_in_the_trail_when_the_schedule_is_gone(owner: Client, schedule: Schedule) -> None:
    make_capacity_schedule(schedule.account)
    owner.post(page_of(schedule), {"message": ""})
    while take_away_next(now=NOW):
        continue

    assert Schedule.objects.count() == 1
    assert "Deleted the schedule" in read(owner, reverse("manage:trail", args=[schedule.account.name]))
