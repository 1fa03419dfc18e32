"""What the model is told of a conversation."""

from collections.abc import Callable

import pytest

from apps.assistant.services import prepare
from apps.bots.models import Bot
from apps.conversations.models import Conversation, Message
from apps.knowledge.services import add_text, index
from apps.leads.models import Lead
from apps.leads.services import lead_of, mark_asked, save_fields
from apps.llm.base import Said, Voice
from apps.providers.base import ContentKind
from tests.assistant.conftest import Listening
from tests.knowledge.llms import Failing, speak_with

Write = Callable[..., Message]
pytestmark = pytest.mark.usefixtures("llm")


def texts(said: tuple[Said, ...]) -> list[str]:
    return [f"{one.voice}: {one.text}" for one in said]


def test_prompt_names_the_business_and_how_its_bot_is(conversation: Conversation, bot: Bot, hear: Write) -> None:
    bot.persona, bot.language = "Warm and brief.", "es"
    prompt = prepare(conversation, bot, [hear("Buenas")])
    assert (prompt.business, prompt.persona, prompt.language, prompt.region) == (
        "Acme Cycles", "Warm and brief.", "es", "GB",
    )  # fmt: skip
    assert (prompt.said, prompt.unanswered) == ((Said(Voice.CUSTOMER, "Buenas"),), 1)


def test_prompt_has_the_bots_tone_temperature_and_length(conversation: Conversation, bot: Bot, hear: Write) -> None:
    bot.tone, bot.temperature, bot.max_characters = "formal", 0.4, 300
    prompt = prepare(conversation, bot, [hear("Hello")])
    assert (prompt.tone, prompt.temperature, prompt.max_characters) == ("formal", 0.4, 300)


def test_history_has_every_voice_and_ends_with_what_waits(
    conversation: Conversation, bot: Bot, hear: Write, heard: Write, say: Write
) -> None:
    heard("Do you repair bikes?")
    say("We do.")
    say("In what colour?", Message.Author.PERSON)
    say("Call me.", Message.Author.PHONE)
    waiting = [hear("Red"), hear("", kind=ContentKind.IMAGE, content={"media_id": "1"})]
    prompt = prepare(conversation, bot, waiting)
    assert texts(prompt.said) == [
        "customer: Do you repair bikes?",
        "bot: We do.",
        "person: In what colour?",
        "person: Call me.",
        "customer: Red",
        "customer: [photo]",
    ]
    assert prompt.unanswered == 2


def test_what_nobody_said_is_left_out(
    conversation: Conversation, bot: Bot, hear: Write, heard: Write, say: Write
) -> None:
    say("A note about them", Message.Author.NOTE)
    say("Void", state=Message.State.CANCELLED)
    say("Undeliverable", state=Message.State.FAILED)
    hear("", kind=ContentKind.REACTION, content={"target": "x", "emoji": "👍"})
    hear("", kind=ContentKind.SYSTEM, content={"type": "x"})
    heard("", content={"revoked": True})
    late = hear("Came while the turn was read")
    prompt = prepare(conversation, bot, [hear("Hello there")])
    assert texts(prompt.said) == ["customer: Hello there"]
    assert late.answered_at is None


def test_vendors_order_of_what_waits_is_kept(conversation: Conversation, bot: Bot, hear: Write) -> None:
    second, first = hear("second"), hear("first")
    assert texts(prepare(conversation, bot, [first, second]).said) == ["customer: first", "customer: second"]


def test_last_twelve_messages_are_shown(conversation: Conversation, bot: Bot, hear: Write, heard: Write) -> None:
    for number in range(15):
        heard(f"Message {number}")
    said = prepare(conversation, bot, [hear("And now?"), hear("Hello?")]).said
    assert texts(said) == [f"customer: Message {number}" for number in range(5, 15)] + [
        "customer: And now?",
        "customer: Hello?",
    ]


def test_long_burst_is_shown_without_history(conversation: Conversation, bot: Bot, hear: Write, heard: Write) -> None:
    heard("Before")
    prompt = prepare(conversation, bot, [hear(f"Line {number}") for number in range(40)])
    assert (prompt.unanswered, len(prompt.said)) == (30, 30)
    assert (prompt.said[0].text, prompt.said[-1].text) == ("Line 10", "Line 39")


def test_long_texts_are_cut(conversation: Conversation, bot: Bot, hear: Write, heard: Write) -> None:
    heard("h" * 65_536)
    said = prepare(conversation, bot, [hear("w" * 65_536)]).said
    assert said[0].text == "h" * 999 + "…"
    assert said[1].text == "w" * 3999 + "…"


def test_passages_are_found_by_all_that_waits(
    conversation: Conversation, bot: Bot, hear: Write, llm: Listening
) -> None:
    source = index(add_text(bot, title="Repairs", text="We repair every bike."))
    llm.questions.clear()
    prompt = prepare(
        conversation,
        bot,
        [
            hear("Good morning to all of you"),
            hear("Do you mend this one?", kind=ContentKind.IMAGE),
            hear("Repair", kind=ContentKind.CHOICE, content={"id": "7", "title": "Repair"}),
        ],
    )
    assert llm.questions == ["Good morning to all of you\nDo you mend this one?\nRepair"]
    assert [(passage.id, passage.title) for passage in prompt.passages] == [(source.chunks.get().pk, "Repairs")]


