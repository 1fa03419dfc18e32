"""What a program can change beside messages: bots, leads, handoffs, knowledge; and what it cannot."""

import pytest

from apps.bots.models import Bot, BotChange
from apps.conversations.models import Conversation
from apps.core import limits
from apps.handoff.models import Handoff
from apps.handoff.services import open_handoff
from apps.inboxes.models import Inbox
from apps.knowledge.models import Source
from apps.knowledge.services import index
from apps.leads.models import Lead
from apps.work.models import WorkItem
from tests.api.calling import Program
from tests.api.test_access import refused

SECRET = "sk-a-secret-of-the-model-wxyz"


def test_a_bot_is_made_with_what_is_given(program: Program) -> None:
    body = {"name": "Eva", "business": "Acme", "persona": "Be kind", "language": "es", "region": "es", "enabled": False}
    said = program.post("bots/", body).json()
    bot = Bot.objects.get(pk=said["id"])
    assert (bot.name, bot.persona, bot.language, bot.region, bot.enabled) == ("Eva", "Be kind", "es", "ES", False)
    assert (said["tone"], said["provider"], said["max_characters"]) == ("friendly", "offline", 1000)
    change = BotChange.objects.get(bot=bot)
    assert (change.what, str(change.user)) == ("created", "Olga Owner")


def test_a_bot_keeps_what_is_not_given(program: Program, bot: Bot) -> None:
    before = Bot.objects.filter(pk=bot.pk).values().get()
    assert program.patch(f"bots/{bot.pk}/", {"persona": "Be brief"}).status_code == 200
    assert Bot.objects.filter(pk=bot.pk).values().get() == {**before, "persona": "Be brief"}
    assert BotChange.objects.filter(bot=bot, what="changed").get().fields == ["persona"]


def test_a_bot_is_switched_off_and_on(program: Program, bot: Bot) -> None:
    for on in (False, True):
        assert program.patch(f"bots/{bot.pk}/", {"enabled": on}).json()["enabled"] is on
        assert Bot.objects.get(pk=bot.pk).enabled is on


def test_a_bots_key_goes_in_and_never_comes_out(program: Program, bot: Bot) -> None:
    path = f"bots/{bot.pk}/"
    answers = [
        program.patch(path, {"provider": "openai", "model": "gpt", "api_key": SECRET}),
        program.get(path),
        program.get("bots/"),
        program.patch(path, {"name": "Eva"}),
        program.post("bots/", {"name": "Ida", "business": "Acme", "api_key": SECRET}),
        program.patch(path, {"api_key": "secret with spaces"}),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 201, 400]
    assert not [answer for answer in answers if b"secret-of" in answer.content or b'"api_key":"' in answer.content]
    assert answers[0].json()["api_key_last_four"] == answers[1].json()["api_key_last_four"] == "wxyz"
    assert Bot.objects.get(pk=bot.pk).api_key == SECRET
    assert program.patch(path, {"api_key": ""}).json()["api_key_last_four"] == ""
    assert Bot.objects.get(pk=bot.pk).api_key == ""


def test_an_inboxs_token_never_comes_out(program: Program, inbox: Inbox) -> None:
    inbox.token = "EAAG-secret-of-meta-9876"
    inbox.save()
    for path in ("inboxes/", f"inboxes/{inbox.pk}/"):
        answer = program.get(path).content.decode()
        assert "secret-of" not in answer and '"token_last_four":"9876"' in answer


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "a" * 81}, "name"),
        ({"name": {"a": 1}}, "name"),
        ({"business": None}, "business"),
        ({"persona": "a" * 4001}, "persona"),
        ({"persona": "\x00"}, "persona"),
        ({"tone": "rude"}, "tone"),
        ({"language": "xx"}, "language"),
        ({"region": "XX"}, "region"),
        ({"provider": "skynet"}, "provider"),
        ({"provider": "openai"}, "model"),
        ({"temperature": 3}, "temperature"),
        ({"temperature": "warm"}, "temperature"),
        ({"max_characters": 1}, "max_characters"),
        ({"max_characters": 10**30}, "max_characters"),
        ({"enabled": "perhaps"}, "enabled"),
    ],
)
def test_a_bot_is_not_made_of_what_cannot_be(program: Program, bot: Bot, body: dict[str, object], field: str) -> None:
    before = Bot.objects.filter(pk=bot.pk).values().get()
    for answer in (
        program.post("bots/", {"name": "Eva", "business": "Acme", **body}),
        program.patch(f"bots/{bot.pk}/", body),
    ):
        refused(answer, 400)
        assert list(answer.json()["errors"]) == [field]
    assert Bot.objects.count() == 1
    assert Bot.objects.filter(pk=bot.pk).values().get() == before


