"""On PostgreSQL, what an appointment has released no longer stands in anybody's way."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

DROP = "ALTER TABLE booking_occupancy DROP CONSTRAINT occupancy_no_overlap"
ADD = """
    ALTER TABLE booking_occupancy ADD CONSTRAINT occupancy_no_overlap
    EXCLUDE USING gist (int8range(resource_id, resource_id, '[]') WITH &&, tstzrange(starts_at, ends_at) WITH &&)
"""
OF_UNRELEASED = f"{ADD} WHERE (released_at IS NULL)"


def narrow(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(DROP)
        editor.execute(OF_UNRELEASED)


def widen(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(DROP)
        editor.execute("DELETE FROM booking_occupancy WHERE released_at IS NOT NULL")
        editor.execute(ADD)


class Migration(migrations.Migration):
    dependencies = [("booking", "0003_scheduling")]
    operations = [migrations.RunPython(narrow, widen)]
