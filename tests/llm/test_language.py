"""The customer's language is told from few words, and words of one meaning meet across languages."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from apps.llm.language.concepts import concept_of, tokens
from apps.llm.language.detect import detect
from apps.llm.language.words import fold, stem


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("How much does it cost?", "en"),
        ("opening hours pls", "en"),
        ("¿Cuánto cuesta?", "es"),
        ("cuanto cuesta el envio", "es"),
        ("hola", "es"),
        ("Quanto custa?", "pt"),
        ("vocês entregam em Braga?", "pt"),
        ("bom dia", "pt"),
        ("Bonjour, je voudrais une table", None),
        ("Wie viel kostet das?", None),
        ("Marta", None),
        ("12345", None),
        ("", None),
    ],
)
def test_language_is_told(text: str, language: str | None) -> None:
    assert detect(text) == language


@pytest.mark.parametrize(
    ("words", "concept"),
    [
        (("price", "precio", "preço", "costs", "cuestan", "custam"), "price"),
        (("hours", "horario", "closed", "abren", "fecham"), "hours"),
        (("parking", "aparcamiento", "estacionamento"), "parking"),
        (("refund", "devolución", "reembolso"), "refund"),
    ],
)
def test_words_of_one_meaning_share_a_concept(words: tuple[str, ...], concept: str) -> None:
    assert [concept_of(fold(word), None) for word in words] == [concept] * len(words)


def test_phrase_is_one_word() -> None:
    assert tokens("How much is it, and is the Wi-Fi free?")[0] == "how_much"
    assert "wifi" in tokens("How much is it, and is the Wi-Fi free?")


def test_stemming_from_many_threads_gives_the_same_stems() -> None:
    words = [f"running{number}ly deliveries{number}" for number in range(400)]
    alone = [stem(word + "s", "en") for word in words]
    stem.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda word: stem(word + "s", "en"), words)) == alone
