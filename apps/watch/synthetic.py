"""We talk to ourselves: a made-up customer asks by the real way in, and a bot answers by the real way out.

In a hidden workspace of its own that has no members, with the offline answerer and our own web chat, so that nothing
leaves the house. Each step's time is read from the rows that the step wrote.
"""

import json
import logging
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from apps import tenants
from apps.bots.services import create_bot
from apps.contacts.models import Contact
from apps.conversations.models import Message, StateChange
from apps.conversations.states import ARRIVED, DELIVER
from apps.core import http
from apps.dialogue.due import TAKE_TURNS
from apps.dialogue.models import Turn
from apps.inboxes.widgets import connect_widget
from apps.ingest.asgi import KEPT_HEADERS, PREFIX
from apps.ingest.models import Delivery
from apps.knowledge.services import add_text
from apps.providers.web_chat import kind, posts, tokens
from apps.providers.web_chat.origins import origin_of
from apps.tenants.models import Hook, Workspace
from apps.tenants.services import build_workspace, reserve_workspace
from apps.watch.models import Conversed, Probe
from apps.work.services import forget_done

log = logging.getLogger(__name__)

#: An answer that takes longer than this counts as none.
PATIENCE = timedelta(seconds=60)
#: Results are kept so long, and what was said a day.
KEPT, SAID_KEPT = timedelta(days=30), timedelta(days=1)
#: Seconds that posting the question may take.
POST_SECONDS = 10.0
NAME = "Synthetic conversation"
QUESTION = "What are your opening hours?"
KNOWLEDGE = "Opening hours\n\nOur opening hours are Monday to Friday from nine in the morning to six in the evening."


def ask() -> Conversed:
    """Begins one conversation, making the hidden workspace at the first. Raises DatabaseError."""
    probe = _probe()
    hook = Hook.objects.get(provider=kind, key=probe.chat_key)
    visitor = tokens.new_visitor()
    run = Conversed.objects.create(visitor=visitor)
    said = {"widget": probe.chat_key, "visitor": visitor, "messages": [{"id": visitor, "text": QUESTION}]}
    headers = {
        "content-type": "application/json",
        "origin": hook.origin_list[0],
        "authorization": tokens.SCHEME + tokens.issue(hook.secrets.splitlines()[0], probe.chat_key, visitor),
    }
    if not (_post if settings.SYNTHETIC_URL else _store)(hook, headers, json.dumps(said).encode()):
        _end(run, "not_posted")
    return run


def judge() -> None:
    """Looks what has become of the conversations that are under way."""
    probe = Probe.objects.filter(ready=True).select_related("workspace").first()
    for run in Conversed.objects.filter(ok=None).order_by("pk") if probe else ():
        with tenants.enter(probe.workspace if probe else None):
            problem = _read(run)
        if not problem:
            _end(run, "")
        elif problem == "not_answered" or run.asked_at < timezone.now() - PATIENCE:
            _end(run, problem)
        else:
            run.save()


def forget_old(now: datetime) -> None:
    """Deletes old results, and the made-up customers of yesterday with all they said."""
    Conversed.objects.filter(asked_at__lt=now - KEPT).delete()
    probe = Probe.objects.filter(ready=True).select_related("workspace").first()
    if probe is not None:
        with tenants.enter(probe.workspace):
            Contact.objects.filter(created_at__lt=now - SAID_KEPT).delete()
            forget_done(TAKE_TURNS)
            forget_done(DELIVER)


def _probe() -> Probe:
    """The hidden workspace, finished; whatever was interrupted before goes on."""
    probe = Probe.objects.select_related("workspace").first()
    if probe is None:
        with transaction.atomic():
            workspace = reserve_workspace(NAME, slug=f"synthetic-{secrets.token_hex(4)}")
            probe = Probe.objects.create(workspace=workspace)
    if probe.workspace.state == Workspace.State.SETTING_UP:
        build_workspace(probe.workspace)
    if not probe.ready:
        with transaction.atomic():
            _furnish(probe)
    return probe


def _furnish(probe: Probe) -> None:
    with tenants.enter(probe.workspace):
        bot = create_bot("Synthetic", business="Leadline", quiet_seconds=0, quiet_limit_seconds=0)
        add_text(bot, title="Opening hours", text=KNOWLEDGE)
        widget = connect_widget(probe.workspace, bot=bot, name=NAME, websites=origin_of(settings.BASE_URL), hidden=True)
    probe.chat_key = widget.inbox.external_key
    probe.ready = True
    probe.save()


def _post(hook: Hook, headers: dict[str, str], body: bytes) -> bool:
    url = f"{settings.SYNTHETIC_URL}{PREFIX}{kind}/{hook.key}/"
    try:
        answer = http.request("POST", url, headers=headers, content=body, timeout=POST_SECONDS)
    except (http.NotReached, http.NoAnswer) as error:
        log.warning("The synthetic question could not be posted: %s", type(error).__name__)
        return False
    if answer.status != 200:
        log.warning("The synthetic question was answered %s", answer.status)
    return answer.status == 200


def _store(hook: Hook, headers: dict[str, str], body: bytes) -> bool:
    """As the intake does: what is not signed is not stored."""
    if not posts.verify(tuple(hook.secrets.splitlines()), headers, body):
        return False
    kept = {name: headers[name] for name in KEPT_HEADERS if name in headers}
    Delivery.objects.create(hook=hook, body=body, headers=kept)
    return True


def _read(run: Conversed) -> str:
    """Notes the times of the steps that are done; the first that is not, or "" when all are."""
    question = Message.objects.filter(external_id=posts.external_id(run.visitor, run.visitor)).first()
    if question is None:
        return "not_stored"
    run.stored_at = question.created_at
    turn = Turn.objects.filter(messages__contains=[question.pk]).first()
    if turn is None:
        return "not_decided"
    run.decided_at = turn.created_at
    if turn.outcome != Turn.Outcome.ANSWERED or not turn.knows:
        return "not_answered"
    if Message.objects.filter(pk__in=turn.replies).exclude(state__in=ARRIVED).exists():
        return "not_sent"
    sent = StateChange.objects.filter(message__in=turn.replies, state__in=ARRIVED)
    run.sent_at = sent.values("message").annotate(first=Min("at")).order_by("-first").values_list("first", flat=True)[0]
    return ""


def _end(run: Conversed, problem: str) -> None:
    took = run.sent_at - run.asked_at if run.sent_at else None
    if took is not None and took > PATIENCE:
        problem = "not_sent"
    run.ok, run.problem = not problem, problem
    run.save()
