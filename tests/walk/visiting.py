"""How to visit a route, who gets which answer, and who may see which link."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.urls import reverse

from convoca.booking.models import Alert, Connection, Notification
from tests.booking.building import NOW
from tests.walk.scene import DAY, MADE_UP, Scene, start
from tests.walk.viewers import BOOKED, SUPERVISING, WITH_ADDRESS, WITH_LOG_IN, Looker, Secret

NO_SECRET: frozenset[Secret] = frozenset()
ON_THE_DAY = frozenset({Secret.ZOOM, Secret.JITSI, Secret.TYPED, Secret.CLASS, Secret.PENDING})

# One status for all visits of a looker, or one for each booking that a visit may be about.
type Statuses = dict[Looker, int | dict[Secret | None, int]]
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


def unless_blocked(status: int) -> Statuses:
    """Everybody but those whom the account has blocked, who are told so."""
    return everybody(status) | {Looker.BLOCKED: 403}


def holders(status: int) -> Statuses:
    """Those with an address of a booking; others try one that they made up."""
    return everybody(404) | dict.fromkeys(WITH_ADDRESS, status)


def logged_in(status: int, *, others: int = 302) -> Statuses:
    return everybody(others) | dict.fromkeys(WITH_LOG_IN, status)


def supervisors(status: int) -> Statuses:
    return logged_in(404) | dict.fromkeys(SUPERVISING, status)


def owner(status: int) -> Statuses:
    return logged_in(404) | {Looker.OWNER: status}


def granted(status: int, *of_schedule: Looker) -> Statuses:
    """The owner; superusers, to whom the owner could grant it and has not, are told so; others find nothing.

    `of_schedule` are the superusers of the one schedule that it is about.
    """
    return owner(status) | dict.fromkeys((Looker.SUPERUSER, *of_schedule), 403)


def granted_in_account(status: int) -> Statuses:
    """The same of what is about the whole account, where every superuser could be granted it."""
    return granted(status, Looker.CLASS_SUPERUSER, Looker.ELSEWHERE_SUPERUSER)


def operator(status: int) -> Statuses:
    """Whoever looks after the installation; for everybody else who is logged in there is no such page."""
    return logged_in(404) | {Looker.OPERATOR: status}


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


# The owner types them on Configure > Process, and reads them there.
WHAT_IS_KEPT_READY_TO_THE_OWNER = NOBODY | {Looker.OWNER: frozenset({Secret.BACKUP, Secret.SHARED})}
THE_PERSONAL_ONE_TO_THE_OWNER = NOBODY | {Looker.OWNER: frozenset({Secret.PERSONAL})}
TO_SUPERVISORS_OF_TALKS = NOBODY | dict.fromkeys((Looker.SUPERUSER, Looker.OWNER), frozenset({Secret.TYPED}))

# The booking that awaits its approval is on a schedule that neither superuser of a single schedule supervises.
NOT_OF_ANOTHER_SCHEDULE: Statuses = {Looker.ELSEWHERE_SUPERUSER: 404, Looker.CLASS_SUPERUSER: 404}


# --- how to visit ---


def at(path: str, **form: Any) -> Callable[[Scene, Looker], list[Visit]]:
    return lambda scene, looker: [Visit(path=path, form=form)]


def named(name: str, /, *arguments: Any, query: str = "", **form: Any) -> Callable[[Scene, Looker], list[Visit]]:
    """Visit the route of the scene's account, with further parts of the address."""

    def visits(scene: Scene, looker: Looker) -> list[Visit]:
        return [Visit(path=reverse(name, args=[scene.account.name, *arguments]) + query, form=form)]

    return visits


def of_schedules(*kinds: str, name: str, query: str = "", **form: Any) -> Callable[[Scene, Looker], list[Visit]]:
    def visits(scene: Scene, looker: Looker) -> list[Visit]:
        slugs = [scene.schedules[kind].slug for kind in kinds]
        return [Visit(path=reverse(name, args=[scene.account.name, slug]) + query, form=form) for slug in slugs]

    return visits


def of_processes(scene: Scene, looker: Looker) -> list[Visit]:
    """Configure > Process of every schedule, each about the link that is kept ready there for whoever needs it."""
    kept = {"resource": Secret.BACKUP, "service": Secret.BACKUP, "class": Secret.BACKUP, "talks": Secret.SHARED}
    address = {kind: reverse("manage:process", args=[scene.account.name, scene.schedules[kind].slug]) for kind in kept}
    return [Visit(path=address[kind], form={"source": "jitsi"}, about=secret) for kind, secret in kept.items()]


def of_bookings(name: str, *, joins: bool = False, query: str = "") -> Callable[[Scene, Looker], list[Visit]]:
    def visits(scene: Scene, looker: Looker) -> list[Visit]:
        held = [(secret, scene.held[looker, secret]) for secret in BOOKED.get(looker, ())]
        tokens: list[tuple[Secret | None, str]] = [
            (secret, each.join_token if joins else each.token) for secret, each in held
        ]
        tokens = tokens or [(None, MADE_UP)]
        return [Visit(path=reverse(name, args=[token]) + query, about=secret) for secret, token in tokens]

    return visits


