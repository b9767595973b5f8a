"""The routes of the health page, which is the owner's alone."""

from collections.abc import Callable, Sequence
from typing import Any

from django.urls import reverse

from tests.walk.scene import Scene
from tests.walk.viewers import Looker, Secret
from tests.walk.visiting import Route, Visit, answer, named, owner


def of_connection(name: str, **form: Any) -> Callable[[Scene, Looker], Sequence[Visit]]:
    return _of(name, lambda scene: scene.account.connections.get(provider="zoom").pk, **form)


def of_meeting(name: str, **form: Any) -> Callable[[Scene, Looker], Sequence[Visit]]:
    return _of(name, lambda scene: scene.slots[Secret.ZOOM].meetings.get(wanted="present").pk, **form)


def of_incident(name: str) -> Callable[[Scene, Looker], Sequence[Visit]]:
    return _of(name, lambda scene: scene.account.incidents.get().pk)


def _of(name: str, pk: Callable[[Scene], int], **form: Any) -> Callable[[Scene, Looker], Sequence[Visit]]:
    def visits(scene: Scene, looker: Looker) -> list[Visit]:
        return [Visit(path=reverse(name, args=[scene.account.name, pk(scene)]), form=form)]

    return visits


HEALTH: dict[str, Route] = {
    "manage:health": Route(visits=named("manage:health"), get=answer(owner(200))),
    "manage:health-live": Route(
        visits=named("manage:health-live"), get=answer(owner(200)), query=("seen",), is_page=False
    ),
    "manage:reconnect": Route(visits=of_connection("manage:reconnect"), post=answer(owner(303))),
    "manage:mend": Route(visits=of_connection("manage:mend"), get=answer(owner(303)), query=("key",), is_page=False),
    "manage:answer-links": Route(
        visits=of_connection("manage:answer-links", links="keep"), post=answer(owner(303)), fields=("links",)
    ),
    "manage:retry": Route(visits=of_meeting("manage:retry"), post=answer(owner(303)), fields=("back",)),
    "manage:answer": Route(
        visits=of_meeting("manage:answer", answer="theirs"), post=answer(owner(303)), fields=("answer",)
    ),
    "manage:send-mails-again": Route(visits=named("manage:send-mails-again"), post=answer(owner(303))),
    "manage:quiet": Route(visits=of_incident("manage:quiet"), post=answer(owner(303))),
}
