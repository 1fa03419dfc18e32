"""What happens to leads."""

from dataclasses import dataclass

from apps.core.events import Event


@dataclass(frozen=True)
class LeadChanged(Event):
    """A lead was made or changed.

    `fields` names what changed: lead fields, "stage", "vendor"; empty for a new lead of which nothing is known.
    `origin` says who told: "channel", "message" or "person". Whoever mirrors leads sends nothing back to it.
    """

    lead_id: int
    contact_id: int
    fields: tuple[str, ...]
    origin: str