def of_slots(name: str, /, *, of: Secret = Secret.CLASS, **form: Any) -> Callable[[Scene, Looker], list[Visit]]:
    def visits(scene: Scene, looker: Looker) -> list[Visit]:
        where = [reverse(name, args=[scene.account.name, scene.slots[of].pk])]
        return [Visit(path=path, form=form) for path in where]

    return visits


def of_class_slot(name: str, **form: Any) -> Callable[[Scene, Looker], list[Visit]]:
    """Visit the session of the class, by the address of its schedule."""

    def visits(scene: Scene, looker: Looker) -> list[Visit]:
        where = [scene.account.name, scene.schedules["class"].slug, scene.slots[Secret.CLASS].pk]
        return [Visit(path=reverse(name, args=where), form=form)]

    return visits


def of_requests(name: str, /, **form: Any) -> Callable[[Scene, Looker], list[Visit]]:
    """Visit the booking that awaits its approval."""

    def visits(scene: Scene, looker: Looker) -> list[Visit]:
        booking = scene.slots[Secret.PENDING].bookings.get()
        return [Visit(path=reverse(name, args=[scene.account.name, booking.pk]), form=form)]

    return visits


def of_special_days(name: str) -> Callable[[Scene, Looker], list[Visit]]:
    """Visit a day that is as its weekday: removing what differs of it changes nothing."""

    def visits(scene: Scene, looker: Looker) -> list[Visit]:
        return [Visit(path=reverse(name, args=[scene.account.name, scene.schedules["resource"].slug, 1]))]

    return visits


def of_mails(name: str) -> Callable[[Scene, Looker], list[Visit]]:
    def visits(scene: Scene, looker: Looker) -> list[Visit]:
        mails = scene.mails.items()
        return [Visit(path=reverse(name, args=[scene.account.name, m.pk]), about=secret) for secret, m in mails]

    return visits


def of_a_mail_about_the_class(name: str) -> Callable[[Scene, Looker], list[Visit]]:
    """Visit one of the mails that people with a place in the class were sent."""

    def visits(scene: Scene, looker: Looker) -> list[Visit]:
        sent = Notification.objects.filter(booking__slot=scene.slots[Secret.CLASS], kind="confirmation")
        return [Visit(path=reverse(name, args=[scene.account.name, sent.order_by("pk")[0].pk]))]

    return visits


def of_a_mail_to_the_owner(scene: Scene, looker: Looker) -> list[Visit]:
    """Visit the receipt of a disconnection that was taken back."""
    connection = Connection.objects.filter(account=scene.account, provider="zoom").order_by("pk")[0]
    told, _ = Alert.objects.get_or_create(
        account=scene.account, kind=Alert.Kind.RECEIPT, connection=connection, defaults={"sent_at": NOW}
    )
    return [Visit(path=reverse("manage:alert-again", args=[scene.account.name, told.pk]))]


def schedule_pages(scene: Scene, looker: Looker) -> list[Visit]:
    def page(kind: str, query: str = "", **form: Any) -> Visit:
        schedule = scene.schedules[kind]
        path = reverse("schedule", args=[schedule.account.name, schedule.slug])
        return Visit(path=path + query, form={"name": "Ada Ruiz", "email": "ada@example.org", **form})

    day = f"?day={DAY}&all=1"
    return [
        page("resource", day, start=start("09:00")),
        page("service", day, start=start("15:00")),
        page("talks", f"?month={DAY:%Y-%m}", start=start("16:00")),
        page("class", f"?day={DAY}", slot=scene.open_class.pk),
        page("linkless", "?zones=1", start=start("10:00")),
    ]


def resource_pages(scene: Scene, looker: Looker) -> list[Visit]:
    schedule = scene.schedules["resource"]
    path = reverse("schedule_resource", args=[scene.account.name, schedule.slug, "room-2"])
    return [Visit(path=path, form={"name": "Ada", "email": "ada@example.org", "start": start("09:00")})]


def live_page(scene: Scene, looker: Looker) -> list[Visit]:
    rows = "-".join(f"{slot.pk}.pending" for secret, slot in scene.slots.items() if secret in ON_THE_DAY)
    return [Visit(path=f"{reverse('manage:live', args=[scene.account.name])}?rows={rows}")]


def of_zoom(name: str, kind: str) -> Callable[[Scene, Looker], list[Visit]]:
    def visits(scene: Scene, looker: Looker) -> list[Visit]:
        return [Visit(path=reverse(name, args=[scene.account.name, "zoom", scene.schedules[kind].slug]))]

    return visits


def key_to_a_new_password(scene: Scene, looker: Looker) -> list[Visit]:
    user = scene.users[Looker.OWNER]
    key = (user_pk_to_url_str(user), default_token_generator.make_token(user))
    return [Visit(path=reverse("account_reset_password_from_key", args=key))]
