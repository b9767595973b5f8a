"""The owner's routes on which schedules are made, furnished and asked about."""

from collections.abc import Callable, Mapping
from typing import Any

from django.urls import reverse

from tests.walk.scene import Scene
from tests.walk.viewers import Looker
from tests.walk.visiting import THE_PERSONAL_ONE_TO_THE_OWNER, Route, Visit, answer, granted, granted_in_account, owner

type Visits = Callable[[Scene, Looker], list[Visit]]
type Form = Mapping[str, Any]

NEW_SCHEDULE = {
    "kind": "service",
    "name": "Lessons",
    "slug": "",
    "time_zone": "Europe/Madrid",
    "service": "Voice",
    "minutes_0": "45",
    "minutes_1": "1",
    "resources": "Ana\nMarco",
}
EDITED = {"name": "Renamed", "description": "By video.", "is_paused": "on", "paused_message": "Back soon."}
QUESTIONS = {
    **dict.fromkeys((f"{key}-asked" for key in ("phone", "mobile", "address", "country", "field_2")), "not"),
    "field_1-asked": "required",
    "field_1-label": "Size",
    "field_1-kind": "choice",
    "field_1-options": "Small\nLarge",
    "field_2-label": "",
    "field_2-kind": "text",
    "field_2-options": "",
}
TEXT = {"subject": "", "body": "Hello {name}", "way": "add"}
LOOKED_AT = ("link", "form", "scheme", "width", "about")
STARTS = {"how": "listed", "every_0": "", "every_1": "1", "at": "9:00, 10:30"} | {f"at-{day}": "" for day in range(7)}
WEEK = {f"{name}-{day}-0": clock for day in range(7) for name, clock in (("opens", "09:00"), ("closes", "17:00"))}
MORE_WEEK = tuple(f"{name}-{day}-{row}" for day in range(7) for name in ("opens", "closes") for row in range(1, 8))
CLOSED = {"day": "2026-12-24", "until": "2026-12-31", "kind": "closed", "opens": "", "closes": ""}
SERVICE = {"name": "Voice", "description": "", "minutes_0": "1", "minutes_1": "60", "price_label": "25 €"}
SERVICE_FIELDS = (*SERVICE, "is_hidden", *(f"need-{place}" for place in range(6)))


def of_text(route: str, form: Form | None = None) -> Visits:
    """Visit the words of the confirmation on the schedule where the owner has put a link into them."""

    def visits(scene: Scene, looker: Looker) -> list[Visit]:
        where = [scene.account.name, scene.schedules["linkless"].slug, "confirmation", "en"]
        return [Visit(path=reverse(route, args=where), form=form or {})]

    return visits


def of_account_text(route: str, form: Form | None = None) -> Visits:
    """Visit the words of the day by mail."""
    where = ["digest", "en"]
    return lambda scene, looker: [Visit(path=reverse(route, args=[scene.account.name, *where]), form=form or {})]


def of_account(route: str, form: Form) -> Visits:
    return lambda scene, looker: [Visit(path=reverse(route, args=[scene.account.name]), form=form)]


def of_kinds(route: str, *kinds: str, form: Form | None = None) -> Visits:
    """Visit a page of the schedule of each kind."""

    def visits(scene: Scene, looker: Looker) -> list[Visit]:
        slugs = [scene.schedules[kind].slug for kind in kinds]
        return [Visit(path=reverse(route, args=[scene.account.name, slug]), form=form or {}) for slug in slugs]

    return visits


# Which schedule it is that they supervise.
OF_ONE_SCHEDULE = {Looker.ELSEWHERE_SUPERUSER: "linkless", Looker.CLASS_SUPERUSER: "class"}


def of_their_kinds(route: str, *kinds: str, form: Form | None = None) -> Visits:
    """The same; superusers of one schedule visit theirs, on which they are told what others do not find."""

    def visits(scene: Scene, looker: Looker) -> list[Visit]:
        theirs = (OF_ONE_SCHEDULE[looker],) if looker in OF_ONE_SCHEDULE else kinds
        return of_kinds(route, *theirs, form=form)(scene, looker)

    return visits


def of_resource(route: str, *more: int, form: Form | None = None) -> Visits:
    """Visit a page of the first resource of the resource schedule."""

    def visits(scene: Scene, looker: Looker) -> list[Visit]:
        schedule = scene.schedules["resource"]
        where = [scene.account.name, schedule.slug, schedule.listed.all()[0].resource_id, *more]
        return [Visit(path=reverse(route, args=where), form=form or {})]

    return visits


