"""Hands that wait for the outside hold no connection; the record of what they ask takes none."""

from typing import Any

import pytest
from django.db import connection

from apps.core import connections, exchanges, http
from apps.core.models import Exchange
from tests.conversations.conftest import AtOnce
from tests.core.outside import answer, outside


@pytest.mark.parametrize("held", [False, True])
def test_an_exchange_is_recorded_and_leaves_the_connection_as_it_was(
    at_once: AtOnce, settings: Any, held: bool
) -> None:
    settings.HTTP_TRUSTED_HOSTS = ["127.0.0.1"]

    def ask() -> bool:
        if not held:
            connections.release()
        with outside(answer(200)) as server:
            http.request("POST", f"{server.url}/typing")
        return connection.connection is not None

    assert at_once(ask) == [held]
    exchanges.flush()
    assert Exchange.objects.filter(url__endswith="/typing", status=200).count() == 1
