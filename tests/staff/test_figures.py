"""The overview: its figures are true, bounded, and lead to the rows they count."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.ingest.models import Delivery, Quarantined
from apps.staff import figures
from apps.tenants.models import Workspace
from apps.work.models import Pulse, WorkItem
from tests.security.conftest import Furniture
from tests.staff.ledger import deliver


def shown() -> dict[str, tuple[str, str, bool]]:
    return {str(one.title): (one.value, one.note, one.alarming) for one in figures.overview()}


def test_figures_are_those_of_the_tables(acme: Furniture, other: Workspace, workspace: Workspace) -> None:
    now = timezone.now()
    Workspace.objects.filter(pk=other.pk).update(state="suspended")
    User.objects.create_user("off@example.org", is_active=False)
    deliveries = [deliver(acme) for _ in range(3)]
    Delivery.objects.filter(pk=deliveries[0].pk).update(received_at=now - timedelta(hours=2), state="unreadable")
    for place, fields in enumerate(({}, {"released_at": now}, {"dismissed_at": now})):
        Quarantined.objects.create(delivery=deliveries[1], place=place, why="unused", **fields)
    WorkItem.objects.all().delete()
    WorkItem.objects.create(workspace=workspace, kind="a", key="1", due_at=now - timedelta(minutes=7))
    WorkItem.objects.create(workspace=workspace, kind="a", key="2", quarantined_at=now)
    Pulse.objects.create(process="one", queue="chat", hands=100, seen_at=now)
    Pulse.objects.create(process="two", queue="default", hands=2, seen_at=now)
    Pulse.objects.create(process="dead", queue="default", hands=50, seen_at=now - timedelta(minutes=1))
    people = User.objects.count()
    assert shown() == {
        "Workspaces": ("2", "0 being set up, 1 suspended", False),
        "People": (str(people), "0 of the staff, 1 switched off", False),
        "Deliveries in the last hour": ("2", "2 waiting to be processed", False),
        "Quarantined": ("1", "and 1 body that could not be read", True),
        "Oldest due": ("7\xa0minutes", "1 piece of work is due", True),
        "Work set aside": ("1", "failed five times and wait for a person", True),
        "Hands alive": ("102", "chat 100, default 2", False),
        "Visits of staff this week": ("0", "by 0 people", False),
    }


def test_an_installation_at_rest_alarms_only_of_missing_hands(db: None) -> None:
    WorkItem.objects.all().delete()
    found = shown()
    assert found["Oldest due"] == ("nothing", "0 pieces of work are due", False)
    assert [title for title, (_value, _note, alarming) in found.items() if alarming] == ["Hands alive"]


def test_more_than_can_be_acted_on_is_not_counted_out(acme: Furniture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "MOST", 2)
    for _ in range(4):
        deliver(acme)
    assert shown()["Deliveries in the last hour"] == ("> 2", "> 2 waiting to be processed", False)


def test_each_figure_leads_to_its_list(acme: Furniture, staff: Client) -> None:
    page = staff.get("/admin/").content.decode()
    for one in figures.overview():
        assert f'href="{one.url}"' in page
        assert staff.get(one.url).status_code == 200, one.url


def test_the_overview_takes_few_queries(acme: Furniture, staff: Client, django_assert_max_num_queries: object) -> None:
    staff.get("/admin/")
    with django_assert_max_num_queries(20):  # type: ignore[operator]
        staff.get("/admin/")
