"""Takes the pictures of a screen: light, dark, and as wide as a small phone; small files that lose nothing to see."""

from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, ViewportSize

from sandbox.children import Failed
from sandbox.screens.table import Screen

DESK: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 360, "height": 740}
TALLEST = 2400  # px
COLOURS = 256
#: The pictures of a screen, by how their names end.
LOOKS = ("light", "dark", "360")
#: How much higher a page would have to be to show all that its main part scrolls.
HIDDEN_BELOW = """() => Math.max(0, ...[...document.querySelectorAll("main, .ll-page")]
  .map((element) => element.scrollHeight - element.clientHeight))"""
SETTLED = """async () => {
  await document.fonts.ready;
  for (let frame = 0; frame < 2; frame++) await new Promise((done) => requestAnimationFrame(done));
}"""
#: What is fetched after the page is there: fragments, a chat's history.
LATE_MS = 400


def photograph(page: Page, screen: Screen, address: str, directory: Path) -> int:
    """Takes the three pictures and returns their number. Raises Failed when the address shows something else."""
    for look in LOOKS:
        page.set_viewport_size(PHONE if look == "360" else DESK)
        page.emulate_media(color_scheme="dark" if look == "dark" else "light")
        if look != "dark":
            show(page, screen, address)
        take(page, directory / f"{screen.name}-{look}.png", whole=not screen.press)
    return len(LOOKS)


def show(page: Page, screen: Screen, address: str) -> None:
    """Opens the screen."""
    answer = page.goto(address)
    if answer is None or answer.status != screen.status or page.url != address:
        status = answer.status if answer else "nothing"
        raise Failed(f"{screen.name}: {address} ended at {page.url} with {status}.")
    if screen.press:
        page.get_by_role("button", name=screen.press).click()
    page.wait_for_timeout(LATE_MS)


def take(page: Page, file: Path, *, whole: bool) -> None:
    """Writes one picture: of the whole page, or of what a window shows."""
    size = page.viewport_size or DESK
    if whole:
        height = min(size["height"] + page.evaluate(HIDDEN_BELOW), TALLEST)
        page.set_viewport_size({"width": size["width"], "height": height})
    page.evaluate(SETTLED)
    taken = Image.open(BytesIO(page.screenshot(full_page=whole, animations="disabled", caret="hide"))).convert("RGB")
    top = taken.crop((0, 0, taken.width, min(taken.height, TALLEST)))
    # No dithering: it would speckle the even surfaces that a page is made of, and make the file bigger.
    top.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(file, optimize=True)
    page.set_viewport_size(size)
