"""Shows “typing” on a visitor's pages when the web chat asks for it: providers know no page, so live registers."""

from apps.live.audience import visitor
from apps.live.push import push
from apps.providers.web_chat.sending import show_typing_with


def show_typing(key: str, visitor_id: str) -> None:
    """Tells the visitor's open pages; must be called inside the chat's workspace."""
    push(visitor(key, visitor_id), {"type": "typing"})


show_typing_with(show_typing)
