"""Questions with answers, and lists of products, each found as one."""

import pytest
from django.core.exceptions import ValidationError

from apps.bots.models import Bot
from apps.knowledge.models import Chunk, Page, Source
from apps.knowledge.search import search
from apps.knowledge.services import add_products, add_questions, index


def texts() -> list[str]:
    return list(Chunk.objects.order_by("page__number", "position").values_list("text", flat=True))


def test_each_pair_is_a_piece_of_its_own(bot: Bot) -> None:
    pairs = "Do you deliver?\nYes, within 10 km.\n\nCan I pay by card?\nYes, all cards.\nAlso by phone."
    source = index(add_questions(bot, title="FAQ", pairs=pairs))
    assert (source.state, source.kind) == ("ready", "questions")
    assert texts() == ["Do you deliver?\nYes, within 10 km.", "Can I pay by card?\nYes, all cards.\nAlso by phone."]
    assert search(bot, "card payment")[0].text.startswith("Can I pay by card?")


def test_marked_answers_may_have_empty_lines(bot: Bot) -> None:
    index(
        add_questions(bot, title="FAQ", pairs="Q: Hours?\nA: Nine to five.\n\nNever on Sunday.\nP: ¿Tarjeta?\nR: Sí.")
    )
    assert texts() == ["Hours?\nNine to five.\n\nNever on Sunday.", "¿Tarjeta?\nSí."]


@pytest.mark.parametrize(
    ("pairs", "why"),
    [
        ("", "“FAQ” has no questions."),
        ("Only a question?", "The question “Only a question?” has no answer below it."),
        ("Q:\nA: Yes.", "The answer “Yes.” has no question above it."),
        ("Hello\nQ: Why?\nA: So.", "“Hello” stands above the first question."),
        ("x" * 301 + "\nYes.", "is too long: a question may have 300 characters"),
        ("\n\n".join(f"Why {n}?\nSo." for n in range(1001)), "There are 1,001 pairs, and a source may have 1,000."),
    ],
)
def test_what_are_no_pairs_is_refused(bot: Bot, pairs: str, why: str) -> None:
    with pytest.raises(ValidationError) as refused:
        add_questions(bot, title="FAQ", pairs=pairs)
    assert why in refused.value.messages[0] and not Source.objects.exists()


def test_each_product_is_a_piece_of_its_own(bot: Bot) -> None:
    data = "Name;Price;Colour\nRye loaf;4,20 €;dark\nBaguette;2,10 €;\n".encode()
    index(add_products(bot, title="Bread", data=data))
    assert texts() == ["Rye loaf\nPrice: 4,20 €\nColour: dark", "Baguette\nPrice: 2,10 €"]
    assert search(bot, "How much is a baguette?")[0].text.startswith("Baguette")


def test_many_products_are_read_in_batches_and_the_limit_is_named(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.knowledge.book.MOST_ROWS", 120)
    data = "name,price\n" + "\n".join(f"Bread {n},{n}.00" for n in range(130))
    index(add_products(bot, title="Bread", data=data.encode()))
    assert Chunk.objects.count() == 120 and Page.objects.filter(state="read").count() == 3
    assert Page.objects.get(problem="most_rows").why == "This and what follows was left out (limit: 120 rows)."


def test_a_row_without_a_name_is_told(bot: Bot) -> None:
    index(add_products(bot, title="Bread", data=b"name,price\n,4\nRye,5\n"))
    assert [page.why for page in Page.objects.filter(state="left_out")] == ["Row 2 names no product."]
    assert texts() == ["Rye\nprice: 5"]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "The file has no products"),
        (b"name,price", "The file has no products"),
        (b"PK\x03\x04\x00\x00", "This is no CSV file."),
        (b"x" * 2_000_001, "The file is larger than 2 MB."),
    ],
)
def test_what_is_no_list_is_refused(bot: Bot, data: bytes, why: str) -> None:
    with pytest.raises(ValidationError) as refused:
        add_products(bot, title="Bread", data=data)
    assert why in refused.value.messages[0] and not Source.objects.exists()


def test_letters_of_a_spreadsheet_on_windows_are_read(bot: Bot) -> None:
    index(add_products(bot, title="Pan", data="nombre;precio\nPiñata;3 €".encode("cp1252")))
    assert texts() == ["Piñata\nprecio: 3 €"]
