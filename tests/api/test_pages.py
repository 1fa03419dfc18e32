"""Lists come in pages by cursor: every row once, whatever arrives meanwhile, and never more than 200."""

from collections.abc import Callable

import pytest

from apps.accounts.models import Role
from apps.bots.models import Bot
from apps.conversations.models import Conversation, Message
from apps.leads.services import assign, lead_of
from tests.api.calling import Program
from tests.api.test_access import refused


@pytest.fixture
def bots(workspace: object) -> list[int]:
    """Nine bots, oldest first."""
    return [Bot.objects.create(name=f"Bot {number}", business="Acme").pk for number in range(9)]


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 8, 9, 10, 200])
def test_a_walk_meets_every_row_once_newest_first(program: Program, bots: list[int], limit: int) -> None:
    pages = list(program.walk(f"bots/?limit={limit}"))
    assert [row["id"] for page in pages for row in page] == bots[::-1]
    assert [len(page) for page in pages[:-1]] == [limit] * (len(pages) - 1)
    assert pages[-1]


def test_rows_that_arrive_during_a_walk_move_nothing(program: Program, bots: list[int]) -> None:
    met = []
    for page in program.walk("bots/?limit=2"):
        met += [row["id"] for row in page]
        Bot.objects.create(name="New", business="Acme")
    assert met == bots[::-1]


def test_rows_that_go_during_a_walk_cost_no_other(program: Program, bots: list[int]) -> None:
    met = []
    for page in program.walk("bots/?limit=2"):
        met += [row["id"] for row in page]
        Bot.objects.filter(pk=met[-1]).delete()
    assert met == bots[::-1]


def test_filters_stay_on_the_way(program: Program, make_conversation: Callable[..., Conversation]) -> None:
    leads = []
    for number in range(5):
        conversation = make_conversation(phone=f"44770090010{number}")
        leads.append(lead_of(conversation.contact, conversation.inbox.bot))
    type(leads[0]).objects.filter(pk__in=[leads[0].pk, leads[2].pk, leads[4].pk]).update(stage="won")
    met = [row["id"] for page in program.walk("leads/?stage=won&limit=1") for row in page]
    assert met == [leads[4].pk, leads[2].pk, leads[0].pk]


def test_an_empty_list_is_a_page(program: Program) -> None:
    assert program.get("bots/").json() == {"results": [], "next": None}


def test_next_is_an_absolute_address(program: Program, bots: list[int]) -> None:
    following = program.get("bots/?limit=3").json()["next"]
    assert following.startswith("http://testserver/api/v1/bots/?limit=3&cursor=")


@pytest.mark.parametrize("limit", ["0", "-1", "201", "1e2", "ten", "", "١", "9" * 30])
def test_no_page_is_larger_than_200_nor_none(program: Program, bots: list[int], limit: str) -> None:
    answer = program.get(f"bots/?limit={limit}")
    refused(answer, 400)
    assert answer.json()["errors"] == {"limit": ["Ask for 1 to 200 rows."]}


@pytest.mark.parametrize(
    "cursor", ["", "x", "5", "YmVmb3JlOng", "YmVmb3JlOi01", "YWZ0ZXI6NQ", "=", "%00", "ü", "YmVmb3JlOj" + "k5" * 60]
)
def test_a_cursor_of_ones_own_making_is_refused(program: Program, bots: list[int], cursor: str) -> None:
    answer = program.get(f"bots/?cursor={cursor}")
    refused(answer, 400)
    assert list(answer.json()["errors"]) == ["cursor"]


@pytest.mark.parametrize(
    "query", ["stage=none", "contact=x", "contact=0", "contact=99999999999999999999", "changed_after=now"]
)
def test_a_filter_that_cannot_be_is_refused(program: Program, query: str) -> None:
    answer = program.get(f"leads/?{query}")
    refused(answer, 400)
    assert list(answer.json()["errors"]) == [query.split("=")[0]]


@pytest.mark.parametrize(
    "path", ["bots", "inboxes", "contacts", "leads", "conversations", "messages", "handoffs", "sources"]
)
def test_a_page_costs_the_same_queries_whatever_its_rows(
    program: Program,
    make_conversation: Callable[..., Conversation],
    member: Callable[..., object],
    django_assert_max_num_queries: Callable[..., object],
    path: str,
) -> None:
    first = furnish(make_conversation, member, 0)
    address = {"messages": f"conversations/{first.pk}/messages/", "sources": "knowledge/sources/"}.get(path, f"{path}/")
    with django_assert_max_num_queries(9) as one:  # type: ignore[attr-defined]
        assert program.get(address).status_code == 200
    for number in range(1, 6):
        furnish(make_conversation, member, number)
    with django_assert_max_num_queries(len(one)):  # type: ignore[attr-defined]
        rows = program.get(address).json()["results"]
    assert len(rows) == {"bots": 1, "inboxes": 1}.get(path, 6)


def furnish(make_conversation: Callable[..., Conversation], member: Callable[..., object], number: int) -> Conversation:
    """A customer with a lead, a handoff and a source, each with a person of its own."""
    conversation = make_conversation(phone=f"44770090020{number}")
    user = member(Role.VENDOR).user  # type: ignore[attr-defined]
    bot = conversation.inbox.bot
    assign(lead_of(conversation.contact, bot), user)
    Conversation.objects.filter(pk=conversation.pk).update(vendor=user)
    conversation.handoffs.create(asked_by="bot", user=user)
    bot.sources.create(title="Hours", text="Nine to five")
    beginning = Conversation.objects.order_by("pk").first()
    assert beginning is not None
    if number:
        Message.objects.create(
            conversation=beginning, inbox=beginning.inbox, direction="out", author="person", user=user, state="sent"
        )
    return conversation
