"""The list of conversations: what a row says, filters, search, paging, and what it costs."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import Membership, Role
from apps.accounts.services import add_member
from apps.conversations.models import Conversation
from apps.handoff.models import Handoff
from apps.handoff.services import open_handoff
from apps.tenants.models import Workspace
from tests.panel.cast import BASE, as_htmx

Make = Callable[..., Conversation]
Browser = Callable[..., Client]


def fragment(browser: Client, **query: Any) -> str:
    return browser.get(f"{BASE}/fragments/conversations/", query, headers=as_htmx("section#list-pane")).content.decode()


def names(page: str, *, of: tuple[str, ...]) -> list[str]:
    """Those of these names that the page holds, in the page's order."""
    return sorted((name for name in of if name in page), key=page.index)


def test_a_row_says_who_wrote_what_and_how_much_is_unread(client_for: Browser, receive: Any) -> None:
    receive("Do you open on Sunday?")
    receive("And on Monday?")
    page = fragment(client_for(Role.OWNER))
    assert "Maya Lind" in page and "And on Monday?" in page
    assert '<span class="ll-count ll-count--accent">2<span' in page
    assert 'data-unread="1"' in page


def test_a_contact_without_a_name_is_called_by_the_number(client_for: Browser, make_conversation: Make) -> None:
    make_conversation(name="")
    assert '<span class="ll-row__name"><bdi>+447700900123</bdi></span>' in fragment(client_for(Role.OWNER))


def test_who_wrote_last_stands_first(client_for: Browser, make_conversation: Make) -> None:
    for number, name in enumerate(("First Come", "Second Come", "Third Come")):
        make_conversation(phone=f"44770090010{number}", name=name)
    make_conversation("Me again", phone="447700900100", name="First Come")
    page = fragment(client_for(Role.OWNER))
    order = ("First Come", "Third Come", "Second Come")
    assert names(page, of=order) == list(order)


def test_who_waits_for_a_person_is_marked_and_counted(client_for: Browser, make_conversation: Make) -> None:
    conversation = make_conversation()
    make_conversation(phone="447700900124")
    open_handoff(conversation.pk, asked_by=Handoff.AskedBy.CONTACT, reason="Wants a person")
    page = fragment(client_for(Role.OWNER))
    assert page.count("ll-row--waiting") == 1
    assert '<span class="ll-count" id="nav-waiting" hx-swap-oob="true">1</span>' in page


def test_filters_show_unread_and_ones_own(client_for: Browser, make_conversation: Make, member: Any) -> None:
    membership: Membership = member(Role.SUPERVISOR)
    mine = make_conversation(phone="447700900101", name="Mine Alone")
    unread = make_conversation(phone="447700900102", name="Still Unread")
    Conversation.objects.filter(pk=mine.pk).update(vendor=membership.user, unread=0)
    Conversation.objects.filter(pk=unread.pk).update(unread=3)
    browser = client_for(None, user=membership.user)
    both = ("Mine Alone", "Still Unread")
    assert names(fragment(browser, show="mine"), of=both) == ["Mine Alone"]
    assert names(fragment(browser, show="unread"), of=both) == ["Still Unread"]
    assert len(names(fragment(browser, show="nonsense"), of=both)) == 2


@pytest.mark.parametrize("search", ["lind", "+44 7700 900123", "900123", "sunday"])
def test_search_finds_by_name_number_and_words(client_for: Browser, make_conversation: Make, search: str) -> None:
    make_conversation("Open on Sunday?")
    make_conversation("Thanks", phone="447700900999", name="Somebody Else")
    assert names(fragment(client_for(Role.OWNER), q=search), of=("Maya Lind", "Somebody Else")) == ["Maya Lind"]


def test_a_search_in_vain_says_so_and_leads_back(client_for: Browser, make_conversation: Make) -> None:
    make_conversation()
    page = fragment(client_for(Role.OWNER), q="<b>zebra</b>\x00%")
    assert "Nothing found for “&lt;b&gt;zebra&lt;/b&gt;%”" in page
    assert "Maya Lind" not in page


def test_an_empty_workspace_says_what_will_happen(client_for: Browser, workspace: Workspace) -> None:
    assert "No conversations yet" in client_for(Role.OWNER).get(f"{BASE}/").content.decode()


def test_the_list_grows_by_a_page_at_a_time(client_for: Browser, make_conversation: Make) -> None:
    for number in range(53):
        make_conversation(phone=f"4477009{number:05}")
    browser = client_for(Role.OWNER)
    first, more = fragment(browser), fragment(browser, rows=100)
    assert (first.count('id="row-'), "rows=100" in first) == (50, True)
    assert (more.count('id="row-'), "Older conversations" in more) == (53, False)


def test_the_open_conversation_is_the_marked_row(client_for: Browser, make_conversation: Make) -> None:
    here = make_conversation()
    make_conversation(phone="447700900124")
    page = fragment(client_for(Role.OWNER), open=here.pk)
    assert page.count('aria-current="true"') == 2  # the filter and the row
    assert f'data-row="{here.pk}" aria-current="true"' in page


def test_more_rows_cost_no_more_queries(client_for: Browser, make_conversation: Make) -> None:
    browser = client_for(Role.OWNER)

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            fragment(browser)
        return len([query for query in caught if "search_path" not in query["sql"]])

    make_conversation()
    fragment(browser)  # the first request of a minute notes that somebody is there
    few = queries()
    for number in range(20):
        open_handoff(
            make_conversation(phone=f"4477009{number:05}").pk, asked_by=Handoff.AskedBy.BOT, reason="It does not know"
        )
    assert queries() == few


def test_rows_of_another_workspace_are_not_there(
    client_for: Browser, make_conversation: Make, other: Workspace
) -> None:
    make_conversation("Only for Acme")
    browser = client_for(None, user=_owner_of(other))
    assert "Only for Acme" not in browser.get(f"/w/{other.slug}/").content.decode()


def _owner_of(workspace: Workspace) -> Any:
    return add_member(workspace, email="baker@example.org", role=Role.OWNER).user
