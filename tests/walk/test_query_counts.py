"""How many questions each visitor's page asks of the database, page by page: one more is seen here, and meant."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from tests.walk.routes import ROUTES
from tests.walk.scene import Scene
from tests.walk.viewers import Looker
from tests.walk.visiting import Route

PEOPLE = (Looker.STRANGER, Looker.BOOKER, Looker.REGISTERED, Looker.MEMBER)

# Of each page, for the first of the people above who has it to see, all its addresses in the scene.
QUESTIONS: dict[str, list[int]] = {
    "front": [2],
    "shades": [0],
    "shades_of_part": [0],
    "robots": [0],
    "embed_script": [0],
    "account_schedules": [2],
    "schedule": [4, 5, 3, 4, 2],
    "free_times": [3, 4, 2],
    "picture": [1, 1, 1, 1, 1, 1],
    "schedule_resource": [4],
    "booking": [3, 3, 3, 3],
    "booking_done": [1, 1, 1, 1],
    "booking_change": [3, 3, 3, 2],
    "booking_card": [2, 2, 2, 2],
    "booking_cancel": [3, 3, 3, 3],
    "booking_details": [2, 2, 2, 2],
    "booking_data": [3, 3, 3, 3],
    "booking_erase": [1, 1, 1, 1],
    "day_by_mail": [2],
    "booking_reminders": [2, 2, 2, 2],
    "booking_calendar": [2, 2, 2, 2],
    "join": [2, 2, 2, 2],
    "join_card": [2, 2, 2, 2],
    "my": [11],
    "theirs": [12],
    "their_change": [9],
    "their_cancel": [7],
    "my_profile": [6],
    "feed": [8],
    "my_calendar": [6],
}


def asked(scene: Scene, route: Route) -> list[int]:
    """Return how many questions each address of the route asks; none if nobody of these people has a page to see."""
    assert route.get is not None
    status = route.get.status
    looker = next((each for each in PEOPLE if status[each] == 200), None)
    counts = []
    for visit in route.visits(scene, looker) if looker else []:
        browser = scene.browser(looker or Looker.STRANGER, visit.about)
        browser.get(visit.path)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            answer = browser.get(visit.path)
        if answer.status_code == 200:
            counts.append(len(queries))
    return counts


def is_visitors(scene: Scene, route: Route) -> bool:
    path = route.visits(scene, Looker.STRANGER)[0].path.partition("?")[0]
    return resolve(path).func.__module__.startswith("convoca.public.")


def test_every_visitor_s_page_asks_as_many_questions_as_it_says_here(scene: Scene) -> None:
    pages = {name: route for name, route in ROUTES.items() if route.get is not None and is_visitors(scene, route)}

    counted = {name: asked(scene, route) for name, route in pages.items()}

    assert {name: counts for name, counts in counted.items() if counts} == QUESTIONS