def test_a_bot_past_the_plan_is_refused(program: Program, bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_allowances", [lambda kind: 1])
    assert "plan" in refused(program.post("bots/", {"name": "Eva", "business": "Acme"}), 409)
    assert Bot.objects.count() == 1


def test_what_is_not_for_programs_to_set_is_ignored(program: Program, bot: Bot, ids: dict[str, int]) -> None:
    forbidden = {"id": 77, "created_at": "2020-01-01T00:00:00Z", "quiet_seconds": 99, "api_key_last_four": "abcd"}
    bots, leads = Bot.objects.filter(pk=bot.pk), Lead.objects.filter(pk=ids["lead"])
    before = bots.values().get(), leads.values("contact_id", "bot_id", "fields", "asked", "vendor_id", "stage").get()
    assert program.patch(f"bots/{bot.pk}/", forbidden).status_code == 200
    body = {"stage": "lost", "vendor": 1, "contact": 0, "bot": 0, "fields": {}, "values": {"name": "X"}, "id": 5}
    assert program.patch(f"leads/{ids['lead']}/", body).status_code == 200
    assert bots.values().get() == before[0]
    assert leads.values("contact_id", "bot_id", "fields", "asked", "vendor_id", "stage").get() == {
        **before[1],
        "stage": "lost",
    }


def test_a_lead_moves_through_the_sale(program: Program, ids: dict[str, int]) -> None:
    said = program.patch(f"leads/{ids['lead']}/", {"stage": "won"}).json()
    assert (said["stage"], said["values"]) == ("won", {"phone": "+447700900123"})
    assert said["missing"] == ["name", "email", "location"]


@pytest.mark.parametrize(
    "body", [{}, {"stage": "assigned"}, {"stage": "capturing"}, {"stage": "sold"}, {"stage": None}, [], "won", None]
)
def test_a_lead_makes_no_move_without_sense(program: Program, ids: dict[str, int], body: object) -> None:
    Lead.objects.update(stage="qualified")
    refused(program.patch(f"leads/{ids['lead']}/", body), 400)
    assert Lead.objects.get(pk=ids["lead"]).stage == "qualified"


def test_a_handoff_opens_once_and_silences_the_bot(program: Program, ids: dict[str, int]) -> None:
    body = {
        "conversation": ids["conversation_without"],
        "reason": "Wants a discount",
        "state": "resolved",
        "asked_by": "bot",
    }
    first, second = (program.post("handoffs/", body) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    handoff = Handoff.objects.get(conversation=ids["conversation_without"])
    assert (handoff.state, handoff.asked_by, handoff.reason, handoff.user) == (
        "pending",
        "person",
        "Wants a discount",
        None,
    )
    assert Conversation.objects.get(pk=ids["conversation_without"]).ai_paused_why == "handoff"


def test_a_handoff_is_resolved_once_and_the_bot_answers_again(program: Program, ids: dict[str, int]) -> None:
    path = f"handoffs/{ids['handoff']}/resolve/"
    said = program.post(path).json()
    assert (said["state"], said["user"]) == ("resolved", None)
    assert Conversation.objects.get(pk=ids["conversation"]).ai_on
    newer = open_handoff(ids["conversation"], asked_by=Handoff.AskedBy.BOT, reason="")
    assert program.post(path).json() == said
    newer.refresh_from_db()
    assert newer.state == "pending"


def test_handoffs_are_found_by_state(program: Program, ids: dict[str, int]) -> None:
    assert [row["id"] for row in program.get("handoffs/?state=pending").json()["results"]] == [ids["handoff"]]
    assert program.get("handoffs/?state=resolved").json()["results"] == []


def test_a_source_is_kept_and_made_due(program: Program, bot: Bot) -> None:
    body = {"bot": bot.pk, "title": "Tea", "text": "Green tea is 3 euros.", "state": "ready", "error": "no", "id": 9}
    said = program.post("knowledge/sources/", body).json()
    assert (said["state"], said["language"], said["error"], said["text"]) == (
        "queued",
        "en",
        "",
        "Green tea is 3 euros.",
    )
    assert WorkItem.objects.filter(kind="knowledge.index", key=str(said["id"])).exists()
    assert "text" not in program.get("knowledge/sources/").json()["results"][0]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "a" * 201}, "title"),
        ({"text": " "}, "text"),
        ({"text": "a" * 200_001}, "text"),
        ({"language": "english"}, "language"),
        ({"bot": 0}, "bot"),
        ({"bot": "x"}, "bot"),
        ({"bot": True}, "bot"),
        ({"bot": 10**40}, "bot"),
    ],
)
def test_a_source_is_not_made_of_what_cannot_be(
    program: Program, bot: Bot, body: dict[str, object], field: str
) -> None:
    answer = program.post("knowledge/sources/", {"bot": bot.pk, "title": "Tea", "text": "Green", **body})
    refused(answer, 400)
    assert list(answer.json()["errors"]) == [field]
    assert Source.objects.count() == 0


