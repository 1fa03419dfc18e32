"""A list of products as a spreadsheet saves it (CSV): each row becomes a text of its own. Pure."""

import csv
import io
import re
from dataclasses import dataclass

MOST_BYTES = 2_000_000
MOST_ROWS = 5_000
MOST_CELL = 2_000
#: Names that the column of products' names goes by.
_NAMES = re.compile(
    r"^(?:(?:product|item|article|service)?[ _-]*(?:name|title)|product|item|service|"
    r"nombre|producto|servicio|título|titulo|nome|produto|serviço|artikel|bezeichnung|produkt|nom|produit)$",
    re.IGNORECASE,
)


class NoProducts(ValueError):
    """The file is no list of products; the text says why and what to do."""


@dataclass(frozen=True)
class Product:
    """A row below the header; `row` is its number as a spreadsheet counts. `name` is "" when it names none."""

    row: int
    name: str
    text: str


def decoded(data: bytes) -> str:
    """The file's text. Raises NoProducts when it is none, or too large."""
    if len(data) > MOST_BYTES:
        raise NoProducts("The file is larger than 2 MB. Split it into several.")
    if b"\x00" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise NoProducts("This is no CSV file. Save the list as CSV and upload that.")
    for encoding in ("utf-16",) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding).replace("\x00", "")
        except UnicodeDecodeError:
            continue
    raise NoProducts("The file's letters cannot be read. Save it as CSV in UTF-8 and upload that.")


def products_of(text: str) -> list[Product]:
    """The products in their order. Raises NoProducts for a text without a header or without rows."""
    rows = _rows(text)
    header = [" ".join(cell.split())[:60] for cell in rows[0][1]] if rows else []
    if len([label for label in header if label]) < 1 or len(rows) < 2:
        raise NoProducts("The file has no products: its first line names the columns, each line below is a product.")
    naming = next((place for place, label in enumerate(header) if _NAMES.match(label)), 0)
    return [_product(number, header, cells, naming) for number, cells in rows[1:]]


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """Rows that are not empty, with their numbers."""
    limit = csv.field_size_limit(MOST_BYTES)
    try:
        found = list(csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=_delimiter(text)))
    except csv.Error as error:
        raise NoProducts(f"The file cannot be read as CSV ({error}).") from error
    finally:
        csv.field_size_limit(limit)
    return [(number, cells) for number, cells in enumerate(found, 1) if any(cell.strip() for cell in cells)]


def _delimiter(text: str) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(",;\t|", key=first.count)


def _product(number: int, header: list[str], cells: list[str], naming: int) -> Product:
    said = [" ".join(cell.split())[:MOST_CELL] for cell in cells[: len(header)]]
    name = said[naming] if naming < len(said) else ""
    lines = [
        f"{label}: {cell}" if label else cell
        for place, (label, cell) in enumerate(zip(header, said, strict=False))
        if cell and place != naming
    ]
    return Product(number, name, "\n".join([name, *lines]))
