"""Quarantine for staff: what was kept aside and why, replayed or dismissed."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from apps import tenants
from apps.inboxes.services import connect
from apps.ingest import tasks
from apps.ingest.models import Delivery, Quarantined
from tests.security.conftest import Furniture
from tests.staff.ledger import deliver, said

LIST = "/admin/ingest/quarantined/"
NEW_NUMBER = "100200300400599"


def rows(client: Client, query: str = "") -> list[int]:
    return [row.pk for row in client.get(f"{LIST}?{query}").context["cl"].result_list]


def logged() -> list[tuple[str, str]]:
    return list(LogEntry.objects.order_by("pk").values_list("content_type__model", "change_message"))


@pytest.fixture
def aside(acme: Furniture) -> Quarantined:
    """A message to a number that is connected nowhere."""
    return deliver(acme, said("Hello", acme, number=NEW_NUMBER), process=True).quarantined.get()


def test_open_ones_are_listed_with_why_and_what_to_do(acme: Furniture, staff: Client, aside: Quarantined) -> None:
    unused = Quarantined.objects.create(delivery=deliver(acme), place=3, why="unused", detail="A group message.")
    assert rows(staff) == [unused.pk, aside.pk]
    assert rows(staff, "why=unused") == rows(staff, "q=group") == [unused.pk]
    assert rows(staff, f"q={aside.delivery_id}") == [aside.pk]
    assert rows(staff, "workspace=acme") == [unused.pk, aside.pk]
    shown = staff.get(f"{LIST}{aside.pk}/").content.decode()
    for words in ("The number is not connected here", "No inbox is connected under this number.", "Connect the number"):
        assert words in shown


def test_a_replay_after_the_cause_is_gone_uses_it(acme: Furniture, staff: Client, aside: Quarantined) -> None:
    with tenants.enter(acme.business.workspace):
        connect(
            acme.business.workspace, provider="whatsapp_cloud", external_key=NEW_NUMBER, name="New",
            bot=acme.business.bot, hook=acme.business.hook, token="token",
        )  # fmt: skip
    answer = staff.post(f"{LIST}{aside.pk}/replay/")
    assert answer["Location"] == f"{LIST}{aside.pk}/"
    tasks.work(5.0)
    aside.refresh_from_db()
    assert aside.released_at is not None
    assert (rows(staff), rows(staff, "state=used"), logged()) == ([], [aside.pk], [("delivery", "Replayed")])


def test_a_replay_that_changes_nothing_leaves_it_open(staff: Client, aside: Quarantined) -> None:
    staff.post(f"{LIST}{aside.pk}/replay/")
    tasks.work(5.0)
    assert rows(staff) == [aside.pk]


def test_a_dismissed_one_leaves_the_list_and_stays_dismissed(
    acme: Furniture, staff: Client, aside: Quarantined
) -> None:
    staff.post(f"{LIST}{aside.pk}/dismiss/")
    assert (rows(staff), rows(staff, "state=dismissed"), rows(staff, "state=all")) == ([], [aside.pk], [aside.pk])
    staff.post(f"{LIST}{aside.pk}/dismiss/")
    assert logged() == [("quarantined", "Dismissed")]
    staff.post(f"/admin/ingest/delivery/{aside.delivery_id}/replay/")
    tasks.work(5.0)
    assert rows(staff) == []


def test_the_chosen_ones_are_dismissed_or_replayed(acme: Furniture, staff: Client) -> None:
    delivery = deliver(acme)
    items = [Quarantined.objects.create(delivery=delivery, place=place, why="unused") for place in range(3)]
    Delivery.objects.update(state="processed")
    chosen: dict[str, Any] = {"index": "0", "select_across": "0", "_selected_action": [items[0].pk, items[1].pk]}
    answer = staff.post(LIST, {**chosen, "action": "replay_chosen"}, follow=True)
    assert "1 delivery will be processed again." in answer.content.decode()
    assert Delivery.objects.get().state == "received"
    answer = staff.post(LIST, {**chosen, "action": "dismiss_chosen"}, follow=True)
    assert "2 dismissed." in answer.content.decode()
    assert rows(staff) == [items[2].pk]


def test_what_was_kept_while_suspended_waits_to_be_replayed(acme: Furniture, staff: Client) -> None:
    workspace = f"/admin/tenants/workspace/{acme.business.workspace.pk}/"
    staff.post(f"{workspace}suspend/")
    aside = deliver(acme, said("Are you there?", acme, id="wamid.meanwhile"), process=True).quarantined.get()
    staff.post(f"{workspace}reactivate/")
    assert rows(staff, "workspace=acme") == [aside.pk]
    staff.post(f"{LIST}{aside.pk}/replay/")
    tasks.work(5.0)
    assert rows(staff) == []
    with tenants.enter(acme.business.workspace):
        assert acme.business.inbox.messages.filter(external_id="wamid.meanwhile").count() == 1
