"""What is uploaded as a picture is painted anew or refused by its name; nothing of the file itself is kept."""

import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from apps.core.pictures import MOST_BYTES, NoPicture, painted
from tests.pictures import REFUSED, SCRIPT, picture

CANARY = b"canary-in-a-picture"


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    assert image.format == "WEBP"
    return image.convert("RGBA")


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_picture_is_refused_by_its_name(name: str) -> None:
    with pytest.raises(NoPicture) as caught:
        painted(name, REFUSED[name])
    assert f"“{name}”" in caught.value.text


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("notes.txt", "“notes.txt” is no image that can be used. Choose a PNG, JPEG or WebP file."),
        ("flood.png", "“flood.png” has more than 25 million pixels. Save it smaller and choose it again."),
        ("too-heavy.png", "“too-heavy.png” is larger than 5 MB. Save it smaller and choose it again."),
        (
            "png-then-page.png",
            "“png-then-page.png” holds more than a picture: something follows its end. Save it anew as a PNG.",
        ),
    ],
)
def test_the_refusal_says_what_to_do(name: str, words: str) -> None:
    with pytest.raises(NoPicture) as caught:
        painted(name, REFUSED[name])
    assert caught.value.text == words


def test_a_flood_of_pixels_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    def unpacked(*_: object) -> None:
        raise AssertionError("it was unpacked")

    monkeypatch.setattr(PngImagePlugin.PngImageFile, "load", unpacked)
    with pytest.raises(NoPicture, match="25 million"):
        painted("flood.png", REFUSED["flood.png"])


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_becomes_a_square_one_with_clear_margins(kind: str) -> None:
    image = opened(painted("logo", picture(kind, size=(40, 20))).content)
    assert image.size == (40, 40)
    assert image.getpixel((20, 2))[3] == 0  # type: ignore[index]
    red, green, blue, alpha = image.getpixel((20, 20))  # type: ignore[misc]
    assert (red > 180, green < 60, blue < 60, alpha) == (True, True, True, 255)


@pytest.mark.parametrize(("size", "side"), [((5000, 5000), 512), ((2000, 100), 512), ((1, 1), 1), ((512, 300), 512)])
def test_it_is_at_most_512_pixels_wide_and_never_made_larger(size: tuple[int, int], side: int) -> None:
    assert opened(painted("logo.png", picture(size=size)).content).size == (side, side)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P", "1", "I;16"])
def test_every_kind_of_colour_is_understood(mode: str) -> None:
    made = painted("logo.png", picture(mode=mode, size=(8, 8), colour=1 if mode in ("P", "1") else None))
    assert opened(made.content).size == (8, 8)


def test_sixteen_bits_of_grey_keep_their_middle() -> None:
    made = painted("scan.png", picture(mode="I;16", size=(8, 8), colour=0x8000))
    assert 120 <= opened(made.content).getpixel((4, 4))[0] <= 136  # type: ignore[index]


def test_words_and_places_inside_a_picture_are_left_behind() -> None:
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", SCRIPT.decode())
    exif = Image.Exif()
    exif[0x010E] = CANARY.decode()
    exif.get_ifd(0x8825)[1] = "N"
    files = [
        picture("PNG", pnginfo=words, exif=exif),
        picture("JPEG", comment=SCRIPT, exif=exif, icc_profile=b"\0" * 128 + CANARY),
        picture("WEBP", exif=exif, xmp=SCRIPT),
    ]
    for file in files:
        assert CANARY in file
        made = painted("logo", file).content
        assert CANARY not in made and b"script" not in made
        found = Image.open(io.BytesIO(made))
        assert (dict(found.getexif()), found.info.get("icc_profile"), found.info.get("xmp")) == ({}, None, None)


def test_a_picture_taken_sideways_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned to the right
    file = io.BytesIO()
    image = Image.new("RGB", (40, 20), (255, 255, 255))
    image.paste((255, 0, 0), (0, 0, 20, 20))
    image.save(file, "PNG", exif=exif)
    upright = opened(painted("photo.png", file.getvalue()).content)
    assert upright.getpixel((20, 5))[:2] == (255, 0)  # type: ignore[index]
    assert upright.getpixel((20, 35))[:2] == (255, 255)  # type: ignore[index]


def test_what_is_handed_on_is_light() -> None:
    noise = Image.effect_noise((1600, 1600), 90).convert("RGB")
    file = io.BytesIO()
    noise.save(file, "JPEG", quality=80)
    assert len(file.getvalue()) < MOST_BYTES
    assert len(painted("noise.jpg", file.getvalue()).content) < 250_000


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    kind=st.sampled_from(["PNG", "JPEG", "WEBP"]), at=st.integers(0, 10_000), junk=st.binary(min_size=1, max_size=24)
)
def test_a_damaged_file_is_painted_or_refused_and_nothing_else(kind: str, at: int, junk: bytes) -> None:
    whole = picture(kind, size=(24, 24))
    place = at % len(whole)
    try:
        made = painted("damaged", whole[:place] + junk + whole[place + len(junk) :])
    except NoPicture as refusal:
        assert "“damaged”" in refusal.text
    else:
        assert opened(made.content).size[0] <= 512
