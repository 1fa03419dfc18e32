"""Seals every secret anew with the newest key, for the workspace whose it is, while everything else runs.

What is sealed is found by looking at the models. A value is replaced only if it still is what was read, so whoever
writes one meanwhile wins; what is done already is passed over, so that a broken run is simply started again.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from django.apps import apps
from django.db import models

from apps.core import crypto
from apps.core.crypto import CannotOpen, EncryptedField, of_row
from apps.tenants.door import PUBLIC, connection, enter, schema
from apps.tenants.guard import in_workspace, owner_of
from apps.tenants.models import Workspace

BATCH = 500

#: The value sealed anew for its owner, None when there is no need. Raises CannotOpen.
Reseal = Callable[[str, str], str | None]


@dataclass(frozen=True)
class Place:
    """A column in which sealed values stand, with how one of them is sealed anew, and the columns that say whose."""

    model: type[models.Model]
    column: str
    of_type: str
    reseal: Reseal
    bound_to: tuple[str, ...]

    def __str__(self) -> str:
        return f"{schema()}.{self.model._meta.db_table}.{self.column}"


@dataclass(frozen=True)
class Counts:
    """What came of it: values looked at, old ones found, sealed anew, written by others meanwhile, and unreadable."""

    seen: int = 0
    old: int = 0
    renewed: int = 0
    lost: tuple[str, ...] = ()

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.seen + other.seen, self.old + other.old, self.renewed + other.renewed, self.lost + other.lost
        )

    @property
    def left(self) -> int:
        """Values that still need an old key, or none that we have."""
        return self.old - self.renewed + len(self.lost)


def reseal_all(*, write: bool) -> Iterator[tuple[str, Counts]]:
    """Goes through the shared tables, then every workspace's, suspended ones too; (schema, counts) of each.

    Without `write` it only looks.
    """
    with enter(None):
        yield PUBLIC, _reseal_here(write=write)
        workspaces = list(Workspace.objects.order_by("pk"))
    for workspace in workspaces:
        with enter(workspace):
            counts = _reseal_here(write=write)
        yield workspace.schema_name, counts


def places() -> list[Place]:
    """Every column with sealed values that stands where we are now."""
    fields = [
        Place(model, str(field.column), "text", partial(_reseal_text, field.context), field.bound_to)
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, EncryptedField)
    ]
    within = [
        Place(apps.get_model(one.model), one.field, "jsonb", partial(_reseal_json, one), one.bound_to)
        for one in crypto.sealed_within()
    ]
    return [place for place in [*fields, *within] if in_workspace(place.model) == (schema() != PUBLIC)]


def _reseal_here(*, write: bool) -> Counts:
    return sum((_reseal_place(place, write=write) for place in places() if _exists(place)), Counts())


def _exists(place: Place) -> bool:
    """A workspace that is being set up may not have the table yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [f'"{schema()}"."{place.model._meta.db_table}"'])
        return bool(cursor.fetchone()[0])


def _reseal_place(place: Place, *, write: bool) -> Counts:
    counts, last = Counts(), 0
    while rows := _read(place, last):
        for key, value, *parts in rows:
            counts += _reseal_one(place, key, value, of_row(owner_of(place.model), *parts), write=write)
        last = rows[-1][0]
    return counts


def _reseal_one(place: Place, key: int, value: str, owner: str, *, write: bool) -> Counts:
    try:
        anew = place.reseal(value, owner)
    except CannotOpen:
        return Counts(seen=1, lost=(f"{place} of row {key}",))
    if anew is None:
        return Counts(seen=1)
    found = Counts(seen=1, old=1)
    return replace(found, renewed=int(_replaced(place, key, value, anew))) if write else found


def _read(place: Place, after: int) -> list[tuple[Any, ...]]:
    """Rows of key, value, and what says whose it is."""
    table, key = place.model._meta.db_table, place.model._meta.pk.column
    whose = "".join(f', "{column}"' for column in place.bound_to)
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT "{key}", "{place.column}"::text{whose} FROM "{table}" '  # noqa: S608  # nosec B608  # our models
            f'WHERE "{place.column}"::text <> \'\' AND "{key}" > %s ORDER BY "{key}" LIMIT {BATCH}',
            [after],
        )
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _replaced(place: Place, key: int, before: str, anew: str) -> bool:
    table, pk = place.model._meta.db_table, place.model._meta.pk.column
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{table}" SET "{place.column}" = %s::{place.of_type} '  # noqa: S608  # nosec B608  # as above
            f'WHERE "{pk}" = %s AND "{place.column}"::text = %s',
            [anew, key, before],
        )
        return bool(cursor.rowcount)


def _reseal_text(context: str, value: str, owner: str) -> str | None:
    return crypto.resealed(value, context, owner)


def _reseal_json(where: crypto.Within, value: str, owner: str) -> str | None:
    """Texts and lists of texts under the declared names; everything else stays as it is."""
    found: dict[str, Any] = json.loads(value)

    def anew(text: str) -> str:
        return crypto.resealed(text, where.context, owner) or text

    changed = {
        name: [anew(text) for text in found[name]] if isinstance(found[name], list) else anew(found[name])
        for name in where.names
        if found.get(name)
    }
    return json.dumps({**found, **changed}) if {**found, **changed} != found else None
