"""What an owner furnishes: schedules, and the resources and services on them. What is booked already stays as it is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Max, Model, QuerySet
from django.utils.text import slugify

from convoca.booking.models import (
    Account,
    FormerAddress,
    OpeningHours,
    Resource,
    Schedule,
    ScheduleResource,
    Service,
    ServiceResource,
)
from convoca.core.choosing import can_serve

LONGEST_ADDRESS = 60
# Until the owner says otherwise: a page on which nothing can be booked looks broken.
USUAL_WEEKDAYS, USUAL_OPENS, USUAL_CLOSES = range(5), 9 * 60, 17 * 60


# An address that reads like a page of ours would mislead, and one day there may be such a page.
RESERVED_ADDRESSES = frozenset(
    {"admin", "api", "book", "embed", "feed", "login", "logout", "manage", "my", "new", "share", "static"}
)


@dataclass(eq=False)
class AddressTaken(Exception):
    """Another schedule of the account has this address, or had it `formerly` and is still found there.

    Nothing was changed.
    """

    formerly: bool = False


class AddressReserved(Exception):
    """The address is a word that we keep for pages of our own. Nothing was changed."""


@dataclass(eq=False)
class ResourceNeeded(Exception):
    """These services could not be given without the resource. Nothing was changed."""

    services: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class NewSchedule:
    """What the owner says of a schedule that is to be made. `service` is the first one of a service schedule."""

    kind: Schedule.Kind
    name: str
    slug: str
    time_zone: str
    resources: Sequence[str] = ()
    service: str = ""
    minutes: int = 30


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What the owner says of a service. `needs`: of each one resource is taken, any of the ids in it."""

    name: str
    minutes: int
    needs: Sequence[Sequence[int]]
    description: str = ""
    price_label: str = ""
    is_hidden: bool = False


def free_address(account: Account, name: str) -> str:
    """Return an address made from a schedule's name that no schedule of the account has or had."""
    plain = plain_address(name) or "schedule"
    present = Schedule.objects.filter(account=account, slug__startswith=plain).values_list("slug", flat=True)
    former = FormerAddress.objects.filter(account=account, slug__startswith=plain).values_list("slug", flat=True)
    return numbered(plain, {*present, *former, *RESERVED_ADDRESSES})


def plain_address(name: str) -> str:
    """Return what of a name can stand in an address, with room for a number; "" if nothing can."""
    return slugify(name)[: LONGEST_ADDRESS - 4].strip("-_")


def numbered(plain: str, others: Iterable[str]) -> str:
    """Return the address itself if no other is the same, else with the lowest number that makes it different."""
    taken = set(others)
    further = (f"{plain}-{number}" for number in range(2, len(taken) + 3))
    return plain if plain not in taken else next(each for each in further if each not in taken)


def make_schedule(account: Account, new: NewSchedule) -> Schedule:
    """Make a schedule that can be booked at once. Raises AddressTaken or AddressReserved.

    It gets its resources, a service that takes any one of them, and hours from Monday to Friday, as its kind has them.
    """
    check_address(account, new.slug)
    try:
        with transaction.atomic():
            schedule = Schedule.objects.create(
                account=account,
                kind=new.kind,
                name=new.name,
                slug=new.slug,
                time_zone=new.time_zone,
                length_minutes=new.minutes,
                # Who has just made it wants to hear of whoever comes; it is unticked on the page Rules.
                tells_owner=True,
                position=_after_last(Schedule.objects.filter(account=account)),
            )
            if not schedule.is_capacity:
                _furnish(schedule, new)
    except IntegrityError as error:
        if Schedule.objects.filter(account=account, slug=new.slug).exists():
            raise AddressTaken from error
        raise
    return schedule


def check_address(account: Account, slug: str, *, of: Schedule | None = None) -> None:
    """Raise AddressTaken or AddressReserved unless the schedule `of`, or else a new one, may have this address."""
    if slug.lower() in RESERVED_ADDRESSES:
        raise AddressReserved
    # "Yoga" and "yoga" are two addresses to us and one to people.
    others = Schedule.objects.filter(account=account, slug__iexact=slug)
    formerly = FormerAddress.objects.filter(account=account, slug__iexact=slug)
    if of is not None:
        others, formerly = others.exclude(pk=of.pk), formerly.exclude(schedule=of)
    if others.exists():
        raise AddressTaken
    if formerly.exists():
        raise AddressTaken(formerly=True)


def _furnish(schedule: Schedule, new: NewSchedule) -> None:
    made = [add_resource(schedule, name) for name in new.resources]
    if schedule.kind == Schedule.Kind.SERVICE:
        any_of_them = [[resource.pk for resource in made]]
        save_service(schedule, None, Offer(name=new.service, minutes=new.minutes, needs=any_of_them))
    OpeningHours.objects.bulk_create(
        OpeningHours(
            account_id=schedule.account_id, schedule=schedule, weekday=day, opens=USUAL_OPENS, closes=USUAL_CLOSES
        )
        for day in USUAL_WEEKDAYS
    )


def describe_schedule(schedule: Schedule, *, name: str, description: str, is_paused: bool, paused_message: str) -> None:
    """Rename and describe a schedule, and pause it or go on. While it is paused only supervisors book."""
    schedule.name, schedule.description = name, description
    schedule.is_paused, schedule.paused_message = is_paused, paused_message
    schedule.save(update_fields=["name", "description", "is_paused", "paused_message"])


