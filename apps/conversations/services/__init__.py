"""The verbs of conversations, by noun: what is received, queued, taken over, decided by people, and delivered."""

from apps.conversations.services.deciding import arrived, retry
from apps.conversations.services.pausing import reconnected
from apps.conversations.services.queueing import queue, reply
from apps.conversations.services.receiving import echo, goes_together, receive, receive_all
from apps.conversations.services.releasing import release
from apps.conversations.services.reporting import known, known_of, mark, mark_all
from apps.conversations.services.settling import heard_of
from apps.conversations.services.silencing import forget_tests, silence
from apps.conversations.services.taking_over import (
    hand_over,
    mark_seen,
    resume_after_silence,
    switch_ai,
    take_back,
    take_over,
)

__all__ = [
    "arrived",
    "echo",
    "forget_tests",
    "goes_together",
    "hand_over",
    "heard_of",
    "known",
    "known_of",
    "mark",
    "mark_all",
    "mark_seen",
    "queue",
    "receive",
    "receive_all",
    "reconnected",
    "release",
    "reply",
    "resume_after_silence",
    "retry",
    "silence",
    "switch_ai",
    "take_back",
    "take_over",
]
