"""Statements that are asked many times a second: written out, and planned by Postgres once for each connection.

Django puts a query together anew each time and Postgres plans it anew, which is most of what a small one costs. These
are bound by the server, so that it keeps their plans. They name their columns: a plan that is kept must not meet a
table that has got one more.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar

from django.db import NotSupportedError, connection, models
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.utils import CursorWrapper

M = TypeVar("M", bound=models.Model)
Values = Sequence[Any] | Mapping[str, Any]

#: Does not wait until the disk has it: a crash of Postgres takes the last half second of such commits along, and no
#: other. For what is only begun again then. Refer to it in the statement's FROM, or it is not run.
LIGHTLY = "lightly AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))"


class Statement:
    """One statement. Its text never changes; `values` fill its placeholders, `%s` or `%(name)s`."""

    def __init__(self, sql: str) -> None:
        self.sql = sql

    def rows(self, values: Values = ()) -> list[tuple[Any, ...]]:
        """All rows it finds or returns."""
        with self._asked(values) as cursor:
            return cursor.fetchall()

    def first(self, values: Values = ()) -> tuple[Any, ...] | None:
        """Its first row, None without any."""
        with self._asked(values) as cursor:
            return cursor.fetchone()

    def run(self, values: Values = ()) -> int:
        """How many rows it touched."""
        with self._asked(values) as cursor:
            return int(cursor.rowcount)

    def objects(self, model: type[M], values: Values = ()) -> list[M]:
        """Its rows as objects of the model, whose `columns` come first; each more is an attribute by its name."""
        with self._asked(values) as cursor:
            names = [column.name for column in cursor.description or ()][len(_fields(model)) :]
            found = cursor.fetchall()
        objects = []
        for row in found:
            one = _object(model, row)
            for name, value in zip(names, row[len(_fields(model)) :], strict=True):
                setattr(one, name, value)
            objects.append(one)
        return objects

    @contextmanager
    def _asked(self, values: Values) -> Iterator[CursorWrapper]:
        with connection.cursor() as cursor:
            # In the place of the one that puts the values into the text, which therefore is another each time.
            cursor.cursor = _Planned(connection.connection)  # type: ignore[call-arg]  # psycopg's own
            try:
                cursor.execute(self.sql, values)
            except NotSupportedError:  # a column has got another type since it was planned
                if connection.in_atomic_block:
                    raise  # with the rollback the driver forgets all plans, and the next try has new ones
                cursor.execute("DEALLOCATE ALL")
                cursor.execute(self.sql, values)
            yield cursor


class _Planned(ServerBindingCursor):
    """Also tells Django's record of queries what was asked when Postgres had only to be told which plan it was."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        done = super().execute(query, params, **options)  # type: ignore[misc]  # psycopg's own
        if self._query is None and connection.queries_logged:  # type: ignore[has-type]
            self._query = self._convert_query(query, params)  # type: ignore[attr-defined]
        return done


def columns(model: type[models.Model], table: str = "") -> str:
    """The model's columns for a SELECT, in the order of its fields; `table` is what the statement calls its table."""
    prefix = f"{table}." if table else ""
    return ", ".join(f'{prefix}"{field.column}"' for field, _ in _fields(model))


def apart(row: Sequence[Any], *kinds: type[models.Model]) -> list[Any]:
    """The objects of a row that holds the `columns` of several models; None for one that was joined and is not."""
    found: list[Any] = []
    for model in kinds:
        many = len(_fields(model))
        found.append(_object(model, row[:many]) if row[0] is not None else None)
        row = row[many:]
    return found


@cache
def _fields(model: type[models.Model]) -> list[tuple[Any, Any]]:
    """Each stored field with what makes its value of what Postgres gives, if anything does."""
    fields = model._meta.concrete_fields
    return [(field, getattr(field, "from_db_value", None)) for field in fields]


def _object(model: type[M], row: Sequence[Any]) -> M:
    fields = _fields(model)
    values = [
        value if reads is None else reads(value, None, connection)
        for (_, reads), value in zip(fields, row[: len(fields)], strict=True)
    ]
    return model.from_db(connection.alias, [field.attname for field, _ in fields], values)
