"""Reads that pages ask at every visit, written once and kept.

Django writes a statement anew each time a queryset is asked, which takes several times as long as the database takes to
answer. A prepared read is an ordinary queryset with blanks where its values go; what is kept is its statement.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Expression, Model, QuerySet
from django.db.models.fetch_modes import FETCH_ONE
from django.db.models.query import get_related_populators

type Value = int | str | datetime


class Blank(Expression):
    """The place of a value in a prepared read, by its name."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, _compiler: object, _connection: object) -> tuple[str, list["Blank"]]:  # type: ignore[override]
        return "%s", [self]


@dataclass(frozen=True)
class _Written[M: Model]:
    """A statement, and how its rows become objects."""

    statement: str
    values: Sequence[Any]
    model: type[M]
    names: Sequence[str]
    columns: slice
    converters: Sequence[tuple[int, Any, Any]]
    related: Sequence[Any]

    def filled_in(self, values: dict[str, Value]) -> list[Any]:
        return [_adapted(values[each.name]) if isinstance(each, Blank) else each for each in self.values]

    def object_of(self, row: Sequence[Any]) -> M:
        columns = list(row)
        for place, convert, expression in self.converters:
            for each in convert:
                columns[place] = each(columns[place], expression, connection)
        found = self.model.from_db("default", self.names, columns[self.columns])
        for populator in self.related:
            populator.populate(columns, found)
        return found


class Prepared[M: Model]:
    """A queryset, told by a function so that it is built when it is asked first; what it needs is a `Blank`.

    It may follow foreign keys with `select_related` and lock rows; not prefetch, annotate or slice by a blank.
    """

    def __init__(self, build: Callable[[], QuerySet[M]]) -> None:
        self._build = build
        self._written: _Written[M] | None = None

    def all(self, **values: Value) -> list[M]:
        """Ask, with a value for each blank, and return what there is."""
        written = self._written = self._written or self._write()
        with connection.cursor() as cursor:
            cursor.execute(written.statement, written.filled_in(values))
            rows = cursor.fetchall()
        return [written.object_of(row) for row in rows]

    def first(self, **values: Value) -> M | None:
        """Ask, with a value for each blank, and return the first of what there is; None if there is nothing."""
        return next(iter(self.all(**values)), None)

    def _write(self) -> _Written[M]:
        compiler = self._build().query.get_compiler(connection=connection)
        statement, values = compiler.as_sql()
        select, klass = compiler.select, compiler.klass_info
        columns = slice(klass["select_fields"][0], klass["select_fields"][-1] + 1)
        converters = compiler.get_converters([expression for expression, _, _ in select])
        return _Written(
            statement=statement,
            values=values,
            model=klass["model"],
            names=[expression.target.attname for expression, _, _ in select[columns]],
            columns=columns,
            converters=[(place, convert, expression) for place, (convert, expression) in converters.items()],
            related=get_related_populators(klass, select, "default", FETCH_ONE),
        )


def _adapted(value: Value) -> Any:
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value
