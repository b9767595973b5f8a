"""M2, M17, T37, T38: a walk of every page as everybody, looking for links that they have no right to.

«Los enlaces de reunión se mantienen ocultos para el usuario hasta que se registre para una clase o haya creado una
cita.»
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any, cast

import pytest
import structlog
from django.conf import settings
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.views.defaults import server_error

from convoca.booking.models import Account, Connection, Meeting, OutboxMail
from tests.walk.recording import text_of, whole
from tests.walk.routes import ROUTES, found_routes
from tests.walk.scene import Scene, new_browser, written
from tests.walk.tables import snapshot, writing
from tests.walk.viewers import ADDRESSES, Looker, Secret
from tests.walk.visiting import NO_SECRET, Answer, Visit

UNDECLARED_METHODS = ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
UNSEEN_ON_THE_DAY = {Secret.CANCELLED, Secret.BACKUP, Secret.SHARED, Secret.PERSONAL}
# Whoever has most to lose by them: nobody else gets further.
TRYING_METHODS = frozenset({Looker.STRANGER, Looker.BOOKER, Looker.OWNER})


def test_every_route_of_the_configuration_is_declared_and_no_other() -> None:
    found = [route.name for route in found_routes()]

    assert sorted(found) == sorted(ROUTES)


@pytest.mark.parametrize("name", ROUTES)
def test_every_declared_route_says_what_each_looker_gets(name: str) -> None:
    answers = [answer for answer in (ROUTES[name].get, ROUTES[name].post) if answer]

    assert answers
    for each in answers:
        assert set(each.status) == set(each.shows) == set(each.leads) == set(Looker)


def test_m17_there_is_something_to_leak(scene: Scene) -> None:
    """Every link is in the database as ciphertext, in the owner's day, and on the page of the browser that booked."""
    for secret, slot in scene.slots.items():
        meeting = slot.meetings.order_by("-generation")[0]
        [stored] = _stored_link(meeting)
        assert stored.startswith("gAAAA")
        assert scene.needles.in_text(stored) == NO_SECRET
        assert scene.needles.in_text(meeting.link.open()) == {secret}
    owner = scene.browser(Looker.OWNER)
    [day] = ROUTES["manage:today"].visits(scene, Looker.OWNER)
    assert scene.needles.in_text(owner.get(day.path).text) == set(Secret) - UNSEEN_ON_THE_DAY
    for visit in ROUTES["manage:process"].visits(scene, Looker.OWNER):
        assert scene.needles.in_text(owner.get(visit.path).text) == {visit.about}
    for visit in ROUTES["booking"].visits(scene, Looker.BOOKER):
        page = scene.browser(Looker.BOOKER, visit.about).get(visit.path)
        assert scene.needles.in_text(page.text) == {visit.about}


