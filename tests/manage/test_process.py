"""Configure > Process: where the links come from (M1; M5's manner, M15, M16)."""

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import Settings

from convoca.booking.models import Account, Schedule
from convoca.booking.operations.configuring import set_supervisor_field
from tests.booking.building import (
    connect_zoom,
    make_capacity_schedule,
    make_resource_schedule,
    make_service_schedule,
)
from tests.manage.reading import Choice, buttons, choices, page_of, said, words

type Make = Callable[[Account], Schedule]

BY_KIND: list[Make] = [make_resource_schedule, make_service_schedule, make_capacity_schedule]


def labels(found: list[Choice]) -> list[str]:
    return [choice.label for choice in found]


def test_the_heading_and_the_choices_are_those_of_the_manual(owner: Client, account: Account) -> None:
    """«¿Agregar un enlace de reunión online a la reserva?» What is not built yet is absent, not disabled."""
    page = owner.get(page_of(make_resource_schedule(account), "process"))

    assert "<h2>Add an online meeting link to the booking?</h2>" in page.text
    assert labels(choices(page)) == [
        "No link",
        "Create Jitsi Meet links",
        "Create Zoom meetings",
        "Create Google Meet calls",
        "Add the link to the supervisor field manually",
    ]
    assert buttons(page) == ["Save changes"]


def test_in_spanish_the_words_are_the_manual_s(owner: Client, account: Account) -> None:
    page = owner.get(page_of(make_capacity_schedule(account), "process"), headers={"accept-language": "es"})

    assert "¿Agregar un enlace de reunión online a la reserva?" in words(page)
    assert labels(choices(page))[-1] == "Agregar el enlace al campo ubicación manualmente"


@pytest.mark.parametrize("make", BY_KIND)
def test_m5_what_must_be_connected_first_is_disabled_and_says_where(
    make: Make, owner: Client, account: Account
) -> None:
    page = owner.get(page_of(make(account), "process"))

    zoom = choices(page)[2]

    assert not zoom.is_open
    assert zoom.hint == "Connect this schedule to Zoom first. Zoom Integration"
    assert zoom.links == (f"/manage/{account.name}/integrations/zoom",)


@pytest.mark.parametrize("make", BY_KIND[:2])
def test_m15_by_hand_is_disabled_until_the_supervisor_field_is_enabled(
    make: Make, owner: Client, account: Account
) -> None:
    """«Para horarios de tipo “recursos” o “servicios”, primero habilita el campo de supervisor»."""
    schedule: Schedule = make(account)
    before = choices(owner.get(page_of(schedule, "process")))[-1]

    answer = owner.post(f"/manage/{account.name}/access-control", {"choice": "shown", "label": "Videollamada"})
    after = choices(owner.get(page_of(schedule, "process")))[-1]

    assert (before.is_open, before.hint) == (False, "Enable the supervisor field first. Access Control")
    assert before.links == (f"/manage/{account.name}/access-control",)
    assert (answer.status_code, said(answer)) == (303, ["Saved."])
    assert after.is_open


def test_m15_a_forged_choice_is_refused_while_it_is_disabled(owner: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)

    answer = owner.post(page_of(schedule, "process"), {"source": "manual"})

    assert answer.status_code == 422
    assert "This choice is not open yet. Its line says what to do first." in words(answer)
    assert Schedule.objects.get().link_source == Schedule.NO_LINK


def test_m15_a_field_that_links_are_typed_into_cannot_be_switched_off(owner: Client, account: Account) -> None:
    set_supervisor_field(account, "shown", label="")
    make_resource_schedule(account, link_source="manual")

    answer = owner.post(f"/manage/{account.name}/access-control", {"choice": "off", "label": ""})

    assert answer.status_code == 422
    assert "Consultations takes its meeting links from this field." in words(answer)
    account.refresh_from_db()
    assert account.supervisor_field == Account.SupervisorField.SHOWN


def test_m16_the_choice_names_the_field(owner: Client, account: Account) -> None:
    """«Agregar el enlace al campo … manualmente»: the slot's location, or the supervisor field by its own name."""
    set_supervisor_field(account, "superusers", label="Videollamada")
    resource, capacity = make_resource_schedule(account), make_capacity_schedule(account)

    of_resource = choices(owner.get(page_of(resource, "process")))[-1]
    of_capacity = choices(owner.get(page_of(capacity, "process")))[-1]

    assert of_resource.label == "Add the link to the Videollamada field manually"
    assert (of_capacity.label, of_capacity.is_open) == ("Add the link to the location field manually", True)


def test_m16_the_choice_is_saved(owner: Client, account: Account) -> None:
    schedule = make_capacity_schedule(account)

    answer = owner.post(page_of(schedule, "process"), {"source": "manual"})

    assert answer.status_code == 303
    assert [each.is_chosen for each in choices(owner.get(answer.headers["Location"]))] == [
        False,
        False,
        False,
        False,
        True,
    ]


def test_the_host_of_meet_jit_si_must_sign_in_and_the_page_says_so(
    owner: Client, account: Account, settings: Settings
) -> None:
    page = page_of(make_resource_schedule(account), "process")
    open_server = choices(owner.get(page))[1].hint
    settings.VENDOR_ENDPOINTS = {"jitsi": "https://meet.example.org"}
    own_server = choices(owner.get(page))[1].hint

    assert "the host must sign in before the first guest" in open_server
    assert own_server == "No account is needed."


def test_whoever_turns_the_last_schedule_away_from_zoom_is_told_what_follows(owner: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)
    connect_zoom(schedule)

    assert "This is the last schedule that uses Zoom" in words(owner.get(page_of(schedule, "process")))


@pytest.mark.parametrize("source", ["", "teams", "zoom\x00", "🙂", "zoom"])
def test_what_cannot_be_chosen_changes_nothing(source: str, owner: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)

    assert owner.post(page_of(schedule, "process"), {"source": source}).status_code == 422
    assert Schedule.objects.get().link_source == Schedule.NO_LINK


def test_the_overview_tells_kind_address_and_hours(owner: Client, account: Account) -> None:
    page = words(owner.get(f"/manage/{account.name}/schedules/{make_resource_schedule(account).slug}"))

    assert "Kind Resource schedule Its page http://localhost:8000/schedule/Lumbre/consultations" in page
    assert "Monday 09:00–17:00" in page
