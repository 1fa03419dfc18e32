"""Somebody of the staff at the door of the admin, and two furnished workspaces behind it."""

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.test import Client

from apps import tenants
from apps.accounts.models import User
from apps.ingest.models import Delivery
from apps.staff.models import Look, Visit
from apps.tenants.models import Workspace
from tests.furnished import furnish
from tests.security.conftest import Furniture, fill


@pytest.fixture(autouse=True)
def _from_outside(workspace: Workspace) -> Iterator[None]:
    """Staff come from outside every workspace."""
    with tenants.enter(None):
        yield


@pytest.fixture(scope="module")
def furniture(standing: None, django_db_blocker: Any) -> Furniture:
    """Acme, furnished once for the file. Nobody of the staff has been here yet."""
    with django_db_blocker.unblock(), tenants.enter(None):
        workspace = Workspace.objects.get(slug="acme")
        filled = fill(furnish(workspace, number="100200300400501"), phone="447700900111")
        for model in (Visit, Look, LogEntry, Delivery):
            model.objects.all().delete()
    return filled


@pytest.fixture
def acme(furniture: Furniture, workspace: Workspace) -> Furniture:
    """Its rows as they were written."""
    return copy.deepcopy(furniture)


@pytest.fixture
def staff_person(db: None) -> User:
    """Somebody whom ADMIN_EMAILS made staff when they signed in."""
    return User.objects.create_user("sam@leadline.example", name="Sam", is_staff=True, is_superuser=True)


@pytest.fixture
def sign_in_as() -> Callable[[User], Client]:
    """A browser in which this person is signed in."""

    def sign_in(person: User) -> Client:
        client = Client()
        client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
        return client

    return sign_in


@pytest.fixture
def staff(staff_person: User, sign_in_as: Callable[[User], Client]) -> Client:
    """Their browser."""
    return sign_in_as(staff_person)
