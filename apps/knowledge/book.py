"""What the pages of a source are, and the text of each, whatever kind of source it is."""

from django.core.files.storage import default_storage

from apps.core import connections
from apps.knowledge import crawling
from apps.knowledge.extraction.problems import Unreadable
from apps.knowledge.extraction.reader import Reader
from apps.knowledge.models import Page, Source
from apps.knowledge.problems import Problem
from apps.knowledge.products import MOST_ROWS, NoProducts, Product, products_of
from apps.knowledge.questions import NoPairs, pairs_of
from apps.knowledge.read import Read

#: Pages of a PDF, or parts of a Word file, that are read.
MOST_FILE_PAGES = 300
#: Pairs or products that are read and embedded together, as one page.
ITEMS = 50

Kind = Source.Kind


class Book:
    """A source opened to be read. A file is opened in the child process, and only when it is wanted."""

    def __init__(self, source: Source, reader: Reader) -> None:
        self._source, self._reader = source, reader
        self._items = _paged(items_of(source)) if source.kind in (Kind.QUESTIONS, Kind.PRODUCTS) else []
        self._opened = False

    def begin(self) -> list[Read]:
        """Its pages as far as they are known, and notes of what limits leave out. Raises Unreadable."""
        match self._source.kind:
            case Kind.WEBSITE:
                return crawling.begin(self._source, self._reader)
            case Kind.FILE:
                return _of_file(self._open())
            case Kind.QUESTIONS | Kind.PRODUCTS:
                return [Read(str(place)) for place in range(1, len(self._items) + 1)] + notes_of(self._source)
        return [Read("1")]

    def read(self, page: Page) -> Read:
        """What the page says. A failure is told as a problem, never raised."""
        try:
            return self._read(page)
        except Unreadable as error:
            return Read(page.address, problem=error.problem, detail=error.detail)

    def _read(self, page: Page) -> Read:
        match self._source.kind:
            case Kind.WEBSITE:
                return crawling.read(self._source, page, self._reader)
            case Kind.FILE:
                self._open()
                return Read(page.address, text=self._reader.page(int(page.address) - 1))
            case Kind.QUESTIONS | Kind.PRODUCTS:
                return Read(page.address, items=tuple(self._items[int(page.address) - 1]))
        return Read(page.address, text=self._source.text)

    def _open(self) -> int:
        """How many pages the uploaded file has. Raises Unreadable."""
        if self._opened:
            return 0
        connections.release()
        try:
            with default_storage.open(self._source.file) as file:
                data = file.read()
        except OSError as error:
            raise Unreadable(Problem.FILE_GONE) from error
        count = self._reader.open(self._source.file.rpartition(".")[2], data)
        self._opened = True
        return count


def items_of(source: Source) -> list[str]:
    """Each question with its answer, or each product, as a text of its own."""
    if source.kind == Kind.QUESTIONS:
        try:
            return [f"{question}\n{answer}" for question, answer in pairs_of(source.text)]
        except NoPairs:
            return []
    return [row.text for row in _rows(source.text)[:MOST_ROWS] if row.name]


def notes_of(source: Source) -> list[Read]:
    """What of a list is not read: rows that name nothing, and those beyond the limit."""
    rows = _rows(source.text) if source.kind == Kind.PRODUCTS else []
    nameless = [row for row in rows[:MOST_ROWS] if not row.name][:1]
    found = [Read(f"row {row.row}", problem=Problem.NO_NAME, detail=str(row.row)) for row in nameless]
    return found + [
        Read(f"row {row.row}", problem=Problem.MOST_ROWS, detail=f"{MOST_ROWS:,}")
        for row in rows[MOST_ROWS : MOST_ROWS + 1]
    ]


def _rows(text: str) -> list[Product]:
    try:
        return products_of(text)
    except NoProducts:
        return []


def _of_file(count: int) -> list[Read]:
    pages = [Read(str(number)) for number in range(1, min(count, MOST_FILE_PAGES) + 1)]
    if count <= MOST_FILE_PAGES:
        return pages
    return [*pages, Read(str(MOST_FILE_PAGES + 1), problem=Problem.MOST_PAGES, detail=str(MOST_FILE_PAGES))]


def _paged(items: list[str]) -> list[list[str]]:
    return [items[start : start + ITEMS] for start in range(0, len(items), ITEMS)]
