"""Loaded before the settings: of tests that run side by side, each worker has a Redis database of its own, and
the files that share an installation have one worker.
"""

import os
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

#: Its files look at one installation through one browser.
TOGETHER = "tests/browsers/"

worker, redis = os.environ.get("PYTEST_XDIST_WORKER"), os.environ.get("REDIS_URL")
if worker and redis:
    os.environ["REDIS_URL"] = f"{redis.rpartition('/')[0]}/{1 + int(worker.removeprefix('gw'))}"


class Files(LoadFileScheduling):
    """A file goes to one worker, and so does a directory whose files belong together."""

    def _split_scope(self, nodeid: str) -> str:
        return TOGETHER if nodeid.startswith(TOGETHER) else super()._split_scope(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling | None:
    """With `--dist loadfile`."""
    return Files(config, log) if config.getoption("dist") == "loadfile" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Real processes begin first, then files with slow tests: of tests side by side none is left to end alone."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    places = ("tests/e2e/", TOGETHER, "tests/")
    items.sort(key=lambda item: ([not item.nodeid.startswith(place) for place in places], item.path not in slow))
