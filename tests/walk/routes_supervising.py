"""The routes of Supervise: the calendar, its lists and downloads, booking for somebody, correcting, places."""

from tests.walk.scene import DAY
from tests.walk.viewers import Looker, Secret
from tests.walk.visiting import (
    NOBODY,
    NOT_OF_ANOTHER_SCHEDULE,
    TO_SUPERVISORS_OF_THE_CLASS,
    TO_SUPERVISORS_OF_THE_DAY,
    Route,
    Sights,
    answer,
    named,
    of_requests,
    of_slots,
    supervisors,
)

ASKED = ("view", "as", "day", "schedule", "what", "state", "q", "page")
ADA = {"name": "Ada Ruiz", "email": "ada@example.org"}
ANSWERS = ("phone", "mobile", "address", "country", "field_1", "field_2", "super_field")
OF_A_TIME = ("resource", "service", "slot", "on", "at", "length", "quantity", "repeats", "until")
TO_SUPERVISORS_OF_THE_REQUEST: Sights = NOBODY | dict.fromkeys(
    (Looker.SUPERUSER, Looker.OWNER), frozenset({Secret.PENDING})
)

SUPERVISING: dict[str, Route] = {
    "manage:supervise": Route(
        visits=named("manage:supervise", query=f"?day={DAY}"),
        get=answer(supervisors(200), shows=TO_SUPERVISORS_OF_THE_DAY),
        query=ASKED,
    ),
    "manage:trail": Route(visits=named("manage:trail"), get=answer(supervisors(200)), query=ASKED),
    "manage:supervise-csv": Route(
        visits=named("manage:supervise-csv", query=f"?day={DAY}"),
        get=answer(supervisors(200), shows=TO_SUPERVISORS_OF_THE_DAY),
        query=ASKED,
        is_page=False,
    ),
    "manage:supervise-ics": Route(
        visits=named("manage:supervise-ics", query=f"?day={DAY}"),
        get=answer(supervisors(200), shows=TO_SUPERVISORS_OF_THE_DAY),
        query=ASKED,
        is_page=False,
    ),
    "manage:booking": Route(
        visits=of_requests("manage:booking"),
        get=answer(supervisors(200) | NOT_OF_ANOTHER_SCHEDULE, shows=TO_SUPERVISORS_OF_THE_REQUEST),
        query=("back",),
    ),
    "manage:new-booking": Route(
        visits=named("manage:new-booking", query="?schedule=consultations", **ADA),
        get=answer(supervisors(200)),
        # Without a time, nothing is booked.
        post=answer(supervisors(422)),
        query=("schedule", "day", "at", "like", "resource", "service", "slot"),
        fields=(*OF_A_TIME, "person", "name", "email", *ANSWERS, "anyway", "form_key"),
    ),
    "manage:edit-booking": Route(
        visits=of_requests("manage:edit-booking", **ADA),
        get=answer(supervisors(200) | NOT_OF_ANOTHER_SCHEDULE),
        post=answer(supervisors(303) | NOT_OF_ANOTHER_SCHEDULE),
        fields=("name", "email", *ANSWERS),
    ),
    "manage:no-show": Route(
        visits=of_requests("manage:no-show"),
        post=answer(supervisors(303) | NOT_OF_ANOTHER_SCHEDULE),
        fields=("came", "back"),
    ),
    "manage:send-link": Route(
        visits=of_requests("manage:send-link"),
        post=answer(supervisors(303) | NOT_OF_ANOTHER_SCHEDULE),
        fields=("back",),
    ),
    "manage:undo": Route(
        visits=of_requests("manage:undo"),
        post=answer(supervisors(303) | NOT_OF_ANOTHER_SCHEDULE),
        fields=("back",),
    ),
    "manage:places": Route(
        visits=of_slots("manage:places"),
        get=answer(supervisors(200) | {Looker.ELSEWHERE_SUPERUSER: 404}, shows=TO_SUPERVISORS_OF_THE_CLASS),
    ),
}
