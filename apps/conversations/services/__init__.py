"""The verbs of conversations, by noun: what is received, queued, taken over, and delivered."""

from apps.conversations.services.queueing import queue, reply, retry
from apps.conversations.services.receiving import echo, mark, receive
from apps.conversations.services.releasing import release
from apps.conversations.services.silencing import forget_tests, silence
from apps.conversations.services.taking_over import hand_over, mark_seen, switch_ai, take_over

__all__ = [
    "echo",
    "forget_tests",
    "hand_over",
    "mark",
    "mark_seen",
    "queue",
    "receive",
    "release",
    "reply",
    "retry",
    "silence",
    "switch_ai",
    "take_over",
]
