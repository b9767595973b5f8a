"""The routes of Supervise > Synchronize, which is the owner's alone."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse

from tests.walk.scene import Scene
from tests.walk.viewers import Looker
from tests.walk.visiting import Route, Visit, answer, named, owner

TEXTS = {"title": "$what", "description": "", "names_client": "on", "invites_client": ""}
CHOICE = {"calendar": "ana@example.org", "for": "", "for_meet": "1"}


def of_schedule(name: str, *more: Callable[[Scene], int], **form: Any) -> Callable[[Scene, Looker], list[Visit]]:
    """Visit a page of the schedule that is published."""

    def visits(scene: Scene, looker: Looker) -> list[Visit]:
        where = [scene.account.name, scene.schedules["resource"].slug, *(each(scene) for each in more)]
        return [Visit(path=reverse(name, args=where), form=form)]

    return visits


def connection(scene: Scene) -> int:
    return scene.account.connections.get(provider="google").pk


def event(scene: Scene) -> int:
    return scene.account.publications.order_by("pk")[0].pk


def dependence(scene: Scene) -> int:
    return scene.schedules["resource"].busy_calendars.get().pk


def resource(scene: Scene) -> int:
    return scene.schedules["resource"].resources.order_by("pk")[0].pk


def of_account(name: str) -> Callable[[Scene, Looker], list[Visit]]:
    return lambda scene, looker: [Visit(path=reverse(name, args=[scene.account.name, connection(scene)]))]


SYNCHRONIZING: dict[str, Route] = {
    "manage:publications": Route(visits=named("manage:publications"), get=answer(owner(200))),
    "manage:give-up-account": Route(visits=of_account("manage:give-up-account"), post=answer(owner(303))),
    "manage:synchronize": Route(visits=of_schedule("manage:synchronize"), get=answer(owner(200)), query=("for_meet",)),
    "manage:synchronize-connect": Route(
        visits=of_schedule("manage:synchronize-connect"), post=answer(owner(303)), fields=("for_meet",)
    ),
    "manage:synchronize-calendars": Route(
        visits=of_schedule("manage:synchronize-calendars", connection), get=answer(owner(200)), query=("for_meet",)
    ),
    "manage:read-calendars": Route(
        visits=of_schedule("manage:read-calendars", connection), post=answer(owner(303)), fields=("for_meet",)
    ),
    "manage:publish": Route(
        visits=of_schedule("manage:publish", connection, **CHOICE),
        post=answer(owner(303)),
        fields=(*CHOICE, "meet"),
    ),
    "manage:add-busy": Route(
        visits=of_schedule("manage:add-busy", connection, **CHOICE), post=answer(owner(303)), fields=tuple(CHOICE)
    ),
    "manage:show-with-schedule": Route(
        visits=of_schedule("manage:show-with-schedule", resource), post=answer(owner(303))
    ),
    "manage:remove-busy": Route(visits=of_schedule("manage:remove-busy", dependence), post=answer(owner(303))),
    "manage:when-unknown": Route(
        visits=of_schedule("manage:when-unknown", when_unknown="accept"),
        post=answer(owner(303)),
        fields=("when_unknown",),
    ),
    "manage:event-texts": Route(
        visits=of_schedule("manage:event-texts", **TEXTS), post=answer(owner(303)), fields=tuple(TEXTS)
    ),
    "manage:unpublish": Route(
        visits=of_schedule("manage:unpublish", events="keep"),
        get=answer(owner(200)),
        post=answer(owner(303)),
        fields=("events",),
    ),
    "manage:synchronize-progress": Route(
        visits=of_schedule("manage:synchronize-progress"), get=answer(owner(200)), query=("seen",), is_page=False
    ),
    "manage:answer-event": Route(
        visits=of_schedule("manage:answer-event", event, answer="put-back"),
        post=answer(owner(303)),
        fields=("answer",),
    ),
}
