"""The demo's business in the test's workspace, and a world around it."""

from collections.abc import Iterator

import pytest

from apps.tenants.models import Workspace
from sandbox.demo import business
from sandbox.demo.furnishing import furnish
from sandbox.demo.world import register
from sandbox.world.client import World
from tests.sandbox.demo import BASE
from tests.sandbox.world.running import running


@pytest.fixture(scope="session")
def demo_world() -> Iterator[World]:
    with running() as found:
        yield found


@pytest.fixture
def world(demo_world: World) -> World:
    """As new."""
    demo_world.reset()
    return demo_world


@pytest.fixture
def demo(workspace: Workspace, world: World) -> Workspace:
    """The demo, with a number in the world that calls nobody back."""
    register(world, base=BASE, widget=furnish(workspace, website=world.url))
    world.change_number(business.PHONE_NUMBER_ID, webhook_url="")
    return workspace
