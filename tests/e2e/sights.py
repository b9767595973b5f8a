"""Every page of the walk that people look at, in its states: what a browser can be pointed at."""

from collections.abc import Iterator

from playwright.sync_api import Page

from tests.e2e.installing import of_the_installation
from tests.e2e.sight import Sight, send_empty
from tests.walk.routes import ROUTES
from tests.walk.scene import MADE_UP, Scene
from tests.walk.viewers import Looker, Secret
from tests.walk.visiting import Visit

# Of these routes every address is another page to look at; elsewhere they differ by their words alone.
ALL_OF = frozenset({"schedule", "booking", "manage:process"})
PEOPLE = (Looker.STRANGER, Looker.BOOKER, Looker.OWNER, Looker.MEMBER, Looker.OPERATOR)
# Where these have something to see.
BY = {"my": Looker.REGISTERED}


def sights(scene: Scene) -> Iterator[Sight]:
    for name, route in ROUTES.items():
        if not route.is_page or route.get is None:
            continue
        # Whoever has a page to see; a redirect (to set a new password) leads to one.
        status = route.get.status
        looker = BY.get(name) or next((each for each in PEOPLE if status[each] == 200), Looker.STRANGER)
        visits = route.visits(scene, looker)
        for number, visit in enumerate(visits if name in ALL_OF else visits[:1], start=1):
            suffix = f"-{number}" if name in ALL_OF else ""
            yield Sight(name=name.replace(":", "-") + suffix, looker=looker, visit=visit)
    yield from _of_others(scene)
    yield from _refused(scene)
    # Last, for these change what the pages of everybody show.
    yield from of_the_installation()


def _of_others(scene: Scene) -> Iterator[Sight]:
    """The attendee's pages of those who have no link, or not in this browser."""
    for looker, secret in (
        (Looker.HOLDER, Secret.ZOOM),
        (Looker.PENDING, Secret.PENDING),
        (Looker.WAITING, Secret.CLASS),
        (Looker.CANCELLED, Secret.CANCELLED),
    ):
        for name in ("booking", "join"):
            [visit] = [each for each in ROUTES[name].visits(scene, looker) if each.about is secret]
            yield Sight(name=f"{name}-{looker.name.lower()}-{secret}", looker=looker, visit=visit)


def _refused(scene: Scene) -> Iterator[Sight]:
    """Pages that say what is wrong."""
    by_name = {name: route.visits(scene, Looker.OWNER)[0] for name, route in ROUTES.items()}
    yield Sight(name="not-found", looker=Looker.STRANGER, visit=Visit(path="/nothing-is-here"))
    yield Sight(name="bad-link", looker=Looker.STRANGER, visit=Visit(path=f"/b/{MADE_UP}"))
    for name, looker in (
        ("schedule", Looker.STRANGER),
        ("account_login", Looker.STRANGER),
        ("manage:slots", Looker.OWNER),
        ("manage:access-control", Looker.OWNER),
    ):
        problem = f"{name.replace(':', '-')}-problem"
        yield Sight(name=problem, looker=looker, visit=by_name[name], press=send_empty)
    framed = Visit(path=f"{by_name['schedule'].path.partition('?')[0]}?embed=1&theme=dark")
    yield Sight(name="schedule-framed", looker=Looker.STRANGER, visit=framed)
    yield Sight(name="schedule-chosen", looker=Looker.STRANGER, visit=by_name["schedule"], press=choose)
    yield Sight(name="schedule-chosen-problem", looker=Looker.STRANGER, visit=by_name["schedule"], press=choose_only)
    yield Sight(name="manage-today-problem", looker=Looker.OWNER, visit=by_name["manage:today"], press=paste_nonsense)


def choose(page: Page) -> None:
    page.locator("label.choice").first.click()


def choose_only(page: Page) -> None:
    """Choose a time, and say nothing of oneself."""
    choose(page)
    with page.expect_navigation():
        page.evaluate("() => document.getElementById('booking').submit()")
    choose(page)


def paste_nonsense(page: Page) -> None:
    field = page.locator("details.paste textarea").first
    page.locator("details.paste summary").first.click()
    field.fill("no address at all")
    with page.expect_navigation():
        page.locator("details.paste button").first.click()
