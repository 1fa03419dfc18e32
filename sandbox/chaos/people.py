"""People who take conversations over while faults happen."""

import time
import uuid
from typing import TYPE_CHECKING

import httpx2

from sandbox.chaos.customers import Takeover

if TYPE_CHECKING:
    from sandbox.chaos.scene import Scene

PATIENCE_S = 120.0
FIND = """
SELECT c.id FROM {schema}.conversations_conversation c
JOIN {schema}.contacts_identity i ON i.contact_id = c.contact_id
WHERE c.inbox_id = %s AND i.kind = 'phone' AND i.value = %s
"""


def take_over(scene: "Scene", takeover: Takeover) -> None:
    """A vendor answers, as in the panel: by the API, as often as it takes to be accepted, always with the same key."""
    key, line = str(uuid.uuid4()), takeover.line
    time.sleep(takeover.after)
    headers = {"Authorization": f"Bearer {line.api_token}", "Idempotency-Key": key}
    until = time.monotonic() + PATIENCE_S
    with httpx2.Client(timeout=10, trust_env=False, headers=headers) as client:
        while time.monotonic() < until:
            for (id,) in scene.site.read(FIND.replace("{schema}", line.schema), line.inbox, takeover.person)[:1]:
                if accepted(client, f"{scene.site.base_url}/api/v1/conversations/{id}/messages/"):
                    scene.by_people.append(key)
                    return
            time.sleep(0.5)
    scene.broken.append("a vendor could not answer a conversation")


def accepted(client: httpx2.Client, url: str) -> bool:
    """Whether the API took the answer."""
    try:
        return client.post(url, json={"text": "I take care of it."}).status_code in (200, 201)
    except httpx2.HTTPError:
        return False
