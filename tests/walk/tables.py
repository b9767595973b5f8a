"""All that the database holds."""

from django.db import connection
from django.db.backends.utils import CursorWrapper

SESSIONS = "django_session"


def snapshot(*, with_sessions: bool = False) -> dict[str, list[str]]:
    """Return every row of every table, as text, in an order that does not depend on where it is stored."""
    with connection.cursor() as cursor:
        tables = [table for table in connection.introspection.table_names(cursor) if with_sessions or table != SESSIONS]
        return {table: _rows(cursor, table) for table in tables}


def _rows(cursor: CursorWrapper, table: str) -> list[str]:
    cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 - the name is the database's own
    return sorted(map(repr, cursor.fetchall()))
