"""The command behind `bin/screens`: a demo that lives for a minute, and three pictures of each screen of the table."""

import argparse
import sys
from pathlib import Path

from playwright.sync_api import Error

from sandbox.children import Failed
from sandbox.memory import CHECKOUT
from sandbox.screens import chromium
from sandbox.screens.scene import STAFF, Scene
from sandbox.screens.studio import photograph
from sandbox.screens.table import SCREENS, Screen
from sandbox.signals import STOPPING, stop_signals_raise
from sandbox.stack import stack
from sandbox.world.client import WorldError

PICTURES = CHECKOUT / "docs" / "screenshots"


def main(arguments: list[str]) -> int:
    """0 when each of the chosen screens was shown and photographed."""
    parser = argparse.ArgumentParser(prog="bin/screens", description="Photographs every screen of a throw-away demo.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these screens (default: all)")
    parser.add_argument("--into", type=Path, default=PICTURES, help="the directory of the pictures")
    options = parser.parse_args(arguments)
    stop_signals_raise(*STOPPING)
    try:
        print(run(chosen(options.names), options.into), "pictures in", options.into)
    except (Failed, Error, WorldError, LookupError, OSError) as why:
        print(f"bin/screens: {type(why).__name__}: {why}", file=sys.stderr)
        return 1
    return 0


def chosen(names: list[str]) -> list[Screen]:
    """The screens with these names, or all. Raises Failed for a name that none has."""
    unknown = set(names) - {screen.name for screen in SCREENS}
    if unknown:
        raise Failed(f"no screen is called {', '.join(sorted(unknown))}: sandbox/screens/table.py lists them.")
    return [screen for screen in SCREENS if not names or screen.name in names]


def run(screens: list[Screen], directory: Path) -> int:
    """Starts a demo, plays what makes it look alive, and photographs; returns how many pictures were taken."""
    browser = chromium.find()
    if browser is None:
        raise Failed(f"{chromium.MISSING}.")
    directory.mkdir(parents=True, exist_ok=True)
    with stack({"LEADLINE_DEMO": "true", "ADMIN_EMAILS": STAFF}) as running, chromium.launched(browser) as launched:
        running.manage("seed_demo", "--world", running.world.url, "--base", running.base_url)
        scene = Scene(running, launched)
        scene.play()
        return sum(photograph(scene.page_of(screen), screen, scene.address(screen), directory) for screen in screens)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
