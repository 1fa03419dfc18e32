"""Every field of every table that can hold words, and which of them hold only the product's own.

Found by looking at the models: a new field is searched for its canary until it is furnished, or named here with why
nobody's words can stand in it.
"""

from collections.abc import Iterator
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from apps import tenants
from apps.tenants.models import Workspace
from tests.isolation.layers import in_workspace, own_models

HOLDS_WORDS = (models.CharField, models.TextField, models.JSONField, models.BinaryField, models.FileField, ArrayField)

OURS = "the product's own word or number"
MADE_UP = "made by the product, and nobody's words"
MARKED = "marked by the workspace's number instead, which is searched for too"
SHORT = "too short for words; checked against a list"
FORGOTTEN = "holds a digest or a few characters of a secret"

#: Fields in which no canary can stand.
WITHOUT = {
    "accounts.ApiKey.digest": FORGOTTEN,
    "accounts.ApiKey.last_four": FORGOTTEN,
    "accounts.ApiKey.prefix": FORGOTTEN,
    "accounts.ApiKey.scopes": OURS,
    "accounts.Invitation.digest": FORGOTTEN,
    "accounts.User.password": "nobody has one",
    "bots.Bot.language": SHORT,
    "bots.Bot.region": SHORT,
    "bots.BotChange.fields": OURS,
    "contacts.Contact.language": SHORT,
    "contacts.Identity.kind": OURS,
    "conversations.InboxHealth.paused_for": OURS,
    "conversations.Message.kind": OURS,
    "conversations.Message.trouble": OURS,
    "core.AuditRow.action": OURS,
    "core.AuditRow.subject_kind": OURS,
    "core.Exchange.error": OURS,
    "core.Exchange.method": OURS,
    "dialogue.Memo.key": FORGOTTEN,
    "dialogue.Turn.messages": OURS,
    "dialogue.Turn.passages": OURS,
    "dialogue.Turn.prompt": OURS,
    "dialogue.Turn.replies": OURS,
    "inboxes.Inbox.external_key": MARKED,
    "inboxes.Inbox.provider": OURS,
    "inboxes.Widget.colour": SHORT,
    "ingest.Delivery.error": OURS,
    "ingest.Delivery.lane": MARKED,
    "ingest.Quarantined.detail": OURS,
    "knowledge.Chunk.embedder": OURS,
    "knowledge.Page.digest": FORGOTTEN,
    "knowledge.Page.problem": OURS,
    "knowledge.Source.file": MADE_UP,
    "knowledge.Source.language": SHORT,
    "leads.Lead.asked": OURS,
    "notices.Choice.kind": OURS,
    "notices.Notice.kind": OURS,
    "notices.Notice.subject": OURS,
    "tenants.Hook.key": MADE_UP,
    "tenants.Hook.provider": OURS,
    "tenants.Route.key": MARKED,
    "tenants.Route.kind": OURS,
    "tenants.Workspace.logo": MADE_UP,
    "tenants.Workspace.problem": OURS,
    "tenants.Workspace.schema_name": MADE_UP,
    "tenants.Workspace.slug": "its address, which tests name",
    "tenants.Workspace.step": OURS,
    "tenants.Workspace.time_zone": SHORT,
    "watch.Alert.facts": OURS,
    "watch.Alert.rule": OURS,
    "watch.Alert.subject": OURS,
    "watch.Conversed.problem": OURS,
    "watch.Conversed.visitor": MADE_UP,
    "watch.Probe.chat_key": MADE_UP,
    "watch.Span.buckets": OURS,
    "watch.Span.label": OURS,
    "watch.Span.name": OURS,
    "watch.Tally.buckets": OURS,
    "watch.Tally.label": OURS,
    "watch.Tally.name": OURS,
    "work.Bucket.name": OURS,
    "work.Chore.error": OURS,
    "work.Chore.name": OURS,
    "work.Pulse.process": OURS,
    "work.Pulse.queue": OURS,
    "work.Rate.digest": FORGOTTEN,
    "work.Shared.digest": FORGOTTEN,
    "work.Shared.value": OURS,
    "work.WorkItem.error": OURS,
    "work.WorkItem.key": OURS,
    "work.WorkItem.kind": OURS,
    "work.WorkItem.slot": OURS,
}


def with_words() -> Iterator[tuple[type[models.Model], Any]]:
    """Each model with each of its own fields that can hold words, those with a list to choose from left out."""
    for model in own_models():
        for field in model._meta.local_fields:
            derived = isinstance(field, SearchVectorField)
            if isinstance(field, HOLDS_WORDS) and not field.choices and not derived and not field.is_relation:
                yield model, field


def label(model: type[models.Model], field: Any) -> str:
    """`app.Model.field`."""
    return f"{model._meta.label}.{field.name}"


def values(model: type[models.Model], field: Any, workspace: Workspace) -> str:
    """All that stands in the field, as the product reads it: of the workspace, or of everybody in a shared table."""
    with tenants.enter(workspace if in_workspace(model) else None):
        needed = (field.name, *getattr(field, "bound_to", ()))  # what is bound to its row opens there alone
        found = [getattr(row, field.name) for row in model._default_manager.only(*needed)]
    return "\n".join(bytes(one).decode() if isinstance(one, (bytes, memoryview)) else str(one) for one in found)
