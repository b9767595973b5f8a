"""The manual's own lists of steps, click by click, as they are written: in an account that was made a minute ago.

«Conectar a un servicio de videoconferencia»: Google Meet, Zoom, its disconnection, and links by hand. Every setting
that the page names is where it says, under its words, in Spanish and in English.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from convoca.config.tryout import vendors_at
from tests.e2e.browser import Visits, axe, shot
from tests.e2e.steps import RECEIPT_WITHIN_MS, book, in_days, link_of, press, row_of
from tests.e2e.words import WORDS
from tests.installation import UP_WITHIN_SECONDS, Installation, new_installation, wait_for

TYPED = "https://salas.example.net/ada?pwd=42"

# The manual's words, and what else is pressed on the way.
MANUAL = {
    "es": {
        "schedules": "Horarios",
        "supervise": "Supervisar",
        "synchronize": "Sincronizar",
        "configure": "Configurar",
        "process": "Proceso",
        "layout": "Disposición",
        "heading": "¿Agregar un enlace de reunión online a la reserva?",
        "meet": "Crear llamadas de Google Meet",
        "meet first": "Google Meet requiere publicar este horario en Google Calendar.",
        "zoom": "Integración Zoom",
        "connect": "Conectar a Zoom",
        "disconnect": "Desconectar",
        "access": "Control de acceso",
        "supervisor": "Campo de supervisor",
        "manually": "Agregar el enlace al campo de supervisor manualmente",
        "enable first": "Habilita primero el campo de supervisor.",
        "shown to superusers": "Solo lo ven los superusuarios",
        "save": "Guardar cambios",
        "google": "Conectar Google Calendar",
        "go on": "Continuar",
        "publish": "Publicar",
        "published": "Publicado en",
        "confirmation": "Confirmación",
        "mails": "Lo que dicen los correos",
    },
    "en": {
        "schedules": "Schedules",
        "supervise": "Supervise",
        "synchronize": "Synchronize",
        "configure": "Configure",
        "process": "Process",
        "layout": "Layout",
        "heading": "Add an online meeting link to the booking?",
        "meet": "Create Google Meet calls",
        "meet first": "Google Meet needs this schedule to be published to Google Calendar.",
        "zoom": "Zoom Integration",
        "connect": "Connect to Zoom",
        "disconnect": "Disconnect",
        "access": "Access Control",
        "supervisor": "Supervisor field",
        "manually": "Add the link to the supervisor field manually",
        "enable first": "Enable the supervisor field first.",
        "shown to superusers": "Only superusers see it",
        "save": "Save changes",
        "google": "Connect Google Calendar",
        "go on": "Continue",
        "publish": "Publish",
        "published": "Published in",
        "confirmation": "Confirmation",
        "mails": "What mails say",
    },
}


@dataclass(frozen=True, kw_only=True)
class Fresh:
    """An installation whose first owner has just answered the four questions, and the browser of that owner."""

    at: Installation
    cookies: Mapping[str, str]
    manage: str
    page: str
    schedule: str

    def open(self, visits: Visits, language: str) -> Page:
        return visits.open(self.manage, language=language, width=1440, cookies=self.cookies)

    def as_visitor(self, visits: Visits, language: str, days: int) -> Page:
        return visits.open(f"{self.page}?day={in_days(days)}", language=language)


@pytest.fixture
def fresh(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Fresh]:
    made = new_installation(tmp_path_factory.mktemp("fresh"))
    made.environment |= vendors_at(made.port + 1)
    made.start("sandbox", "--port", str(made.port + 1), "--state", str(made.folder / "sandbox.json"))
    served = made.start("serve")
    wait_for(lambda: "Set up:" in made.log.read_text() or served.poll() is not None, UP_WITHIN_SECONDS, made.log)
    address = re.search(r"Set up:\s+(\S+)", made.log.read_text())
    assert address, made.log.read_text()
    visits = Visits(browser)
    yield found(made, visits.open(address[1], language="es"))
    made.end()
    assert visits.complaints == []


def found(made: Installation, page: Page) -> Fresh:
    """J5: answer the four questions, in Spanish."""
    page.fill("[name=name]", "Nora Gil")
    page.fill("[name=email]", "nora@example.org")
    page.fill("[name=password]", "un camino largo a casa")
    page.fill("[name=offer]", "Consultas")
    press(page, "Crear mi página de reservas")
    page.wait_for_url("**/first-steps")
    public = page.locator("a.address").first.get_attribute("href") or ""
    cookies = {str(each["name"]): str(each["value"]) for each in page.context.cookies()}
    manage = page.url.removesuffix("first-steps")
    page.context.close()
    return Fresh(at=made, cookies=cookies, manage=manage, page=public, schedule="Consultas")


def go(page: Page, *names: str) -> None:
    """Click links by what they are called, one after the other."""
    for name in names:
        page.get_by_role("link", name=name, exact=True).first.click()


def open_process(page: Page, fresh: Fresh, own: Mapping[str, str]) -> None:
    """«Ve a Configurar > Proceso del horario … Busca el encabezado»"""
    go(page, own["schedules"], f"{own['configure']} {fresh.schedule}", own["process"])
    expect(page.get_by_role("heading", name=own["heading"])).to_be_visible()


def choose(page: Page, choice: str, own: Mapping[str, str]) -> None:
    """«Selecciona la opción … y guarda los cambios»"""
    page.get_by_label(choice, exact=True).check()
    press(page, own["save"])
    expect(page.get_by_label(choice, exact=True)).to_be_checked()


def test_the_four_lists_of_steps_of_the_manual_hold_click_by_click(fresh: Fresh, visits: Visits) -> None:
    """M1, M4, M5, M6, M7, M8, M14, M15, M16, M17"""
    own, words = MANUAL["es"], WORDS["es"]
    owner = fresh.open(visits, "es")

    enable_meet(owner, fresh, own)
    visitor = fresh.as_visitor(visits, "es", 7)
    book(visitor, words, email="meet@example.org")
    assert link_of(visitor, words).startswith(f"{fresh.at.sandbox_url}/google/meet/")

    connect_zoom(owner, fresh, own, allow=words.allow)
    visitor = fresh.as_visitor(visits, "es", 8)
    book(visitor, words, email="zoom@example.org")
    assert link_of(visitor, words).startswith(f"{fresh.at.sandbox_url}/zoom/j/")

    disconnect_zoom(owner, fresh, own)

    enable_manual(owner, fresh, own)
    visitor = fresh.as_visitor(visits, "es", 9)
    book(visitor, words, email="mano@example.org")
    type_the_link(owner, fresh, own, day=in_days(9))
    visitor.reload()
    assert link_of(visitor, words) == TYPED


def enable_meet(owner: Page, fresh: Fresh, own: Mapping[str, str]) -> None:
    """«Crear reuniones de video en Google Meet», 1 to 4."""
    open_process(owner, fresh, own)
    expect(owner.get_by_label(own["meet"], exact=True)).to_be_disabled()
    expect(owner.locator("main")).to_contain_text(own["meet first"])
    # 1. «Primero habilita la Publicación en Google Calendar»
    go(owner, own["supervise"], own["synchronize"])
    row_of(owner, fresh.schedule).get_by_role("link", name=own["synchronize"]).click()
    press(owner, own["google"])
    press(owner, own["go on"])
    press(owner, own["publish"])
    expect(owner.locator("main")).to_contain_text(own["published"])
    # 2. and 3. «Ve a Configurar > Proceso … Busca el encabezado»
    open_process(owner, fresh, own)
    # 4. «Selecciona la opción “Crear llamadas de Google Meet” y guarda los cambios»
    choose(owner, own["meet"], own)
    shot(owner, "manual-meet.es")


def connect_zoom(owner: Page, fresh: Fresh, own: Mapping[str, str], *, allow: str) -> None:
    """«Crear reuniones de video en Zoom», 1 to 3."""
    # 1. «Visita la página de Integración Zoom»
    go(owner, own["zoom"])
    # 2. «Para cada horario que quieres conectar haz clic en el botón Conectar a Zoom»
    row_of(owner, fresh.schedule).get_by_role("button", name=own["connect"], exact=True).click()
    # 3. «Si es la primera vez que te conectas a Zoom, te pedirán permiso para hacerlo»
    press(owner, allow)
    expect(row_of(owner, fresh.schedule).get_by_role("link", name=own["disconnect"], exact=True)).to_be_visible()
    shot(owner, "manual-zoom.es")


def disconnect_zoom(owner: Page, fresh: Fresh, own: Mapping[str, str]) -> None:
    """«Para eliminar la conexión», 1 and 2; «eliminaremos automáticamente tus credenciales»."""
    go(owner, own["zoom"])
    row_of(owner, fresh.schedule).get_by_role("link", name=own["disconnect"], exact=True).click()
    press(owner, own["disconnect"])
    expect(row_of(owner, fresh.schedule).get_by_role("button", name=own["connect"], exact=True)).to_be_visible()
    expect(owner.locator("#receipt")).to_contain_text(WORDS["es"].deleted, timeout=RECEIPT_WITHIN_MS)


def enable_manual(owner: Page, fresh: Fresh, own: Mapping[str, str]) -> None:
    """«Agregar enlaces de reunión manualmente», 1 to 4; M15: until the field is there, the choice says what to do."""
    open_process(owner, fresh, own)
    expect(owner.get_by_label(own["manually"], exact=True)).to_be_disabled()
    hint = owner.locator(f"#{owner.get_by_label(own['manually'], exact=True).get_attribute('aria-describedby')}")
    expect(hint).to_contain_text(own["enable first"])
    shot(owner, "manual-by-hand-disabled.es")
    # 1. «primero habilita el campo de supervisor en la página de Control de Acceso»
    hint.get_by_role("link", name=own["access"]).click()
    group = owner.get_by_role("group", name=own["supervisor"])
    group.get_by_label(own["shown to superusers"], exact=True).check()
    group.get_by_role("button", name=own["save"]).click()
    # 2. to 4.
    open_process(owner, fresh, own)
    choose(owner, own["manually"], own)
    shot(owner, "manual-by-hand.es")


def type_the_link(owner: Page, fresh: Fresh, own: Mapping[str, str], *, day: str) -> None:
    owner.goto(f"{fresh.manage}?day={day}")
    row = owner.locator("[id^=slot-]").filter(has_text="Ada Ruiz").first
    row.locator("summary").first.click()
    row.locator("textarea[name=link]").fill(TYPED)
    row.locator("form:has(textarea[name=link]) button").first.click()
    expect(owner.locator("main")).to_contain_text(TYPED)


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_setting_that_the_manual_names_is_where_it_says_under_its_words(
    fresh: Fresh, visits: Visits, language: str
) -> None:
    """M5, M7, M13, M15, M16, M22"""
    own = MANUAL[language]
    owner = fresh.open(visits, language)

    open_process(owner, fresh, own)
    for choice in ("meet", "manually"):
        expect(owner.get_by_label(own[choice], exact=True)).to_be_visible()
    expect(owner.get_by_role("button", name=own["save"], exact=True)).to_be_visible()
    go(owner, own["layout"])
    expect(owner.get_by_role("heading", name=own["mails"])).to_be_visible()
    expect(owner.locator("main")).to_contain_text(own["confirmation"])
    go(owner, own["zoom"])
    expect(owner.get_by_role("heading", name=own["zoom"], level=1)).to_be_visible()
    expect(row_of(owner, fresh.schedule).get_by_role("button", name=own["connect"], exact=True)).to_be_visible()
    go(owner, own["access"])
    expect(owner.get_by_role("group", name=own["supervisor"])).to_be_visible()
    go(owner, own["supervise"], own["synchronize"])
    expect(owner.get_by_role("heading", name=own["synchronize"], level=1)).to_be_visible()
    go(owner, own["schedules"])
    assert axe(owner) == []
    shot(owner, f"manual-schedules.{language}")
