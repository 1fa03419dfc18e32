"""S34 and S35: over the wire. A model server that calls every tool there is not, points at other people's rows and
asks fifty times moves only its own conversation; and what it is sent holds no secret.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings

from apps import tenants
from apps.bots.models import Bot
from apps.conversations.models import Conversation, Message
from apps.core import http
from apps.dialogue.models import Turn
from apps.handoff.models import Handoff
from apps.leads.models import Lead
from apps.llm.openai import dialects
from apps.llm.openai.dialects import Dialect, Output
from tests.furnished import Outside, rows
from tests.llm.server import Answer, Server, replied, said, serve
from tests.security.conftest import Furniture
from tests.security.talking import says, work

KEY = "sk-canary-of-the-model"


@pytest.fixture(params=Output)
def server(
    request: pytest.FixtureRequest, acme: Furniture, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Server]:
    """Acme's bot asks a server on the loopback, in each of the ways in which answers can be asked for."""
    monkeypatch.setattr(http, "request", Outside().request)
    monkeypatch.setattr(dialects, "DIALECTS", {"127.0.0.1": Dialect(output=request.param)})
    with serve([said(replied())]) as running:
        settings.OPENAI_BASE_URL = running.base_url
        settings.HTTP_TRUSTED_HOSTS = [running.base_url.removeprefix("http://").removesuffix("/v1")]
        with tenants.enter(acme.business.workspace):
            bot = Bot.objects.get(pk=acme.business.bot.pk)
            bot.provider, bot.model, bot.api_key = "openai", "small-model", KEY
            bot.save()
        yield running


def calls(answer: str, theirs: Furniture) -> Answer:
    """The answer asked for, among fifty calls of other things."""
    wishes = [
        ("run_sql", {"query": "UPDATE leads_lead SET stage='won'"}),
        ("handoff.resolve", {"conversation_id": theirs.conversation.pk}),
        ("leads.save_fields", {"lead_id": theirs.lead.pk, "fields": {"name": "Eve", "stage": "won"}}),
        ("send_message", {"to": "447700900222", "text": "You won"}),
        ("http_get", {"url": "http://169.254.169.254/latest/meta-data/"}),
    ] * 10
    tools = [
        {"id": str(place), "type": "function", "function": {"name": name, "arguments": json.dumps(given)}}
        for place, (name, given) in enumerate(wishes)
    ]
    mine = {"id": "0", "type": "function", "function": {"name": "answer_customer", "arguments": answer}}
    return said(answer, message={"tool_calls": [mine, *tools]})


def hostile(theirs: Furniture) -> str:
    """Every key that nobody asked for, ids of somebody else's rows, and fields that nobody said."""
    return replied(
        reply="Hello!",
        fields={
            "name": "Eve Intruder",
            "email": "eve@thief.example",
            "phone": "+447700900222",
            "location": None,
            "stage": "won",
            "vendor_id": 1,
        },
        used_passages=[1, theirs.source, 2**62],
        asks="password",
        conversation_id=theirs.conversation.pk,
        lead_id=theirs.lead.pk,
        actions=[{"action": "handoff.resolve", "params": {"conversation": theirs.conversation.pk}}],
        effects=[{"action": "leads.save_fields", "params": {"fields": {"stage": "won"}}}],
        amount=-1,
        url="http://127.0.0.1:6379/",
    )


def test_fifty_calls_move_nothing_but_the_answer(acme: Furniture, theirs: Furniture, server: Server) -> None:
    server.answers[:] = [calls(hostile(theirs), theirs)]
    foreign = rows(theirs.business.workspace)
    turn = says(acme, "Hello, do you open on Sunday?")
    assert turn is not None and turn.outcome == "answered"
    with tenants.enter(acme.business.workspace):
        lead = Lead.objects.get(pk=acme.lead.pk)
        replies = Message.objects.filter(pk__in=turn.replies)
        assert [(one.text, one.conversation_id) for one in replies] == [("Hello!", acme.conversation.pk)]
        assert (lead.stage, lead.vendor_id, lead.asked) == ("capturing", None, {})
        assert set(lead.fields) <= {"name", "phone"}
        assert lead.value("name") == f"Maya {acme.business.canary}"
        assert Handoff.objects.count() == 0
        assert Conversation.objects.count() == 1
    assert rows(theirs.business.workspace) == foreign


def test_calls_without_an_answer_are_no_answer(acme: Furniture, theirs: Furniture, server: Server) -> None:
    """Only tools that there are not: the customer is told, and people get the conversation."""
    wish = {"id": "0", "type": "function", "function": {"name": "run_sql", "arguments": '{"query": "DROP TABLE"}'}}
    server.answers[:] = [said(None, message={"tool_calls": [wish] * 50})]
    foreign = rows(theirs.business.workspace)
    assert says(acme, "Hello, do you open on Sunday?") is None
    work(acme, [acme.conversation.pk], times=3)
    with tenants.enter(acme.business.workspace):
        assert list(Turn.objects.values_list("outcome", flat=True)) == ["model_failed"]
        assert Handoff.objects.count() == 1
    chats = [path for path, _, _ in server.asked if path.endswith("/chat/completions")]
    assert len(chats) == 6  # two tries of each of three turns: calls cannot ask for more calls
    assert rows(theirs.business.workspace) == foreign


def test_what_the_server_is_sent_holds_no_secret(acme: Furniture, theirs: Furniture, server: Server) -> None:
    says(acme, "Hello, do you open on Sunday?")
    assert [headers["authorization"] for _, headers, _ in server.asked] == [f"Bearer {KEY}"] * len(server.asked)
    told = json.dumps([[path, body] for path, _, body in server.asked])
    shown = json.dumps([{**headers, "authorization": ""} for _, headers, _ in server.asked])
    database = django_settings.DATABASES["default"]
    secrets = [
        *(KEY, acme.business.token, acme.business.secret, f"verify-{acme.business.canary}", theirs.business.canary),
        *(django_settings.SECRET_KEY, *django_settings.FIELD_ENCRYPTION_KEYS, acme.api_key.digest),
        *(acme.invitation.digest, acme.business.owner.user.email, acme.business.hook.key),
        *filter(None, (str(database["PASSWORD"]), django_settings.OPENAI_API_KEY)),
    ]
    assert acme.business.canary in told
    assert [secret for secret in secrets if secret in told + shown] == []
