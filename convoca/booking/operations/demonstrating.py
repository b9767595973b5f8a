"""A small business to look at: Estudio Lumbre in Madrid, its people, its schedules, the bookings of the coming days.

Everything that clients do is done the way they do it. Filling twice keeps what is there; on a later day it adds the
classes that have come within sight, and bookings once there are none to come.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import cycle

from django.db import transaction

from convoca.booking.models import (
    Account,
    Booking,
    Language,
    Membership,
    OpeningHours,
    Resource,
    Schedule,
    ScheduleResource,
    Service,
    ServiceResource,
    Slot,
    User,
)
from convoca.booking.operations.booking import Client, book_place, book_resource, book_service
from convoca.booking.operations.slots import open_slot
from convoca.booking.questions.offers import local_window, slots_on_offer, starts_on_offer
from convoca.core.time import Interval, local_day, localize

ACCOUNT = "lumbre"
TITLE = "Estudio Lumbre"
TIME_ZONE = "Europe/Madrid"
CONSULTATIONS, LESSONS, YOGA = "consultations", "lessons", "yoga"

# Known to everybody who reads this: such log-ins are made here and nowhere else.
PASSWORD = "convoca-demo"
OWNER_EMAIL = "ana@example.org"
PEOPLE = (
    (OWNER_EMAIL, "Ana Ruiz", Membership.Role.OWNER, Language.ENGLISH),
    ("marco@example.org", "Marco Vidal", Membership.Role.SUPERUSER, Language.SPANISH),
    ("luis@example.org", "Luis Pérez", Membership.Role.USER, Language.SPANISH),
)
CLIENTS = (
    ("Luis Pérez", "luis@example.org", Language.SPANISH),
    ("Eva Gómez", "eva.gomez@example.org", Language.SPANISH),
    ("Tom Baker", "tom.baker@example.org", Language.ENGLISH),
    ("Marta Ibáñez", "marta.ibanez@example.org", Language.SPANISH),
    ("Emma Clarke", "emma.clarke@example.org", Language.ENGLISH),
    ("Hugo Martín", "hugo.martin@example.org", Language.SPANISH),
    ("Sofía Blanco", "sofia.blanco@example.org", Language.SPANISH),
    ("Noah Klein", "noah.klein@example.org", Language.ENGLISH),
)
SERVICES = (
    ("Breathing and relaxation", 30, "25 €"),
    ("Voice lesson", 45, "40 €"),
    ("Back and posture", 60, "50 €"),
)
MONDAY_TO_SATURDAY, EVERY_DAY = range(6), range(7)
CLASSES_AHEAD_DAYS = 14
BOOKED_AHEAD_DAYS = 6


def fill_with_examples(*, now: datetime) -> Account:
    """Make the example account if it is missing, and keep its coming days alive. Return it."""
    with transaction.atomic():
        account = Account.objects.filter(name=ACCOUNT).first() or _make_account()
        _open_classes(account, now=now)
    if not Booking.objects.filter(account=account, slot__starts_at__gt=now).exists():
        _book(account, now=now)
    return account


def _make_account() -> Account:
    account = Account.objects.create(
        name=ACCOUNT, title=TITLE, time_zone=TIME_ZONE, language=Language.SPANISH, contact_email=OWNER_EMAIL
    )
    for email, name, role, language in PEOPLE:
        user = User.objects.filter(email=email).first() or User.objects.create_user(
            email, PASSWORD, name=name, language=language, time_zone=TIME_ZONE
        )
        Membership.objects.create(account=account, user=user, role=role, login_name=email)
    _make_consultations(account)
    _make_lessons(account)
    _make_schedule(
        account,
        Schedule.Kind.CAPACITY,
        YOGA,
        name="Yoga",
        description="An hour of yoga for everybody, live by video.",
        position=2,
    )
    return account


def _make_schedule(account: Account, kind: Schedule.Kind, slug: str, **columns: object) -> Schedule:
    return Schedule.objects.create(
        account=account,
        kind=kind,
        slug=slug,
        time_zone=TIME_ZONE,
        link_source="jitsi",
        horizon_days=60,
        cancel_limit_minutes=120,
        **columns,
    )


def _make_consultations(account: Account) -> None:
    schedule = _make_schedule(
        account,
        Schedule.Kind.RESOURCE,
        CONSULTATIONS,
        name="Consultations",
        description="Half an hour by video to find out what helps you.",
        length_minutes=30,
        start_every_minutes=30,
    )
    _open(schedule, MONDAY_TO_SATURDAY, ("09:30", "14:00"), ("16:00", "19:30"))
    for position, name in enumerate(["Ana Ruiz", "Marco Vidal"]):
        resource = Resource.objects.create(account=account, name=name)
        ScheduleResource.objects.create(account=account, schedule=schedule, resource=resource, position=position)


def _make_lessons(account: Account) -> None:
    schedule = _make_schedule(
        account,
        Schedule.Kind.SERVICE,
        LESSONS,
        name="Lessons",
        description="One-to-one lessons by video; whoever of us is free teaches you.",
        start_every_minutes=15,
        buffer_after_minutes=15,
        position=1,
    )
    _open(schedule, EVERY_DAY, ("09:00", "22:00"))
    pool = [Resource.objects.create(account=account, name=name) for name in ["Inés Soler", "Pablo Rey"]]
    for position, (name, minutes, price) in enumerate(SERVICES):
        service = Service.objects.create(
            account=account, schedule=schedule, name=name, minutes=minutes, price_label=price, position=position
        )
        ServiceResource.objects.bulk_create(
            ServiceResource(account=account, service=service, resource=resource) for resource in pool
        )


def _open(schedule: Schedule, weekdays: range, *periods: tuple[str, str]) -> None:
    OpeningHours.objects.bulk_create(
        OpeningHours(
            account_id=schedule.account_id,
            schedule=schedule,
            weekday=day,
            opens=_minutes(opens),
            closes=_minutes(closes),
        )
        for day in weekdays
        for opens, closes in periods
    )


def _minutes(clock: str) -> int:
    of_day = time.fromisoformat(clock)
    return of_day.hour * 60 + of_day.minute


def _open_classes(account: Account, *, now: datetime) -> None:
    """Open the classes of the coming days that are not open yet."""
    schedule = Schedule.objects.get(account=account, slug=YOGA)
    first = local_day(now, TIME_ZONE)
    window = local_window(first, CLASSES_AHEAD_DAYS, TIME_ZONE)
    there = set(
        Slot.objects.filter(
            account=account, schedule=schedule, starts_at__gte=window.starts_at, starts_at__lt=window.ends_at
        ).values_list("starts_at", flat=True)
    )
    for days in range(CLASSES_AHEAD_DAYS):
        title, capacity, when = _class_of(first + timedelta(days=days))
        if when.starts_at > now and when.starts_at not in there:
            open_slot(schedule, when, title=title, capacity=capacity, now=now)


def _class_of(day: date) -> tuple[str, int, Interval]:
    saturday = 5
    is_weekend = day.weekday() >= saturday
    title, clock, capacity = ("Morning yoga", "11:00", 12) if is_weekend else ("Evening yoga", "18:30", 8)
    starts_at = localize(day, _minutes(clock), TIME_ZONE)
    return title, capacity, Interval(starts_at, starts_at + timedelta(hours=1))


def _book(account: Account, *, now: datetime) -> None:
    """Book as a handful of clients would: more on the near days."""
    clients = cycle(_clients(account))
    today = local_day(now, TIME_ZONE)
    for days in range(BOOKED_AHEAD_DAYS):
        window = local_window(today + timedelta(days=days), 1, TIME_ZONE)
        _book_consultations(account, window, clients, now=now)
        _book_lessons(account, window, clients, now=now)
    schedule = Schedule.objects.get(account=account, slug=YOGA)
    classes = slots_on_offer(schedule, window=local_window(today, BOOKED_AHEAD_DAYS, TIME_ZONE), now=now)
    for slot, people in zip(classes, (7, 4, 2, 1), strict=False):
        for client in list(_clients(account))[:people]:
            book_place(slot, client=client, now=now)


def _clients(account: Account) -> Iterator[Client]:
    members = {each.user.email: each for each in Membership.objects.filter(account=account).select_related("user")}
    for name, email, language in CLIENTS:
        yield Client(name=name, email=email, language=language, time_zone=TIME_ZONE, membership=members.get(email))


def _book_consultations(account: Account, window: Interval, clients: Iterator[Client], *, now: datetime) -> None:
    schedule = Schedule.objects.get(account=account, slug=CONSULTATIONS)
    for turn, listed in enumerate(schedule.listed.select_related("resource")):
        offers = starts_on_offer(schedule, window=window, now=now, resource=listed.resource)
        for offer in offers[1 + turn :: 5][:2]:
            book_resource(schedule, listed.resource, offer.starts_at, client=next(clients), now=now)


def _book_lessons(account: Account, window: Interval, clients: Iterator[Client], *, now: datetime) -> None:
    schedule = Schedule.objects.get(account=account, slug=LESSONS)
    for turn, service in enumerate(schedule.services.all()[:2]):
        offers = starts_on_offer(schedule, window=window, now=now, service=service)
        for offer in offers[4 + 9 * turn :][:1]:
            book_service(schedule, service, offer.starts_at, client=next(clients), now=now)
