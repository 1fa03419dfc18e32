"""Two workspaces live side by side, and everything that leaves either is searched for words of the other.

Each search is of a place where the house's own words are found, so that a search that looks nowhere fails.
"""

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import pytest
from channels.layers import get_channel_layer
from django.conf import settings as django_settings
from django.core import mail
from django.test import Client

from apps import tenants
from apps.accounts.models import Role
from apps.live.audience import LOOK
from apps.tenants.models import Workspace
from apps.work import kinds
from apps.work.models import Rate, Shared, WorkItem
from apps.work.relay import Relay
from celery_app import app as celery
from tests.api.calling import OPERATIONS, Program, fill
from tests.canaries.conftest import FAR, Town
from tests.canaries.life import live
from tests.canaries.town import House
from tests.live.sockets import opened, run
from tests.security.conftest import again
from tests.security.routes import PUBLIC, WORKSPACE, address
from tests.web_chat.chats import Browser

#: What else is asked of pages that search or filter.
QUERIES = {"": "q=canary&show=unread", "leads/": "stage=capturing", "notices/": "page=1"}
#: Ids of the second house's rows; a page of the first that holds one knows of it.
FOREIGN_ID = re.compile(rf"\b{FAR // 1000}\d{{3}}\b")


def browser_of(house: House, role: Role) -> Client:
    client = Client()
    client.force_login(house.members[role].user, backend=django_settings.AUTHENTICATION_BACKENDS[0])
    return client


def words_of(answer: Any) -> str:
    """Headers and body of an answer as one text to search; bytes of a picture as far as they are text."""
    return f"{answer.headers}\n{answer.content.decode(errors='replace')}"


def addresses(house: House, ids: dict[str, int]) -> Iterator[str]:
    """Every address that somebody of this house can ask for, inside and outside of it."""
    slug = house.workspace.slug
    for pattern, row in WORKSPACE.items():
        path = address("config.urls_workspace", pattern, slug=slug, ids=ids)
        yield from (f"{path}?{query}" for query in {row.query, QUERIES.get(pattern, "")})
    for pattern in PUBLIC:
        if "<str:token>" not in pattern and not pattern.startswith("accounts/google"):
            yield address("config.urls", pattern, slug=slug, ids=ids)


