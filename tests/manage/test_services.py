"""Configure > Services: what is sold, and which resources it takes (M18)."""

from typing import Any

import pytest
from django.test import Client

from convoca.booking.models import Account, Resource, Schedule
from convoca.booking.operations.booking import book_service
from convoca.core.admission import ResourceTaken
from tests.booking.building import NOW, at, make_client, make_service_schedule
from tests.manage.reading import page_of, said, words
from tests.manage.test_furnishing import free_on, names_on, row_of

SERVICE = {"name": "Voice lesson", "description": "", "minutes_0": "1", "minutes_1": "60", "price_label": "40 €"}


def make_lessons(account: Account, *resources: str) -> tuple[Schedule, list[Resource]]:
    schedule = make_service_schedule(account, pool=1)
    made = [Resource.objects.create(account=account, name=name) for name in resources]
    for place, resource in enumerate(made):
        schedule.listed.create(account=account, resource=resource, position=place)
    return schedule, made


def test_m18_a_service_takes_all_of_its_needs_and_of_each_need_any_one(owner: Client, account: Account) -> None:
    """A room, and whoever of the two teachers is free: two lessons at a time would need two rooms."""
    schedule, (room, ines, pablo) = make_lessons(account, "Room", "Inés", "Pablo")
    needs = {"need-0": [str(room.pk)], "need-1": [str(ines.pk), str(pablo.pk)]}

    answer = owner.post(page_of(schedule, "services/new"), SERVICE | needs)

    assert answer.status_code == 303
    assert "1 hour · 40 € · Room; one of: Inés, Pablo" in words(owner.get(page_of(schedule, "services")))
    service = schedule.services.get(name="Voice lesson")
    booking = book_service(schedule, service, at("10:00"), client=make_client(), now=NOW)
    taken = set(booking.slot.occupancies.values_list("resource__name", flat=True))
    assert "Room" in taken
    assert len(taken) == 2
    with pytest.raises(ResourceTaken):
        book_service(schedule, service, at("10:00"), client=make_client(email="eva@example.org"), now=NOW)


def test_m18_several_candidates_of_one_need_are_a_pool(owner: Client, account: Account) -> None:
    schedule, (ines, pablo) = make_lessons(account, "Inés", "Pablo")
    owner.post(page_of(schedule, "services/new"), SERVICE | {"need-0": [str(ines.pk), str(pablo.pk)]})
    service = schedule.services.get(name="Voice lesson")

    for email in ("luis@example.org", "eva@example.org"):
        book_service(schedule, service, at("10:00"), client=make_client(email=email), now=NOW)

    with pytest.raises(ResourceTaken):
        book_service(schedule, service, at("10:00"), client=make_client(email="tom@example.org"), now=NOW)


def test_what_a_service_takes_is_ticked_with_room_for_one_more_need(owner: Client, account: Account) -> None:
    schedule, _ = make_lessons(account, "Inés")
    service = schedule.services.get()

    page = owner.get(page_of(schedule, f"services/{service.pk}")).text

    assert page.count(" checked") == 1
    assert 'name="need-1"' in page
    assert 'name="need-2"' not in page
    assert 'name="minutes_0" value="1"' in page


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": ""}, "Enter a name."),
        ({"minutes_0": "0"}, "Use at least 5 minutes."),
        ({"need-0": []}, "Tick at least one person, room or thing that the service takes."),
        ({"need-0": ["999999"]}, "Select a valid choice."),
        ({"need-1": ["FIRST"]}, "There are not enough of what you ticked for the service to take all at once."),
    ],
)
def test_a_service_that_makes_no_sense_is_not_saved(
    typed: dict[str, Any], sentence: str, owner: Client, account: Account
) -> None:
    schedule, (ines,) = make_lessons(account, "Inés")
    typed = {name: [str(ines.pk)] if value == ["FIRST"] else value for name, value in typed.items()}

    answer = owner.post(page_of(schedule, "services/new"), SERVICE | {"need-0": [str(ines.pk)]} | typed)

    assert answer.status_code == 422
    assert sentence in words(answer)
    assert schedule.services.count() == 1