def test_a_deleted_source_is_forgotten(program: Program, ids: dict[str, int]) -> None:
    question = {"bot": ids["bot"], "question": "When do you open?"}
    found = program.post("knowledge/ask/", question).json()["passages"]
    assert [(one["source"], one["title"]) for one in found] == [(ids["source"], "Hours")]
    assert program.call("DELETE", f"knowledge/sources/{ids['source']}/").status_code == 204
    assert program.post("knowledge/ask/", question).json() == {"passages": []}
    assert Source.objects.count() == 0


def test_asking_gives_the_best_passages_with_scores_and_writes_nothing(program: Program, bot: Bot) -> None:
    for title, text in (("Hours", "We open at nine."), ("Brakes", "We repair brakes."), ("Tea", "Tea is free.")):
        index(Source.objects.create(bot=bot, title=title, text=text))
    items = WorkItem.objects.count()
    found = program.post("knowledge/ask/", {"bot": bot.pk, "question": "Do you repair brakes?", "limit": 2}).json()[
        "passages"
    ]
    assert len(found) == 2
    assert (found[0]["title"], found[0]["text"]) == ("Brakes", "We repair brakes.")
    assert found[0]["score"] > found[1]["score"] > 0
    assert WorkItem.objects.count() == items


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"question": ""}, "question"),
        ({"limit": 0}, "limit"),
        ({"limit": 21}, "limit"),
        ({"question": "a" * 4001}, "question"),
    ],
)
def test_a_question_that_cannot_be_is_refused(program: Program, bot: Bot, body: dict[str, object], field: str) -> None:
    answer = program.post("knowledge/ask/", {"bot": bot.pk, "question": "Tea?", **body})
    refused(answer, 400)
    assert list(answer.json()["errors"]) == [field]


def test_contacts_are_found_by_identity(program: Program, ids: dict[str, int]) -> None:
    for value in ("447700900123", "%2B447700900123"):
        found = program.get(f"contacts/?identity={value}").json()["results"]
        assert [(one["id"], one["name"], one["phone"]) for one in found] == [
            (ids["contact"], "Maya Lind", "+447700900123")
        ]
    assert program.get("contacts/?identity=4477009001").json()["results"] == []
