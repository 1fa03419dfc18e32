"""A sandbox world that plays Meta for these tests, with a number of Acme's app in it."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from sandbox.world.client import World
from sandbox.world.records import Number
from tests.sandbox.world.running import running

WABA = "102290129340398"
NUMBER = "106540352242922"
TOKEN, SECRET = "EAAGpastedtoken0001", "0123456789abcdef0123456789abcdef"


@pytest.fixture(scope="session")
def running_world() -> Iterator[World]:
    """One process for the session."""
    with running() as world:
        yield world


@pytest.fixture
def meta(running_world: World, settings: Settings) -> World:
    """Meta, with one number that is right to connect, and a second one of the same app."""
    running_world.reset()
    settings.WHATSAPP_GRAPH_URL = running_world.url
    settings.HTTP_TRUSTED_HOSTS = [running_world.url.removeprefix("http://")]
    for number, shown in ((NUMBER, "+44 20 7946 0958"), ("106540352242923", "+44 20 7946 0959")):
        running_world.register_number(
            Number(
                phone_number_id=number,
                display_phone_number=shown,
                waba_id=WABA,
                token=TOKEN,
                app_secret=SECRET,
                verified_name="Acme Cycles",
            )
        )
    return running_world