def add_resource(schedule: Schedule, name: str) -> Resource:
    """Make a resource and put it last on the schedule's list."""
    with transaction.atomic():
        resource = Resource.objects.create(account_id=schedule.account_id, name=name)
        list_resource(schedule, resource)
    return resource


def add_pool(schedule: Schedule, name: str, *, count: int) -> list[Resource]:
    """Make `count` resources that are alike, numbered after their name: "Court 1", "Court 2"; one alone has none."""
    names = [name] if count == 1 else [f"{name} {number}" for number in range(1, count + 1)]
    with transaction.atomic():
        return [add_resource(schedule, each) for each in names]


def list_resource(schedule: Schedule, resource: Resource) -> None:
    """Put a resource of the account last on the schedule's list, if it is not on it. It may be on others too."""
    with transaction.atomic():
        _hold(schedule)
        ScheduleResource.objects.get_or_create(
            account_id=schedule.account_id,
            schedule=schedule,
            resource=resource,
            defaults={"position": _after_last(schedule.listed.all())},
        )


def rename_resource(resource: Resource, name: str) -> None:
    """Rename a resource on every schedule that lists it."""
    resource.name = name
    resource.save(update_fields=["name"])


def take_off_list(schedule: Schedule, resource: Resource) -> None:
    """Take a resource off the schedule and out of its services; bookings that have it keep it.

    Raises ResourceNeeded if a service could not be given any more.
    """
    with transaction.atomic():
        _hold(schedule)
        candidates = ServiceResource.objects.filter(
            account_id=schedule.account_id, service__schedule=schedule, resource=resource
        )
        stuck = [each.service.name for each in candidates.select_related("service") if not _can_do_without(each)]
        if stuck:
            raise ResourceNeeded(tuple(dict.fromkeys(stuck)))
        candidates.delete()
        schedule.listed.filter(resource=resource).delete()


def _can_do_without(candidate: ServiceResource) -> bool:
    needs: dict[int, list[int]] = {}
    for each in candidate.service.candidates.all():
        needs.setdefault(each.need, []).append(each.resource_id)
    rest = [[each for each in need if each != candidate.resource_id] for need in needs.values()]
    return can_serve(rest, free=sorted({each for need in rest for each in need}))


def shift_resource(schedule: Schedule, resource: Resource, *, up: bool) -> None:
    """Let a resource change places with its neighbour on the schedule's list."""
    with transaction.atomic():
        _hold(schedule)
        _shift(schedule.listed.all(), schedule.listed.get(resource=resource).pk, up=up)
        _keep_services_in_order(schedule)


def _keep_services_in_order(schedule: Schedule) -> None:
    """Let the services prefer their candidates in the list's order."""
    listed = {each: place for place, each in enumerate(schedule.listed.values_list("resource_id", flat=True))}
    candidates = ServiceResource.objects.filter(account_id=schedule.account_id, service__schedule=schedule)
    rows = sorted(candidates, key=lambda row: (row.service_id, row.need, listed.get(row.resource_id, len(listed))))
    candidates.delete()
    for row in rows:
        row.pk = None
    ServiceResource.objects.bulk_create(rows)


def save_service(schedule: Schedule, service: Service | None, offer: Offer) -> Service:
    """Write a service of the schedule, a new one last on its list, with what it takes.

    Raises ValueError if it takes nothing, or what is not the account's.
    """
    wanted = {each for need in offer.needs for each in need}
    own = set(Resource.objects.filter(account_id=schedule.account_id, pk__in=wanted).values_list("pk", flat=True))
    if not wanted or wanted != own or not all(offer.needs):
        raise ValueError("A service takes resources of its account, at least one for each need")
    with transaction.atomic():
        _hold(schedule)
        saved = service or Service(
            account_id=schedule.account_id, schedule=schedule, position=_after_last(schedule.services.all())
        )
        saved.name, saved.minutes, saved.description = offer.name, offer.minutes, offer.description
        saved.price_label, saved.is_hidden = offer.price_label, offer.is_hidden
        saved.save()
        saved.candidates.all().delete()
        ServiceResource.objects.bulk_create(
            ServiceResource(account_id=schedule.account_id, service=saved, need=number, resource_id=resource)
            for number, need in enumerate(offer.needs)
            for resource in dict.fromkeys(need)
        )
    return saved


def shift_service(service: Service, *, up: bool) -> None:
    """Let a service change places with its neighbour on its schedule's list."""
    with transaction.atomic():
        _hold(service.schedule)
        _shift(service.schedule.services.all(), service.pk, up=up)


def _shift[Row: Model](rows: QuerySet[Row], moved: int, *, up: bool) -> None:
    order = list(rows.values_list("pk", flat=True))
    place = order.index(moved)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(order):
        return
    order[place], order[other] = order[other], order[place]
    # All are numbered anew: rows that were made elsewhere may share a position.
    for position, pk in enumerate(order):
        rows.filter(pk=pk).update(position=position)


def _after_last(rows: QuerySet[ScheduleResource] | QuerySet[Service] | QuerySet[Schedule]) -> int:
    last: int | None = rows.aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


def _hold(schedule: Schedule) -> None:
    """Let only one at a time change the schedule's lists; two that save at once come one after the other."""
    Schedule.objects.select_for_update(no_key=True, of=("self",)).get(account=schedule.account_id, pk=schedule.pk)
