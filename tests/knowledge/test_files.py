"""PDF and Word files become knowledge; what cannot be read is named, and nothing hangs."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage

from apps.bots.models import Bot
from apps.bots.services import copy_bot, delete_bot
from apps.knowledge import book, files, tasks
from apps.knowledge.extraction import reader
from apps.knowledge.extraction.problems import TOO_MUCH_MEMORY, TOO_SLOW, Unreadable
from apps.knowledge.models import Chunk, Page, Source
from apps.knowledge.search import search
from apps.knowledge.services import add_file, index, remove
from apps.work.models import WorkItem
from tests.knowledge.documents import docx, pdf, zip_bomb


def upload(bot: Bot, name: str, data: bytes, title: str = "") -> Source:
    return index(add_file(bot, title=title, name=name, data=data))


def kept(media: Path) -> list[Path]:
    return [path for path in media.rglob("*") if path.is_file()]


def test_a_pdf_is_read_page_by_page(bot: Bot, media: Path) -> None:
    source = upload(bot, "Prices.pdf", pdf("A haircut costs 30 euros.", "Colouring costs 80 euros."))
    assert (source.state, source.title, source.file_name) == ("ready", "Prices.pdf", "Prices.pdf")
    assert [(c.page.number, c.text) for c in Chunk.objects.select_related("page").order_by("page__number")] == [
        (1, "A haircut costs 30 euros."),
        (2, "Colouring costs 80 euros."),
    ]
    assert search(bot, "What is colouring?")[0].text == "Colouring costs 80 euros."
    (file,) = kept(media)
    assert file.parent.name == "knowledge" and "Prices" not in file.name


def test_a_word_file_keeps_headings_lists_and_tables(bot: Bot) -> None:
    data = docx(
        ("Heading 1", "Prices"), ("Normal", "All with a smile."), ("List Bullet", "Cash"), ("List Bullet", "Card"),
        table=(("Cut", "Price"), ("Haircut", "30 €"), ("Beard", "15 €")),
    )  # fmt: skip
    upload(bot, "prices.docx", data)
    chunk = Chunk.objects.get()
    assert chunk.text == "## Prices\nAll with a smile.\n\n- Cash\n- Card\n- Haircut: 30 €\n- Beard: 15 €"
    assert chunk.headings == "Prices"


def test_a_long_word_file_is_read_in_parts(bot: Bot) -> None:
    blocks = [block for n in range(20) for block in (("Heading 1", f"Chapter {n}"), ("Normal", f"Number {n}. " * 90))]
    upload(bot, "book.docx", docx(*blocks))
    assert Page.objects.filter(state="read").count() > 3


def test_a_pdf_of_500_pages_is_read_up_to_its_limit_which_is_named(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book, "MOST_FILE_PAGES", 30)
    source = upload(bot, "long.pdf", pdf(*[f"Page number {n} of them." for n in range(1, 501)]))
    assert source.state == "ready"
    assert Page.objects.filter(state="read").count() == 30
    assert Page.objects.get(problem="most_pages").why == "This and what follows was left out (limit: 30 pages)."


def test_a_pdf_that_asks_for_a_password_fails_with_why(bot: Bot) -> None:
    source = upload(bot, "secret.pdf", pdf("Nobody reads this.", password="geheim"))
    assert (source.state, source.error) == (
        "failed", "It asks for a password. Save it without one and upload it again.",
    )  # fmt: skip


def test_a_zip_bomb_is_not_unpacked(bot: Bot) -> None:
    source = upload(bot, "bomb.docx", zip_bomb())
    assert (source.state, source.error) == ("failed", "Unpacked it is larger than it may be (limit: 60 MB).")


@pytest.mark.parametrize("data", [pdf("") + b"", b"%PDF-1.7\nbroken", b"%PDF-" + b"\x00" * 5000])
def test_what_is_no_whole_pdf_fails_with_why(bot: Bot, data: bytes) -> None:
    source = upload(bot, "odd.pdf", data)
    assert source.state == "failed" and source.error


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.exe", b"MZ", "“a.exe” is no file that can be read."),
        ("a.pdf", b"<html>", "“a.pdf” is not what its name says."),
        ("a.docx", b"%PDF-1.4", "“a.docx” is not what its name says."),
        ("a.pdf", b"%PDF-" + b"x" * 5_000_000, "“a.pdf” is larger than 5 MB."),
        ("", b"", "The text has no title."),
    ],
)
def test_what_is_no_document_is_refused_by_its_name(bot: Bot, media: Path, name: str, data: bytes, why: str) -> None:
    with pytest.raises(ValidationError) as refused:
        add_file(bot, title="", name=name, data=data)
    assert why in refused.value.messages[0]
    assert not Source.objects.exists() and kept(media) == []


def test_deleting_removes_pages_chunks_and_the_file(bot: Bot, media: Path) -> None:
    source = upload(bot, "Prices.pdf", pdf("A haircut costs 30 euros."))
    remove(source)
    assert not (Page.objects.exists() or Chunk.objects.exists() or Source.objects.exists())
    run_forgetting()
    assert kept(media) == []


def run_forgetting() -> None:
    for item in WorkItem.objects.filter(kind=files.FORGET, due_at__isnull=False):
        files.forget(item.key)


def test_a_file_that_a_copy_of_the_bot_knows_stays(bot: Bot, media: Path) -> None:
    source = upload(bot, "Prices.pdf", pdf("A haircut costs 30 euros."))
    copy = copy_bot(bot)
    remove(source)
    run_forgetting()
    assert len(kept(media)) == 1 and Chunk.objects.get().source.bot == copy
    delete_bot(copy)
    run_forgetting()
    assert kept(media) == []


def test_a_file_that_is_not_stored_any_more_is_said_so(bot: Bot) -> None:
    source = add_file(bot, title="", name="a.pdf", data=pdf("Hello"))
    default_storage.delete(source.file)
    assert index(source).error == "The file is no longer stored. Upload it again."


def test_hands_that_die_between_two_batches_of_a_pdf_lose_nothing(bot: Bot) -> None:
    source = add_file(bot, title="", name="a.pdf", data=pdf(*[f"This is page {n}." for n in range(1, 26)]))
    assert tasks.services.read_on(source.pk) == 0.0
    assert Page.objects.filter(state="read").count() == 10
    first = set(Chunk.objects.values_list("pk", flat=True))
    index(source)
    assert Chunk.objects.count() == 25 and first <= set(Chunk.objects.values_list("pk", flat=True))


def test_what_takes_too_long_is_given_up_and_the_child_ended() -> None:
    with reader.Reader(seconds=0.01) as one:  # it takes longer to begin
        with pytest.raises(Unreadable) as slow:
            one.allowed("", "https://x.example/")
        assert slow.value.problem == TOO_SLOW
        assert one._child is None


def test_the_child_cannot_take_more_memory_than_it_may() -> None:
    code = "from apps.knowledge.extraction.__main__ import limit; limit(); bytearray(600_000_000)"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=settings.BASE_DIR, check=False)
    assert b"MemoryError" in ended.stderr


def test_a_child_that_is_killed_is_replaced_and_opens_its_file_again() -> None:
    with reader.Reader() as one:
        assert one.open("pdf", pdf("First.", "Second.")) == 2
        assert one._child is not None
        one._child.kill()
        with pytest.raises(Unreadable) as dead:
            one.page(0)
        assert dead.value.problem == TOO_MUCH_MEMORY
        assert one.page(1) == "Second."


def test_the_child_knows_none_of_our_secrets() -> None:
    with reader.Reader() as one:
        one.allowed("", "https://x.example/")
        assert one._child is not None
        environment = Path(f"/proc/{one._child.pid}/environ").read_bytes()
    assert b"DATABASE_URL" not in environment and b"SECRET" not in environment and b"KEY" not in environment
