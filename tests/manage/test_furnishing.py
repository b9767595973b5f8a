"""New schedules, their resources and services: made, named, ordered, shared, hidden, paused (M18)."""

from typing import Any

import pytest
from django.test import Client

from convoca.booking.models import Account, Resource, Schedule, Service
from convoca.booking.operations.booking import book_place, book_resource, book_service
from convoca.booking.operations.refusals import BookingsPaused
from convoca.booking.operations.waiting import join_waiting_list
from convoca.booking.questions.offers import local_window, starts_on_offer
from convoca.booking.questions.terms import supervisor_terms
from convoca.core.admission import ResourceTaken
from tests.booking.building import (
    MADRID,
    NOW,
    THURSDAY,
    at,
    book,
    make_account,
    make_capacity_schedule,
    make_class,
    make_client,
    make_resource_schedule,
    sign_up,
)
from tests.manage.reading import page_of, said, words

NEW = {
    "kind": "resource",
    "name": "Consulta de Ana",
    "slug": "",
    "time_zone": MADRID,
    "minutes_0": "45",
    "minutes_1": "1",
}
FURNISHED = NEW | {"resources": "Ana Ruiz\n\n Marco  Vidal \nAna Ruiz"}


def new_schedule(owner: Client, account: Account, **typed: str) -> Any:
    return owner.post(f"/manage/{account.name}/new-schedule", FURNISHED | typed)


def names_on(schedule: Schedule) -> list[str]:
    return list(schedule.listed.values_list("resource__name", flat=True))


def free_on(schedule: Schedule, service: Service | None = None) -> int:
    window = local_window(THURSDAY, 1, schedule.time_zone)
    return len(starts_on_offer(schedule, window=window, now=NOW, service=service))


def row_of(schedule: Schedule, resource: Resource | Service, act: str) -> str:
    pages = "resources" if isinstance(resource, Resource) else "services"
    return page_of(schedule, f"{pages}/{resource.pk}/{act}")


# --- a schedule ---


def test_m18_a_resource_schedule_is_made_with_its_resources_and_can_be_booked_at_once(
    owner: Client, account: Account
) -> None:
    answer = new_schedule(owner, account)

    schedule = Schedule.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/manage/{account.name}/schedules/consulta-de-ana")
    assert said(answer) == [
        "Consulta de Ana is made and can be booked. It is open Monday to Friday, 9:00 to 17:00, until you change that."
    ]
    assert (schedule.kind, schedule.length_minutes, schedule.time_zone) == ("resource", 45, MADRID)
    assert names_on(schedule) == ["Ana Ruiz", "Marco Vidal"]
    assert book(schedule, "16:00").pk


def test_m18_a_service_schedule_is_made_with_its_first_service(owner: Client, account: Account) -> None:
    new_schedule(owner, account, kind="service", service="Voice lesson")

    schedule = Schedule.objects.get()
    service = schedule.services.get()
    assert (service.name, service.minutes) == ("Voice lesson", 45)
    first, second = (
        book_service(schedule, service, at("10:00"), client=make_client(email=email), now=NOW)
        for email in ("luis@example.org", "eva@example.org")
    )
    assert first.slot.occupancies.get().resource != second.slot.occupancies.get().resource


def test_m18_a_capacity_schedule_needs_neither(owner: Client, account: Account) -> None:
    answer = new_schedule(owner, account, kind="capacity", name="Yoga", resources="", minutes_0="")

    assert said(answer) == ["Yoga is made. Now make its first slot."]
    assert sign_up(make_class(Schedule.objects.get())).pk


def test_the_address_is_made_from_the_name_and_numbered_where_it_is_taken(owner: Client, account: Account) -> None:
    for name in ("Consulta", "¡Consulta!", "瑜伽", "consulta"):
        assert new_schedule(owner, account, name=name).status_code == 303

    assert list(Schedule.objects.values_list("slug", flat=True)) == [
        "consulta",
        "consulta-2",
        "schedule",
        "consulta-3",
    ]
    assert owner.get(f"/schedule/{account.name}/consulta-2").status_code == 200


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"kind": ""}, "Choose what people can book."),
        ({"kind": "hotel"}, "Select a valid choice."),
        ({"name": " "}, "Enter a name."),
        ({"name": "x" * 101}, "Ensure this value has at most 100 characters"),
        ({"slug": "a b"}, "Use letters, digits, hyphens and underscores"),
        ({"slug": "x" * 61}, "Ensure this value has at most 60 characters"),
        ({"slug": "consultations"}, "Another schedule has this address. Choose another one."),
        ({"time_zone": "Madrid"}, "Select a valid choice."),
        ({"resources": " \n"}, "Enter at least one person, room or thing."),
        ({"resources": "x" * 101}, "Use at most 50 lines of 100 characters."),
        ({"resources": "\n".join(map(str, range(51)))}, "Use at most 50 lines of 100 characters."),
        ({"minutes_0": ""}, "Enter how long it takes."),
        ({"minutes_0": "2000"}, "Use at most 24 hours."),
        ({"kind": "service"}, "Enter what your first service is called."),
    ],
)
def test_a_schedule_that_makes_no_sense_is_not_made(
    typed: dict[str, str], sentence: str, owner: Client, account: Account
) -> None:
    make_resource_schedule(account)

    answer = new_schedule(owner, account, **typed)

    assert answer.status_code == 422
    assert sentence in words(answer)
    assert (Schedule.objects.count(), Resource.objects.count()) == (1, 1)


