"""Makes a harmless picture of whatever somebody uploads: what comes out was painted anew, pixel by pixel.

Nothing of the file itself is kept: no metadata, no place where it was taken, no words hidden in it.
"""

import io
import warnings
from dataclasses import dataclass

from django.utils.translation import gettext as _
from PIL import Image, ImageOps

MOST_BYTES = 5_000_000
#: Read from the file's head, before anything of it is unpacked.
MOST_PIXELS = 25_000_000
SIDE = 512
#: A logo is loaded by every visitor of a website; what is bigger than this is packed with a little loss.
LIGHT_BYTES = 60_000
FORMATS = ("PNG", "JPEG", "WEBP")
#: How a file of each kind ends. What stands behind that is no part of the picture.
_PNG_END = b"IEND\xaeB`\x82"
_JPEG_END = b"\xff\xd9"


class NoPicture(Exception):
    """The file cannot be used; `text` says to people which, why and what to do."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


@dataclass(frozen=True)
class Picture:
    """A square picture, at most 512 x 512 pixels, as a WebP file."""

    content: bytes
    suffix: str = ".webp"


def painted(name: str, data: bytes) -> Picture:
    """The picture in a PNG, JPEG or WebP file, painted anew and centred on a transparent square.

    Raises NoPicture, naming the file, for everything else: too many bytes or pixels, other formats, broken files,
    and pictures with another file behind their end.
    """
    shown = name[-80:] or "?"
    if len(data) > MOST_BYTES:
        raise NoPicture(_("“%(name)s” is larger than 5 MB. Save it smaller and choose it again.") % {"name": shown})
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a doubt of the decoder is no news for the log: it paints or it raises
            return Picture(_packed(_square(_opened(shown, data))))
    except NoPicture:
        raise
    except Image.DecompressionBombError as error:
        raise NoPicture(_too_many_pixels(shown)) from error
    except Exception as error:  # decoders raise whatever they stumble over
        raise NoPicture(_not_one(shown)) from error


def _not_one(shown: str) -> str:
    return _("“%(name)s” is no image that can be used. Choose a PNG, JPEG or WebP file.") % {"name": shown}


def _too_many_pixels(shown: str) -> str:
    text = _("“%(name)s” has more than 25 million pixels. Save it smaller and choose it again.")
    return text % {"name": shown}


def _opened(shown: str, data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data), formats=FORMATS) as head:
        kind, pixels = head.format, head.width * head.height
        if pixels > MOST_PIXELS:
            raise NoPicture(_too_many_pixels(shown))
        head.verify()
    if not _ends_itself(str(kind), data):
        text = _("“%(name)s” holds more than a picture: something follows its end. Save it anew as a PNG.")
        raise NoPicture(text % {"name": shown})
    image = Image.open(io.BytesIO(data), formats=FORMATS)
    image.draft("RGB", (SIDE, SIDE))  # a JPEG need not be unpacked in full
    image.load()
    return image


def _ends_itself(kind: str, data: bytes) -> bool:
    """Whether the file ends where its picture does; a page or a program may stand behind it."""
    if kind == "PNG":
        return data.endswith(_PNG_END)
    if kind == "WEBP":
        return len(data) - 8 in (size := int.from_bytes(data[4:8], "little"), size + size % 2)
    return data.rstrip(b"\0").endswith(_JPEG_END)


def _square(image: Image.Image) -> Image.Image:
    upright = ImageOps.exif_transpose(image)
    painted_in = upright.convert("RGBA") if upright.mode not in ("I;16", "I", "F") else _grey(upright)
    painted_in.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    side = max(painted_in.size)
    square = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    square.paste(painted_in, ((side - painted_in.width) // 2, (side - painted_in.height) // 2))
    return square


def _grey(image: Image.Image) -> Image.Image:
    """Sixteen bits of grey as eight: a plain conversion would cut what is lighter off as white."""
    return image.convert("I").point(lambda value: value / 256).convert("L").convert("RGBA")


def _packed(image: Image.Image) -> bytes:
    exact, light = io.BytesIO(), io.BytesIO()
    image.save(exact, "WEBP", lossless=True)
    if exact.tell() <= LIGHT_BYTES:
        return exact.getvalue()
    image.save(light, "WEBP", quality=88)
    return light.getvalue()
