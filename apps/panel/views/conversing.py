"""What a person does to a conversation: answer, take over, hand back, send again. Every one is a POST."""

import uuid
from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from apps.conversations import services
from apps.conversations.models import Conversation, Message
from apps.handoff import services as handoffs
from apps.panel import queries
from apps.panel.access import PanelRequest, problem, screen
from apps.panel.views.desk import thread_fragment
from apps.panel.window import window_of


@require_POST
@screen("answer")
def reply(request: PanelRequest, pk: int) -> HttpResponse:
    """Sends a text. The form's `key` makes a second click, or a repeat after a lost answer, the same message."""
    conversation = _find(request, pk)
    key = _key(request.POST.get("key", ""))
    if key is None or Message.objects.filter(key=key).exclude(conversation=conversation).exists():
        return _problem(request, pk, _("This form is out of date. Reload the page; your text is kept."))
    if not window_of(conversation).open:
        return _problem(request, pk, _("The reply window is closed until the contact writes again."))
    try:
        services.reply(conversation, text=request.POST.get("text", ""), user=request.membership.user, key=key)
    except ValidationError as error:
        return _problem(request, pk, " ".join(error.messages))
    response = _changed(request, pk)
    return trigger_client_event(response, "panel:sent", {"key": str(uuid.uuid4())}) if request.htmx else response


@require_POST
@screen("answer")
def take(request: PanelRequest, pk: int) -> HttpResponse:
    """The person takes the conversation over."""
    return _do(request, pk, lambda conversation: handoffs.take(conversation, user=request.membership.user))


@require_POST
@screen("answer")
def resolve(request: PanelRequest, pk: int) -> HttpResponse:
    """The people are done; the bot answers again."""
    return _do(request, pk, lambda conversation: handoffs.resolve(conversation, user=request.membership.user))


@require_POST
@screen("answer")
def ai(request: PanelRequest, pk: int) -> HttpResponse:
    """Switches the bot on (`on=1`, which also resolves an open handoff) or off here."""
    user = request.membership.user
    if request.POST.get("on") == "1":
        return _do(request, pk, lambda conversation: handoffs.resolve(conversation, user=user))
    return _do(request, pk, lambda conversation: services.switch_ai(conversation, on=False, user=user))


@require_POST
@screen("answer")
def retry(request: PanelRequest, pk: int, message_pk: int) -> HttpResponse:
    """Sends a message again that failed, or of which nobody knows whether it arrived. The person has it then."""
    user = request.membership.user
    return _decide(request, pk, message_pk, lambda message: services.retry(message, user=user))


@require_POST
@screen("answer")
def arrived(request: PanelRequest, pk: int, message_pk: int) -> HttpResponse:
    """Somebody knows that a message arrived of which the vendor said nothing."""
    return _decide(request, pk, message_pk, services.arrived)


@require_POST
@screen("answer")
def seen(request: PanelRequest, pk: int) -> HttpResponse:
    """Somebody who can answer has the conversation before their eyes."""
    services.mark_seen(_find(request, pk))
    return HttpResponse(status=204)


def _decide(request: PanelRequest, pk: int, message_pk: int, decide: Callable[[Message], bool]) -> HttpResponse:
    message = get_object_or_404(Message, pk=message_pk, conversation=_find(request, pk))
    try:
        decided = decide(message)
    except ValidationError as error:
        return _problem(request, pk, " ".join(error.messages))
    if not decided:
        said = _("This is decided already: somebody else was faster, or the provider told us. Look at its mark.")
        return _problem(request, pk, said, status=409)
    return _changed(request, pk)


def _do(request: PanelRequest, pk: int, act: Callable[[Conversation], object]) -> HttpResponse:
    act(_find(request, pk))
    return _changed(request, pk)


def _find(request: PanelRequest, pk: int) -> Conversation:
    return get_object_or_404(queries.opened(request.membership), pk=pk)


def _key(given: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(given)
    except ValueError:
        return None


def _changed(request: PanelRequest, pk: int) -> HttpResponse:
    """The thread as it is now; the list and the card ask for themselves."""
    if not request.htmx:
        return redirect("panel:conversation", pk=pk)
    response = thread_fragment(request, _find(request, pk))
    for event in ("live:list", "live:lead"):
        trigger_client_event(response, event, {})
    return response


def _problem(request: PanelRequest, pk: int, text: str, *, status: int = 422) -> HttpResponse:
    return problem(request, text, back=reverse("panel:conversation", kwargs={"pk": pk}), status=status)
