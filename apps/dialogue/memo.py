"""What the assistant decided for a turn that is not written yet, so that hands which die cost no second question.

A turn that is begun again, because its hands died or its commit failed, finds the decision and asks nobody: neither
the model, nor what embeds the question, nor any tool. Of an answer that must not be said it finds what to ask next.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import timedelta

from apps.assistant.decision import Decision, from_json
from apps.conversations.models import Message
from apps.core.statements import LIGHTLY, Statement

#: An older decision is made anew: prices, hours and moods change.
KEPT = timedelta(minutes=10)

# What a crash of Postgres takes along costs one more question, as when hands die a moment before it is kept.
KEEP = Statement(f"""
WITH {LIGHTLY}
INSERT INTO dialogue_memo (conversation_id, key, answer, created_at)
SELECT %s::bigint, %s, %s::jsonb, statement_timestamp() FROM lightly
ON CONFLICT (conversation_id, key) DO UPDATE SET answer = excluded.answer, created_at = excluded.created_at
""")  # noqa: S608  # nosec B608  # ours
RECALL = Statement(
    "SELECT answer FROM dialogue_memo WHERE conversation_id = %s AND key = %s AND created_at > now() - %s"
)
FORGET = Statement("DELETE FROM dialogue_memo WHERE conversation_id = %s")


def key_of(bot_id: int, epoch: int, unanswered: Sequence[Message]) -> str:
    """What the decision was about: these messages as they read, for this bot, with nobody having taken over since."""
    said = [[message.pk, message.text, message.content] for message in unanswered]
    return hashlib.sha256(json.dumps([bot_id, epoch, said], sort_keys=True).encode()).hexdigest()


def recall(conversation_id: int, key: str) -> Decision | None:
    """The decision about the same, if it is young."""
    found = RECALL.first([conversation_id, key, KEPT])
    return None if found is None else from_json(json.loads(found[0]))


def keep(conversation_id: int, key: str, decision: Decision) -> None:
    """Remembers the decision until its turn is written."""
    KEEP.run([conversation_id, key, json.dumps(decision.as_json())])


def forget(conversation_id: int) -> None:
    """The turn is written."""
    FORGET.run([conversation_id])
