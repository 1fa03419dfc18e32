"""The Chromium or Chrome of this machine, driven without a screen."""

import contextlib
import shutil
from collections.abc import Iterator

from playwright.sync_api import Browser, expect, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
MISSING = f"no browser is installed: looked for {', '.join(NAMES)}"
#: Chromium's own sandbox needs rights that root in a container lacks; the pages are all ours. The rest keeps it quiet.
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-sync", "--force-color-profile=srgb"),
)
#: Milliseconds that whatever a page is expected to show may take: the machine does other things too, the bot waits
#: three seconds for more and ten between two turns, and what the intake puts off the chat posts again.
PATIENCE = 60_000


def find() -> str | None:
    """The path of the first browser found, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextlib.contextmanager
def launched(path: str) -> Iterator[Browser]:
    """The browser at the path, while the block runs. What is expected of its pages is waited for patiently."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()
