"""The offline answerer's part in a conversation: greetings, several messages, details, handoff, one question."""

import time

import pytest

from apps.llm.base import Said, Voice
from tests.llm.asking import ask, customer

UNKNOWN = "I'm sorry, I don't have that information, but I can ask a colleague."
HANDOFF = "Of course. A colleague from Pedal & Co will take over and answer you here."
ASKED = "The customer asked for a person."


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("Hello", "Hello! Welcome to Pedal & Co. I'm happy to help with your questions. How can I help you?"),
        (
            "hey there, how are you?",
            "Hello! Welcome to Pedal & Co. I'm happy to help with your questions. How can I help you?",
        ),
        (
            "¡Hola, buenas tardes!",
            "¡Hola! Le damos la bienvenida a Pedal & Co. Con gusto respondo a sus preguntas. ¿En qué puedo ayudarle?",
        ),
        (
            "oi, tudo bem?",
            "Olá! Bem-vindo(a) à Pedal & Co. Terei todo o gosto em ajudar com as suas perguntas. Como posso ajudar?",
        ),
        ("thanks!", "You're welcome! Just write to us here if you need anything else."),
        ("muchas gracias", "¡De nada! Escríbanos aquí si necesita algo más."),
        ("ok bye", "Goodbye, and thank you for writing to Pedal & Co!"),
        ("tchau, até logo", "Até breve, e obrigado por escrever à Pedal & Co!"),
        ("👍", "All right! How can I help you?"),
    ],
)
def test_small_talk_is_answered_without_the_knowledge(text: str, reply: str) -> None:
    found = ask("bike", text)
    assert found.text == reply
    assert (found.knows, found.used, found.handoff, dict(found.fields)) == (True, (), "", {})


def test_bot_says_that_it_is_one() -> None:
    assert ask("bike", "are you a bot?").text == (
        "I'm the automatic assistant of Pedal & Co. I can answer from what the team has written down, "
        "or pass you to a colleague."
    )


def test_messages_of_one_burst_are_answered_together() -> None:
    reply = ask("bike", "Do you repair bikes?", "how much is a flat tyre", "and can I pay by card?", wanted="name")
    assert reply.text == (
        "We repair bikes while you wait.\n\nA flat tyre costs €15.\n\n"
        "You can pay by card, cash or Payconiq.\n\nMay I ask your name?"
    )
    assert reply.asks == "name"


def test_unknown_half_of_a_question_is_named() -> None:
    reply = ask("bike", "Do you repair bikes and pianos?")
    assert reply.text == (
        "We repair bikes while you wait. About “pianos”: I don't have that information, but I can ask a colleague."
    )
    assert not reply.knows


def test_known_halves_are_both_answered() -> None:
    reply = ask("dental", "¿Cuánto cuesta una limpieza y un blanqueamiento?", language="es")
    assert reply.text == "Una limpieza dental cuesta 60 €. El blanqueamiento dental cuesta 250 € y dura una hora."
    assert reply.knows


def test_follow_up_takes_its_subject_from_the_question_before() -> None:
    before = (*customer("Do you rent mountain bikes?"), Said(Voice.BOT, "Yes."))
    assert ask("bike", "how much is it?", before=before).text == "Prices: Mountain bike: €20 per day"


@pytest.mark.parametrize(
    ("text", "asked", "wanted", "reply", "fields"),
    [
        (
            "Priya Natarajan",
            "name",
            "email",
            "Thanks, Priya! Which e-mail address can we reach you at?",
            {"name": "Priya Natarajan"},
        ),
        (
            "priya@example.org",
            "email",
            "phone",
            "Thank you! Which phone number can we reach you on?",
            {"email": "priya@example.org"},
        ),
        (
            "me llamo Lucía",
            "name",
            "location",
            "¡Gracias, Lucía! ¿En qué ciudad o zona se encuentra?",
            {"name": "Lucía"},
        ),
        (
            "moro em Braga",
            "location",
            "phone",
            "Obrigado! Em que número de telefone o podemos contactar?",
            {"location": "Braga"},
        ),
        ("in Utrecht", "location", None, "Thank you! I've noted your details.", {"location": "Utrecht"}),
        ("I'd rather not say", "name", "email", "No problem at all. Which e-mail address can we reach you at?", {}),
    ],
)
def test_details_are_thanked_for_and_nothing_is_quoted(
    text: str, asked: str, wanted: str | None, reply: str, fields: dict[str, str]
) -> None:
    found = ask("bike", text, asked=asked, wanted=wanted)
    assert (found.text, dict(found.fields), found.asks) == (reply, fields, wanted)
    assert (found.used, found.knows) == ((), True)


