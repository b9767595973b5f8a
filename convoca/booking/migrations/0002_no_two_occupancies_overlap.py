"""On PostgreSQL, no two rows of one resource overlap, whatever locks were forgotten."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

# A range of one number lets GiST compare the resource without the extension btree_gist, which not every server has.
ADD = """
    ALTER TABLE booking_occupancy ADD CONSTRAINT occupancy_no_overlap
    EXCLUDE USING gist (int8range(resource_id, resource_id, '[]') WITH &&, tstzrange(starts_at, ends_at) WITH &&)
"""
DROP = "ALTER TABLE booking_occupancy DROP CONSTRAINT occupancy_no_overlap"


def add(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(ADD)


def drop(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(DROP)


class Migration(migrations.Migration):
    dependencies = [("booking", "0001_tables")]
    operations = [migrations.RunPython(add, drop)]
