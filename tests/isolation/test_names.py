"""Names that several workspaces share a space for carry the schema: channel groups, locks, rates."""

from typing import Any

import pytest

from apps import tenants
from apps.accounts.models import Role
from apps.conversations.models import Message
from apps.core import limits
from apps.live.audience import conversation_audience, groups, roles
from apps.live.consumers import Seat
from apps.live.push import push
from apps.tenants.models import Workspace, generate_schema_name
from apps.work.models import Bucket
from apps.work.services import take


def test_the_same_person_sits_in_groups_of_their_own_in_each_workspace() -> None:
    seats = [Seat(generate_schema_name(), 7, "vendor") for _ in range(2)]
    assert set(seats[0].groups).isdisjoint(seats[1].groups)


@pytest.mark.parametrize("role", Role)
def test_a_vendors_conversation_is_told_to_no_other_vendor(role: Role) -> None:
    hears = bool(set(groups("w", conversation_audience(7))) & set(Seat("w", 8, role).groups))
    assert hears is (role != Role.VENDOR)
    assert set(groups("w", conversation_audience(7))) & set(Seat("w", 7, role).groups)


def test_a_push_goes_to_the_workspace_of_its_thread(
    workspace: Workspace, other: Workspace, pushed: list[tuple[list[str], dict[str, Any]]]
) -> None:
    with tenants.enter(other):
        push(roles(Role.OWNER), {"type": "conversation", "id": 1})
    assert pushed == [([f"{other.schema_name}.role.owner"], {"type": "conversation", "id": 1})]


def test_a_rate_used_up_in_one_workspace_is_untouched_in_the_other(workspace: Workspace, other: Workspace) -> None:
    assert take("model", per_minute=1) == 0.0
    assert take("model", per_minute=1) > 0.0
    with tenants.enter(other):
        assert take("model", per_minute=1) == 0.0
    assert Bucket.objects.filter(name="model").count() == 2


def test_locks_on_names_carry_the_schema(
    workspace: Workspace, receive: Any, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    """Two workspaces with the same customer must not wait for each other."""
    monkeypatch.setattr(limits, "_allowances", [lambda kind: 1000])
    with django_assert_max_num_queries(100) as queries:
        assert isinstance(receive(**{"text": "Hi"}), Message)
        limits.check("bots")
    locked = [query["sql"] for query in queries if "pg_advisory" in query["sql"]]
    assert len(locked) == 2
    assert all(f"{workspace.schema_name}." in sql or "(current_schema ||" in sql for sql in locked)
