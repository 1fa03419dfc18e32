"""Where a workspace's files lie and how they are handed out: the one helper that makes their names."""

import secrets

from django.core.files.storage import default_storage
from django.http import Http404, HttpResponse

#: A browser runs nothing in what it is handed, and shows it as nothing else than it is said to be.
SANDBOX = "default-src 'none'; sandbox"
KINDS = {".webp": "image/webp"}
#: Names are never used twice, so what a name stands for does not change.
DAYS = 30


def file_name(schema: str, kind: str, suffix: str) -> str:
    """A new name in the storage, such as `w_0123456789abcdef/logo/6f…b2.webp`; nobody can guess it."""
    return f"{schema}/{kind}/{secrets.token_hex(16)}{suffix}"


def handed_out(name: str, *, shown_as: str, to_all: bool = False) -> HttpResponse:
    """The file as an answer, to be kept by the browser, and by whoever is on the way when it is `to_all`.

    Raises Http404 when there is no such file.
    """
    suffix = f".{name.rpartition('.')[2]}"
    try:
        with default_storage.open(name) as file:
            content = file.read()
    except FileNotFoundError as error:
        raise Http404("The file is gone.") from error
    return HttpResponse(
        content,
        content_type=KINDS[suffix],
        headers={
            "Content-Disposition": f'attachment; filename="{shown_as}{suffix}"',
            "Content-Security-Policy": SANDBOX,
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "cross-origin" if to_all else "same-origin",
            "Cache-Control": f"{'public' if to_all else 'private'}, max-age={DAYS * 86_400}, immutable",
        },
    )
