"""What the assistant decided for a turn that is not written yet, so that hands which die cost no second question.

A turn that is begun again, because its hands died or its commit failed, finds the decision and asks nobody: neither
the model, nor what embeds the question, nor any tool.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models.functions import Now

from apps.assistant.decision import Decision
from apps.conversations.models import Message
from apps.core.actions import Effect
from apps.dialogue.models import Memo

#: An older decision is made anew: prices, hours and moods change.
KEPT = timedelta(minutes=10)

KEEP = """
INSERT INTO dialogue_memo (conversation_id, key, answer, created_at) VALUES (%s, %s, %s::jsonb, statement_timestamp())
ON CONFLICT (conversation_id, key) DO UPDATE SET answer = excluded.answer, created_at = excluded.created_at
"""


def key_of(bot_id: int, epoch: int, unanswered: Sequence[Message]) -> str:
    """What the decision was about: these messages as they read, for this bot, with nobody having taken over since."""
    said = [[message.pk, message.text, message.content] for message in unanswered]
    return hashlib.sha256(json.dumps([bot_id, epoch, said], sort_keys=True).encode()).hexdigest()


def recall(conversation_id: int, key: str) -> Decision | None:
    """The decision about the same, if it is young."""
    kept = Memo.objects.filter(conversation=conversation_id, key=key, created_at__gt=Now() - KEPT)
    answer: dict[str, Any] | None = kept.values_list("answer", flat=True).first()
    if answer is None:
        return None
    effects = tuple(Effect(effect["action"], effect["params"]) for effect in answer["effects"])
    return Decision(**{**answer, "effects": effects, "passages": tuple(answer["passages"])})


def keep(conversation_id: int, key: str, decision: Decision) -> None:
    """Remembers the decision until its turn is written."""
    with connection.cursor() as cursor:
        cursor.execute(KEEP, [conversation_id, key, json.dumps(asdict(decision))])


def forget(conversation_id: int) -> None:
    """The turn is written."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM dialogue_memo WHERE conversation_id = %s", [conversation_id])
