"""PDF and Word files, page by page. A Word file has no pages: its parts are those of its headings."""

import io
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

from docx import Document
from docx.table import Table
from docx.text.paragraph import Paragraph
from pypdf import PdfReader
from pypdf.errors import DependencyError, PyPdfError

from apps.knowledge.extraction.lines import clean, table_lines
from apps.knowledge.extraction.problems import BROKEN, ENCRYPTED, UNPACKED_TOO_LARGE, Unreadable

#: Bytes of a Word file once it is unpacked, and of how many parts it may consist.
MOST_UNPACKED = 60_000_000
MOST_ENTRIES = 5_000
#: Characters after which a Word file's next heading begins a part, and after which one begins anyway.
PART, MOST_PART = 4_000, 12_000

#: The number of pages, and how to get the text of one, counted from 0.
Opened = tuple[int, Callable[[int], str]]


def open_pdf(data: bytes) -> Opened:
    """A PDF's pages. Raises Unreadable for one that asks for a password."""
    try:
        document = PdfReader(io.BytesIO(data), strict=False)
        if document.is_encrypted and not document.decrypt(""):
            raise Unreadable(ENCRYPTED)
        count = len(document.pages)
    except DependencyError as error:
        raise Unreadable(ENCRYPTED) from error
    except (PyPdfError, RecursionError, ValueError, KeyError, TypeError, AttributeError, IndexError, OSError) as error:
        raise Unreadable(BROKEN) from error
    return count, lambda number: clean(document.pages[number].extract_text())


def open_docx(data: bytes) -> Opened:
    """A Word file's parts. Raises Unreadable for one that is a bomb, or no Word file."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            entries = packed.infolist()
        if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
            raise Unreadable(UNPACKED_TOO_LARGE, "60 MB")
        parts = list(_parts(_blocks(Document(io.BytesIO(data)))))
    except (Unreadable, MemoryError):
        raise
    except Exception as error:  # the library raises whatever it stumbles over
        raise Unreadable(BROKEN) from error
    return len(parts), parts.__getitem__


def _blocks(document: Any) -> Iterator[str]:
    """Paragraphs and tables in their order, headings as Markdown has them."""
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            yield "\n".join(table_lines([[cell.text for cell in row.cells] for row in block.rows]))
        elif isinstance(block, Paragraph) and (text := clean(block.text)):
            yield _marked(text, str(getattr(block.style, "name", "") or ""))


def _marked(text: str, style: str) -> str:
    if style == "Title":
        return f"# {text}"
    if style.startswith("Heading ") and style[8:9].isdigit():
        return f"{'#' * min(int(style[8:9]) + 1, 6)} {text}"
    return f"- {text}" if style.startswith("List ") else text


def _parts(blocks: Iterator[str]) -> Iterator[str]:
    """Blocks joined to parts; a line of a list stands directly below the one before it."""
    part = ""
    for block in blocks:
        full = len(part) + len(block) > MOST_PART or (len(part) > PART and block.startswith("#"))
        if part and full:
            yield part
            part = ""
        gap = "\n" if block.startswith("- ") and part.rpartition("\n")[2].startswith("- ") else "\n\n"
        part = f"{part}{gap}{block}" if part else block
    if part:
        yield part
