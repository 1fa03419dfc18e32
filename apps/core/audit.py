"""The audit log: who changed what, as rows of the workspace, written by services in the transaction of the change.

Who acts is carried by the context (core.actors); nobody hands it on.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, models, transaction

from apps.core.actors import actor
from apps.core.audit_words import ACTIONS
from apps.core.crypto import EncryptedField
from apps.core.events import Event, publish
from apps.core.models import AuditRow

#: Of a field that is nobody's to read: that it changed, and nothing else.
CHANGED = "changed"
#: field: [before, after], or CHANGED.
Changes = Mapping[str, list[Any] | str]
NOTHING: Changes = {}
#: Characters of a value that are kept; the longest field of a form, a bot's persona, has as many.
MOST = 4000
#: Rows that one run removes.
MOST_AT_ONCE = 10_000

_UNLOCK = "SELECT set_config('leadline.audit_unlocked', %s, true)"
_FORGET = """
DELETE FROM core_auditrow WHERE id IN (SELECT id FROM core_auditrow WHERE at < %s ORDER BY id LIMIT %s)
"""


@dataclass(frozen=True)
class ChangeRecorded(Event):
    """The workspace's audit log has a row more."""


def record(action: str, subject: models.Model | None = None, *, name: str = "", changes: Changes = NOTHING) -> None:
    """Writes that `action` of audit_words.ACTIONS was done to the subject, in the workspace this thread is in.

    `name` is what the subject is called, and never a customer's name: where it is left out, readers look it up.
    Raises KeyError for an action nobody has words for, RuntimeError outside a transaction.
    """
    ACTIONS[action]
    if not connection.in_atomic_block:
        raise RuntimeError(f"{action} is recorded outside a transaction, so that change and row could part.")
    who = actor()
    AuditRow.objects.create(
        actor_kind=who.kind,
        actor_id=who.id,
        actor_name=who.name[:254],
        address=who.address,
        action=action,
        subject_kind=subject._meta.model_name or "" if subject is not None else "",
        subject_id=subject.pk if subject is not None else None,
        subject_name=name[:254],
        changes=dict(changes),
    )
    publish(ChangeRecorded())


def changes_of(row: models.Model, values: Mapping[str, Any]) -> Changes:
    """What setting these values would change of the row; of an encrypted field only that it does."""
    found: dict[str, list[Any] | str] = {}
    for field, after in values.items():
        before = getattr(row, field)
        if before != after:
            secret = isinstance(row._meta.get_field(field), EncryptedField)
            found[field] = CHANGED if secret else [plain(before), plain(after)]
    return found


def plain(value: Any) -> str | int | float | bool | None:
    """The value as it is kept and shown."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if value is None or (isinstance(value, bool | int | float) and not isinstance(value, models.Choices)):
        return value
    text = str(value).replace("\x00", "")
    return text if len(text) <= MOST else f"{text[: MOST - 1]}…"


@contextmanager
def unlocked() -> Iterator[None]:
    """A transaction in which rows of the workspace we are in may be removed: those that are old, and the demo's."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_UNLOCK, ["on"])
        yield
        cursor.execute(_UNLOCK, ["off"])


def forget(before: datetime) -> int:
    """Removes what is older, at most MOST_AT_ONCE rows; returns how many went."""
    with unlocked(), connection.cursor() as cursor:
        cursor.execute(_FORGET, [before, MOST_AT_ONCE])
        return int(cursor.rowcount)
