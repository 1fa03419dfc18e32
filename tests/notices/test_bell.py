"""The bell: what a member sees of their notices, and nobody else does."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import Membership, Role
from apps.conversations.models import Conversation
from apps.handoff.models import Handoff
from apps.handoff.services import open_handoff
from apps.notices.models import Choice, Notice
from apps.notices.services import unread

Make = Callable[..., Conversation]
PAGE = "/w/acme/notices/"


@pytest.fixture
def waiting(vendor: Membership, make_conversation: Make) -> Conversation:
    """Maya waits for a person; the vendor is told."""
    conversation = make_conversation(name="Maya <b>Lind</b>")
    open_handoff(conversation.pk, asked_by=Handoff.AskedBy.CONTACT, reason="They asked")
    return conversation


@pytest.fixture
def client(vendor: Membership, client_for: Callable[..., Client]) -> Client:
    return client_for(Role.VENDOR, user=vendor.user)


def test_every_page_counts_what_is_unread(client: Client, waiting: Conversation) -> None:
    page = client.get("/w/acme/leads/").content.decode()
    assert '<span class="ll-count" data-notices-count>1</span>' in page
    assert f'data-newest="{Notice.objects.get().pk}"' in page


def test_a_page_asks_what_is_new_and_gets_words_as_text(client: Client, waiting: Conversation) -> None:
    newest = Notice.objects.get().pk
    said = client.get(f"{PAGE}news/?after={newest - 1}").json()
    assert said == {
        "unread": 1,
        "newest": newest,
        "toasts": [
            {
                "url": f"{PAGE}{newest}/",
                "path": f"/w/acme/c/{waiting.pk}/",
                "title": "Maya <b>Lind</b> waits for a person",
                "text": "The bot is silent until somebody takes over.",
            }
        ],
    }
    assert client.get(f"{PAGE}news/?after={newest}").json() == {"unread": 1, "newest": newest, "toasts": []}


@pytest.mark.parametrize("after", ["", "-1", "x", "1.5", str(2**63), "٣" * 400])
def test_an_odd_question_is_told_what_to_give(client: Client, after: str) -> None:
    answer = client.get(f"{PAGE}news/", {"after": after})
    assert (answer.status_code, answer.json()) == (
        400,
        {"error": "Give after= as the id of the newest notice you know."},
    )


def test_following_a_notice_leads_to_what_it_is_about_and_reads_it(
    client: Client, vendor: Membership, waiting: Conversation
) -> None:
    answer = client.get(f"{PAGE}{Notice.objects.get().pk}/")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/w/acme/c/{waiting.pk}/")
    assert not unread(vendor).exists()


def test_somebody_elses_notice_is_not_found_and_stays_unread(
    vendor: Membership, waiting: Conversation, client_for: Callable[..., Client]
) -> None:
    other = client_for(Role.VENDOR, user=None)
    assert other.get(f"{PAGE}{Notice.objects.get(user=vendor.user).pk}/").status_code in (404,)
    assert unread(vendor).count() == 1


def test_the_page_shows_names_escaped_and_everything_can_be_read_at_once(
    client: Client, vendor: Membership, waiting: Conversation
) -> None:
    page = client.get(PAGE).content.decode()
    assert "Maya &lt;b&gt;Lind&lt;/b&gt; waits for a person" in page
    assert client.post(f"{PAGE}read/").status_code == 302
    assert not unread(vendor).exists()
    assert "Mark all as read" not in client.get(PAGE).content.decode()


def test_without_notices_the_page_says_what_will_come(client: Client) -> None:
    assert "Nothing to tell yet" in client.get(PAGE).content.decode()
    assert "Nothing yet." in client.get(f"{PAGE}recent/").content.decode()


def test_a_conversation_that_a_colleague_took_leaves_the_bell(
    client: Client, vendor: Membership, colleague: Membership, waiting: Conversation
) -> None:
    notice = Notice.objects.get(user=vendor.user)
    Conversation.objects.filter(pk=waiting.pk).update(vendor=colleague.user)
    assert "Maya" not in client.get(PAGE).content.decode()
    assert client.get(f"{PAGE}news/?after=0").json() == {"unread": 0, "newest": 0, "toasts": []}
    assert client.get(f"{PAGE}{notice.pk}/").status_code == 404


def test_a_member_chooses_among_the_kinds_they_get(client: Client, vendor: Membership) -> None:
    page = client.get(PAGE).content.decode()
    assert ("A new lead" in page, "An inbox stopped working" in page) == (True, False)
    client.post(f"{PAGE}choices/", {"mail": ["new_lead", "inbox_broken", "nonsense"]})
    chosen = dict(Choice.objects.filter(user=vendor.user).values_list("kind", "mail"))
    assert chosen == {"handoff": False, "new_lead": True}


def test_open_pages_of_who_was_told_look_at_their_bell(
    vendor: Membership,
    viewer: Membership,
    make_conversation: Make,
    pushed: list[Any],
    django_capture_on_commit_callbacks: Any,
) -> None:
    conversation = make_conversation()
    with django_capture_on_commit_callbacks(execute=True):
        open_handoff(conversation.pk, asked_by=Handoff.AskedBy.CONTACT, reason="They asked")
    schema = vendor.workspace.schema_name
    groups = [to for to, payload in pushed if payload == {"type": "notice"}]
    assert groups == [[f"{schema}.member.{vendor.user_id}"]]


def test_one_is_read_without_going_there(client: Client, vendor: Membership, waiting: Conversation) -> None:
    assert client.post(f"{PAGE}{Notice.objects.get().pk}/read/").status_code == 302
    assert not unread(vendor).exists()


@pytest.mark.parametrize(("path", "left"), [("/w/acme/c/{0}/", 0), ("/w/acme/c/{0}", 1), ("/w/acme/", 1), ("", 1)])
def test_what_leads_to_the_page_one_looks_at_is_read(
    client: Client, vendor: Membership, waiting: Conversation, path: str, left: int
) -> None:
    assert client.post(f"{PAGE}here/", {"path": path.format(waiting.pk)}).status_code == 204
    assert unread(vendor).count() == left
