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

#: Until two frames in a row change no colours any more; what has a colour from around it may begin a frame later.
CALM = """async () => {
  const changing = () => document.getAnimations().filter((one) => one instanceof CSSTransition);
  for (let still = 0, frame = 0; still < 2 && frame < 200; frame++) {
    await new Promise((done) => requestAnimationFrame(done));
    still = changing().length ? 0 : still + 1;
    await Promise.allSettled(changing().map((one) => one.finished));
  }
}"""
#: The page's own script gives it the colours that the device asks for.
IN_COLOURS = """scheme => {
  const { bsTheme, themeChoice } = document.documentElement.dataset;
  return themeChoice !== "auto" || bsTheme === scheme;
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
    page.wait_for_function(IN_COLOURS, arg=scheme)
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
