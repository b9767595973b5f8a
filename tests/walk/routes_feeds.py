"""The routes of calendars to subscribe to: the feeds themselves, and the pages on which they are made and revoked."""

from collections.abc import Callable

from django.urls import reverse

from convoca.booking.models import Feed, Membership, Schedule, Sealed
from convoca.booking.operations.addresses import digest
from tests.walk.routes_people import users
from tests.walk.scene import MADE_UP, Scene
from tests.walk.viewers import Looker, Secret
from tests.walk.visiting import NOBODY, Route, Sights, Visit, answer, everybody, logged_in, named, supervisors

# Whose feeds show something. A blocked person's does not, nor that of somebody who no longer supervises what it shows.
OF_THE_CLASS = (Looker.CLASS_SUPERUSER, Looker.SUPERUSER, Looker.OWNER)
READ = (*OF_THE_CLASS, Looker.REGISTERED)
DEAD = (Looker.BLOCKED, Looker.MEMBER)
WITH_THE_LINK: Sights = NOBODY | dict.fromkeys(OF_THE_CLASS, frozenset({Secret.CLASS}))


def feed_of(scene: Scene, looker: Looker, schedule: Schedule | None, *, has_links: bool) -> Feed:
    """Return a feed of that person's: of a schedule with its people's names, or of their own bookings."""
    token = f"{looker.name}-{schedule.slug if schedule else 'own'}-{has_links}"
    found, _made = Feed.objects.get_or_create(
        account=scene.account,
        membership=Membership.objects.get(account=scene.account, user=scene.users[looker]),
        schedule=schedule,
        has_names=True,
        has_links=has_links,
        token_digest=digest(token),
        defaults={"token": Sealed.seal(token)},
    )
    return found


def feeds(scene: Scene, looker: Looker) -> list[Visit]:
    """Ask for the class's calendar with links and without, or for one's own; of the latter two none may tell a link."""
    yoga = scene.schedules["class"]
    if looker in (*OF_THE_CLASS, Looker.MEMBER):
        asked = [(feed_of(scene, looker, yoga, has_links=True), Secret.CLASS)]
        asked += [(feed_of(scene, looker, yoga, has_links=False), Secret.BACKUP)]
        asked += [(feed_of(scene, looker, None, has_links=True), Secret.BACKUP)] if looker in READ else []
    elif looker in {Looker.REGISTERED, Looker.BLOCKED}:
        asked = [(feed_of(scene, looker, None, has_links=True), Secret.BACKUP)]
    else:
        return [Visit(path=reverse("feed", args=[MADE_UP]))]
    return [Visit(path=reverse("feed", args=[feed.token.open()]), about=about) for feed, about in asked]


def of_own_feed(name: str, *owners: Looker) -> Callable[[Scene, Looker], list[Visit]]:
    """Name one's own feed, or, having none there, somebody else's."""

    def visits(scene: Scene, looker: Looker) -> list[Visit]:
        whose = looker if looker in owners else owners[0]
        feed = feed_of(scene, whose, None, has_links=True)
        return [Visit(path=reverse(name, args=[scene.account.name, feed.pk]))]

    return visits


FEEDS: dict[str, Route] = {
    "feed": Route(
        visits=feeds, get=answer(everybody(404) | dict.fromkeys(READ, 200), shows=WITH_THE_LINK), is_page=False
    ),
    "manage:feeds": Route(
        visits=named("manage:feeds", about="own", links="on"),
        get=answer(supervisors(200)),
        post=answer(supervisors(303)),
        query=("shown",),
        fields=("about", "names", "links"),
    ),
    "manage:show-feed": Route(
        visits=of_own_feed("manage:show-feed", *OF_THE_CLASS),
        post=answer(logged_in(404) | dict.fromkeys(OF_THE_CLASS, 303)),
    ),
    "manage:revoke-feed": Route(
        visits=of_own_feed("manage:revoke-feed", *OF_THE_CLASS),
        post=answer(logged_in(404) | dict.fromkeys(OF_THE_CLASS, 303)),
    ),
    "my_calendar": Route(visits=named("my_calendar"), get=answer(users(200)), post=answer(users(303))),
    "my_calendar_revoke": Route(
        visits=of_own_feed("my_calendar_revoke", *READ),
        post=answer(users(404) | dict.fromkeys(READ, 303)),
    ),
}
