"""A schedule with any number of bookings, of which always the same hundred lie in the month that is measured.

Rows are written by one statement of the database: a million by way of the ORM would take longer than the benchmark.
A program of its own, started in an installation: `python -m bench.filling <bookings> <month>`.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import django
from django.db import connection, transaction

if __name__ == "__main__":
    django.setup()

from convoca.booking.models import Account, OpeningHours, Resource, Schedule, ScheduleResource

IN_THE_MONTH = 100
HALF_AN_HOUR = timedelta(minutes=30)


@dataclass(frozen=True)
class Scene:
    """One resource schedule; `path` is its page."""

    schedule: Schedule
    resource: Resource

    @property
    def path(self) -> str:
        return f"/schedule/{self.schedule.account.name}/{self.schedule.slug}"


def make_scene(name: str, *, month: datetime, bookings: int) -> Scene:
    """Make a schedule that is open from nine to five every day, with `bookings` on its one resource.

    A hundred lie in the 28 days from `month` on; the others before and after, half an hour each, back to back.
    """
    with transaction.atomic():
        account = Account.objects.create(name=name, title=name, time_zone="UTC")
        schedule = Schedule.objects.create(
            account=account,
            kind=Schedule.Kind.RESOURCE,
            slug="measured",
            name="Measured",
            time_zone="UTC",
            link_source="jitsi",
            horizon_days=None,
        )
        resource = Resource.objects.create(account=account, name="Resource")
        ScheduleResource.objects.create(account=account, schedule=schedule, resource=resource)
        OpeningHours.objects.bulk_create(
            OpeningHours(account=account, schedule=schedule, weekday=day, opens=9 * 60, closes=17 * 60)
            for day in range(7)
        )
        scene = Scene(schedule, resource)
        if bookings:
            with _unchecked():
                _insert_all(scene, month=month, bookings=bookings)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return scene


def _insert_all(scene: Scene, *, month: datetime, bookings: int) -> None:
    inside = month.replace(hour=9, minute=0)
    for day in range(IN_THE_MONTH // 4):
        _insert(scene, inside + timedelta(days=day), 4)
    outside = bookings - IN_THE_MONTH
    before = outside // 2
    _insert(scene, month - (before + 48) * HALF_AN_HOUR, before)
    _insert(scene, month + timedelta(days=40), outside - before)


@contextmanager
def _unchecked() -> Iterator[None]:
    """Let PostgreSQL look at what is inserted once, afterwards: row by row, a million take it many minutes."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SHOW is_superuser")
        if cursor.fetchone()[0] == "on":
            cursor.execute("SET LOCAL session_replication_role = replica")  # Without a look at each foreign key.
        cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conrelid = 'booking_occupancy'::regclass AND contype = 'x'"
        )
        constraints = cursor.fetchall()
        for name, _ in constraints:
            cursor.execute(f"ALTER TABLE booking_occupancy DROP CONSTRAINT {name}")
        yield
        for name, definition in constraints:
            cursor.execute(f"ALTER TABLE booking_occupancy ADD CONSTRAINT {name} {definition}")


def _insert(scene: Scene, first: datetime, count: int) -> None:
    """Insert `count` booked half hours in a row: the slot, its occupancy and its booking."""
    account, schedule = scene.schedule.account_id, scene.schedule.pk
    with connection.cursor() as cursor:
        cursor.execute("SELECT COALESCE(MAX(id), 0) FROM booking_slot")
        base = cursor.fetchone()[0]
        series, starts, ends, digest = _dialect()
        common = [first.replace(tzinfo=None) if connection.vendor == "sqlite" else first]
        numbers = series.format(count=count)
        cursor.execute(
            f"INSERT INTO booking_slot (id, account_id, schedule_id, starts_at, ends_at, title, description, location,"  # noqa: S608
            f" capacity, taken, link_source, revision, created_at) SELECT {base} + n, {account}, {schedule},"
            f" {starts}, {ends}, '', '', '', 1, 1, 'none', 0, {starts} FROM {numbers}",
            common * 3,
        )
        cursor.execute(
            f"INSERT INTO booking_occupancy (account_id, resource_id, slot_id, starts_at, ends_at)"  # noqa: S608
            f" SELECT {account}, {scene.resource.pk}, id, starts_at, ends_at FROM booking_slot"
            f" WHERE id > {base} AND schedule_id = {schedule}"
        )
        cursor.execute(
            f"INSERT INTO booking_booking (account_id, slot_id, status, quantity, name, email, language, time_zone,"  # noqa: S608
            f" phone, mobile, address, country, field_1, field_2, super_field, cancel_message, parting_message, token,"
            f" token_digest, join_token, join_token_digest, uid, revision, created_at)"
            f" SELECT {account}, id, 'confirmed', 1, 'A name', 'a@example.org', 'en', 'UTC', '', '', '', '', '', '',"
            f" '', '', '', '', 'b' || id, '', 'j' || id, {digest}, 0, starts_at FROM booking_slot"
            f" WHERE id > {base} AND schedule_id = {schedule}"
        )
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence('booking_slot', 'id'), (SELECT MAX(id) FROM booking_slot))"
            )


def _dialect() -> tuple[str, str, str, str]:
    """Return a table of numbers, the start and end of the n-th half hour, and a new UUID, in the database's words."""
    if connection.vendor == "postgresql":
        start = "%s::timestamptz + (n - 1) * interval '30 minutes'"
        end = "%s::timestamptz + n * interval '30 minutes'"
        return "generate_series(1, {count}) AS n", start, end, "gen_random_uuid()"
    numbers = "(WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {count}) SELECT n FROM c)"
    start = "strftime('%%Y-%%m-%%d %%H:%%M:%%S', %s, ((n - 1) * 30) || ' minutes')"
    end = "strftime('%%Y-%%m-%%d %%H:%%M:%%S', %s, (n * 30) || ' minutes')"
    return numbers, start, end, "lower(hex(randomblob(16)))"


if __name__ == "__main__":
    first = datetime.fromisoformat(sys.argv[2]).replace(tzinfo=UTC)
    made = make_scene("bench", month=first, bookings=int(sys.argv[1]))
    ids = {
        "path": made.path,
        "resource": made.resource.pk,
        "schedule": made.schedule.pk,
        "account": made.schedule.account_id,
    }
    print(json.dumps({name: str(value) for name, value in ids.items()}))
