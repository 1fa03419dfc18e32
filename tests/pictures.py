"""Pictures, and files that say they are: what people and attackers upload."""

import io
import struct
import zlib
from typing import Any

from PIL import Image


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 20), colour: Any = (200, 30, 30), **options: Any) -> bytes:
    """A picture of one colour."""
    file = io.BytesIO()
    Image.new(options.pop("mode", "RGB"), size, colour).save(file, kind, **options)
    return file.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def flood(width: int, height: int) -> bytes:
    """A PNG of some hundred bytes that says it has that many pixels."""
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


SCRIPT = b"<script>alert('canary-in-a-picture')</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(2)</script></svg>'
HTML = b"<!doctype html><html><body>" + SCRIPT + b"</body></html>"

#: What is refused: the name it comes under, and what it is.
REFUSED: dict[str, bytes] = {
    "notes.txt": b"Buy milk.",
    "renamed.png": b"Buy milk.",
    "empty.png": b"",
    "logo.svg": SVG,
    "svg-as.png": SVG,
    "page.html": HTML,
    "html-as.jpg": HTML,
    "moving.gif": picture("GIF"),
    "gif-as.png": picture("GIF"),
    "scan.tiff": picture("TIFF"),
    "program.exe": b"MZ" + b"\0" * 200,
    "archive.png": b"PK\x03\x04" + b"\0" * 100,
    "half.png": picture(size=(300, 300))[:200],
    "half.jpg": picture("JPEG", size=(300, 300))[:400],
    "head-only.png": b"\x89PNG\r\n\x1a\n",
    "png-then-page.png": picture() + HTML,
    "jpeg-then-page.jpg": picture("JPEG") + HTML,
    "webp-then-page.webp": picture("WEBP") + HTML,
    "png-then-zip.png": picture() + b"PK\x03\x04" + b"\0" * 60,
    "gif-and-script.gif": b"GIF89a/*" + SCRIPT + b"*/=1;",
    "flood.png": flood(50_000, 50_000),
    "just-too-many.png": flood(5_001, 5_000),
    "too-heavy.png": picture() + b"\0" * 5_000_000,
    "postscript.png": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
    "photo.png.html": HTML,
}
