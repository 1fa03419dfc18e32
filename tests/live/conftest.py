"""Sockets in tests share the test's connection, inside its transaction."""

from typing import Any

import pytest


@pytest.fixture(autouse=True)
def one_connection(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """Channels drops connections around each database call; here that would end the test's transaction."""
    monkeypatch.setattr("channels.db.close_old_connections", lambda: None)
    settings.ALLOWED_HOSTS = ["localhost"]
