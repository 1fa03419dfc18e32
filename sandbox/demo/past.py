"""Writes rows as history: with the times at which things happened, and all rows of a kind at once."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from django.db import connection
from django.db.models import Model

from apps.bots.models import BotChange
from apps.contacts.models import Contact
from apps.conversations.models import Conversation, Message, StateChange
from apps.dialogue.models import Turn
from apps.handoff.models import Handoff
from apps.leads.models import Lead

#: The times that a model sets by itself when a row is written. Conversation.changed_at is not among them: by it open
#: pages learn what is new.
TIMES: dict[type[Model], tuple[str, ...]] = {
    BotChange: ("at",),
    Contact: ("created_at",),
    Conversation: ("created_at",),
    Message: ("created_at", "changed_at"),
    StateChange: ("at",),
    Turn: ("created_at",),
    Handoff: ("opened_at",),
    Lead: ("created_at", "changed_at"),
}
#: Ids taken from a table's sequence at once.
BATCH = 200

Row = TypeVar("Row", bound=Model)
Dated = tuple[Model, dict[str, datetime]]


@dataclass
class Past:
    """Rows that are to be written, and how far each table's ids are taken."""

    rows: dict[type[Model], list[Dated]] = field(default_factory=lambda: defaultdict(list))
    ids: dict[type[Model], Iterator[int]] = field(default_factory=dict)

    def add(self, row: Row, at: datetime, **others: datetime) -> Row:
        """Gives a new row its id. All its times will be `at`, except `others` by name; it may still change."""
        model = type(row)
        if model not in self.ids:
            self.ids[model] = _ids(model)
        row.pk = next(self.ids[model])
        self.rows[model].append((row, {name: others.get(name, at) for name in TIMES[model]}))
        return row

    def write(self) -> None:
        """Writes everything: two statements for some hundred rows of a model."""
        for model, dated in self.rows.items():
            model._base_manager.bulk_create([row for row, _ in dated])
            set_times(model, dated)
        self.rows.clear()


def set_times(model: type[Model], dated: Iterable[Dated]) -> None:
    """Gives rows that stand these times, in one statement."""
    names = TIMES[model]
    found = [(row.pk, *(times[name] for name in names)) for row, times in dated]
    columns = [list(column) for column in zip(*found, strict=True)] or [[] for _ in range(len(names) + 1)]
    given = ", ".join(["%s::bigint[]", *("%s::timestamptz[]" for _ in names)])
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {model._meta.db_table} AS row SET {', '.join(f'{name} = given.{name}' for name in names)} "  # noqa: S608  # nosec B608  # ours
            f"FROM unnest({given}) AS given(id, {', '.join(names)}) WHERE row.id = given.id",
            columns,
        )


def _ids(model: type[Model]) -> Iterator[int]:
    """Ids that nobody else gets."""
    sequence = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
    while True:
        with connection.cursor() as cursor:
            cursor.execute(sequence, [model._meta.db_table, BATCH])
            taken = [row[0] for row in cursor.fetchall()]
        yield from taken
