"""A web chat of the workspace's bot on one website, and browsers on it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from apps.bots.models import Bot
from apps.conversations import visitors
from apps.inboxes.models import Widget
from apps.inboxes.widgets import connect_widget
from apps.providers.web_chat import posts
from apps.tenants.models import Workspace
from tests.web_chat.chats import SITE, Browser, key_of


@pytest.fixture(autouse=True)
def rested(settings: Any) -> Iterator[None]:
    """Nobody has called yet."""
    settings.ALLOWED_HOSTS = ["testserver", "localhost"]
    for pace in (visitors._pace, visitors._new_visitors, posts._networks, posts._visitors, posts._websites):
        pace.free_at.clear()
    yield


@pytest.fixture
def widget(workspace: Workspace, bot: Bot) -> Widget:
    """The chat on shop.example."""
    return connect_widget(workspace, bot=bot, name="Acme's website", websites=SITE)


@pytest.fixture
def browser(widget: Widget) -> Callable[..., Browser]:
    """`browser()`: a browser on the website that said hello; `browser(site=…)` on another, which says nothing."""

    def open_browser(**how: Any) -> Browser:
        opened = Browser(key_of(widget), **how)
        if not how:
            opened.hello()
        return opened

    return open_browser
