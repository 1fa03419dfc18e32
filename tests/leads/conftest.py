"""A contact with a phone, one without, and what is told of leads."""

from collections.abc import Callable

import pytest

from apps.contacts.models import Contact
from apps.contacts.services import resolve
from apps.leads import services
from apps.leads.events import LeadChanged
from apps.providers.base import Identity, IdentityKind, Party
from apps.tenants.models import Workspace


@pytest.fixture
def contact(workspace: Workspace) -> Contact:
    """Maya, known by her number."""
    return resolve(Party((Identity(IdentityKind.PHONE, "447700900123"),), "Maya Lind"))


@pytest.fixture
def hidden(workspace: Workspace) -> Contact:
    """Somebody whose number no vendor tells."""
    return resolve(Party((Identity(IdentityKind.BSUID, "GB.13491208655302741918"),), "maya_l"))


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[LeadChanged]]:
    """What was told to other apps since the last look."""
    news: list[LeadChanged] = []
    monkeypatch.setattr(services, "publish", news.append)

    def look() -> list[LeadChanged]:
        seen = news[:]
        news.clear()
        return seen

    return look
