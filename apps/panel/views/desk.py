"""What the desk shows: the list, the thread and the lead card, each put together in one place."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render

from apps.accounts.roles import can
from apps.conversations.models import Conversation
from apps.handoff.services import open_of
from apps.leads.models import Lead
from apps.leads.stages import ALLOWED
from apps.llm.base import LEAD_FIELDS
from apps.panel import queries, thread
from apps.panel.access import PanelRequest
from apps.panel.queries import PAGE, Show
from apps.panel.window import window_of


def list_context(request: PanelRequest, here: Conversation | None) -> dict[str, Any]:
    """The list pane as the address asks for it: `show`, `q`, `rows`."""
    show = Show(request.GET["show"]) if request.GET.get("show") in set(Show) else Show.ALL
    search = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    rows = max(PAGE, min(number(request, "rows") or PAGE, queries.MOST_ROWS))
    asked: dict[str, str | int] = {"show": show} if show != Show.ALL else {}
    if search:
        asked["q"] = search
    found = queries.listing(request.membership, show=show, search=search, rows=rows)
    return {
        "listing": found,
        "show": show,
        "shows": list(Show),
        "search": search,
        "open": here,
        "filters": urlencode(asked),
        "list_query": urlencode({**asked, "rows": rows, **({"open": here.pk} if here else {})}),
        "more_query": urlencode({**asked, "rows": rows + PAGE, **({"open": here.pk} if here else {})}),
        "may_grow": found.more and rows < queries.MOST_ROWS,
    }


def thread_context(request: PanelRequest, conversation: Conversation) -> dict[str, Any]:
    """The thread pane: the asked stretch of messages, who has the conversation, and a fresh key for a reply."""
    read = thread.read(conversation, after=number(request, "after"), before=number(request, "before"))
    may_answer = can(request.membership, "answer")
    window = window_of(conversation)
    return {
        "conversation": conversation,
        "contact": conversation.contact,
        "thread": read,
        "handoff": open_of(conversation.pk),
        "window": window,
        "may_answer": may_answer,
        "reply_key": uuid.uuid4(),
    }


def lead_context(request: PanelRequest, conversation: Conversation) -> dict[str, Any]:
    """The lead card: the four fields and where each came from, the stages it may move to, who has it."""
    lead, contact = queries.lead_of(conversation), conversation.contact
    known = lead.fields if lead else {"phone": {"value": contact.phone, "source": "channel"}}
    return {
        "conversation": conversation,
        "contact": contact,
        "handoff": open_of(conversation.pk),
        "may_answer": can(request.membership, "answer"),
        "lead": lead,
        "fields": [(name, known.get(name, {})) for name in LEAD_FIELDS],
        "stages": _stages(lead) if lead else [],
        "mine": lead is not None and lead.vendor_id == request.membership.user_id,
        "may_sell": can(request.membership, "work_leads"),
    }


def _stages(lead: Lead) -> list[Lead.Stage]:
    """The lead's stage and those it may move to; nobody can be given a lead by its stage alone."""
    now = Lead.Stage(lead.stage)
    allowed = {now, *ALLOWED[now]} - ({Lead.Stage.ASSIGNED} if lead.vendor_id is None and now != "assigned" else set())
    return [stage for stage in Lead.Stage if stage in allowed]


def number(request: PanelRequest, name: str) -> int | None:
    """A number of the address, None when it is none that an id could be."""
    given = request.GET.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None


def thread_fragment(request: PanelRequest, conversation: Conversation) -> HttpResponse:
    """The thread pane alone."""
    return render(request, "panel/parts/thread.html", thread_context(request, conversation))


def lead_fragment(request: PanelRequest, conversation: Conversation) -> HttpResponse:
    """The lead card alone."""
    return render(request, "panel/parts/lead.html", lead_context(request, conversation))
