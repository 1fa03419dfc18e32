"""What every page must look like: legible in both themes, and never wider than a phone."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

DESK = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 740}
#: Of axe's rules those that colours decide; the others find in the dark what they found in the light.
OF_COLOURS = ("color-contrast", "link-in-text-block")
SERIOUS = ("serious", "critical")
#: What scrolls as a whole: the document, and the panes that scroll in its place.
TOO_WIDE = """() => [document.documentElement, ...document.querySelectorAll("main, .ll-page, .ll-pane__body")]
  .filter((element) => element.scrollWidth > element.clientWidth)
  .filter((element) => !["hidden", "clip"].includes(getComputedStyle(element).overflowX))
  .map((element) => `${element.tagName}.${element.className}: ${element.scrollWidth} px`)"""

#: Two frames, and what is still changing its colours by then.
CALM = """async () => {
  for (let frame = 0; frame < 2; frame++) await new Promise((done) => requestAnimationFrame(done));
  const changing = document.getAnimations().filter((one) => one instanceof CSSTransition);
  await Promise.allSettled(changing.map((one) => one.finished));
}"""


def wrong_with(page: Page) -> list[str]:
    """What is wrong with the page as it is now, in both themes and at a phone's width."""
    found = [*wrong_in(page), *wrong_in(page, scheme="dark", rules=OF_COLOURS)]
    page.set_viewport_size(PHONE)
    page.evaluate(CALM)
    found += [f"too wide: {element}" for element in page.evaluate(TOO_WIDE)]
    page.set_viewport_size(DESK)
    page.emulate_media(color_scheme="light")
    return [f"{page.url} {words}" for words in found]


def wrong_in(page: Page, *, scheme: str = "light", rules: tuple[str, ...] = ()) -> list[str]:
    """What axe finds serious or critical in this theme, each with the element."""
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of the two words
    page.evaluate(CALM)
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = {"type": "rule", "values": list(rules)}
    violations = Axe().run(page, options=options).response["violations"]
    return [
        f"{scheme}: {found['id']} at {node['target']}: {node['any'][0]['message'] if node['any'] else found['help']}"
        for found in violations
        if found["impact"] in SERIOUS
        for node in found["nodes"]
    ]
