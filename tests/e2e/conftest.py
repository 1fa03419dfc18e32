"""One installation of real processes and one Chromium for the whole directory; nothing is faked but the world."""

from collections.abc import Iterator

import pytest

from sandbox.screens import chromium
from sandbox.stack import stack
from tests.e2e.journey.browsing import Browsers
from tests.e2e.journey.cast import STAFF
from tests.e2e.journey.watching import Watch


@pytest.fixture(scope="module")
def browsers() -> Iterator[Browsers]:
    """Browsers of people who were never here, on an installation that nobody has entered yet."""
    path = chromium.find()
    if path is None:
        pytest.skip(chromium.MISSING)
    with stack({"ADMIN_EMAILS": STAFF.email}) as running, chromium.launched(path) as launched:
        opened = Browsers(running, launched, Watch())
        yield opened
        opened.close()
