"""The whole URL configuration, route by route: how to visit it, who gets what answer, and who may see which link.

A route that is missing here fails the walk, and so does one whose answer is not declared for every looker.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.walk.scene import DAY, MADE_UP, Scene, start
from tests.walk.viewers import BOOKED, SUPERVISING, WITH_ADDRESS, WITH_LOG_IN, Looker, Secret

NO_SECRET: frozenset[Secret] = frozenset()
ON_THE_DAY = frozenset({Secret.ZOOM, Secret.JITSI, Secret.TYPED, Secret.CLASS, Secret.PENDING})

type Statuses = dict[Looker, int]
type Sights = dict[Looker, frozenset[Secret]]


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One request that makes sense for whoever makes it. `about` is the booking whose browser is used."""

    path: str
    form: Mapping[str, Any] = field(default_factory=dict)
    about: Secret | None = None


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What everybody gets: a status; the links that the answer tells; those to which it leads as a redirect.

    The sights hold for a visit `about` nothing; of a visit about one booking, that booking's link alone is meant.
    """

    status: Statuses
    shows: Sights
    leads: Sights


@dataclass(frozen=True, kw_only=True)
class Route:
    """How to visit a route, and what its methods answer. HEAD answers as GET does, unless it is declared apart.

    `query` and `fields` are all that its view reads.
    """

    visits: Callable[[Scene, Looker], Sequence[Visit]]
    get: Answer | None = None
    head: Answer | None = None
    post: Answer | None = None
    query: Sequence[str] = ()
    fields: Sequence[str] = ()
    is_page: bool = True


# --- who gets which answer, and who sees which links ---

NOBODY: Sights = dict.fromkeys(Looker, NO_SECRET)


def everybody(status: int) -> Statuses:
    return dict.fromkeys(Looker, status)


def holders(status: int) -> Statuses:
    """Those with an address of a booking; others try one that they made up."""
    return everybody(404) | dict.fromkeys(WITH_ADDRESS, status)


def logged_in(status: int, *, others: int = 302) -> Statuses:
    return everybody(others) | dict.fromkeys(WITH_LOG_IN, status)


def supervisors(status: int) -> Statuses:
    return logged_in(404) | dict.fromkeys(SUPERVISING, status)


def owner(status: int) -> Statuses:
    return logged_in(404) | {Looker.OWNER: status}


def answer(status: Statuses, *, shows: Sights = NOBODY, leads: Sights = NOBODY) -> Answer:
    return Answer(status=status, shows=shows, leads=leads)


# Of a booking's own page: the browser that booked sees the link; a fresh one, which may be a scanner's, does not.
TO_THE_BROWSER_THAT_BOOKED = NOBODY | {Looker.BOOKER: frozenset(Secret)}
TO_WHOEVER_PRESSES_JOIN = NOBODY | dict.fromkeys((Looker.BOOKER, Looker.HOLDER), frozenset(Secret))
TO_SUPERVISORS_OF_THE_DAY = NOBODY | {
    Looker.CLASS_SUPERUSER: frozenset({Secret.CLASS}),
    Looker.SUPERUSER: ON_THE_DAY,
    Looker.OWNER: ON_THE_DAY,
}
TO_SUPERVISORS_OF_THE_CLASS = {looker: sight & {Secret.CLASS} for looker, sight in TO_SUPERVISORS_OF_THE_DAY.items()}
TO_THE_OWNER = NOBODY | {Looker.OWNER: frozenset(Secret)}


# --- how to visit ---


def at(path: str, **form: Any) -> Callable[[Scene, Looker], list[Visit]]:
    return lambda scene, looker: [Visit(path=path, form=form)]


def named(name: str, *arguments: Any, query: str = "", **form: Any) -> Callable[[Scene, Looker], list[Visit]]:
    """Visit the route of the scene's account, with further parts of the address."""

    def visits(scene: Scene, looker: Looker) -> list[Visit]:
        return [Visit(path=reverse(name, args=[scene.account.name, *arguments]) + query, form=form)]

    return visits


def of_schedules(*kinds: str, name: str, query: str = "", **form: Any) -> Callable[[Scene, Looker], list[Visit]]:
    def visits(scene: Scene, looker: Looker) -> list[Visit]:
        slugs = [scene.schedules[kind].slug for kind in kinds]
        return [Visit(path=reverse(name, args=[scene.account.name, slug]) + query, form=form) for slug in slugs]

    return visits