def test_the_summary_of_what_is_wrong_leads_to_a_radio_button_too(owner: Client, account: Account) -> None:
    page = new_schedule(owner, account, kind="").text

    assert '<a href="#id_kind_0">Choose what people can book.</a>' in page
    assert 'id="id_kind_0"' in page


def test_the_same_address_may_exist_in_another_account(owner: Client, account: Account) -> None:
    make_resource_schedule(make_account("Sombra"))

    assert new_schedule(owner, account, slug="consultations").status_code == 303


def test_the_list_and_a_schedule_s_page_lead_there(owner: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)

    assert f"/manage/{account.name}/new-schedule" in owner.get(f"/manage/{account.name}/schedules").text
    assert page_of(schedule, "edit") in owner.get(page_of(schedule, "")[:-1]).text


def test_a_schedule_is_renamed_and_described(owner: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)

    answer = owner.post(page_of(schedule, "edit"), {"name": "Talks", "description": "By video."})

    assert (answer.status_code, said(answer)) == (303, ["Saved."])
    schedule.refresh_from_db()
    assert (schedule.name, schedule.description, schedule.slug) == ("Talks", "By video.", "consultations")


def test_while_a_schedule_is_paused_only_those_who_supervise_book(owner: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)
    paused = {"name": "Consultations", "is_paused": "on", "paused_message": "Back in March."}

    owner.post(page_of(schedule, "edit"), paused)
    schedule.refresh_from_db()

    with pytest.raises(BookingsPaused) as refusal:
        book(schedule)
    assert refusal.value.message == "Back in March."
    assert "“Back in March.”" in words(owner.get(page_of(schedule, "")[:-1]))
    owner.post(page_of(schedule, "edit"), {"name": "Consultations"})
    schedule.refresh_from_db()
    assert book(schedule).pk


@pytest.mark.django_db
def test_nobody_signs_up_or_waits_while_a_class_s_schedule_is_paused() -> None:
    schedule = make_capacity_schedule(make_account(), has_waiting_list=True)
    lesson, full = make_class(schedule), make_class(schedule, capacity=1)
    sign_up(full)
    Schedule.objects.update(is_paused=True)
    lesson.refresh_from_db()

    with pytest.raises(BookingsPaused):
        sign_up(lesson, "eva@example.org")
    with pytest.raises(BookingsPaused):
        join_waiting_list(full, client=make_client(email="eva@example.org"), now=NOW)
    assert book_place(lesson, client=make_client(email="eva@example.org"), now=NOW, terms=supervisor_terms()).pk


# --- resources ---


def test_m18_a_resource_is_added_last_and_can_be_booked(owner: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)

    answer = owner.post(page_of(schedule, "resources"), {"name": "Room 9", "count": "1"})

    assert (answer.status_code, said(answer)) == (303, ["On the list: Room 9."])
    assert names_on(schedule) == ["Room 1", "Room 9"]
    assert free_on(schedule) == 16


def test_m18_several_that_are_alike_are_made_at_once_and_numbered(owner: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)

    owner.post(page_of(schedule, "resources"), {"name": "Court", "count": "3"})

    assert names_on(schedule) == ["Room 1", "Court 1", "Court 2", "Court 3"]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": ""}, "Enter a name."),
        ({"count": "0"}, "Ensure this value is greater than or equal to 1."),
        ({"count": "51"}, "Ensure this value is less than or equal to 50."),
    ],
)
def test_a_resource_that_makes_no_sense_is_not_made(
    typed: dict[str, str], sentence: str, owner: Client, account: Account
) -> None:
    schedule = make_resource_schedule(account)

    answer = owner.post(page_of(schedule, "resources"), {"name": "Court", "count": "1"} | typed)

    assert answer.status_code == 422
    assert sentence in words(answer)
    assert names_on(schedule) == ["Room 1"]


