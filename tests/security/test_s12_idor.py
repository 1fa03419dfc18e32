"""S12: an id of another workspace is answered exactly as one that nobody has, whatever is done with it."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from django.test import Client

from apps import tenants
from apps.conversations.models import Conversation
from tests.furnished import rows
from tests.security.conftest import Furniture, again, words_of
from tests.security.routes import WITH_IDS, WORKSPACE, address

Browser = Callable[[str], Client]
NOBODYS = dict.fromkeys(
    (
        *("c", "leads", "messages", "bots", "inboxes", "knowledge", "api-keys"),
        *("team", "invitations", "notices"),
    ),
    999_999_999,
)


def ask(client: Client, method: str, pattern: str, ids: Mapping[str, int]) -> Any:
    path = address("config.urls_workspace", pattern, slug="acme", ids=ids)
    return getattr(again(client), method)(path, dict(WORKSPACE[pattern].data) if method == "post" else {})


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_id_of_the_other_workspace_is_as_if_it_were_nobodys(
    acme: Furniture, theirs: Furniture, browser: Browser, method: str
) -> None:
    assert [word for word in NOBODYS if acme.ids[word] == theirs.ids[word]] == []
    client = browser("owner")
    before = rows(theirs.business.workspace)
    for pattern in WITH_IDS:
        foreign, nobodys = (ask(client, method, pattern, ids) for ids in (theirs.ids, NOBODYS))
        allowed = WORKSPACE[pattern].expected(method.upper())["owner"] != 405
        assert (foreign.status_code, nobodys.status_code) == ((404, 404) if allowed else (405, 405)), pattern
        assert words_of(foreign) == words_of(nobodys), pattern
        assert theirs.business.canary not in words_of(foreign)
    assert rows(theirs.business.workspace) == before


def test_a_message_of_the_other_workspace_is_not_found_in_a_conversation_of_ours(
    acme: Furniture, theirs: Furniture, browser: Browser
) -> None:
    path = f"/w/acme/c/{acme.ids['c']}/messages/{theirs.ids['messages']}/retry/"
    assert browser("owner").post(path).status_code == 404


def test_a_message_of_another_conversation_is_not_found_in_this_one(acme: Furniture, browser: Browser) -> None:
    with tenants.enter(acme.business.workspace):
        contact = acme.conversation.contact
        contact.pk = None
        contact.save()
        beside = Conversation.objects.create(inbox=acme.business.inbox, contact=contact)
    path = f"/w/acme/c/{beside.pk}/messages/{acme.ids['messages']}/retry/"
    assert browser("owner").post(path).status_code == 404


def test_the_owner_of_two_workspaces_reaches_each_ones_rows_only_through_it(
    acme: Furniture, theirs: Furniture, browser: Browser
) -> None:
    """One session, two workspaces: the address decides, never the id."""
    from_both = browser("owner")
    theirs.business.owner.pk = None
    theirs.business.owner.user_id = int(from_both.session["_auth_user_id"])
    theirs.business.owner.save()
    assert from_both.get(f"/w/other/c/{theirs.ids['c']}/").status_code == 200
    assert from_both.get(f"/w/acme/c/{theirs.ids['c']}/").status_code == 404
    page = from_both.get("/w/acme/")
    assert acme.business.canary in words_of(page)
    assert theirs.business.canary not in words_of(page)
