"""Bad input, generated for every route and every parameter of the walk: a sentence, a 4xx or a page; never a 500."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast
from urllib.parse import quote, urljoin, urlsplit

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.urls import resolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from convoca.booking.spoken import SPEAK
from tests.core.profile import examples
from tests.walk import recording
from tests.walk.nonsense import header_texts, texts
from tests.walk.recording import text_of
from tests.walk.routes import ROUTES, found_routes
from tests.walk.scene import Scene, new_browser
from tests.walk.viewers import WITH_ADDRESS, Looker
from tests.walk.visiting import Route, Visit

ADDRESSES = dict.fromkeys(ROUTES, "") | {route.name: route.address for route in found_routes()}
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
RIGHT_STATUSES = frozenset({200, 204, 302, 303, 400, 401, 403, 404, 405, 409, 413, 422, 429})
COOKIES = ("sessionid", "csrftoken", "shown", "theme", "django_language", "messages")
# The one redirect that leaves us is to a meeting, or to the vendor who is asked for consent.
LEAVING = frozenset({"booking_join", "join", "manage:connect", "manage:reconnect", "manage:start-meeting"})
SCRIPT = "<script>alert(1)</script>"
FORM_TYPES = (
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "multipart/form-data; boundary=b",
    "text/plain",
)


# Each room's routes are tried in one scene.
ROOMS = {
    room: [name for name in ROUTES if ADDRESSES[name].startswith(prefix)]
    for room, prefix in {"log-in": ("/accounts/",), "manage": ("/manage/",), "attendee": ("/b/", "/j/")}.items()
}
ROOMS["public"] = [name for name in ROUTES if not any(name in routes for routes in ROOMS.values())]


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One request that makes no sense."""

    method: str
    path: str
    body: bytes
    content_type: str
    headers: Mapping[str, str]


@st.composite
def attempts(draw: st.DrawFn, name: str, visit: Visit, cookies: Mapping[str, str]) -> Attempt:
    """Draw a request in which anything may be as it should, and usually something is not."""
    route = ROUTES[name]
    form = draw(_pairs(route.fields, {field: str(value) for field, value in visit.form.items()}))
    body = draw(st.one_of(st.just(_encoded(form).encode()), st.binary(max_size=100)))
    return Attempt(
        method=draw(st.sampled_from(["GET", "POST", "POST", "HEAD"] if route.post else ["GET", "GET", "HEAD"])),
        path=draw(_paths(name, visit)) + draw(_queries(route)),
        body=body,
        content_type=draw(st.one_of(st.just(FORM_TYPES[0]), st.sampled_from(FORM_TYPES))),
        headers=draw(_headers(cookies)),
    )


@st.composite
def _paths(draw: st.DrawFn, name: str, visit: Visit) -> str:
    right = resolve(urlsplit(visit.path).path).kwargs

    def part(match: re.Match[str]) -> str:
        text = draw(st.one_of(st.just(str(right[match[1]])), texts))
        return quote(text[:300], safe=draw(st.sampled_from(["", "/"])), errors="surrogatepass")

    # A path without anything to choose is right as it is.
    return PARAMETER.sub(part, ADDRESSES[name])


@st.composite
def _queries(draw: st.DrawFn, route: Route) -> str:
    pairs = draw(_pairs((*route.query, "unknown"), {}))
    return f"?{_encoded(pairs)}" if pairs else ""


def _pairs(names: Sequence[str], right: Mapping[str, str]) -> st.SearchStrategy[list[tuple[str, str]]]:
    def pair(name: str) -> st.SearchStrategy[list[tuple[str, str]]]:
        values = st.one_of(st.just(right[name]), texts) if name in right else texts
        said = values.map(lambda value: [(name, value)])
        return st.one_of(said, said, st.just([]), st.tuples(values, values).map(lambda two: [(name, v) for v in two]))

    return st.tuples(*map(pair, names)).map(lambda found: [each for pairs in found for each in pairs])


def _encoded(pairs: list[tuple[str, str]]) -> str:
    return "&".join(f"{name}={quote(value, safe='', errors='surrogatepass')}" for name, value in pairs)