def test_details_and_a_question_are_both_dealt_with() -> None:
    reply = ask("bike", "Tom. do you have parking?", asked="name", wanted="email")
    assert reply.text == (
        "Thanks, Tom! There is no parking, but the Vrijdagmarkt car park is two minutes away. "
        "Which e-mail address can we reach you at?"
    )
    assert dict(reply.fields) == {"name": "Tom"}


def test_field_that_the_message_gives_is_not_asked_for() -> None:
    reply = ask("bike", "Hi, I'm Tom Okafor", wanted="name")
    assert (reply.text, reply.asks) == ("Thanks, Tom! I've noted your details.", None)


def test_next_field_is_asked_for_when_the_message_gives_the_wanted_one() -> None:
    reply = ask("bike", "Hi, I'm Tom Okafor, tom@example.org", wanted="name", wanted_after=("email", "phone"))
    assert (reply.text, reply.asks) == ("Thanks, Tom! Which phone number can we reach you on?", "phone")


@pytest.mark.parametrize(
    ("texts", "reply"),
    [
        (("can I talk to a human?",), HANDOFF),
        (("Do you repair bikes?", "and please call me back"), f"We repair bikes while you wait. {HANDOFF}"),
    ],
)
def test_wish_for_a_person_hands_off_and_asks_nothing(texts: tuple[str, ...], reply: str) -> None:
    found = ask("bike", *texts, wanted="name")
    assert (found.text, found.handoff, found.asks) == (reply, ASKED, None)


def test_yes_to_the_offer_of_a_colleague_hands_off() -> None:
    before = (*customer("Do you repair pianos?"), Said(Voice.BOT, f"{UNKNOWN} May I ask your name?"))
    found = ask("bike", "yes please", before=before, asked="name")
    assert (found.text, found.handoff) == (HANDOFF, ASKED)


def test_yes_to_anything_else_does_not_hand_off() -> None:
    found = ask("bike", "yes please", before=(Said(Voice.BOT, "A flat tyre costs €15."),))
    assert found.handoff == ""


def test_nothing_is_asked_when_the_customer_leaves() -> None:
    found = ask("bike", "Thanks, bye!", wanted="email")
    assert (found.text, found.asks) == ("Goodbye, and thank you for writing to Pedal & Co!", None)


def test_complaint_is_taken_without_a_quotation() -> None:
    found = ask("bakery", "My croissant was cold yesterday")
    assert found.text == "Thank you for telling me. I can pass it on to a colleague."
    assert (found.used, found.knows) == ((), True)


def test_reply_is_in_the_customers_language_and_the_quotation_as_written() -> None:
    found = ask("bakery", "Olá! Quanto custa o bolo de cenoura vegano?", wanted="email")
    assert found.text == (
        "Olá! Our vegan carrot cake costs €24 for eight people and must be ordered two days ahead. "
        "Para que e-mail podemos escrever-lhe?"
    )


def test_language_we_do_not_speak_falls_back_to_the_bots_own() -> None:
    found = ask("dental", "Hallo, was kostet eine Zahnreinigung?", language="es")
    assert found.text == "¡Hola! Lo siento, no tengo esa información, pero puedo preguntar a un compañero."


@pytest.mark.parametrize("text", ["", "   ", "???", "🤷", "a" * 20_000, ",. " * 5000, "١٢٣", "\x00"])
def test_odd_messages_get_a_short_reply(text: str) -> None:
    found = ask("bike", text, wanted="name")
    assert found.text.endswith("May I ask your name?")
    assert len(found.text) < 200
    assert dict(found.fields) == {}


@pytest.mark.parametrize(
    "text",
    [
        "👍" * 2000 + " x",
        "\n" * 4000,
        "1-" * 2000,
        "I'm in " * 600,
        "my name is " * 400,
        "ok " * 1300,
        "a@b." * 1000,
        "do you " * 570,
        "regards, " * 440,
        "is the " * 570,
        "ab@cd.com sorry " * 250,
        "+44 7911 123456 " * 250,
        "cuanto cuesta " * 280,
        " ".join(f"w{number}zq" for number in range(600)),
    ],
)
def test_no_message_takes_long(text: str) -> None:
    ask("bike", "Hi", region="GB")  # what is read once for all messages does not count
    started = time.process_time()
    ask("bike", text, asked="name", wanted="email", region="GB")
    assert time.process_time() - started < 1
