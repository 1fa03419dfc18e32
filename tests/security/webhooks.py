"""Webhooks as the outside sends them: through the real intake, with connections of its own, then the real work."""

from apps.ingest.models import Delivery
from apps.work import kinds
from tests.furnished import Business
from tests.intake import asked
from tests.payloads import sign

Headers = list[tuple[str, str]]


def path_of(business: Business) -> str:
    """Where Meta posts to the business's hook."""
    return f"/webhook/whatsapp_cloud/{business.hook.key}/"


def signed(body: bytes, secret: str) -> Headers:
    """The headers with which Meta posts."""
    return [("X-Hub-Signature-256", sign(body, secret)), ("Content-Type", "application/json")]


def posted(path: str, *posts: tuple[bytes, Headers], method: str = "POST") -> list[int]:
    """The statuses of these posts, one after the other, at one intake."""
    requests = ({"method": method, "path": path, "body": body, "headers": headers} for body, headers in posts)
    return [status for status, _, _ in asked(*requests)]


def processed() -> list[str]:
    """Works what was delivered; the states of all deliveries, oldest first."""
    kinds.get("ingest.process").work(10.0)
    return list(Delivery.objects.order_by("pk").values_list("state", flat=True))
