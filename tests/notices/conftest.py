"""Who is told: an owner, two vendors and a viewer of Acme."""

from collections.abc import Callable

import pytest

from apps.accounts.models import Membership, Role


@pytest.fixture
def owner(member: Callable[..., Membership]) -> Membership:
    return member(Role.OWNER)


@pytest.fixture
def vendor(member: Callable[..., Membership]) -> Membership:
    return member(Role.VENDOR)


@pytest.fixture
def colleague(member: Callable[..., Membership]) -> Membership:
    return member(Role.VENDOR, "colleague@example.org")


@pytest.fixture
def viewer(member: Callable[..., Membership]) -> Membership:
    return member(Role.VIEWER)