@st.composite
def _headers(draw: st.DrawFn, cookies: Mapping[str, str]) -> dict[str, str]:
    nonsense = draw(st.dictionaries(st.sampled_from(COOKIES), header_texts, max_size=2))
    # The person's own cookies come last: they stay who they are, unless theirs are what makes no sense.
    written = [f"{name}={value}" for name, value in {**nonsense, **draw(st.sampled_from([cookies, {}]))}.items()]
    headers = {"accept-language": draw(header_texts), "cookie": "; ".join(written)}
    if draw(st.booleans()):
        headers |= {"hx-request": draw(header_texts), "referer": draw(header_texts)}
    return headers


def looker_for(route: Route) -> Looker:
    """Return who gets furthest on a route: bad input of those who are turned away at the door tests the door alone."""
    answer = route.post or route.get
    assert answer is not None
    return next(
        looker for looker in (Looker.STRANGER, Looker.BOOKER, Looker.OWNER) if answer.status[looker] in {200, 303}
        or looker is Looker.OWNER
    )  # fmt: skip


@pytest.mark.parametrize("room", ROOMS)
def test_whatever_is_put_in_comes_back_as_a_page_or_a_refusal(scene: Scene, room: str) -> None:
    for name in ROOMS[room]:
        _try_nonsense_on(scene, name)


def _try_nonsense_on(scene: Scene, name: str) -> None:
    route = ROUTES[name]
    looker = looker_for(route)
    [visit, *_] = route.visits(scene, looker)
    cookies = {key: morsel.value for key, morsel in scene.browser(looker, visit.about).cookies.items()}

    @settings(examples(20), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
    @given(attempts(name, visit, cookies))
    def attempt_all(attempt: Attempt) -> None:
        response = _send(attempt)

        assert response.status_code in RIGHT_STATUSES
        said = text_of(response)
        assert SCRIPT not in said
        assert "Traceback" not in said
        assert name in LEAVING or _stays_here(response)

    attempt_all()


def _stays_here(response: HttpResponse) -> bool:
    """Say whether a redirect, if this is one, leads to us, also in browsers that take "\\" for "/"."""
    here = "http://testserver/page"
    target = urlsplit(urljoin(here, response.get("Location", here).replace("\\", "/")))
    return (target.scheme, target.netloc) == ("http", "testserver")


def _send(attempt: Attempt) -> HttpResponse:
    """Make the request; an error of ours is raised here. Nothing of what it changed remains."""
    point = transaction.savepoint_create()
    try:
        answer = new_browser().generic(
            attempt.method, attempt.path, attempt.body, content_type=attempt.content_type, headers=attempt.headers
        )
        return recording.whole(cast(HttpResponse, answer))
    finally:
        transaction.savepoint_rollback(point)


def test_every_parameter_that_a_view_reads_is_declared(scene: Scene, settings: Settings) -> None:
    """What is declared is tried; what is read in secret would not be."""
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.walk.recording.record_parameters"]
    recording.READ.clear()

    for name, route in ROUTES.items():
        for looker in (Looker.STRANGER, Looker.OWNER, *WITH_ADDRESS):
            for visit in route.visits(scene, looker):
                for method, form in (("GET", {}), ("POST", visit.form), ("POST", {})):
                    point = transaction.savepoint_create()
                    browser = scene.browser(looker, visit.about)
                    browser.post(visit.path, form) if method == "POST" else browser.get(visit.path)
                    transaction.savepoint_rollback(point)
        if name in recording.READ:
            assert recording.READ[name] - {*route.query, *route.fields, SPEAK} == set(), name


@pytest.mark.parametrize(
    "zone",
    ["Europe/../../etc/passwd", "/etc/localtime", "../America/New_York", "Europe/Madrid\0", "a" * 5000, "\ud800"],
)
def test_a_time_zone_never_leads_out_of_the_list_of_zones(scene: Scene, zone: str) -> None:
    [visit, *_] = ROUTES["schedule"].visits(scene, Looker.STRANGER)

    response = new_browser().get(f"{visit.path}&tz={quote(zone, errors='surrogatepass')}")

    assert response.status_code == 200
    assert "Madrid" in response.text
    assert "root:" not in response.text
