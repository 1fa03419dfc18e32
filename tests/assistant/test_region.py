"""In which country a phone number without country code is meant."""

import pytest

from apps.assistant.region import region_of
from apps.bots.models import Bot
from apps.contacts.models import Contact
from apps.contacts.services import resolve
from apps.inboxes.models import Inbox
from apps.providers.base import Identity, IdentityKind, Party
from apps.tenants.models import Workspace


@pytest.fixture
def contact(workspace: Workspace) -> Contact:
    return resolve(Party((Identity(IdentityKind.PHONE, "5511912345678"),)))


@pytest.mark.parametrize(
    ("own", "address", "region"),
    [
        ("MX", "+44 20 7946 0000", "MX"),
        ("", "+44 20 7946 0000", "GB"),
        ("", "34612345678", "ES"),
        ("", "shop@example.org", "BR"),
        ("", "", "BR"),
    ],
)
def test_bot_then_inbox_then_contact_decide(contact: Contact, own: str, address: str, region: str) -> None:
    assert region_of(Bot(region=own), Inbox(address=address), contact) == region


def test_without_any_number_there_is_none(workspace: Workspace) -> None:
    hidden = resolve(Party((Identity(IdentityKind.BSUID, "GB.13491208655302741918"),)))
    assert region_of(Bot(), Inbox(), hidden) is None
