"""What a visitor's browser asks for: who it is to the chat and how that looks, and its own conversation.

Read-only, so a GET each, for the pages of the chat's websites alone; what visitors write goes through the webhook
intake as everybody's does.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from apps import tenants
from apps.conversations.models import Message
from apps.conversations.phrases import chat_phrases
from apps.core.callers import network_of
from apps.inboxes.models import Inbox, Widget
from apps.live.visitors import Chat, find_chat
from apps.providers.base import IdentityKind
from apps.providers.web_chat import kind, tokens
from apps.providers.web_chat.origins import cors
from apps.providers.web_chat.pace import Pace
from apps.providers.web_chat.posts import id_of
from apps.tenants.files import handed_out

#: The newest messages a visitor sees.
SHOWN = 200
#: One of ours is the visitor's from the moment it counts as sent.
THEIRS = (Message.State.RECEIVED, Message.State.SENT, Message.State.DELIVERED, Message.State.READ)

#: What one network may ask of a chat, and how many new visitors it may become, whatever the chat.
_pace = Pace(per_minute=300, burst=100)
_new_visitors = Pace(per_minute=60, burst=100)

_TOO_FAST = {"status": 429, "error": "Too many requests. Wait a moment."}

View = Callable[[HttpRequest, Chat, str], dict[str, Any]]


def for_visitors(view: View) -> Callable[..., HttpResponse]:
    """Answers the pages of the chat's websites (403 to others), with what the view returns for chat and visitor.

    A page without an Origin is one of our own: a browser sends none only to where the page came from.
    """

    @never_cache
    @require_http_methods(["GET", "OPTIONS"])
    @wraps(view)
    def answered(request: HttpRequest, key: str) -> HttpResponse:
        chat = find_chat(key)
        if chat is None:
            return JsonResponse({"error": "There is no chat with this key."}, status=404)
        origin = request.headers.get("Origin", f"{request.scheme}://{request.get_host()}")
        if origin not in chat.origins:
            return JsonResponse({"error": "This website may not use this chat."}, status=403)
        response = HttpResponse() if request.method == "OPTIONS" else _read(view, request, chat)
        for name, value in cors(origin).items():
            response[name] = value
        return response

    return answered


def _read(view: View, request: HttpRequest, chat: Chat) -> HttpResponse:
    if not _pace.allows(f"{chat.key} {network_of(request)}"):
        return _answer(_TOO_FAST)
    visitor_id = chat.visitor(tokens.bearer(request.headers.get("Authorization", "")))
    with tenants.enter(chat.workspace):
        found = view(request, chat, visitor_id)
    return _answer(found)


def _answer(found: dict[str, Any]) -> HttpResponse:
    status = found.get("status", 200)
    said = {name: value for name, value in found.items() if name != "status"}
    return JsonResponse(said, status=status, headers={"Retry-After": "5"} if status == 429 else None)


@for_visitors
def hello(request: HttpRequest, chat: Chat, visitor_id: str) -> dict[str, Any]:
    """A token, for the visitor who shows one or a new one, and how the chat looks. Stores nothing."""
    if not visitor_id and not _new_visitors.allows(network_of(request)):
        return _TOO_FAST
    inbox = Inbox.objects.select_related("bot", "widget").get(provider=kind, external_key=chat.key)
    widget = getattr(inbox, "widget", None) or Widget(inbox=inbox)
    visitor_id = visitor_id or tokens.new_visitor()
    return {
        "visitor": visitor_id,
        "token": chat.token(visitor_id),
        "title": widget.title or inbox.bot.name,
        "logo": _logo_of(chat),
        "colour": widget.colour,
        "greeting": widget.greeting,
        "offline": widget.offline_text,
        "words": chat_phrases(request.GET.get("language", ""), inbox.bot.language),
        "online": _online(inbox),
    }


@require_safe
def logo(request: HttpRequest, key: str) -> HttpResponse:
    """The business's logo, for every website: a browser names none when it asks for a picture. 404 without one."""
    chat = find_chat(key)
    if chat is None or not chat.workspace.logo:
        raise Http404("There is no logo here.")
    return handed_out(chat.workspace.logo, shown_as="logo", to_all=True)


@for_visitors
def messages(request: HttpRequest, chat: Chat, visitor_id: str) -> dict[str, Any]:
    """The visitor's own conversation, oldest first, and nobody else's; 401 without a token of this chat."""
    if not visitor_id:
        return {"status": 401, "error": "The token is not one of this chat, or too old."}
    inbox = Inbox.objects.select_related("bot").get(provider=kind, external_key=chat.key)
    newest = Message.objects.filter(
        inbox=inbox,
        conversation__inbox=inbox,
        conversation__contact__identities__kind=IdentityKind.VISITOR,
        conversation__contact__identities__value=visitor_id,
        state__in=THEIRS,
    ).exclude(author=Message.Author.NOTE)
    shown = [_shown(message) for message in newest.order_by("-id")[:SHOWN]]
    return {"messages": shown[::-1], "online": _online(inbox)}


def _shown(message: Message) -> dict[str, str]:
    return {
        "id": id_of(message.external_id or ""),
        "from": str(message.author),
        "text": message.text,
        "state": str(message.state),
        "at": message.created_at.isoformat(),
    }


def _logo_of(chat: Chat) -> str:
    """The path of the business's logo, one per picture; empty without."""
    version = chat.workspace.logo_version
    return f"{tenants.public_url('chat:logo', key=chat.key)}?v={version}" if version else ""


def _online(inbox: Inbox) -> bool:
    """Whether the bot answers by itself now."""
    return inbox.state == Inbox.State.CONNECTED and inbox.bot.enabled