def test_a_resource_is_renamed(owner: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)
    room = Resource.objects.get()

    assert owner.post(row_of(schedule, room, "rename"), {"name": "Big room"}).status_code == 303
    refused = owner.post(row_of(schedule, room, "rename"), {"name": ""})

    assert (refused.status_code, names_on(schedule)) == (422, ["Big room"])
    assert f'id="id_{room.pk}_name_error"' in refused.text


def test_resources_change_places(owner: Client, account: Account) -> None:
    schedule = make_resource_schedule(account, resources=3)
    first, second, third = (listed.resource for listed in schedule.listed.select_related("resource"))

    owner.post(row_of(schedule, third, "shift"), {"to": "up"})
    assert names_on(schedule) == ["Room 1", "Room 3", "Room 2"]
    owner.post(row_of(schedule, first, "shift"), {"to": "down"})
    assert names_on(schedule) == ["Room 3", "Room 1", "Room 2"]
    owner.post(row_of(schedule, third, "shift"), {"to": "up"})
    owner.post(row_of(schedule, second, "shift"), {"to": "down"})
    assert names_on(schedule) == ["Room 3", "Room 1", "Room 2"]


def test_m18_the_first_on_the_list_is_taken_first_where_any_will_do(owner: Client, account: Account) -> None:
    schedule = make_resource_schedule(account, resources=2, resource_choice="first")
    _, second = (listed.resource for listed in schedule.listed.select_related("resource"))

    owner.post(row_of(schedule, second, "shift"), {"to": "up"})

    booking = book_resource(schedule, None, at("10:00"), client=make_client(), now=NOW)
    assert booking.slot.occupancies.get().resource == second


def test_what_is_off_the_list_is_booked_no_more_and_its_bookings_stay(owner: Client, account: Account) -> None:
    booking = book(make_resource_schedule(account, resources=2))
    schedule, room = booking.slot.schedule, booking.slot.occupancies.get().resource

    answer = owner.post(row_of(schedule, room, "take-off"))

    assert said(answer) == ["Room 1 is off the list. Bookings already made stay as they are."]
    assert names_on(schedule) == ["Room 2"]
    booking.refresh_from_db()
    assert booking.is_confirmed


def test_m18_a_resource_shared_between_schedules_is_taken_on_both(owner: Client, account: Account) -> None:
    one = make_resource_schedule(account)
    other = make_resource_schedule(account, resources=0, slug="members", name="Members")
    room = Resource.objects.get()

    answer = owner.post(page_of(other, "resources/share"), {"resource": str(room.pk)})

    assert said(answer) == ["On the list: Room 1."]
    assert "also on Members" in words(owner.get(page_of(one, "resources")))
    book(one, "10:00")
    with pytest.raises(ResourceTaken):
        book(other, "10:00", client=make_client(email="eva@example.org"))
    assert free_on(other) == 15


def test_a_resource_of_another_account_cannot_be_shared(owner: Client, account: Account) -> None:
    schedule = make_resource_schedule(account, resources=0)
    make_resource_schedule(make_account("Sombra"))

    answer = owner.post(page_of(schedule, "resources/share"), {"resource": str(Resource.objects.get().pk)})

    assert answer.status_code == 422
    assert names_on(schedule) == []


@pytest.mark.parametrize("act", ["rename", "shift", "take-off"])
def test_a_resource_that_is_not_on_the_list_is_not_found(act: str, owner: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)
    foreign = make_resource_schedule(make_account("Sombra")).resources.get()

    assert owner.post(row_of(schedule, foreign, act), {"name": "Mine"}).status_code == 404
    foreign.refresh_from_db()
    assert foreign.name == "Room 1"


def test_each_kind_has_its_own_pages(owner: Client, account: Account) -> None:
    resource, capacity = make_resource_schedule(account), make_capacity_schedule(account)

    assert owner.get(page_of(resource, "services")).status_code == 404
    assert owner.get(page_of(capacity, "services")).status_code == 404
    assert owner.get(page_of(capacity, "resources")).status_code == 404


def test_m19_a_superuser_makes_and_furnishes_nothing(superuser: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)
    room = Resource.objects.get()

    assert superuser.get(f"/manage/{account.name}/new-schedule").status_code == 404
    assert "New schedule" not in words(superuser.get(f"/manage/{account.name}/schedules"))
    assert "Name and pause" not in words(superuser.get(page_of(schedule, "")[:-1]))
    for page in ("edit", "resources"):
        assert superuser.get(page_of(schedule, page)).status_code == 404
    for act in ("rename", "shift", "take-off"):
        assert superuser.post(row_of(schedule, room, act), {"name": "Mine"}).status_code == 404
    assert names_on(schedule) == ["Room 1"]