def of_service(route: str, *, new: bool = False, form: Form) -> Visits:
    """Visit a page of the service schedule's service, or that on which one is made."""

    def visits(scene: Scene, looker: Looker) -> list[Visit]:
        schedule = scene.schedules["service"]
        service = schedule.services.all()[0]
        takes = {"need-0": [str(pk) for pk in service.candidates.values_list("resource_id", flat=True)]}
        where = [scene.account.name, schedule.slug] if new else [scene.account.name, schedule.slug, service.pk]
        return [Visit(path=reverse(route, args=where), form={**form, **takes})]

    return visits


def of_shared_resource(route: str) -> Visits:
    """List on the linkless schedule what the resource schedule has."""

    def visits(scene: Scene, looker: Looker) -> list[Visit]:
        listed = scene.schedules["resource"].listed.all()[0]
        path = reverse(route, args=[scene.account.name, scene.schedules["linkless"].slug])
        return [Visit(path=path, form={"resource": listed.resource_id})]

    return visits


LOOKS = {
    "clock": "12",
    "dates": "iso",
    "first_weekday": "sunday",
    "own_colour": "on",
    "colour": "#aa2200",
    "page_header": "Closed in August.",
    "page_footer": "Calle Mayor 1",
    "slot-en-one": "class",
    "slot-en-many": "classes",
    "slot-es-gender": "",
}
LOOK_FIELDS = (
    *LOOKS,
    *(
        f"{thing}-{language}-{part}"
        for thing in ("booking", "user")
        for language in ("en", "es")
        for part in ("one", "many")
    ),
    "slot-es-one",
    "slot-es-many",
    "booking-es-gender",
    "user-es-gender",
    "logo",
    "no_logo",
)

