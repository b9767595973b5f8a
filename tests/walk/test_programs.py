"""M2, T37: what programs with a key are told of links, of everything in the scene, and that reading changes nothing."""

from collections.abc import Mapping, Sequence
from typing import cast
from urllib.parse import urlencode

import pytest
from django.http import HttpResponse
from hypothesis import HealthCheck, given
from hypothesis import settings as tried
from hypothesis import strategies as st

from convoca.booking.models import Account, Booking, Membership, Webhook
from convoca.booking.operations.delivering import deliver_next
from convoca.booking.operations.hooking import CHOOSABLE, Telling, make_webhook
from convoca.booking.operations.keys import make_key
from convoca.booking.operations.telling import tell_programs
from tests.api.calling import basic
from tests.booking.building import NOW
from tests.core.profile import examples
from tests.receiving import program
from tests.walk.nonsense import texts
from tests.walk.routes_programs import API
from tests.walk.scene import Scene, new_browser
from tests.walk.tables import writing
from tests.walk.viewers import Looker, Secret
from tests.walk.visiting import NO_SECRET

pytestmark = pytest.mark.usefixtures("within")

# What people have a place in; who waits for a yes, or has left, has no link in any list.
WITH_A_PLACE = {Secret.ZOOM, Secret.JITSI, Secret.TYPED, Secret.CLASS}
ANYTIME = "from=2026-11-01"


def key_of(scene: Scene, looker: Looker) -> str:
    owner = Membership.objects.get(user=scene.users[looker], role=Membership.Role.OWNER)
    return basic(owner.account.name, make_key(owner.account, by=owner, now=NOW))


def addresses(scene: Scene) -> Mapping[str, Sequence[str]]:
    """Return every address of the API about everything in the scene, by its route."""
    numbers = [schedule.pk for schedule in scene.schedules.values()]
    every = Booking.objects.filter(account=scene.account).values_list("pk", flat=True)
    people = Membership.objects.filter(account=scene.account).values_list("pk", flat=True)
    return {
        "resources": [f"/resources.json?schedule_id={n}" for n in numbers],
        "field-list": [f"/field_list.json?schedule_id={n}" for n in numbers],
        "range": [f"/range/{n}.json?{ANYTIME}{more}" for n in numbers for more in ("", "&slot=true")],
        "changes": [f"/changes/{n}.json?{ANYTIME}&slot=1" for n in numbers],
        "agenda": [f"/agenda/{n}.json?{ANYTIME}&user={user}" for n in numbers for user in people],
        "free": [f"/free/{n}.json?full=true&maxresults=1000" for n in numbers],
        "bookings": [f"/bookings.json?schedule_id={n}&start=2026-11-01" for n in numbers],
        "booking": [f"/bookings/{pk}.json" for pk in every],
        "user": [f"/users/{pk}.json" for pk in people],
    }


def ask(path: str, key: str) -> HttpResponse:
    return cast(HttpResponse, new_browser().get(f"/api{path}", headers={"authorization": key}))


def test_t37_the_account_s_key_is_told_the_links_of_those_who_have_a_place_and_no_other(scene: Scene) -> None:
    key, told = key_of(scene, Looker.OWNER), {}
    for name, paths in addresses(scene).items():
        answers = [ask(path, key) for path in paths]
        assert any(answer.status_code == 200 for answer in answers), name
        told[name] = set().union(*(scene.needles.in_text(answer.text) for answer in answers))
        for held in scene.held.values():
            assert not any(token in answer.text for answer in answers for token in (held.token, held.join_token)), name

    nothing: set[Secret] = set()
    assert told == {
        "resources": nothing,
        "field-list": nothing,
        "range": WITH_A_PLACE,
        "changes": WITH_A_PLACE,
        # Only who is registered has booked with a log-in.
        "agenda": {Secret.CLASS},
        "free": nothing,
        "bookings": WITH_A_PLACE,
        "booking": WITH_A_PLACE,
        "user": nothing,
    }


def test_t37_the_key_of_another_account_is_told_nothing_of_this_one(scene: Scene) -> None:
    key = key_of(scene, Looker.ELSEWHERE)

    for name, paths in addresses(scene).items():
        for path in paths:
            answer = ask(path, key)
            assert (name, answer.status_code) == (name, 404)
            assert "@" not in answer.text


def test_reading_writes_down_that_the_key_was_used_and_nothing_else(scene: Scene) -> None:
    key = key_of(scene, Looker.OWNER)

    for paths in addresses(scene).values():
        with writing() as written_to:
            ask(paths[0], key)
        assert written_to == {"booking_apikey"}


def test_m2_a_webhook_that_may_not_know_links_is_told_none_of_whatever_happens(scene: Scene) -> None:
    """And one that may is told those of who has a place."""
    bookings = list(Booking.objects.filter(account=scene.account))
    with program() as other:
        told = {}
        for tells_links in (False, True):
            tell_everything(scene.account, bookings, other.url, tells_links=tells_links)
            said = b"\n".join(body for _, body in other.told).decode()
            told[tells_links] = scene.needles.in_text(said)
            assert len(other.told) >= len(bookings)
            assert not any(held.token in said or held.join_token in said for held in scene.held.values())
            other.told.clear()

    assert told == {False: NO_SECRET, True: WITH_A_PLACE}


def tell_everything(account: Account, bookings: Sequence[Booking], url: str, *, tells_links: bool) -> None:
    """Let everything in the trail be told once more to a webhook, and no other."""
    Webhook.objects.all().delete()
    make_webhook(account, Telling(url=url, happenings=CHOOSABLE, tells_links=tells_links), now=NOW)
    for booking in bookings:
        tell_programs(list(booking.audit.select_related("slot", "booking")), now=NOW)
    while deliver_next(now=NOW):
        continue


PARAMETERS = (
    "from", "to", "start", "finish", "slot", "user", "today", "resource_id", "service_id", "limit", "offset",
    "schedule_id", "form", "length", "resource", "full", "maxresults", "account", "unknown",
)  # fmt: skip


def test_whatever_a_program_with_a_key_asks_is_answered_or_refused_as_an_object(scene: Scene) -> None:
    key = key_of(scene, Looker.OWNER)
    places = {name: route.visits(scene, Looker.OWNER)[0].path.partition("?")[0] for name, route in API.items()}
    queries = st.dictionaries(st.sampled_from(PARAMETERS), texts, max_size=4)
    numbers = st.sampled_from(["", "0", "9" * 19, "9" * 40, "x", "%00", "fk"])

    @tried(examples(60), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
    @given(st.sampled_from(sorted(places)), queries, numbers, st.booleans())
    def ask_nonsense(name: str, query: dict[str, str], number: str, is_elsewhere: bool) -> None:
        path = places[name]
        if is_elsewhere and path.count("/") > 2:
            path = f"{path.rpartition('/')[0]}/{number}.json"
        right = {"schedule_id": str(scene.schedules["class"].pk)}
        asked = urlencode(right | query, errors="surrogatepass")
        answer = new_browser().get(f"{path}?{asked}", headers={"authorization": key})

        assert answer.status_code in {200, 400, 401, 404, 405, 429}
        assert "Traceback" not in answer.text
        if answer.status_code in {400, 429}:
            assert list(answer.json()) == ["errors"]

    ask_nonsense()