def _stored_link(meeting: Meeting) -> tuple[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT link FROM booking_meeting WHERE id = %s", [meeting.pk])
        row: tuple[str] = cursor.fetchone()
    return row


@dataclass(frozen=True)
class Step:
    """One request of the walk, and what is declared of it."""

    name: str
    method: str
    visit: Visit
    answer: Answer | None


def steps(scene: Scene, looker: Looker) -> Iterator[Step]:
    """Yield every request; HEAD and the methods that no view has are tried by those who get furthest."""
    for name, route in ROUTES.items():
        for visit in route.visits(scene, looker):
            yield Step(name, "GET", visit, route.get)
            yield Step(name, "POST", visit, route.post)
            if looker in TRYING_METHODS:
                yield Step(name, "HEAD", visit, route.head or route.get)
                yield from (Step(name, method, visit, None) for method in UNDECLARED_METHODS)


def send(scene: Scene, looker: Looker, step: Step) -> HttpResponse:
    """Make the request, and let nothing of what it changed remain."""
    browser = scene.browser(looker, step.visit.about)
    point = transaction.savepoint_create()
    try:
        if step.method == "POST":
            return whole(cast(HttpResponse, browser.post(step.visit.path, step.visit.form)))
        return whole(cast(HttpResponse, browser.generic(step.method, step.visit.path)))
    finally:
        transaction.savepoint_rollback(point)


@pytest.mark.parametrize("looker", Looker, ids=lambda looker: looker.name.lower())
def test_t37_every_answer_tells_exactly_the_links_that_its_reader_may_see_and_looking_changes_nothing(
    scene: Scene, looker: Looker, caplog: pytest.LogCaptureFixture
) -> None:
    """Of other people's e-mail addresses it tells those alone that its reader supervises."""
    caplog.set_level(logging.DEBUG)

    faults = [fault for step in steps(scene, looker) for fault in faults_of(scene, looker, step)]

    assert not faults, "\n".join(faults)
    assert [record for record in caplog.records if scene.needles.in_text(everything_in(record))] == []
    assert [line for line in map(as_logged, caplog.records) for held in scene.held.values() if held.token in line] == []


def faults_of(scene: Scene, looker: Looker, step: Step) -> Iterator[str]:
    with writing() as written_to:
        response = send(scene, looker, step)
    where = f"{looker.name}: {step.method} {step.name} {step.visit.path} (about {step.visit.about})"
    shows, leads = expected(step, looker)
    said = headers_of(response) + text_of(response)
    told = scene.needles.in_text(said)
    led = scene.needles.in_text(response.get("Location", ""))
    if (told, led) != (shows, leads):
        yield f"{where}: tells {sorted(told)}, leads to {sorted(led)}; declared {sorted(shows)}, {sorted(leads)}"
    status = status_of(step, looker)
    if response.status_code not in status:
        yield f"{where}: answers {response.status_code}; declared {sorted(status)}"
    if step.visit.path.startswith(("/b/", "/j/")) and (missing := missing_privacy(response)):
        yield f"{where}: lacks {missing}"
    if strangers := addresses_of_others(said, looker):
        yield f"{where}: tells the addresses {strangers}"
    if step.method in {"GET", "HEAD"} and written_to:
        yield f"{where}: writes to {sorted(written_to)}"


def addresses_of_others(said: str, looker: Looker) -> list[str]:
    return [address for address, readers in ADDRESSES.items() if looker not in readers and address in said]


def expected(step: Step, looker: Looker) -> tuple[frozenset[Secret], frozenset[Secret]]:
    """Return the links that the answer may tell, and those among them to which it leads."""
    if step.answer is None:
        return NO_SECRET, NO_SECRET
    shows, leads = step.answer.shows[looker], step.answer.leads[looker]
    if step.visit.about is not None:
        shows, leads = shows & {step.visit.about}, leads & {step.visit.about}
    return (leads if step.method == "HEAD" else shows | leads), leads


def status_of(step: Step, looker: Looker) -> set[int]:
    """Return the statuses that are right.

    A method that is not declared is refused, by the log-in and the right to be there if not as such. The library behind
    the log-in pages takes every method for GET or POST.
    """
    if step.answer is not None:
        status = step.answer.status[looker]
        return {status if isinstance(status, int) else status[step.visit.about]}
    # Programs change things by methods that no page has: whoever has no key is refused for that.
    refusals = {302, 404, 405} | ({401} if step.name.startswith("programs:") else set())
    return refusals | {200} if step.method == "OPTIONS" or step.name.startswith("account_") else refusals


def headers_of(response: HttpResponse) -> str:
    return "\n".join([*(f"{name}: {value}" for name, value in response.headers.items()), response.cookies.output()])


def missing_privacy(response: HttpResponse) -> list[str]:
    """T38: an address that is one person's own is kept by no cache, found by no search, told to no other site."""
    wanted = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer"}
    return [name for name, word in wanted.items() if word not in response.get(name, "")]


def everything_in(record: logging.LogRecord) -> str:
    return f"{record.getMessage()} {record.__dict__} {record.exc_info}"


def as_logged(record: logging.LogRecord) -> str:
    """Return the line that the installation writes for `record`."""
    [formatter] = [
        handler.formatter
        for handler in logging.root.handlers
        if isinstance(handler.formatter, structlog.stdlib.ProcessorFormatter)
    ]
    return formatter.format(record)


def test_m2_every_mail_tells_its_reader_the_links_of_their_own_bookings_and_no_other(scene: Scene) -> None:
    """Nobody who waits, or has cancelled, gets one; who booked gets each in the confirmation and the reminder."""
    told: dict[str, list[Secret]] = {}
    for mail in OutboxMail.objects.all():
        told.setdefault(mail.recipient, []).extend(scene.needles.in_text(written(mail)))

    assert {reader: sorted(secrets) for reader, secrets in told.items()} == {
        "luis@example.org": sorted([Secret.ZOOM, Secret.JITSI, Secret.TYPED, Secret.CLASS] * 2),
        "registered@lumbre.example": [Secret.CLASS] * 2,
        # Blocking bars a log-in; what is booked stands until somebody cancels it.
        "blocked@lumbre.example": [Secret.CLASS] * 2,
        "hello@lumbre.example": [],
        "marta@example.org": [],
        "eva@example.org": [],
        # It stands in the confirmation, and in no other mail.
        "pau@example.org": [Secret.PERSONAL],
        "iris@example.org": [],
    }


def test_t37_error_pages_tell_nothing(scene: Scene) -> None:
    [visit] = ROUTES["booking"].visits(scene, Looker.BOOKER)[:1]
    browser, strict = scene.browser(Looker.BOOKER, visit.about), Client(enforce_csrf_checks=True)
    strict.force_login(scene.users[Looker.OWNER])
    [paste] = ROUTES["manage:paste-link"].visits(scene, Looker.OWNER)

    pages: dict[str, tuple[Any, int]] = {
        "no such page": (browser.get(f"{visit.path}/nothing"), 404),
        "no such host": (browser.get(visit.path, headers={"host": "elsewhere.example"}), 400),
        "no token in the form": (strict.post(paste.path, paste.form), 403),
        "an error of ours": (server_error(RequestFactory().get(visit.path)), 500),
    }

    for response, status in pages.values():
        assert response.status_code == status
        assert scene.needles.in_text(headers_of(response) + text_of(response)) == NO_SECRET


def test_a_cookie_of_one_booking_opens_no_other(scene: Scene) -> None:
    """Whoever has seen one link, and waits for another, sees the one alone."""
    seen = scene.held[Looker.BOOKER, Secret.CLASS]
    waits = scene.held[Looker.WAITING, Secret.CLASS]
    for held in (waits, scene.held[Looker.HOLDER, Secret.ZOOM]):
        browser = new_browser()
        browser.cookies = SimpleCookie(dict(seen.cookies))

        assert scene.needles.in_text(browser.get(f"/b/{held.token}").text) == NO_SECRET


def test_static_files_and_what_is_not_encrypted_hold_no_link(scene: Scene) -> None:
    for path in Path(settings.STATIC_ROOT).rglob("*"):
        if path.is_file():
            assert scene.needles.in_text(path.read_bytes().decode("utf-8", "replace")) == NO_SECRET

    # A meeting's number at the vendor is kept to change and delete it there; nothing else is readable.
    Meeting.objects.update(remote_id="")
    for rows in snapshot().values():
        assert scene.needles.in_text("\n".join(rows)) == NO_SECRET
    assert Connection.objects.exists()
    assert Account.objects.count() == 2
