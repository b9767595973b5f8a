"""SuperSaaS's own client for Python, unchanged, pointed at a server of ours (B8)."""

from collections.abc import Iterator

import pytest
import time_machine
from pytest_django.live_server_helper import LiveServer
from SuperSaaS import Client, Configuration, Error

from convoca.booking.models import Account, Booking, Membership, Schedule
from convoca.booking.operations.booking import book_place
from convoca.booking.operations.keys import make_key
from tests.booking.building import (
    NOW,
    book,
    make_account,
    make_capacity_schedule,
    make_class,
    make_client,
    make_member,
    make_resource_schedule,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def account() -> Account:
    return make_account()


@pytest.fixture
def schedule(account: Account) -> Schedule:
    return make_resource_schedule(account)


@pytest.fixture
def client(account: Account, live_server: LiveServer) -> Iterator[Client]:
    owner = make_member(account, Membership.Role.OWNER)
    configuration = Configuration()
    configuration.account_name, configuration.api_key = account.name, make_key(account, by=owner, now=NOW)
    configuration.host = live_server.url
    # It counts its own calls by the clock, which stands still here.
    client = Client(configuration)
    client.rate_limiter.throttle = lambda: None
    with time_machine.travel(NOW, tick=False):
        yield client


def test_b8_schedules_resources_fields_and_groups(client: Client, schedule: Schedule) -> None:
    [found] = client.schedules.list()
    [room] = client.schedules.resources(found.id)

    assert (found.id, found.name, room.name) == (schedule.pk, "Consultations", "Room 1")
    assert [each.name for each in client.schedules.field_list(found.id)] == ["full_name", "email"]
    assert client.groups.list() == []


def test_b8_a_booking_s_life(client: Client, schedule: Schedule) -> None:
    attributes = {
        "start": "2026-11-26 10:00:00",
        "finish": "2026-11-26 10:30:00",
        "full_name": "Ada Ruiz",
        "email": "ada@example.org",
    }

    made = client.appointments.create(schedule.pk, None, attributes)
    booking = Booking.objects.get()
    assert made["location"].endswith(f"/api/bookings/{booking.pk}.json")
    assert client.appointments.get(schedule.pk, booking.pk).full_name == "Ada Ruiz"
    moved = client.appointments.update(schedule.pk, booking.pk, {"start": "2026-11-26 12:00:00"})
    assert moved.start == "2026-11-26T12:00"
    assert [each.id for each in client.appointments.list(schedule.pk)] == [booking.pk]
    client.appointments.delete(schedule.pk, booking.pk)
    [gone] = client.appointments.changes(schedule.pk, "2026-11-24 00:00:00")
    assert (gone.id, gone.deleted) == (booking.pk, True)


def test_b8_ranges_agendas_and_what_is_free(client: Client, account: Account, schedule: Schedule) -> None:
    eva = make_member(account, email="eva@example.org")
    book(schedule, "10:00", client=make_client("Eva", "eva@example.org", membership=eva))

    [ranged] = client.appointments.range(schedule.pk, from_time="2026-11-26 00:00:00", to="2026-11-27 00:00:00")
    [coming] = client.appointments.agenda(schedule.pk, eva.pk)
    free = client.appointments.available(schedule.pk, "2026-11-26 09:00:00", limit=3)

    assert ranged.full_name == coming.full_name == "Eva"
    assert [each.start for each in free] == ["2026-11-26T09:00", "2026-11-26T09:30", "2026-11-26T10:30"]


def test_b8_slots_of_a_class_come_with_their_bookings(client: Client, account: Account) -> None:
    yoga = make_capacity_schedule(account)
    slot = make_class(yoga, capacity=5)
    book_place(slot, client=make_client(), now=NOW)

    [found] = client.appointments.range(yoga.pk, slot=True)

    assert (found.id, found.capacity, found.count, len(found.bookings)) == (slot.pk, 5, 1, 1)


def test_b8_users(client: Client, account: Account) -> None:
    eva = make_member(account, email="eva@example.org")

    assert [each.id for each in client.users.list()] == [eva.pk]
    assert client.users.get(eva.pk).email == "eva@example.org"


def test_b8_a_user_s_life(client: Client, account: Account) -> None:
    made = client.users.create({"name": "ada", "email": "ada@example.org", "full_name": "Ada Ruiz"}, "77fk")
    found = client.users.get("77fk")
    assert made["location"].endswith(f"/api/users/{found.id}.json")
    assert (found.name, found.full_name, found.fk) == ("ada", "Ada Ruiz", "77")

    again = client.users.create({"name": "ada", "phone": "600"})
    assert again == made
    with pytest.raises(Error):
        client.users.create({"name": "ada"}, duplicate="raise")
    client.users.update("77fk", {"full_name": "Ada Mar"}, notfound="error")
    changed = client.users.get(found.id)
    assert (changed.full_name, changed.phone) == ("Ada Mar", "600")
    client.users.delete(found.id)
    assert client.users.list() == []
    with pytest.raises(Error):
        client.users.update(found.id, {"full_name": "Nobody"}, notfound="error")
