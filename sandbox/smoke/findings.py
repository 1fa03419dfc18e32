"""What a smoke run found: every key of what it prints, and when all of it is right."""

from dataclasses import dataclass, field
from typing import Any

#: The longest a customer may wait for the first answer.
FIRST_REPLY_SECONDS = 15.0
STATES = frozenset({"sent", "delivered", "read"})


@dataclass
class Findings:
    """What the run prints; everything is wrong until it was seen."""

    seed: int
    signed_in_by: str = ""
    workspace_ready_s: float = -1.0
    first_reply_s: float = -1.0
    reply_from_knowledge: bool = False
    honest_when_unknown: bool = False
    lead: dict[str, str] = field(default_factory=dict)
    lead_right: bool = False
    panel_updated_live: bool = False
    handoff_opened: bool = False
    silent_after_handoff: bool = False
    person_answered: bool = False
    web_chat_reply: bool = False
    duplicates_sent: int = -1
    states_seen: list[str] = field(default_factory=list)
    limits: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def right(self) -> bool:
        """Whether all of it came true."""
        return (
            self.signed_in_by == "google"
            and self.workspace_ready_s >= 0
            and 0 <= self.first_reply_s <= FIRST_REPLY_SECONDS
            and self.reply_from_knowledge
            and self.honest_when_unknown
            and self.lead_right
            and self.panel_updated_live
            and self.handoff_opened
            and self.silent_after_handoff
            and self.person_answered
            and self.web_chat_reply
            and self.duplicates_sent == 0
            and set(self.states_seen) >= STATES
        )
