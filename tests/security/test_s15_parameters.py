"""S15: what is acted upon stands in the path; nothing in a query or a form points elsewhere."""

from collections.abc import Callable

import pytest
from django.test import Client

from apps import tenants
from apps.conversations.models import Message
from tests.furnished import rows
from tests.security.conftest import Furniture, words_of
from tests.security.routes import WORKSPACE

Browser = Callable[[str], Client]
REPLY = dict(WORKSPACE["c/<int:pk>/reply/"].data)


def pointing_at(theirs: Furniture) -> dict[str, object]:
    """Every name by which a form could try to name another row."""
    ids = {name: theirs.ids["c"] for name in ("pk", "id", "conversation", "conversation_id", "c")}
    return {
        **ids,
        **dict.fromkeys(("workspace", "tenant", "slug", "schema"), "other"),
        "lead": theirs.ids["leads"],
        "contact": theirs.conversation.contact_id,
        "inbox": theirs.business.inbox.pk,
    }


def test_a_reply_goes_to_the_conversation_of_the_path(acme: Furniture, theirs: Furniture, browser: Browser) -> None:
    before, odd = rows(theirs.business.workspace), pointing_at(theirs)
    query = "&".join(f"{name}={value}" for name, value in odd.items())
    answer = browser("owner").post(f"/w/acme/c/{acme.ids['c']}/reply/?{query}", {**odd, **REPLY})
    assert answer.status_code == 302
    assert rows(theirs.business.workspace) == before
    with tenants.enter(acme.business.workspace):
        sent = Message.objects.get(text="Hello")
        assert (sent.conversation_id, sent.inbox_id) == (acme.conversation.pk, acme.business.inbox.pk)


@pytest.mark.parametrize("page", ["", "waiting/", "leads/", "fragments/conversations/"])
def test_a_page_shows_the_workspace_of_the_path(
    acme: Furniture, theirs: Furniture, browser: Browser, page: str
) -> None:
    answer = browser("owner").get(f"/w/acme/{page}", pointing_at(theirs))
    assert answer.status_code == 200
    assert acme.business.canary in words_of(answer)
    assert theirs.business.canary not in words_of(answer)


def test_a_parameter_given_twice_is_used_once(acme: Furniture, browser: Browser) -> None:
    browser("owner").post(f"/w/acme/c/{acme.ids['c']}/reply/", {"text": ["one", "two"], "key": REPLY["key"]})
    with tenants.enter(acme.business.workspace):
        assert list(Message.objects.filter(author="person").values_list("text", flat=True)) == ["two"]


@pytest.mark.parametrize("path", ["/w/acme/../other/", "/w/acme//w/other/", "/w//other/", "/w/acme%2f..%2fother/"])
def test_a_crooked_path_leads_nowhere(acme: Furniture, theirs: Furniture, browser: Browser, path: str) -> None:
    answer = browser("owner").get(path)
    assert answer.status_code in (301, 404)
    assert theirs.business.canary not in words_of(answer)


@pytest.mark.parametrize("header", ["x-http-method-override", "x-method-override", "x-http-method"])
def test_a_get_cannot_be_made_a_post(acme: Furniture, browser: Browser, header: str) -> None:
    owner, path = browser("owner"), f"/w/acme/c/{acme.ids['c']}/take/"
    before = rows(acme.business.workspace)
    assert owner.get(f"{path}?_method=POST", headers={header: "POST"}).status_code == 405
    assert rows(acme.business.workspace) == before
