"""What the example account owns: people with a log-in, and a schedule for each way of booking."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext

from convoca.booking.models import Account, FormField, Language, Membership, Schedule, Series, Slot, User
from convoca.booking.operations.configuring import (
    Question,
    choose_link_source,
    set_form,
    set_rules,
    set_supervisor_field,
)
from convoca.booking.operations.furnishing import (
    NewSchedule,
    Offer,
    add_pool,
    describe_schedule,
    make_schedule,
    save_service,
)
from convoca.booking.operations.opening import set_start_times, set_weekly_hours
from convoca.booking.operations.people import appoint
from convoca.booking.operations.series import Repeat
from convoca.booking.operations.slots import open_series
from convoca.core.hours import OpeningPeriod
from convoca.core.time import Interval, local_day, localize

ACCOUNT = "lumbre"
TITLE = "Estudio Lumbre"
TIME_ZONE = "Europe/Madrid"
CONSULTATIONS, LESSONS, YOGA, ROOMS, CABIN = "consultations", "lessons", "yoga", "rooms", "cabin"

# Known to everybody who reads this: such log-ins are made here and nowhere else.
PASSWORD = "convoca-demo"
OWNER_EMAIL, YOGA_EMAIL = "ana@example.org", "ines@example.org"
PEOPLE = (
    (OWNER_EMAIL, "Ana Ruiz", Membership.Role.OWNER, Language.ENGLISH),
    ("marco@example.org", "Marco Vidal", Membership.Role.SUPERUSER, Language.SPANISH),
    # Superuser of one schedule.
    (YOGA_EMAIL, "Inés Soler", Membership.Role.USER, Language.SPANISH),
    ("luis@example.org", "Luis Pérez", Membership.Role.USER, Language.SPANISH),
)

EVERY_DAY, MONDAY_TO_SATURDAY = range(7), range(6)
MONDAY, WEDNESDAY, FRIDAY, SATURDAY = 0, 2, 4, 5
NOON_AND_A_DAY = 24 * 60 + 12 * 60
# Beginning with the first day of the weekday; more are opened once the last is this near.
CLASSES_FOR, CLASSES_IN_SIGHT = timedelta(weeks=6), timedelta(weeks=3)


def found_business(language: str, *, now: datetime) -> Account:
    """Make the account with all that it owns. What clients read of it is in the language that is active."""
    account = Account.objects.create(
        name=ACCOUNT, title=TITLE, time_zone=TIME_ZONE, language=language, contact_email=OWNER_EMAIL
    )
    # Hashed once for all of them: it takes longer than everything else here.
    password = make_password(PASSWORD)
    people = {email: enrol(account, password, email, name, role, speaks) for email, name, role, speaks in PEOPLE}
    set_supervisor_field(account, Account.SupervisorField.SUPERUSERS, label=gettext("Notes"))
    _make_consultations(account, now=now)
    _make_lessons(account, now=now)
    yoga = _make_yoga(account, now=now)
    _make_rooms(account)
    _make_cabin(account, now=now)
    appoint(yoga, YOGA_EMAIL, by=people[OWNER_EMAIL], now=now)
    return account


def enrol(account: Account, password: str, email: str, name: str, role: str, language: str) -> Membership:
    user, _ = User.objects.get_or_create(
        email=email, defaults={"password": password, "name": name, "language": language, "time_zone": TIME_ZONE}
    )
    return Membership.objects.create(account=account, user=user, role=role, login_name=email)


def _make_consultations(account: Account, *, now: datetime) -> None:
    """Two people, half an hour each; nothing is asked but who you are, so that three taps book."""
    schedule = _schedule(
        account,
        Schedule.Kind.RESOURCE,
        CONSULTATIONS,
        name=gettext("Consultations"),
        description=gettext("Half an hour by video to find out what helps you."),
        rules={},
        resources=("Ana Ruiz", "Marco Vidal"),
    )
    _open(schedule, MONDAY_TO_SATURDAY, (9.5, 14), (16, 19.5))
    choose_link_source(schedule, "jitsi", now=now)


def _make_lessons(account: Account, *, now: datetime) -> None:
    """Services with prices: whoever of two people is free, and for one of them a room too; questions to leave open."""
    schedule = _schedule(
        account,
        Schedule.Kind.SERVICE,
        LESSONS,
        name=gettext("Lessons"),
        description=gettext("One-to-one lessons by video; whoever of us is free teaches you."),
        rules={"start_every_minutes": 15, "buffer_after_minutes": 15},
        resources=("Inés Soler", "Pablo Rey"),
    )
    _open(schedule, EVERY_DAY, (9, 22))
    choose_link_source(schedule, "jitsi", now=now)
    teachers = [resource.pk for resource in schedule.resources.order_by("listed__position")]
    rooms = [room.pk for room in add_pool(schedule, gettext("Treatment room"), count=2)]
    services = [
        Offer(name=gettext("Breathing and relaxation"), minutes=30, price_label="25 €", needs=[teachers]),
        Offer(name=gettext("Voice lesson"), minutes=45, price_label="40 €", needs=[teachers]),
        Offer(name=gettext("Back and posture"), minutes=60, price_label="50 €", needs=[teachers, rooms]),
    ]
    for service, offer in zip([schedule.services.get(), None, None], services, strict=True):
        save_service(schedule, service, offer)
    about = Question(
        key=FormField.Key.FIELD_1,
        is_required=False,
        label=gettext("What is it about?"),
        kind=FormField.Kind.CHOICE,
        options=[gettext("My back"), gettext("My voice"), gettext("Sleep and rest")],
    )
    set_form(schedule, [Question(key=FormField.Key.PHONE, is_required=False), about])


def _make_yoga(account: Account, *, now: datetime) -> Schedule:
    """Weekly classes with a waiting list."""
    schedule = _schedule(
        account,
        Schedule.Kind.CAPACITY,
        YOGA,
        name=gettext("Yoga"),
        description=gettext("An hour of yoga for everybody, live by video."),
        rules={"has_waiting_list": True, "repeats": Schedule.Repeats.MAY, "offer_hours": 12, "places_per_person": 2},
    )
    choose_link_source(schedule, "jitsi", now=now)
    return schedule


def _make_rooms(account: Account) -> None:
    """A pool: three rooms that are alike, for as long as you choose."""
    schedule = _schedule(
        account,
        Schedule.Kind.RESOURCE,
        ROOMS,
        name=gettext("Practice rooms"),
        description=gettext("A quiet room with a piano, for one to three hours."),
        rules={
            "length_kind": Schedule.LengthKind.CHOSEN,
            "length_minutes": 60,
            "longest_minutes": 180,
            "repeats": Schedule.Repeats.MAY,
        },
    )
    add_pool(schedule, gettext("Practice room"), count=3)
    _open(schedule, EVERY_DAY, (8, 22))


def _make_cabin(account: Account, *, now: datetime) -> None:
    """A rental by whole days, which somebody must approve, with links typed by hand: come at four, leave by noon."""
    schedule = _schedule(
        account,
        Schedule.Kind.RESOURCE,
        CABIN,
        name=gettext("Cabin in the hills"),
        description=gettext(
            "A few days of rest: arrive from 16:00, leave by 12:00. We show you around by video before you come."
        ),
        rules={
            "length_kind": Schedule.LengthKind.DAYS,
            "most_days": 7,
            "check_out_minutes": NOON_AND_A_DAY,
            "requires_approval": True,
            "horizon_days": 180,
            "cancel_limit_minutes": 3 * 24 * 60,
        },
        resources=(gettext("The cabin"),),
    )
    choose_link_source(schedule, Schedule.MANUAL, now=now)
    set_start_times(schedule, every=None, listed=[(None, 16 * 60)])
    _open(schedule, EVERY_DAY, (16, 20))
    arrival = Question(key=FormField.Key.FIELD_1, is_required=False, label=gettext("When do you arrive?"))
    set_form(schedule, [Question(key=FormField.Key.ADDRESS, is_required=True), arrival])


def _schedule(
    account: Account,
    kind: Schedule.Kind,
    slug: str,
    *,
    name: str,
    description: str,
    rules: dict[str, object],
    resources: Sequence[str] = (),
) -> Schedule:
    schedule = make_schedule(
        account,
        NewSchedule(kind=kind, name=name, slug=slug, time_zone=TIME_ZONE, resources=resources, service=name),
    )
    describe_schedule(schedule, name=name, description=description, is_paused=False, paused_message="")
    set_rules(schedule, {"horizon_days": 60, "cancel_limit_minutes": 120} | rules)
    return schedule


def _open(schedule: Schedule, weekdays: range, *periods: tuple[float, float]) -> None:
    """Open it on these weekdays, from one clock to another, in hours."""
    set_weekly_hours(
        schedule,
        [OpeningPeriod(day, int(opens * 60), int(closes * 60)) for day in weekdays for opens, closes in periods],
    )


def open_classes(account: Account, *, now: datetime) -> None:
    """Open the weekly classes, each as a series; when one comes to its end, the next."""
    schedule = Schedule.objects.get(account=account, slug=YOGA)
    evening, morning = gettext("Evening yoga"), gettext("Morning yoga")
    for weekday, title, clock, capacity in (
        (MONDAY, evening, 18.5, 8),
        (WEDNESDAY, evening, 18.5, 8),
        (FRIDAY, evening, 18.5, 8),
        (SATURDAY, morning, 11, 12),
    ):
        first = _next_class(schedule, weekday, int(clock * 60), now=now)
        if first is not None:
            repeat = Repeat(Series.Frequency.WEEKLY, local_day(first.starts_at + CLASSES_FOR, TIME_ZONE))
            open_series(schedule, first, repeat=repeat, title=title, capacity=capacity, now=now)


def _next_class(schedule: Schedule, weekday: int, clock: int, *, now: datetime) -> Interval | None:
    """Return the first class of a new series on `weekday`, or None while the last one reaches far enough."""
    today = local_day(now, TIME_ZONE)
    known = Slot.objects.filter(account_id=schedule.account_id, schedule=schedule, starts_at__gt=now)
    days = [local_day(each, TIME_ZONE) for each in known.values_list("starts_at", flat=True)]
    last = max((day for day in days if day.weekday() == weekday), default=today)
    if last - today > CLASSES_IN_SIGHT:
        return None
    day = _next_on(weekday, last)
    starts_at = localize(day, clock, TIME_ZONE)
    return Interval(starts_at, starts_at + timedelta(hours=1))


def _next_on(weekday: int, after: date) -> date:
    return after + timedelta(days=(weekday - after.weekday() - 1) % 7 + 1)