def of_bookings(name: str, *, joins: bool = False, query: str = "") -> Callable[[Scene, Looker], list[Visit]]:
    def visits(scene: Scene, looker: Looker) -> list[Visit]:
        held = [(secret, scene.held[looker, secret]) for secret in BOOKED.get(looker, ())]
        tokens: list[tuple[Secret | None, str]] = [
            (secret, each.join_token if joins else each.token) for secret, each in held
        ]
        tokens = tokens or [(None, MADE_UP)]
        return [Visit(path=reverse(name, args=[token]) + query, about=secret) for secret, token in tokens]

    return visits


def of_slots(name: str, **form: Any) -> Callable[[Scene, Looker], list[Visit]]:
    def visits(scene: Scene, looker: Looker) -> list[Visit]:
        where = [reverse(name, args=[scene.account.name, scene.slots[secret].pk]) for secret in (Secret.CLASS,)]
        return [Visit(path=path, form=form) for path in where]

    return visits


def of_mails(name: str) -> Callable[[Scene, Looker], list[Visit]]:
    def visits(scene: Scene, looker: Looker) -> list[Visit]:
        mails = scene.mails.items()
        return [Visit(path=reverse(name, args=[scene.account.name, m.pk]), about=secret) for secret, m in mails]

    return visits


def _schedule_pages(scene: Scene, looker: Looker) -> list[Visit]:
    def page(kind: str, query: str = "", **form: Any) -> Visit:
        schedule = scene.schedules[kind]
        path = reverse("schedule", args=[schedule.account.name, schedule.slug])
        return Visit(path=path + query, form={"name": "Ada Ruiz", "email": "ada@example.org", **form})

    day = f"?day={DAY}&all=1"
    slot = scene.slots[Secret.CLASS].pk
    return [
        page("resource", day, start=start("09:00")),
        page("service", day, start=start("15:00")),
        page("talks", f"?month={DAY:%Y-%m}", start=start("16:00")),
        page("class", f"?day={DAY}", slot=slot),
        page("linkless", "?zones=1", start=start("10:00")),
    ]


def _resource_pages(scene: Scene, looker: Looker) -> list[Visit]:
    schedule = scene.schedules["resource"]
    path = reverse("schedule_resource", args=[scene.account.name, schedule.slug, "room-2"])
    return [Visit(path=path, form={"name": "Ada", "email": "ada@example.org", "start": start("09:00")})]


def _live(scene: Scene, looker: Looker) -> list[Visit]:
    rows = "-".join(f"{slot.pk}.pending" for secret, slot in scene.slots.items() if secret in ON_THE_DAY)
    return [Visit(path=f"{reverse('manage:live', args=[scene.account.name])}?rows={rows}")]


def _zoom(name: str, kind: str) -> Callable[[Scene, Looker], list[Visit]]:
    def visits(scene: Scene, looker: Looker) -> list[Visit]:
        return [Visit(path=reverse(name, args=[scene.account.name, "zoom", scene.schedules[kind].slug]))]

    return visits


def _key_to_a_new_password(scene: Scene, looker: Looker) -> list[Visit]:
    user = scene.users[Looker.OWNER]
    key = (user_pk_to_url_str(user), default_token_generator.make_token(user))
    return [Visit(path=reverse("account_reset_password_from_key", args=key))]


NEW_SLOT = {"title": "Yoga", "day": "2026-12-01", "starts": "18:00", "minutes": "60", "capacity": "5", "location": ""}
PASSWORD = {"login": "owner@lumbre.example", "password": "correct horse battery"}
BOOKING = ("start", "slot", "name", "email", "email_again", "website", "resource", "service")
# What allauth's pages read on any of their forms.
ALLAUTH = ("next",)

