"""Two who change the team at the same moment, on connections of their own."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import close_old_connections, connection

from apps.accounts import accepting, inviting, team
from apps.accounts.models import Invitation, Membership, Role
from apps.accounts.services import add_member, confirm_address, sign_up
from tests.clocks import PATIENCE
from tests.furnished import Business, committed


@pytest.fixture(autouse=True)
def _from_outside() -> None:
    """These tests commit: none of them enters a workspace around itself."""


@pytest.fixture
def acme(django_db_setup: None, django_db_blocker: Any) -> Iterator[Business]:
    with committed(django_db_blocker) as (business, _other):
        yield business


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Runs all at the same moment; what each came to: "done" or the name of what it raised."""
    start, results = threading.Barrier(len(acts)), ["" for _ in acts]

    def run(number: int, act: Callable[[], object]) -> None:
        close_old_connections()
        start.wait()
        try:
            act()
            results[number] = "done"
        except (ValidationError, accepting.Refused) as error:
            results[number] = type(error).__name__
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number, act)) for number, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=PATIENCE)
    return sorted(results)


def roles_of(*members: Membership) -> list[str]:
    return sorted(Membership.objects.filter(pk__in=[one.pk for one in members]).values_list("role", flat=True))


def test_two_admins_who_demote_one_another_leave_one_admin(acme: Business) -> None:
    one, two = (add_member(acme.workspace, email=f"{name}@example.org", role=Role.ADMIN) for name in ("one", "two"))
    came_to = at_once(lambda: team.change_role(two, "vendor", by=one), lambda: team.change_role(one, "vendor", by=two))
    assert came_to == ["ValidationError", "done"]
    assert roles_of(one, two) == ["admin", "vendor"]


def test_two_admins_who_deactivate_one_another_leave_one(acme: Business) -> None:
    one, two = (add_member(acme.workspace, email=f"{name}@example.org", role=Role.ADMIN) for name in ("one", "two"))
    came_to = at_once(lambda: team.deactivate(two, by=one), lambda: team.deactivate(one, by=two))
    assert came_to == ["ValidationError", "done"]
    assert Membership.objects.filter(pk__in=[one.pk, two.pk], deactivated_at=None).count() == 1


def test_an_owner_who_hands_over_twice_at_once_makes_one_owner(acme: Business) -> None:
    one, two = (add_member(acme.workspace, email=f"{name}@example.org", role=Role.VENDOR) for name in ("one", "two"))
    came_to = at_once(lambda: team.hand_over(one, by=acme.owner), lambda: team.hand_over(two, by=acme.owner))
    assert came_to == ["ValidationError", "done"]
    assert Membership.objects.filter(workspace=acme.workspace, role=Role.OWNER).count() == 1
    assert Membership.objects.get(pk=acme.owner.pk).role == Role.ADMIN


def test_two_owners_who_hand_over_to_one_another_leave_an_owner(acme: Business) -> None:
    second = add_member(acme.workspace, email="second@example.org", role=Role.OWNER)
    came_to = at_once(lambda: team.hand_over(second, by=acme.owner), lambda: team.hand_over(acme.owner, by=second))
    assert came_to == ["done", "done"]
    assert roles_of(acme.owner, second) == ["admin", "owner"]


def test_the_only_two_owners_made_vendors_by_command_at_once_leave_an_owner(acme: Business) -> None:
    add_member(acme.workspace, email="second@example.org", role=Role.OWNER)
    first = acme.owner.user.email
    came_to = at_once(
        lambda: add_member(acme.workspace, email=first, role=Role.VENDOR),
        lambda: add_member(acme.workspace, email="second@example.org", role=Role.VENDOR),
    )
    assert came_to == ["ValidationError", "done"]
    assert Membership.objects.filter(workspace=acme.workspace, role=Role.OWNER).count() == 1


def test_one_address_invited_twice_at_once_has_one_invitation(acme: Business) -> None:
    admin = add_member(acme.workspace, email="one@example.org", role=Role.ADMIN)
    came_to = at_once(
        lambda: inviting.invite(acme.owner, emails=["guest@example.org"], role="vendor"),
        lambda: inviting.invite(admin, emails=["guest@example.org"], role="viewer"),
    )
    assert came_to == ["done", "done"]
    assert Invitation.objects.filter(email="guest@example.org").count() == 1


def test_one_link_used_twice_at_once_lets_in_once(acme: Business) -> None:
    invited = inviting.invite(acme.owner, emails=["guest@example.org"], role="vendor")[0]
    guest = sign_up("guest@example.org")
    confirm_address(guest, "guest@example.org")
    found = accepting.find(invited.token)
    came_to = at_once(lambda: accepting.accept(found, guest), lambda: accepting.accept(found, guest))
    assert came_to == ["Refused", "done"]
    assert Membership.objects.filter(workspace=acme.workspace, user=guest).count() == 1


def test_an_invitation_revoked_while_it_is_accepted_is_one_or_the_other(acme: Business) -> None:
    invited = inviting.invite(acme.owner, emails=["guest@example.org"], role="vendor")[0]
    guest = sign_up("guest@example.org")
    found = accepting.find(invited.token)
    came_to = at_once(
        lambda: accepting.accept(found, guest), lambda: inviting.revoke(invited.invitation, by=acme.owner)
    )
    row = Invitation.objects.get(pk=invited.invitation.pk)
    is_member = Membership.objects.filter(workspace=acme.workspace, user=guest).exists()
    assert came_to in (["Refused", "done"], ["ValidationError", "done"])
    assert (row.accepted_at is not None, row.revoked_at is not None) == (is_member, not is_member)
