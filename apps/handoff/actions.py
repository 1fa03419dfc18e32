"""`handoff.open`: the assistant gives the conversation to people."""

from pydantic import BaseModel

from apps.core.actions import Context, register
from apps.handoff.models import Handoff
from apps.handoff.services import open_handoff


class Open(BaseModel, extra="forbid"):
    """Why a person is needed, and who asked for one."""

    reason: str
    asked_by: Handoff.AskedBy = Handoff.AskedBy.BOT


@register("handoff.open", Open)
def hand_off(context: Context, params: Open) -> None:
    """Opens the handoff of the context's conversation."""
    open_handoff(context.conversation_id, asked_by=params.asked_by, reason=params.reason)
