"""An intake in the test's own process that has all the time it wants: how little it may take has tests of its own."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from django.test import override_settings
from psycopg.conninfo import make_conninfo

from apps.ingest import asgi
from apps.ingest.asgi import Intake
from tests.asgi import ask
from tests.clocks import PATIENCE


@contextmanager
def patient() -> Iterator[None]:
    """While the block runs an intake waits for its database however slow this machine is."""
    limits = f"-c statement_timeout={PATIENCE:.0f}s -c lock_timeout={PATIENCE:.0f}s"
    info = make_conninfo(asgi.conninfo(), connect_timeout=int(PATIENCE), options=limits)
    with override_settings(INTAKE_TIMEOUT=PATIENCE), mock.patch.object(asgi, "conninfo", lambda: info):
        yield


def asked(*requests: dict[str, Any]) -> list[tuple[int, dict[str, str], bytes]]:
    """What one patient intake answers to these requests (see tests.asgi.ask), one after the other."""

    async def scene() -> list[tuple[int, dict[str, str], bytes]]:
        intake = Intake()
        try:
            return [await ask(intake, **request) for request in requests]
        finally:
            await intake.close()

    with patient():
        return asyncio.run(scene())
