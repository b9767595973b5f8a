"""The routes of programs: the pages on which an owner lets them ask and be told, and what they ask themselves."""

from collections.abc import Callable, Sequence

from django.urls import reverse

from convoca.booking.models import Sealed, Webhook
from convoca.providers.telling import new_secret
from tests.booking.building import NOW
from tests.walk.scene import Scene
from tests.walk.viewers import Looker, Secret
from tests.walk.visiting import Route, Visit, answer, at, everybody, named, owner

# Nobody answers there, and nothing of our own network is called.
ADDRESS = "https://127.0.0.1:9/heard"
TELLING = {"url": ADDRESS, "schedule": "", "happenings": "booking.created"}


def of_webhook(name: str, **form: str) -> Callable[[Scene, Looker], Sequence[Visit]]:
    def visits(scene: Scene, looker: Looker) -> list[Visit]:
        webhook, _ = Webhook.objects.get_or_create(
            account=scene.account,
            defaults={
                "url": Sealed.seal(ADDRESS),
                "host": "127.0.0.1",
                "happenings": "booking.created",
                "secret": Sealed.seal(new_secret()),
                "created_at": NOW,
            },
        )
        return [Visit(path=reverse(name, args=[scene.account.name, webhook.pk]), form=form)]

    return visits


def asked(path: str, *, is_written: bool = False) -> Route:
    """What programs ask: nobody without a key, whoever they are, and no browser's cookie is one."""
    refused = answer(everybody(401))
    post = refused if is_written else None
    return Route(visits=called(path), get=refused, head=answer(everybody(405)), post=post, is_page=False)


def called(path: str) -> Callable[[Scene, Looker], Sequence[Visit]]:
    """Visit an address of the API about the schedule with most to tell."""

    def visits(scene: Scene, looker: Looker) -> list[Visit]:
        booking = scene.slots[Secret.ZOOM].bookings.get()
        numbers = {"schedule": scene.schedules["class"].pk, "booking": booking.pk, "user": booking.pk}
        return [Visit(path=f"/api{path.format(**numbers)}")]

    return visits


API: dict[str, Route] = {
    "programs:api-root": Route(visits=at("/api/"), get=answer(everybody(404)), is_page=False),
    "programs:openapi-json": Route(visits=at("/api/openapi.json"), get=answer(everybody(200)), is_page=False),
    "programs:ping": asked("/ping"),
    "programs:schedules": asked("/schedules.json"),
    "programs:resources": asked("/resources.json?schedule_id={schedule}"),
    "programs:field-list": asked("/field_list.json"),
    "programs:groups": asked("/groups.json"),
    "programs:range": asked("/range/{schedule}.json?slot=true"),
    "programs:changes": asked("/changes/{schedule}.json"),
    "programs:agenda": asked("/agenda/{schedule}.json?user=0"),
    "programs:free": asked("/free/{schedule}.json"),
    "programs:bookings": asked("/bookings.json?schedule_id={schedule}", is_written=True),
    "programs:booking": asked("/bookings/{booking}.json", is_written=True),
    # The same addresses once more: the library makes one for each of their methods.
    "programs:create-booking": asked("/bookings.json", is_written=True),
    "programs:update-booking": asked("/bookings/{booking}.json", is_written=True),
    "programs:delete-booking": asked("/bookings/{booking}.json", is_written=True),
    "programs:users": asked("/users.json", is_written=True),
    "programs:user": asked("/users/{user}.json", is_written=True),
    "programs:create-user": asked("/users.json", is_written=True),
    "programs:create-user-called": asked("/users/{user}.json", is_written=True),
    "programs:update-user": asked("/users/{user}.json", is_written=True),
    "programs:delete-user": asked("/users/{user}.json", is_written=True),
}

FIELDS = ("url", "schedule", "happenings", "tells_links")

PROGRAMS: dict[str, Route] = API | {
    "manage:integrations": Route(visits=named("manage:integrations"), get=answer(owner(200))),
    "manage:api-key": Route(visits=named("manage:api-key"), get=answer(owner(200)), post=answer(owner(200))),
    "manage:revoke-api-key": Route(visits=named("manage:revoke-api-key"), post=answer(owner(303))),
    "manage:webhooks": Route(
        # An address of our own network is refused beside its field.
        visits=named("manage:webhooks", **TELLING),
        get=answer(owner(200)),
        post=answer(owner(422)),
        fields=FIELDS,
    ),
    "manage:webhook": Route(
        visits=of_webhook("manage:webhook", **TELLING),
        get=answer(owner(200)),
        post=answer(owner(422)),
        fields=FIELDS,
    ),
    "manage:test-webhook": Route(visits=of_webhook("manage:test-webhook"), post=answer(owner(303))),
    "manage:pause-webhook": Route(visits=of_webhook("manage:pause-webhook"), post=answer(owner(303))),
    "manage:resume-webhook": Route(visits=of_webhook("manage:resume-webhook"), post=answer(owner(303))),
    "manage:webhook-secret": Route(visits=of_webhook("manage:webhook-secret"), post=answer(owner(303))),
    "manage:delete-webhook": Route(visits=of_webhook("manage:delete-webhook"), post=answer(owner(303))),
}
