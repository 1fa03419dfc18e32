"""A cache that all processes share, in an UNLOGGED table of Postgres: for what guards sign-in.

django-allauth keeps its limits and used one-time codes in it. Values are JSON, keys are kept as digests.
"""

import hashlib
import json
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import connection

#: What has no end ends after so many seconds: nothing that guards a door is older.
LONGEST = 7 * 24 * 3600

ADD = """
INSERT INTO public.work_shared AS s (digest, value, ends_at)
VALUES (%s, %s, statement_timestamp() + make_interval(secs => %s))
ON CONFLICT (digest) DO UPDATE SET value = excluded.value, ends_at = excluded.ends_at
"""
GET = "SELECT value FROM public.work_shared WHERE digest = %s AND ends_at > statement_timestamp()"


class SharedCache(BaseCache):
    """As Django's caches are, for JSON. Raises what Postgres raises: a guard that cannot look is no guard."""

    def __init__(self, _location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Keeps it unless something is kept there; True if it was kept. Of two at once, one does."""
        return self._write(f"{ADD} WHERE s.ends_at <= statement_timestamp()", key, value, timeout, version)

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Keeps it, whatever is kept there."""
        self._write(ADD, key, value, timeout, version)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """What is kept there, or the default."""
        with connection.cursor() as cursor:
            cursor.execute(GET, [self._digest(key, version)])
            found = cursor.fetchone()
        return json.loads(found[0]) if found else default

    def delete(self, key: Any, version: int | None = None) -> bool:
        """Whether something was kept there; now nothing is."""
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM public.work_shared WHERE digest = %s", [self._digest(key, version)])
            return bool(cursor.rowcount)

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Keeps it from now on as long as this; whether it was there."""
        ends = "UPDATE public.work_shared SET ends_at = statement_timestamp() + make_interval(secs => %s) "
        with connection.cursor() as cursor:
            cursor.execute(
                f"{ends} WHERE digest = %s AND ends_at > statement_timestamp()",
                [self._seconds(timeout), self._digest(key, version)],
            )
            return bool(cursor.rowcount)

    def clear(self) -> None:
        """Forgets everything."""
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM public.work_shared")

    def _write(self, statement: str, key: Any, value: Any, timeout: Any, version: int | None) -> bool:
        values: list[Any] = [self._digest(key, version), json.dumps(value), self._seconds(timeout)]
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return bool(cursor.rowcount)

    def _digest(self, key: Any, version: int | None) -> str:
        return hashlib.sha256(self.make_and_validate_key(key, version=version).encode()).hexdigest()

    def _seconds(self, timeout: Any) -> float:
        seconds = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        return float(LONGEST if seconds is None else max(seconds, 0))
