"""The owner's routes of Supervise > Synchronize. None of them shows a link, and none calls Google in a walk."""

from collections.abc import Callable

from django.urls import reverse

from tests.walk.scene import Scene
from tests.walk.viewers import Looker
from tests.walk.visiting import Route, Visit, answer, named, of_schedules, owner

TEXTS = {"title": "$what", "description": "", "names_client": "on", "invites_client": ""}


def of_google(route: str, **form: str) -> Callable[[Scene, Looker], list[Visit]]:
    """Visit a page about the Google account with which a schedule of the scene is published."""

    def visits(scene: Scene, looker: Looker) -> list[Visit]:
        where = [scene.account.name, scene.published.slug, scene.google.pk]
        return [Visit(path=reverse(route, args=where), form=form)]

    return visits


def of_event(route: str, **form: str) -> Callable[[Scene, Looker], list[Visit]]:
    def visits(scene: Scene, looker: Looker) -> list[Visit]:
        where = [scene.account.name, scene.published.slug, scene.event.pk]
        return [Visit(path=reverse(route, args=where), form=form)]

    return visits


def of_account(route: str) -> Callable[[Scene, Looker], list[Visit]]:
    return lambda scene, looker: [Visit(path=reverse(route, args=[scene.account.name, scene.google.pk]))]


SYNCHRONIZING: dict[str, Route] = {
    "manage:synchronize": Route(visits=named("manage:synchronize"), get=answer(owner(200))),
    "manage:give-up-account": Route(visits=of_account("manage:give-up-account"), post=answer(owner(303))),
    "manage:publication": Route(
        visits=of_schedules("service", "class", "linkless", name="manage:publication", **TEXTS),
        get=answer(owner(200)),
        post=answer(owner(303)),
        fields=tuple(TEXTS),
    ),
    "manage:connect-calendar": Route(
        visits=of_schedules("class", name="manage:connect-calendar"), post=answer(owner(303)), is_page=False
    ),
    "manage:publication-progress": Route(
        visits=of_schedules("linkless", name="manage:publication-progress"),
        get=answer(owner(200)),
        query=("seen",),
        is_page=False,
    ),
    "manage:choose-calendar": Route(
        # Nobody asks Google where the installation has no application there: back to the page that says so.
        visits=of_google("manage:choose-calendar", calendar="new", name="Bookings"),
        get=answer(owner(303)),
        post=answer(owner(303)),
        fields=("calendar", "name"),
        is_page=False,
    ),
    "manage:unpublish": Route(
        visits=of_schedules("linkless", name="manage:unpublish", events="keep"),
        get=answer(owner(200)),
        post=answer(owner(303)),
        fields=("events",),
    ),
    "manage:answer-event": Route(
        visits=of_event("manage:answer-event", answer="back"), post=answer(owner(303)), fields=("answer",)
    ),
}
