"""A server of OpenAI's API on this machine, trusted for the test."""

import contextlib
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from pytest_django import Settings

from tests.llm.server import Answer, Server, serve

Serving = Callable[..., Server]


@pytest.fixture
def serving(settings: Settings) -> Iterator[Serving]:
    """Starts a server with the given answers."""
    with contextlib.ExitStack() as stack:

        def start(*answers: Answer) -> Server:
            server = stack.enter_context(serve(answers))
            settings.HTTP_TRUSTED_HOSTS = [urlsplit(server.base_url).netloc]
            return server

        yield start