CONFIGURING: dict[str, Route] = {
    "manage:look": Route(
        visits=of_account("manage:look", LOOKS),
        get=answer(granted_in_account(200)),
        post=answer(granted_in_account(303)),
        fields=LOOK_FIELDS,
    ),
    "manage:look-preview": Route(
        visits=of_account("manage:look-preview", {}),
        get=answer(granted_in_account(200)),
        query=LOOK_FIELDS,
        is_page=False,
    ),
    "manage:new-schedule": Route(
        visits=of_account("manage:new-schedule", NEW_SCHEDULE),
        get=answer(owner(200)),
        post=answer(owner(303)),
        fields=tuple(NEW_SCHEDULE),
    ),
    "manage:edit-schedule": Route(
        visits=of_kinds("manage:edit-schedule", "resource", "class", form=EDITED),
        get=answer(owner(200)),
        post=answer(owner(303)),
        fields=tuple(EDITED),
    ),
    "manage:layout": Route(
        visits=of_their_kinds("manage:layout", "resource", "class", "linkless", form={"discreet": "1"}),
        get=answer(granted(200, *OF_ONE_SCHEDULE)),
        post=answer(granted(303, *OF_ONE_SCHEDULE)),
        fields=("discreet",),
    ),
    "manage:text": Route(
        visits=of_text("manage:text", form={"do": "draft"} | TEXT),
        get=answer(granted(200, Looker.ELSEWHERE_SUPERUSER), shows=THE_PERSONAL_ONE_TO_THE_OWNER),
        post=answer(granted(303, Looker.ELSEWHERE_SUPERUSER)),
        query=LOOKED_AT,
        fields=("do", *TEXT, *LOOKED_AT),
    ),
    "manage:text-preview": Route(
        visits=of_text("manage:text-preview"),
        get=answer(granted(200, Looker.ELSEWHERE_SUPERUSER), shows=THE_PERSONAL_ONE_TO_THE_OWNER),
        query=(*LOOKED_AT, "text"),
        is_page=False,
    ),
    "manage:share": Route(
        visits=of_kinds("manage:share", "resource", "class", form={"framing": "sites", "sites": "www.example.com"}),
        get=answer(owner(200)),
        post=answer(owner(303)),
        query=("lang", "theme"),
        fields=("framing", "sites"),
    ),
    "manage:move-page": Route(
        visits=of_kinds("manage:move-page", "resource", form={"slug": "moved"}),
        post=answer(owner(303)),
        query=("lang", "theme"),
        fields=("slug",),
    ),
    "manage:share-code": Route(
        visits=lambda scene, looker: [
            Visit(path=reverse("manage:share-code", args=[scene.account.name, scene.schedules["resource"].slug, kind]))
            for kind in ("svg", "png")
        ],
        get=answer(owner(200)),
        is_page=False,
    ),
    "manage:share-poster": Route(visits=of_kinds("manage:share-poster", "resource"), get=answer(owner(200))),
    "manage:account-texts": Route(visits=of_account("manage:account-texts", {}), get=answer(owner(200))),
    "manage:account-text": Route(
        visits=of_account_text("manage:account-text", form={"do": "draft"} | TEXT | {"body": "Good morning"}),
        get=answer(owner(200)),
        post=answer(owner(303)),
        query=LOOKED_AT,
        fields=("do", *TEXT, *LOOKED_AT),
    ),
    "manage:account-text-preview": Route(
        visits=of_account_text("manage:account-text-preview"),
        get=answer(owner(200)),
        query=(*LOOKED_AT, "text"),
        is_page=False,
    ),
    "manage:delete-schedule": Route(
        visits=of_kinds("manage:delete-schedule", "resource", "class", form={"message": "We close."}),
        get=answer(owner(200)),
        post=answer(owner(303)),
        fields=("message",),
    ),
    "manage:leave-meetings": Route(
        visits=of_kinds("manage:leave-meetings", "resource"), post=answer(owner(303)), fields=()
    ),
    "manage:form": Route(
        visits=of_kinds("manage:form", "resource", "service", "class", form=QUESTIONS),
        get=answer(owner(200)),
        post=answer(owner(303)),
        fields=tuple(QUESTIONS),
    ),
    "manage:sign-up-form": Route(
        visits=of_account("manage:sign-up-form", QUESTIONS),
        get=answer(owner(200)),
        post=answer(owner(303)),
        fields=tuple(QUESTIONS),
    ),
    "manage:start-times": Route(
        visits=of_kinds("manage:start-times", "resource", "service", form=STARTS),
        get=answer(owner(200)),
        post=answer(owner(303)),
        fields=tuple(STARTS),
    ),
    "manage:resources": Route(
        visits=of_kinds("manage:resources", "resource", "service", form={"name": "Court", "count": "2"}),
        get=answer(owner(200)),
        post=answer(owner(303)),
        fields=("name", "count"),
    ),
    "manage:share-resource": Route(
        visits=of_shared_resource("manage:share-resource"), post=answer(owner(303)), fields=("resource",)
    ),
    "manage:rename-resource": Route(
        visits=of_resource("manage:rename-resource", form={"name": "Big room"}),
        post=answer(owner(303)),
        fields=("name",),
    ),
    "manage:shift-resource": Route(
        visits=of_resource("manage:shift-resource", form={"to": "down"}), post=answer(owner(303)), fields=("to",)
    ),
    "manage:take-off-resource": Route(visits=of_resource("manage:take-off-resource"), post=answer(owner(303))),
    "manage:resource-hours": Route(
        visits=of_resource("manage:resource-hours", form={"whose": "own"} | WEEK),
        get=answer(granted(200)),
        post=answer(granted(303)),
        fields=("whose", *WEEK, *MORE_WEEK),
    ),
    "manage:resource-special-days": Route(
        visits=of_resource("manage:resource-special-days", form=CLOSED),
        get=answer(granted(302)),
        post=answer(granted(303)),
        fields=tuple(CLOSED),
    ),
    "manage:resource-remove-special-day": Route(
        visits=of_resource("manage:resource-remove-special-day", 1), post=answer(granted(303))
    ),
    "manage:services": Route(visits=of_kinds("manage:services", "service"), get=answer(owner(200))),
    "manage:new-service": Route(
        visits=of_service("manage:new-service", new=True, form=SERVICE),
        get=answer(owner(200)),
        post=answer(owner(303)),
        fields=SERVICE_FIELDS,
    ),
    "manage:service": Route(
        visits=of_service("manage:service", form=SERVICE),
        get=answer(owner(200)),
        post=answer(owner(303)),
        fields=SERVICE_FIELDS,
    ),
    "manage:shift-service": Route(
        visits=of_service("manage:shift-service", form={"to": "up"}), post=answer(owner(303)), fields=("to",)
    ),
}