def pages(client: Client, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    """What this browser is answered there."""
    for path in paths:
        yield path, words_of(again(client).get(path))


@pytest.mark.slow
@pytest.mark.parametrize("role", Role)
def test_no_page_no_line_of_the_log_and_nothing_remembered_holds_anything_of_the_other(town: Town, role: Role) -> None:
    """As everybody who belongs to one, asked for with the ids of both."""
    live(town)
    for house, foreign in town.pairs:
        own, foreigns = (dict.fromkeys(addresses(house, one.furniture.ids)) for one in (house, foreign))
        own_pages = 0
        for path, answer in pages(browser_of(house, role), own | foreigns):
            assert foreign.foreign_words_in(answer) == [], path
            shown = [secret for secret in house.secrets if secret in answer]
            if role in (Role.OWNER, Role.ADMIN) and "/inboxes/" in path:
                shown = [one for one in shown if one != f"verify-{house.canary}"]  # they paste it at Meta
            assert shown == [], path
            if house is town.houses[0] and path in own and "/w/" in path:
                assert FOREIGN_ID.findall(answer) == [], path
            own_pages += house.canary in answer
        assert own_pages >= 15
        Program(None, house.api_token).get("bots/")
    no_line_of_the_log_holds_a_word_of_either(town)
    nothing_that_processes_remember_together_holds_a_word_of_either(town)


def no_line_of_the_log_holds_a_word_of_either(town: Town) -> None:
    lines = town.log.getvalue()
    assert "Not Found" in lines  # it was listened to
    for house in town.houses:
        words = [word for word in house.foreign_words_in(lines) if word != house.workspace.schema_name]
        assert words == []


def nothing_that_processes_remember_together_holds_a_word_of_either(town: Town) -> None:
    with tenants.enter(None):
        kept = [*Rate.objects.values_list("digest", "most"), *Shared.objects.values_list("digest", "value")]
    assert len(kept) >= 2
    for entry in kept:
        assert [house.workspace.slug for house in town.houses if house.foreign_words_in(str(entry))] == []


def test_no_page_of_the_staff_shows_a_secret(town: Town) -> None:
    """Staff see of both houses what running the installation needs; never what opens anything."""
    live(town)
    staff = town.houses[0].members[Role.OWNER].user
    type(staff).objects.filter(pk=staff.pk).update(is_staff=True, is_superuser=True)
    client, seen = Client(), 0
    client.force_login(staff, backend=django_settings.AUTHENTICATION_BACKENDS[0])
    for house in town.houses:
        for pattern in PUBLIC:
            if pattern.startswith("admin/"):
                path = address("config.urls", pattern, slug="acme", ids=house.furniture.ids)
                answer = words_of(again(client).get(path))
                found = [one for each in town.houses for one in each.secrets if one in answer]
                assert found == [], path
                seen += house.canary in answer
    assert seen >= 6


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_no_answer_of_the_api_holds_anything_of_the_other(town: Town, operation: Any) -> None:
    """Each house's key, with the ids of both."""
    for house, foreign in town.pairs:
        program = Program(None, house.api_token)
        for ids in (house, foreign):
            named = {word.removesuffix("s"): pk for word, pk in ids.furniture.ids.items()}
            named |= {"inbox": ids.furniture.ids["inboxes"], "conversation_without": ids.furniture.conversation.pk}
            body = fill(operation.body, named)
            answer = words_of(program.call(operation.method, operation.path.format(**named), body))
            assert foreign.foreign_words_in(answer) == []
            assert [secret for secret in house.secrets if secret in answer] == []
            if ids is house and operation.method == "GET":
                assert house.canary in answer or operation.path.startswith("handoffs"), answer


def test_no_visitor_of_a_website_sees_anything_of_the_other_or_of_the_house_itself(town: Town) -> None:
    for house, foreign in town.pairs:
        visitor = Browser(house.widget_key, site=f"https://{house.canary}.example")
        hello = json.dumps(visitor.hello())
        stranger = Browser(house.widget_key, site=f"https://{foreign.canary}.example")
        assert house.canary in hello  # the title and the greeting are for everybody
        for answer in (hello, json.dumps(visitor.history()), words_of(stranger.get("hello"))):
            assert foreign.canary not in answer or answer == words_of(stranger.get("hello"))
            assert [secret for secret in (*house.secrets, *foreign.secrets) if secret in answer] == []
            assert house.furniture.business.number not in answer
        stolen = Browser(foreign.widget_key, site=f"https://{foreign.canary}.example", token=visitor.token)
        assert stolen.get("messages").status_code == 401


def test_no_socket_hears_and_no_push_says_anything_of_the_other(
    town: Town, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was pushed while both lived is sent to open pages of every role of both."""
    live(town)
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    settings.ALLOWED_HOSTS = ["localhost"]
    monkeypatch.setattr("channels.db.close_old_connections", lambda: None)
    pushed = [(groups, payload) for groups, payload in town.pushed if payload["type"] != LOOK]
    first, second = (house.workspace.schema_name for house in town.houses)
    assert {group.partition(".")[0] for groups, _ in pushed for group in groups} == {first, second}
    for groups, payload in pushed:
        (schema,) = {group.partition(".")[0] for group in groups}
        ids = [value for name, value in payload.items() if name in ("id", "conversation") and value is not None]
        assert all((int(one) >= FAR) == (schema == second) for one in ids), payload
        for house in town.houses:
            assert house.foreign_words_in(json.dumps(payload)) == []
    browsers = [(house, browser_of(house, role)) for house in town.houses for role in Role]

    async def scene() -> list[list[dict[str, Any]]]:
        layer: Any = get_channel_layer()
        lines = [await opened(browser, f"/w/{house.workspace.slug}/live/") for house, browser in browsers]
        for groups, payload in pushed[-40:]:
            for group in groups:
                await layer.group_send(group, {"type": "live.push", "text": json.dumps(payload)})
        heard: list[list[dict[str, Any]]] = []
        for line in lines:
            heard.append([await line.hear()])
            while not await line.receive_nothing(timeout=0.05):
                heard[-1].append(await line.hear())
            await line.leave()
        return heard

    for (house, _), said in zip(browsers, run(scene), strict=True):
        ids = [one["id"] for one in said if "id" in one]
        assert ids, house.workspace
        assert all((int(one) >= FAR) == (house is town.houses[1]) for one in ids)


def test_no_prompt_holds_anything_of_the_other_or_a_secret(town: Town) -> None:
    live(town)
    for house, foreign in town.pairs:
        mine = [(bot, prompt) for schema, bot, prompt in town.told.told if schema == house.workspace.schema_name]
        assert len(mine) >= 3
        for bot, prompt in mine:
            assert house.canary in bot and house.canary in repr(prompt)
            assert foreign.foreign_words_in(repr(prompt) + bot) == []
            assert [secret for secret in house.secrets if secret in repr(prompt)] == []


def test_nothing_that_leaves_the_building_carries_anything_of_the_other(town: Town) -> None:
    live(town)
    for house, foreign in town.pairs:
        mine = [one for one in town.outside.asked if one.schema == house.workspace.schema_name]
        assert len(mine) >= 3
        for one in mine:
            assert f"/{house.furniture.business.number}/" in one.url
            assert one.token == house.furniture.business.token
            assert foreign.foreign_words_in(town.outside.said_of(one)) == []
            assert [secret for secret in house.secrets if secret in json.dumps([one.url, one.body])] == []
    assert {one.schema for one in town.outside.asked} == {house.workspace.schema_name for house in town.houses}


def test_no_e_mail_tells_anything_of_the_other(town: Town) -> None:
    live(town)
    Client().post("/accounts/login/", {"email": town.houses[0].members[Role.VENDOR].user.email})
    for house, foreign in town.pairs:
        mine = [one for one in mail.outbox if any(house.canary in reader for reader in one.to)]
        assert len(mine) >= 3
        for one in mine:
            whole = one.message().as_string() + one.body + "".join(str(part[0]) for part in one.alternatives)  # type: ignore[attr-defined]
            assert foreign.foreign_words_in(whole) == []
            told = [secret for secret in house.secrets if secret in whole]
            assert told in ([], [house.invitation_token])  # whose e-mail brings it
    assert all(any(house.canary in one.to[0] for house in town.houses) for one in mail.outbox)


def test_every_item_of_work_and_every_ring_names_ids_and_nothing_else(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    live(town)
    items = list(WorkItem.objects.select_related("workspace"))
    assert {one.workspace_id for one in items} == {house.workspace.pk for house in town.houses}
    for one in items:
        for house in town.houses:
            assert house.foreign_words_in(f"{one.kind} {one.key} {one.error} {one.slot}") == []
        if one.kind in ("dialogue.take_turns", "conversations.deliver", "knowledge.index") and one.key != "9000000":
            assert (int(one.key) >= FAR) == (one.workspace_id == town.houses[1].workspace.pk)
    rung: list[tuple[Any, Any]] = []
    monkeypatch.setattr(celery, "send_task", lambda name, **options: rung.append((name, options)))
    relay = Relay()
    monkeypatch.setattr(relay, "line", Line())
    relay.publish({kind: 2 for kind in kinds.all_kinds()}, {kind.queue: 100 for kind in kinds.all_kinds()})
    assert {name for name, _ in rung} == {kind.name for kind in kinds.all_kinds()}
    for _, options in rung:
        assert set(options) == {"queue", "expires", "producer", "retry"}  # no arguments: a ring says nothing


class Line:
    """A line to a broker with nothing in its queues."""

    @property
    def channel(self) -> "Line":
        """Itself."""
        return self

    client = channel

    def batch(self) -> AbstractContextManager[None]:
        """Nothing is put together."""
        return nullcontext()

    def llen(self, queue: str) -> int:
        """Nothing waits."""
        return 0

    def lindex(self, queue: str, place: int) -> None:
        """No ring lies there."""


def test_every_file_lies_in_its_own_houses_directory(town: Town) -> None:
    files = [path for path in town.media.rglob("*") if path.is_file()]
    assert len([path for path in files if path.parent.name == "logo"]) == 2
    assert {path.parent.name for path in files} <= {"logo", "knowledge"}  # programs of other tests upload some
    assert {path.relative_to(town.media).parts[0] for path in files} == {
        house.workspace.schema_name for house in town.houses
    }
    for house in town.houses:
        workspace = Workspace.objects.get(pk=house.workspace.pk)
        assert (town.media / workspace.logo).is_file()
        assert workspace.logo.startswith(f"{house.workspace.schema_name}/")
        for other in town.houses:
            assert [one for one in other.own if one in workspace.logo and one != house.workspace.schema_name] == []


def test_a_page_that_breaks_shows_nothing_of_either(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the words of both houses in the error."""

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError(" ".join(word for house in town.houses for word in (*house.own, *house.secrets)))

    monkeypatch.setattr("apps.panel.queries.listing", fail)
    for house in town.houses:
        client = browser_of(house, Role.OWNER)
        client.raise_request_exception = False
        answer = client.get(f"/w/{house.workspace.slug}/")
        assert answer.status_code == 500
        for one in town.houses:
            assert one.foreign_words_in(words_of(answer)) == []


def test_the_search_finds_what_is_planted(town: Town) -> None:
    """The engine itself: a word of the other that does cross is found in every form it travels in."""
    mine, foreign = town.houses
    with tenants.enter(mine.workspace):
        mine.furniture.business.bot.name = f"Ada {foreign.canary}"
        mine.furniture.business.bot.save()
    path = f"/w/{mine.workspace.slug}/bots/?"
    assert path in set(addresses(mine, mine.furniture.ids))
    ((_, page),) = pages(browser_of(mine, Role.OWNER), [path])
    assert foreign.foreign_words_in(page) == [foreign.canary]
    answer = Program(None, mine.api_token).get("bots/")
    assert foreign.foreign_words_in(words_of(answer)) == [foreign.canary]
    live(town)
    assert any(
        foreign.foreign_words_in(bot) for schema, bot, _ in town.told.told if schema == mine.workspace.schema_name
    )
