"""Photos, voice messages, places and stickers get an honest word; words beside them are answered."""

import pytest

from apps.llm.base import Said, Voice
from tests.llm.asking import ask, customer

PICTURE = "Thank you! I can't look at photos or videos yet. Could you write to me what it is about?"
PLACE = "Thank you, I've noted the place. May I ask your name?"


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("[photo]", PICTURE),
        ("[video] this one", PICTURE),
        (
            "[voice message]",
            "Thank you! I can't listen to voice messages yet. Could you write it to me, please?",
        ),
        ("[audio]", "Thank you! I can't listen to voice messages yet. Could you write it to me, please?"),
        (
            "[document: offer [1].pdf]",
            "Thank you! I can't open files yet. Could you write to me what it is about?",
        ),
        (
            "[contact card]",
            "Thank you! I can't open contact cards yet. Could you write the name and the number to me, please?",
        ),
        (
            "[message that cannot be shown]",
            "I'm sorry, I couldn't read your message. Could you write it to me in words, please?",
        ),
        (
            "[empty message]",
            "I'm sorry, I couldn't read your message. Could you write it to me in words, please?",
        ),
    ],
)
def test_what_cannot_be_opened_is_said_and_words_are_asked_for(text: str, reply: str) -> None:
    found = ask("bike", text, wanted="name")
    assert (found.text, found.asks, found.knows, found.used) == (reply, None, True, ())


def test_caption_is_answered() -> None:
    found = ask("bike", "[photo] how much for a flat tyre?")
    assert found.text == "A flat tyre costs €15."


def test_question_beside_a_photo_is_answered() -> None:
    assert ask("bike", "[photo]", "how much for a flat tyre?").text == "A flat tyre costs €15."


def test_caption_without_an_answer_says_that_the_photo_was_not_seen() -> None:
    found = ask("bike", "[photo] can you fix this piano?")
    assert found.text == (
        "I can't look at what you sent yet. I'm sorry, I don't have that information, but I can ask a colleague."
    )
    assert not found.knows


@pytest.mark.parametrize(
    ("text", "place"),
    [("[location: Main Square 1, Leeds]", "Main Square 1, Leeds"), ("[location: 53.80, -1.54]", "53.80, -1.54")],
)
def test_place_is_thanked_for_and_noted(text: str, place: str) -> None:
    found = ask("bike", text, wanted="location", wanted_after=("name",))
    assert (found.text, dict(found.fields), found.asks) == (PLACE, {"location": place}, "name")


def test_order_is_offered_to_a_colleague() -> None:
    found = ask("bike", "[order: 2 x helmet-1]")
    assert found.text == "Thank you for your order! I can't confirm it myself, but I can pass it on to a colleague."
    assert ask("bike", "yes please", before=(Said(Voice.BOT, found.text),)).handoff != ""


def test_form_gives_its_fields_and_asks_nothing() -> None:
    found = ask("bike", "[form] Name: Marta Vega\nEmail: m@example.org\nColour: blue")
    assert dict(found.fields) == {"name": "Marta Vega", "email": "m@example.org"}
    assert (found.knows, found.used) == (True, ())


def test_sticker_gets_a_smile() -> None:
    assert ask("bike", "[sticker]").text == "🙂"


def test_placeholder_is_answered_in_the_language_spoken_so_far() -> None:
    before = (*customer("hola, ¿cuánto cuesta una bicicleta?"), Said(Voice.BOT, "€12"))
    assert ask("bike", "[photo]", before=before).text == (
        "¡Gracias! Todavía no puedo ver fotos ni vídeos. ¿Me puede escribir de qué se trata?"
    )


def test_words_in_brackets_are_no_placeholder() -> None:
    assert ask("bike", "[question] how much for a flat tyre?").text == "A flat tyre costs €15."
