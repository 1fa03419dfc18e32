"""Work for staff: what is due, held, set aside; made due, taken back. The fence holds against whoever hung."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import timezone

from apps import tenants
from apps.tenants.models import Workspace
from apps.work import claims
from apps.work.claims import Claim
from apps.work.models import WorkItem
from apps.work.services import make_due

LIST = "/admin/work/workitem/"
KIND = "knowledge.index"


def keys(client: Client, query: str = "") -> list[str]:
    return [row.key for row in client.get(f"{LIST}?{query}").context["cl"].result_list]


def item(workspace: Workspace, key: str, **fields: object) -> WorkItem:
    return WorkItem.objects.create(workspace=workspace, kind=KIND, key=key, **fields)


def logged() -> list[str]:
    return list(LogEntry.objects.order_by("pk").values_list("change_message", flat=True))


@pytest.fixture
def held(workspace: Workspace) -> Claim:
    """Somebody is at it."""
    item(workspace, "held", due_at=timezone.now() - timedelta(minutes=5))
    (claim,) = claims.claim(KIND, lease=600, share=20)
    return claim


def test_work_is_listed_by_what_is_going_on(workspace: Workspace, other: Workspace, staff: Client, held: Claim) -> None:
    now = timezone.now()
    item(workspace, "due", due_at=now - timedelta(minutes=1))
    item(other, "later", due_at=now + timedelta(hours=1), attempts=3)
    item(workspace, "aside", quarantined_at=now, attempts=5, error="KeyError")
    item(workspace, "resting")
    WorkItem.objects.create(workspace=workspace, kind="dialogue.take_turns", key="turn", due_at=now)
    assert keys(staff) == ["turn", "aside", "later", "due", "held"]
    expected = {
        **{"due": ["turn", "due"], "leased": ["held"], "later": ["later"], "aside": ["aside"]},
        **{"failed": ["later"], "resting": ["resting"]},
    }
    assert {state: keys(staff, f"state={state}") for state in expected} == expected
    assert len(keys(staff, "state=all")) == 6
    assert keys(staff, "kind=dialogue.take_turns") == ["turn"]
    assert keys(staff, "kind=nonsense") == keys(staff)
    assert keys(staff, "workspace=other") == keys(staff, "q=Bakery") == ["later"]
    assert (keys(staff, "q=keyerror"), keys(staff, "q=due")) == (["aside"], ["due"])


def test_what_was_set_aside_is_made_due_and_has_its_tries_again(workspace: Workspace, staff: Client) -> None:
    row = item(workspace, "aside", quarantined_at=timezone.now(), attempts=5, error="KeyError")
    staff.post(f"{LIST}{row.pk}/due/")
    row.refresh_from_db()
    assert (row.quarantined_at, row.attempts, row.due_at is not None) == (None, 0, True)
    (claim,) = claims.claim(KIND, lease=60, share=20)
    assert (claim.key, claim.attempts, logged()) == ("aside", 1, ["Made due"])


def test_what_is_due_later_is_due_now(workspace: Workspace, staff: Client) -> None:
    row = item(workspace, "later", due_at=timezone.now() + timedelta(hours=1))
    staff.post(f"{LIST}{row.pk}/due/")
    assert [claim.key for claim in claims.claim(KIND, lease=60, share=20)] == ["later"]


def test_making_due_what_somebody_is_at_is_not_forgotten_when_they_finish(staff: Client, held: Claim) -> None:
    staff.post(f"{LIST}{held.id}/due/")
    assert WorkItem.objects.get(pk=held.id).token == held.token
    assert claims.finish(held) is True
    assert [claim.key for claim in claims.claim(KIND, lease=60, share=20)] == ["held"]


def test_whoever_hung_can_finish_nothing_after_their_lease_was_taken_back(staff: Client, held: Claim) -> None:
    assert "Take this work from whoever is at it?" in staff.get(f"{LIST}{held.id}/take-back/").content.decode()
    assert claims.claim(KIND, lease=60, share=20) == []
    staff.post(f"{LIST}{held.id}/take-back/", {"why": "The process hangs"})
    (again,) = claims.claim(KIND, lease=60, share=20)
    assert (again.key, again.token > held.token + 1) == ("held", True)
    assert [claims.finish(held), claims.renew(held, 60), claims.fail(held, "late")] == [False] * 3
    with tenants.enter(None):
        assert (claims.hold(held), claims.hold(again), claims.finish(again)) == (False, True, True)
    assert logged() == ["Lease taken back"]


def test_nothing_is_taken_back_from_nobody(workspace: Workspace, staff: Client) -> None:
    row = item(workspace, "expired", due_at=timezone.now(), lease_until=timezone.now() - timedelta(minutes=1), token=4)
    answer = staff.post(f"{LIST}{row.pk}/take-back/", follow=True)
    assert "Nobody holds it any more." in answer.content.decode()
    row.refresh_from_db()
    assert (row.token, logged()) == (4, [])


def test_the_chosen_ones_are_made_due_and_taken_back(workspace: Workspace, staff: Client, held: Claim) -> None:
    later = item(workspace, "later", due_at=timezone.now() + timedelta(hours=1))
    chosen = {"index": "0", "select_across": "0", "_selected_action": [held.id, later.pk]}
    answer = staff.post(LIST, {**chosen, "action": "take_back_chosen"}, follow=True)
    assert "1 lease taken back." in answer.content.decode()
    answer = staff.post(LIST, {**chosen, "action": "make_due_chosen"}, follow=True)
    assert "2 pieces of work are due now." in answer.content.decode()
    assert sorted(claim.key for claim in claims.claim(KIND, limit=9, lease=60, share=20)) == ["held", "later"]
    assert sorted(logged()) == ["Lease taken back", "Made due", "Made due"]


def test_no_field_of_it_can_be_posted(workspace: Workspace, staff: Client) -> None:
    with tenants.enter(workspace):
        make_due(KIND, "7")
    row = WorkItem.objects.get(key="7")
    for path in ("", f"{row.pk}/", f"{row.pk}/change/", f"{row.pk}/delete/", "add/"):
        staff.post(f"{LIST}{path}", {"kind": "evil", "key": "evil", "workspace": row.workspace_id, "post": "yes"})
    assert list(WorkItem.objects.filter(workspace=workspace, kind=KIND).values_list("key", flat=True)) == ["7"]
    assert not WorkItem.objects.filter(kind="evil").exists()