ROUTES: dict[str, Route] = {
    # What programs ask.
    "healthz": Route(visits=at("/healthz"), get=answer(everybody(200)), is_page=False),
    "readyz": Route(visits=at("/readyz"), get=answer(everybody(200)), is_page=False),
    # The visitor's pages.
    "front": Route(visits=at("/"), get=answer(everybody(200))),
    "robots": Route(visits=at("/robots.txt"), get=answer(everybody(200)), is_page=False),
    "set_language": Route(
        visits=at("/language", language="es", next="/"), post=answer(everybody(303)), fields=("language", "next")
    ),
    "set_theme": Route(
        visits=at("/theme", theme="dark", next="/"), post=answer(everybody(303)), fields=("theme", "next")
    ),
    "account_schedules": Route(visits=named("account_schedules"), get=answer(everybody(200))),
    "schedule": Route(
        visits=_schedule_pages,
        get=answer(everybody(200)),
        post=answer(everybody(303)),
        query=("tz", "day", "all", "month", "zones", "service"),
        fields=BOOKING,
    ),
    "free_times": Route(
        visits=of_schedules("resource", "service", "class", name="free_times", query=f"?from={DAY}&days=1"),
        get=answer(everybody(200)),
        query=("from", "days", "resource", "service"),
        is_page=False,
    ),
    "schedule_resource": Route(
        visits=_resource_pages,
        get=answer(everybody(200)),
        post=answer(everybody(303)),
        query=("tz", "day", "all", "month", "zones", "service"),
        fields=BOOKING,
    ),
    # The attendee's pages.
    "booking": Route(visits=of_bookings("booking"), get=answer(holders(200), shows=TO_THE_BROWSER_THAT_BOOKED)),
    "booking_card": Route(
        visits=of_bookings("booking_card", query="?seen=pending"),
        get=answer(holders(200), shows=TO_THE_BROWSER_THAT_BOOKED),
        query=("seen",),
        is_page=False,
    ),
    "booking_show_link": Route(visits=of_bookings("booking_show_link"), post=answer(holders(303))),
    "booking_join": Route(visits=of_bookings("booking_join"), post=answer(holders(303), leads=TO_WHOEVER_PRESSES_JOIN)),
    "booking_cancel": Route(
        visits=of_bookings("booking_cancel"),
        get=answer(holders(200) | {Looker.CANCELLED: 303}),
        post=answer(holders(303)),
    ),
    "booking_calendar": Route(
        visits=of_bookings("booking_calendar"), get=answer(holders(200) | {Looker.CANCELLED: 303}), is_page=False
    ),
    "join": Route(
        visits=of_bookings("join", joins=True),
        get=answer(holders(200)),
        post=answer(
            holders(303) | dict.fromkeys((Looker.WAITING, Looker.CANCELLED), 200), leads=TO_WHOEVER_PRESSES_JOIN
        ),
    ),
    "join_card": Route(
        visits=of_bookings("join_card", joins=True, query="?seen=pending&waiting=1"),
        get=answer(holders(200)),
        query=("seen", "waiting"),
        is_page=False,
    ),
    # Behind the log-in.
    "manage:accounts": Route(visits=at("/manage/"), get=answer(logged_in(302) | {Looker.MEMBER: 200})),
    "manage:consent-answered": Route(
        visits=at("/manage/connect/zoom/callback?code=abc&state=xyz"),
        get=answer(everybody(302)),
        # Only the browser that comes back from the vendor spends the code.
        head=answer(logged_in(405)),
        query=("code", "state", "error"),
        is_page=False,
    ),
    "manage:today": Route(
        visits=named("manage:today", query=f"?day={DAY}"),
        get=answer(supervisors(200), shows=TO_SUPERVISORS_OF_THE_DAY),
        query=("day",),
    ),
    "manage:live": Route(
        visits=_live, get=answer(supervisors(200), shows=TO_SUPERVISORS_OF_THE_DAY), query=("rows",), is_page=False
    ),
    "manage:paste-link": Route(
        visits=of_slots("manage:paste-link", link="https://meet.example.net/another-room"),
        post=answer(supervisors(303) | {Looker.ELSEWHERE_SUPERUSER: 404}),
        fields=("link",),
    ),
    "manage:access-control": Route(
        visits=named("manage:access-control", choice="superusers", label="Notes"),
        get=answer(owner(200)),
        post=answer(owner(303)),
        fields=("choice", "label"),
    ),
    "manage:schedules": Route(visits=named("manage:schedules"), get=answer(supervisors(200))),
    "manage:schedule": Route(
        visits=of_schedules("class", name="manage:schedule"),
        get=answer(supervisors(200) | {Looker.ELSEWHERE_SUPERUSER: 404}),
    ),
    "manage:process": Route(
        visits=of_schedules("resource", "service", "class", name="manage:process", source="jitsi"),
        get=answer(owner(200)),
        post=answer(owner(303)),
        fields=("source",),
    ),
    "manage:slots": Route(
        visits=of_schedules("class", name="manage:slots", **NEW_SLOT),
        get=answer(supervisors(200) | {Looker.ELSEWHERE_SUPERUSER: 404}, shows=TO_SUPERVISORS_OF_THE_CLASS),
        post=answer(supervisors(303) | {Looker.ELSEWHERE_SUPERUSER: 404}),
        fields=tuple(NEW_SLOT),
    ),
    "manage:integration": Route(visits=named("manage:integration", "zoom"), get=answer(owner(200))),
    "manage:receipt": Route(
        visits=named("manage:receipt", "zoom"), get=answer(owner(200)), query=("seen",), is_page=False
    ),
    "manage:connect": Route(visits=_zoom("manage:connect", "linkless"), post=answer(owner(303))),
    "manage:disconnect": Route(
        visits=_zoom("manage:disconnect", "resource"), get=answer(owner(200)), post=answer(owner(303))
    ),
    "manage:outbox": Route(visits=named("manage:outbox"), get=answer(owner(200)), query=("page",)),
    "manage:mail": Route(visits=of_mails("manage:mail"), get=answer(owner(200), shows=TO_THE_OWNER)),
    "manage:mail-html": Route(
        # What the frame on the mail's page holds: no page by itself, and it runs nothing.
        visits=of_mails("manage:mail-html"),
        get=answer(owner(200), shows=TO_THE_OWNER),
        is_page=False,
    ),
    "manage:mail-calendar": Route(visits=of_mails("manage:mail-calendar"), get=answer(owner(200)), is_page=False),
    # Logging in.
    "account_login": Route(
        visits=at("/accounts/login/", **PASSWORD),
        get=answer(logged_in(302, others=200)),
        post=answer(everybody(302)),
        query=ALLAUTH,
        fields=("login", "password", "remember", *ALLAUTH),
    ),
    "account_logout": Route(
        visits=at("/accounts/logout/"),
        get=answer(logged_in(200)),
        post=answer(everybody(302)),
        query=ALLAUTH,
        fields=ALLAUTH,
    ),
    "account_signup": Route(
        visits=at("/accounts/signup/"),
        get=answer(logged_in(302, others=200)),
        post=answer(logged_in(302, others=200)),
        query=ALLAUTH,
        fields=ALLAUTH,
    ),
    "account_inactive": Route(visits=at("/accounts/inactive/"), get=answer(everybody(200)), query=ALLAUTH),
    "account_reset_password": Route(
        visits=at("/accounts/password/reset/", email="owner@lumbre.example"),
        get=answer(everybody(200)),
        post=answer(everybody(302)),
        query=ALLAUTH,
        fields=("email", *ALLAUTH),
    ),
    "account_reset_password_done": Route(
        visits=at("/accounts/password/reset/done/"), get=answer(everybody(200)), query=ALLAUTH
    ),
    "account_reset_password_from_key": Route(
        visits=_key_to_a_new_password,
        get=answer(everybody(302)),
        post=answer(everybody(302)),
        query=ALLAUTH,
        fields=("password1", "password2", *ALLAUTH),
    ),
    "account_reset_password_from_key_done": Route(
        visits=at("/accounts/password/reset/key/done/"), get=answer(everybody(200)), query=ALLAUTH
    ),
}


# --- what there is ---


@dataclass(frozen=True)
class Found:
    """A route of the configuration: its name, and its address with the parameters in angle brackets."""

    name: str
    address: str


def found_routes() -> list[Found]:
    """Walk the whole URL configuration."""
    return list(_walk(get_resolver().url_patterns, "/", ""))


def _walk(patterns: Sequence[URLPattern | URLResolver], prefix: str, namespace: str) -> Iterator[Found]:
    for pattern in patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, address, inner)
        else:
            yield Found(namespace + (pattern.name or f"the unnamed route {address}"), address)
