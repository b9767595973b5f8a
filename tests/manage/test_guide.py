"""Help: at the same place of every page, and the manual's page with its places in the account (K17)."""

import re

import pytest
from django.test import Client

from convoca.booking.models import Account, Schedule
from convoca.booking.operations.configuring import set_supervisor_field
from tests.booking.building import make_account, make_capacity_schedule, make_resource_schedule
from tests.manage.reading import page_of, words

GUIDE = "/manage/Lumbre/help/video-conference"
TITLE = "Connect to a video-conference service"


@pytest.fixture
def schedule(account: Account) -> Schedule:
    return make_resource_schedule(account)


def leads(page: str) -> set[str]:
    """Return the addresses to which the page's own text leads."""
    return set(re.findall(r'<a href="([^"#]+)">', page[page.index("<main") :]))


def test_every_step_leads_to_its_place_in_the_account_and_to_the_chosen_schedule(
    owner: Client, account: Account
) -> None:
    first, second = make_resource_schedule(account), make_resource_schedule(account, slug="talks", name="Talks")
    set_supervisor_field(account, Account.SupervisorField.SHOWN, label="")

    page = owner.get(f"{GUIDE}?schedule=talks")
    unasked = owner.get(GUIDE)

    assert TITLE in words(page)
    assert leads(page.text) == {
        "/manage/Lumbre/help",
        page_of(second, "synchronize"),
        page_of(second, "process"),
        page_of(second, "layout"),
        "/manage/Lumbre/integrations/zoom",
        "/manage/Lumbre/access-control",
        "/manage/Lumbre/",
        "/manage/Lumbre/health",
    }
    assert page_of(first, "process") in leads(unasked.text)
    assert all(owner.get(address).status_code == 200 for address in leads(page.text))


def test_m16_a_capacity_schedule_needs_no_supervisor_field(owner: Client, account: Account) -> None:
    make_resource_schedule(account)
    make_capacity_schedule(account, slug="yoga")

    assert "/manage/Lumbre/access-control" in leads(owner.get(f"{GUIDE}?schedule=consultations").text)
    assert "/manage/Lumbre/access-control" not in leads(owner.get(f"{GUIDE}?schedule=yoga").text)


def test_a_schedule_of_another_account_is_none_of_ours(owner: Client, account: Account) -> None:
    make_resource_schedule(account)
    make_resource_schedule(make_account("Otra"), slug="secret")

    assert leads(owner.get(f"{GUIDE}?schedule=secret").text) == leads(owner.get(GUIDE).text)


def test_superusers_read_it_without_links_to_pages_that_they_may_not_open(
    superuser: Client, schedule: Schedule
) -> None:
    page = superuser.get(GUIDE)

    assert TITLE in words(page)
    assert leads(page.text) == {"/manage/Lumbre/help"}


def test_whoever_is_not_logged_in_reads_the_same_page_and_it_leads_into_no_account(schedule: Schedule) -> None:
    page = Client().get("/help/video-conference")

    assert TITLE in words(page)
    assert "Configure > Process" in words(page).replace("&gt;", ">")
    assert 'href="/manage/' not in page.text


def test_the_guide_is_in_spanish_under_the_manual_s_words(schedule: Schedule) -> None:
    """M22"""
    page = words(Client().get("/help/video-conference", headers={"Accept-Language": "es"}))

    for said in (
        "Conectar a un servicio de videoconferencia",
        "Crear reuniones de video en Google Meet",
        "Busca el encabezado «¿Agregar un enlace de reunión online a la reserva?»",
        "Elige «Crear llamadas de Google Meet» y pulsa «Guardar cambios».",
        "Pulsa «Conectar a Zoom»",
        "Elige «Agregar el enlace al campo … manualmente» y pulsa «Guardar cambios».",
    ):
        assert said in page


def test_help_is_a_link_of_every_page_and_the_settings_lead_to_their_part_of_it(
    owner: Client, schedule: Schedule
) -> None:
    for path, part in (
        (page_of(schedule, "process"), f"{GUIDE}?schedule=consultations#meet"),
        (page_of(schedule, "synchronize"), f"{GUIDE}?schedule=consultations#meet"),
        (page_of(schedule, "layout"), f"{GUIDE}?schedule=consultations#zoom"),
        ("/manage/Lumbre/integrations/zoom", f"{GUIDE}#zoom"),
        ("/manage/Lumbre/access-control", f"{GUIDE}#by-hand"),
    ):
        page = owner.get(path).text
        assert f'href="{part}"' in page
        assert '<a class="btn btn-quiet help" href="/manage/Lumbre/help">' in page


def test_the_page_help_says_where_things_are_done(owner: Client, superuser: Client, schedule: Schedule) -> None:
    told = owner.get("/manage/Lumbre/help")

    assert {"/manage/Lumbre/help/video-conference", "/manage/Lumbre/users"} <= leads(told.text)
    assert all(owner.get(address).status_code == 200 for address in leads(told.text))
    assert "/manage/Lumbre/access-control" not in superuser.get("/manage/Lumbre/help").text
