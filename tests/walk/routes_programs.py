"""The routes of programs: the pages on which an owner lets them ask and be told, and what they ask themselves."""

from collections.abc import Callable, Sequence

from django.urls import reverse

from convoca.booking.models import Sealed, Webhook
from convoca.providers.telling import new_secret
from tests.booking.building import NOW
from tests.walk.scene import Scene
from tests.walk.viewers import Looker
from tests.walk.visiting import Route, Visit, answer, named, owner

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


FIELDS = ("url", "schedule", "happenings", "tells_links")

PROGRAMS: dict[str, Route] = {
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