def test_a_hidden_service_is_not_on_the_page_but_has_an_address_to_be_given(owner: Client, account: Account) -> None:
    schedule, (ines,) = make_lessons(account, "Inés")
    service = schedule.services.get()
    owner.post(page_of(schedule, f"services/{service.pk}"), SERVICE | {"need-0": [str(ines.pk)], "is_hidden": "on"})
    owner.post(page_of(schedule, "services/new"), SERVICE | {"name": "Choir", "need-0": [str(ines.pk)]})

    page = Client().get(f"/schedule/{account.name}/{schedule.slug}")

    assert "Choir" in words(page)
    assert "Voice lesson" not in words(page)
    listed = owner.get(page_of(schedule, "services"))
    assert "Hidden" in words(listed)
    address = f"/schedule/{account.name}/{schedule.slug}?service={service.pk}"
    assert f'{address}"' in listed.text
    assert "Voice lesson" in words(Client().get(address))


def test_a_service_s_new_length_counts_for_new_bookings(owner: Client, account: Account) -> None:
    schedule, (ines,) = make_lessons(account, "Inés")
    service = schedule.services.get()
    before = book_service(schedule, service, at("10:00"), client=make_client(), now=NOW)
    typed = SERVICE | {"minutes_0": "90", "minutes_1": "1", "need-0": [str(ines.pk)]}

    assert said(owner.post(page_of(schedule, f"services/{service.pk}"), typed))[-1:] == [
        "Saved. Bookings already made stay as they are."
    ]

    service.refresh_from_db()
    after = book_service(schedule, service, at("13:00"), client=make_client(email="eva@example.org"), now=NOW)
    before.slot.refresh_from_db()
    assert before.slot.ends_at == at("11:00")
    assert after.slot.ends_at == at("14:30")


def test_services_change_places(owner: Client, account: Account) -> None:
    schedule, (ines,) = make_lessons(account, "Inés")
    owner.post(page_of(schedule, "services/new"), SERVICE | {"need-0": [str(ines.pk)]})

    owner.post(row_of(schedule, schedule.services.get(name="Voice lesson"), "shift"), {"to": "up"})

    assert list(schedule.services.values_list("name", flat=True)) == ["Voice lesson", "Massage"]


def test_a_resource_that_a_service_cannot_do_without_stays_on_the_list(owner: Client, account: Account) -> None:
    schedule, (ines, pablo) = make_lessons(account, "Inés", "Pablo")
    owner.post(page_of(schedule, "services/new"), SERVICE | {"need-0": [str(ines.pk), str(pablo.pk)]})

    assert said(owner.post(row_of(schedule, ines, "take-off")))[-1:] == [
        "Inés is off the list. Bookings already made stay as they are."
    ]
    assert said(owner.post(row_of(schedule, pablo, "take-off")))[-1:] == [
        "Voice lesson could not be given without Pablo. Change what it takes first. Nothing was changed."
    ]
    assert names_on(schedule) == ["Pablo"]
    assert free_on(schedule, schedule.services.get(name="Voice lesson")) == 15


def test_m18_services_prefer_their_resources_in_the_list_s_order(owner: Client, account: Account) -> None:
    schedule, (ines, pablo) = make_lessons(account, "Inés", "Pablo")
    Schedule.objects.update(resource_choice="first")
    owner.post(page_of(schedule, "services/new"), SERVICE | {"need-0": [str(ines.pk), str(pablo.pk)]})

    owner.post(row_of(schedule, pablo, "shift"), {"to": "up"})

    schedule.refresh_from_db()
    service = schedule.services.get(name="Voice lesson")
    booking = book_service(schedule, service, at("10:00"), client=make_client(), now=NOW)
    assert booking.slot.occupancies.get().resource == pablo


def test_m19_a_superuser_changes_no_service(superuser: Client, account: Account) -> None:
    schedule, _ = make_lessons(account, "Inés")
    service = schedule.services.get()

    for page in ("services", "services/new", f"services/{service.pk}"):
        assert superuser.get(page_of(schedule, page)).status_code == 404
    assert superuser.post(row_of(schedule, service, "shift"), {"to": "up"}).status_code == 404
