"""Uploaded files in the storage: kept under names nobody can guess, and removed for certain.

A copy of a bot shares its files: one is removed when no source names it any more.
"""

from pathlib import PurePath

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from apps import tenants
from apps.knowledge.models import Source
from apps.tenants.files import file_name
from apps.work.services import make_all_due

FORGET = "knowledge.forget_file"
MOST_BYTES = 5_000_000
#: Endings that are read, and how such a file begins.
KINDS = {".pdf": b"%PDF-", ".docx": b"PK\x03\x04"}


class NoDocument(ValueError):
    """The file is none that can be read; the text says why and what to do."""


def keep(name: str, data: bytes) -> str:
    """Stores the file; returns its name in the storage. Raises NoDocument, and OSError when it cannot be stored."""
    suffix = PurePath(name).suffix.lower()
    shown = name[-80:] or "?"
    if suffix not in KINDS:
        raise NoDocument(f"“{shown}” is no file that can be read. Choose a PDF or a Word file (.docx).")
    if len(data) > MOST_BYTES:
        raise NoDocument(f"“{shown}” is larger than 5 MB. Save it smaller, or split it, and choose it again.")
    # A PDF may have something before its beginning, as browsers and printers put there.
    if KINDS[suffix] not in data[:1024] if suffix == ".pdf" else not data.startswith(KINDS[suffix]):
        raise NoDocument(
            f"“{shown}” is not what its name says. Save it as PDF or Word file (.docx) and choose it again."
        )
    workspace = tenants.schema()
    return str(default_storage.save(file_name(workspace, "knowledge", suffix), ContentFile(data)))


def forget_all(names: list[str]) -> None:
    """Makes the removal of these files due, in the transaction that removes what names them."""
    make_all_due(FORGET, [name for name in names if name])


def forget(name: str) -> None:
    """Removes the file, unless a source names it. Raises OSError when the storage does not let it go."""
    if not Source.objects.filter(file=name).exists():
        default_storage.delete(name)
