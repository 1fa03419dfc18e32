"""Deliveries for the tests of the screens that show them."""

from typing import Any

from apps import tenants
from apps.ingest import tasks
from apps.ingest.models import Delivery
from tests.payloads import envelope, text
from tests.security.conftest import Furniture

SIGNATURE = "sha256=canary-signature-0123456789"


def deliver(acme: Furniture, *changes: Any, body: bytes | None = None, process: bool = False) -> Delivery:
    """A stored delivery of Acme's hook, processed when asked."""
    delivery = Delivery.objects.create(
        hook=acme.business.hook,
        body=envelope(*changes) if body is None else body,
        headers={"content-type": "application/json", "x-hub-signature-256": SIGNATURE},
    )
    if process:
        with tenants.enter(None):
            tasks.work(5.0)
        delivery.refresh_from_db()
    return delivery


def said(words: str, acme: Furniture, **fields: Any) -> dict[str, Any]:
    """A customer wrote to Acme, or to another `number`."""
    return text(words, **{"phone": "447700900111", "number": acme.business.number, **fields})
