"""What tests are about: small accounts, schedules and bookings, made the way the product makes them."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from convoca.booking.models import (
    Account,
    Booking,
    Calendar,
    Connection,
    Grant,
    Membership,
    OpeningHours,
    Resource,
    Schedule,
    ScheduleResource,
    Sealed,
    Service,
    ServiceResource,
    Slot,
    User,
)
from convoca.booking.operations.booking import Client, book_place, book_resource
from convoca.booking.operations.slots import open_slot
from convoca.booking.questions.texts import Message
from convoca.core.time import Interval
from convoca.providers.google.account import SCOPES

MADRID = "Europe/Madrid"

# A Tuesday morning; everything that tests book lies after it.
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


# The day on which they book if they name none.
THURSDAY = date(2026, 11, 26)


def at(clock: str, day: date = THURSDAY, zone: str = MADRID) -> datetime:
    """Return the instant at which the clocks of `zone` show `clock` ("16:30") on `day`."""
    return datetime.combine(day, time.fromisoformat(clock), ZoneInfo(zone)).astimezone(UTC)


def make_account(name: str = "Lumbre", **fields: object) -> Account:
    return Account.objects.create(name=name, title=f"Estudio {name}", time_zone=MADRID, **fields)


def message_of(schedule: Schedule, kind: str = "confirmation", language: str = "en") -> Message:
    """Return one mail of a schedule, to be worded."""
    return Message(account=schedule.account, schedule=schedule, kind=kind, language=language)


def message_to_owner(account: Account, kind: str, language: str = "en") -> Message:
    """Return one mail that is about no single schedule, to be worded."""
    return Message(account=account, schedule=None, kind=kind, language=language)


def make_member(account: Account, role: str = Membership.Role.USER, email: str = "") -> Membership:
    email = email or f"{role}@{account.name.lower()}.example"
    user = User.objects.create_user(email, "correct horse battery", name=str(role).title())
    return Membership.objects.create(account=account, user=user, role=role, login_name=email)


def make_resource_schedule(account: Account, *, resources: int = 1, **fields: object) -> Schedule:
    """Open every day from 9:00 to 17:00, half an hour each."""
    defaults: dict[str, object] = {"slug": "consultations", "name": "Consultations", "time_zone": MADRID}
    schedule = Schedule.objects.create(account=account, kind=Schedule.Kind.RESOURCE, **defaults | fields)
    open_nine_to_five(schedule)
    for position in range(resources):
        resource = Resource.objects.create(account=account, name=f"Room {position + 1}")
        ScheduleResource.objects.create(account=account, schedule=schedule, resource=resource, position=position)
    return schedule


def make_service_schedule(account: Account, *, minutes: int = 60, pool: int = 2, **fields: object) -> Schedule:
    """One service that takes any one of a pool of resources."""
    defaults: dict[str, object] = {"slug": "services", "name": "Services", "time_zone": MADRID}
    schedule = Schedule.objects.create(account=account, kind=Schedule.Kind.SERVICE, **defaults | fields)
    open_nine_to_five(schedule)
    service = Service.objects.create(account=account, schedule=schedule, name="Massage", minutes=minutes)
    for position in range(pool):
        resource = Resource.objects.create(account=account, name=f"Therapist {position + 1}")
        ServiceResource.objects.create(account=account, service=service, resource=resource)
    return schedule


def make_capacity_schedule(account: Account, **fields: object) -> Schedule:
    defaults: dict[str, object] = {"slug": "yoga", "name": "Yoga", "time_zone": MADRID}
    return Schedule.objects.create(account=account, kind=Schedule.Kind.CAPACITY, **defaults | fields)


def make_class(schedule: Schedule, *, capacity: int | None = 3, starts_at: datetime | None = None) -> Slot:
    starts_at = starts_at or at("18:00")
    when = Interval(starts_at, starts_at + timedelta(hours=1))
    return open_slot(schedule, when, title="Yoga for backs", capacity=capacity, now=NOW)


def open_nine_to_five(schedule: Schedule) -> None:
    OpeningHours.objects.bulk_create(
        OpeningHours(account=schedule.account, schedule=schedule, weekday=weekday, opens=9 * 60, closes=17 * 60)
        for weekday in range(7)
    )


def make_client(name: str = "Luis Pérez", email: str = "luis@example.org", **fields: object) -> Client:
    values: dict[str, Any] = {"language": "en", "time_zone": MADRID}
    return Client(name=name, email=email, **values | fields)


def book(
    schedule: Schedule,
    clock: str = "10:00",
    *,
    day: date = THURSDAY,
    client: Client | None = None,
    now: datetime = NOW,
) -> Booking:
    """Book the first resource of a resource schedule."""
    resource = schedule.resources.order_by("listed__position").first()
    assert resource is not None
    return book_resource(schedule, resource, at(clock, day), client=client or make_client(), now=now)


def sign_up(slot: Slot, email: str = "luis@example.org", *, now: datetime = NOW) -> Booking:
    return book_place(slot, client=make_client(email=email), now=now)


def connect_zoom(schedule: Schedule, *, external_user: str = "zoom-user-1", now: datetime = NOW) -> Connection:
    """Connect without a consent page: the grant that one would have left."""
    grant, _ = Grant.objects.get_or_create(
        provider="zoom",
        external_user=external_user,
        defaults={
            "access_token": Sealed.seal("access-0"),
            "refresh_token": Sealed.seal("refresh-0"),
            "expires_at": now + timedelta(hours=1),
        },
    )
    connection, _ = Connection.objects.get_or_create(
        account=schedule.account, provider="zoom", external_user=external_user, defaults={"grant": grant}
    )
    schedule.link_source, schedule.connection = "zoom", connection
    schedule.save()
    return connection


def connect_google(account: Account, *, external_user: str = "google-user-1", now: datetime = NOW) -> Connection:
    """Connect without a consent page: the grant that one would have left, and one calendar that was listed."""
    grant, _ = Grant.objects.get_or_create(
        provider="google",
        external_user=external_user,
        defaults={
            "access_token": Sealed.seal("access-0"),
            "refresh_token": Sealed.seal("refresh-0"),
            "expires_at": now + timedelta(hours=1),
            "scopes": " ".join(SCOPES),
        },
    )
    connection, _ = Connection.objects.get_or_create(
        account=account,
        provider="google",
        external_user=external_user,
        defaults={"grant": grant, "email": "ana@example.org", "connected_at": now},
    )
    Calendar.objects.get_or_create(
        account=account, connection=connection, remote_id="ana@example.org", defaults={"name": "Ana", "may_write": True}
    )
    return connection


def publish_at_google(schedule: Schedule, *, now: datetime = NOW) -> Calendar:
    """Publish the schedule as its owner would have done it on the page."""
    calendar = connect_google(schedule.account, now=now).calendars.get()
    schedule.calendar, schedule.published_at = calendar, now
    schedule.save(update_fields=["calendar", "published_at"])
    return calendar