def test_brief_question_is_looked_up_with_the_one_before(
    conversation: Conversation, bot: Bot, hear: Write, heard: Write, say: Write, llm: Listening
) -> None:
    index(add_text(bot, title="Hours", text="We open at nine."))
    llm.questions.clear()
    heard("Are you open on Saturday?")
    say("From ten.")
    prepare(conversation, bot, [hear("and on sunday?")])
    prepare(conversation, bot, [hear("How much is a new tyre?")])
    assert llm.questions == ["and on sunday?\nAre you open on Saturday?", "How much is a new tyre?"]


def test_nothing_is_looked_up_without_words(conversation: Conversation, bot: Bot, hear: Write, llm: Listening) -> None:
    index(add_text(bot, title="Hours", text="We open at nine."))
    llm.questions.clear()
    assert prepare(conversation, bot, [hear("", kind=ContentKind.STICKER)]).passages == ()
    assert llm.questions == []


def test_model_that_cannot_embed_does_not_hinder(
    conversation: Conversation, bot: Bot, hear: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    index(add_text(bot, title="Hours", text="We open at nine."))
    speak_with(monkeypatch, Failing("Out of order.", retryable=True))
    passages = prepare(conversation, bot, [hear("When do you open in the morning?")]).passages
    assert [passage.title for passage in passages] == ["Hours"]


def test_what_is_known_of_the_lead_is_told(conversation: Conversation, bot: Bot, hear: Write) -> None:
    save_fields(lead_of(conversation.contact, bot), {"name": "Maya"}, message_id=1)
    prompt = prepare(conversation, bot, [hear("What does a repair cost?")])
    assert prompt.known == {"name": "Maya", "phone": "+447700900123"}
    assert (prompt.wanted, prompt.wanted_after) == ("email", ("location",))


def test_first_look_makes_the_lead(conversation: Conversation, bot: Bot, hear: Write) -> None:
    prepare(conversation, bot, [hear("Hello")])
    assert Lead.objects.get().contact == conversation.contact


@pytest.mark.parametrize(
    ("text", "wanted"), [("Hi there!", None), ("Open today?", "name"), ("I have a bike that squeaks a lot", "name")]
)
def test_first_hello_is_asked_for_nothing(
    conversation: Conversation, bot: Bot, hear: Write, text: str, wanted: str | None
) -> None:
    assert prepare(conversation, bot, [hear(text)]).wanted == wanted


def test_second_hello_is_no_first_one(
    conversation: Conversation, bot: Bot, hear: Write, heard: Write, say: Write
) -> None:
    heard("Hi")
    say("Hello! How can we help?")
    assert prepare(conversation, bot, [hear("Hi there!")]).wanted == "name"


def test_what_was_asked_is_not_wanted_again(conversation: Conversation, bot: Bot, hear: Write, heard: Write) -> None:
    mark_asked(lead_of(conversation.contact, bot), "name", message_id=heard("Hi").pk)
    prompt = prepare(conversation, bot, [hear("What does a repair cost?")])
    assert (prompt.wanted, prompt.wanted_after) == ("email", ("location",))


def test_field_of_the_last_reply_is_the_asked_one(
    conversation: Conversation, bot: Bot, hear: Write, heard: Write, say: Write
) -> None:
    lead = lead_of(conversation.contact, bot)
    mark_asked(lead, "name", message_id=heard("Hi").pk)
    say("What is your name?")
    mark_asked(lead, "email", message_id=heard("Why?").pk)
    say("To greet you. What is your e-mail?")
    assert prepare(conversation, bot, [hear("maya@example.org")]).asked == "email"


def test_field_asked_a_turn_earlier_is_not_the_asked_one(
    conversation: Conversation, bot: Bot, hear: Write, heard: Write, say: Write
) -> None:
    mark_asked(lead_of(conversation.contact, bot), "name", message_id=heard("Hi").pk)
    say("What is your name?")
    heard("What does a repair cost?")
    say("20 euros.")
    assert prepare(conversation, bot, [hear("Thursday")]).asked is None


def test_field_that_is_known_meanwhile_is_not_the_asked_one(
    conversation: Conversation, bot: Bot, hear: Write, heard: Write
) -> None:
    message = heard("Hi")
    lead = mark_asked(lead_of(conversation.contact, bot), "name", message_id=message.pk)
    save_fields(lead, {"name": "Maya"}, message_id=message.pk)
    assert prepare(conversation, bot, [hear("Thursday")]).asked is None


def test_shared_place_is_known_and_not_wanted(conversation: Conversation, bot: Bot, hear: Write) -> None:
    save_fields(lead_of(conversation.contact, bot), {"name": "Maya", "email": "maya@example.org"}, message_id=1)
    pin = hear("Main Square 1, Leeds", kind=ContentKind.LOCATION, content={"latitude": 53.8, "longitude": -1.5})
    prompt = prepare(conversation, bot, [pin])
    assert prompt.shared == {"location": "Main Square 1, Leeds"}
    assert prompt.known["location"] == "Main Square 1, Leeds"
    assert (prompt.wanted, prompt.wanted_after) == (None, ())
    assert Lead.objects.get().missing == ["location"]
