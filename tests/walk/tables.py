"""All that the database holds, and what is written to it."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

SESSIONS = "django_session"
WRITES = re.compile(r'\s*(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM|TRUNCATE)\s+"?(\w+)', re.IGNORECASE)


def snapshot() -> dict[str, list[str]]:
    """Return every row of every table, as text, in an order that does not depend on where it is stored."""
    with connection.cursor() as cursor:
        return {table: _rows(cursor, table) for table in connection.introspection.table_names(cursor)}


def _rows(cursor: CursorWrapper, table: str) -> list[str]:
    cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 - the name is the database's own
    return sorted(map(repr, cursor.fetchall()))


@contextmanager
def writing() -> Iterator[set[str]]:
    """Yield the names of the tables that are written to meanwhile; a person's own session aside."""
    written_to: set[str] = set()

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        written = WRITES.match(sql)
        if written and written[1] != SESSIONS:
            written_to.add(written[1])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield written_to
