"""What staff did is to be read by staff, and neither changed nor deleted by them."""

import pytest
from django.contrib.admin.models import LogEntry
from django.db import models
from django.test import Client

from apps.staff.models import Look, Visit
from tests.security.conftest import Furniture
from tests.staff.ledger import deliver, said

RECORDS = {"staff/visit": Visit, "staff/look": Look, "admin/logentry": LogEntry}


@pytest.fixture
def done(acme: Furniture, staff: Client) -> None:
    """Somebody came in, looked at a workspace and suspended it."""
    page = f"/admin/tenants/workspace/{acme.business.workspace.pk}/"
    staff.get(page)
    staff.post(f"{page}suspend/", {"why": "Spam"})


def test_visits_looks_and_changes_are_listed_and_searched(done: None, staff: Client) -> None:
    expected = {
        "staff/visit/?q=127.0.0.1": "sam@leadline.example",
        "staff/look/?workspace=acme&what=workspace&q=sam": "Acme Cycles (acme)",
        "admin/logentry/?q=spam": "Suspended: Spam",
    }
    for path, words in expected.items():
        answer = staff.get(f"/admin/{path}")
        assert (words in answer.content.decode(), len(answer.context["cl"].result_list)) == (True, 1), path
    for path in ("staff/visit/?q=nobody", "staff/look/?what=download", "admin/logentry/?to=2020-01-01"):
        assert list(staff.get(f"/admin/{path}").context["cl"].result_list) == [], path


def test_each_has_a_page_with_ways_to_who_and_what(done: None, acme: Furniture, staff: Client) -> None:
    for path, model in RECORDS.items():
        shown = staff.get(f"/admin/{path}/{model.objects.latest('pk').pk}/").content.decode()
        assert "sam@leadline.example" in shown or "Sam" in shown
        if model is not Visit:
            assert f'href="/admin/tenants/workspace/{acme.business.workspace.pk}/"' in shown


@pytest.mark.parametrize("path", RECORDS)
def test_no_record_can_be_changed_or_deleted(done: None, staff: Client, path: str) -> None:
    model: type[models.Model] = RECORDS[path]
    row = model._default_manager.latest("pk")
    before = list(model._default_manager.values())
    for tail in ("", f"{row.pk}/", f"{row.pk}/change/", f"{row.pk}/delete/", "add/"):
        for method in ("post", "put", "delete"):
            data = {"post": "yes", "action": "delete_selected", "index": "0", "_selected_action": [str(row.pk)]}
            answer = getattr(staff, method)(f"/admin/{path}/{tail}", **({"data": data} if method == "post" else {}))
            assert answer.status_code in (404, 405)
    assert list(model._default_manager.values()) == before


def test_a_record_of_a_person_who_is_gone_still_says_who_it_was(done: None, staff: Client) -> None:
    for path, model in (("staff/visit", Visit), ("staff/look", Look)):
        model.objects.update(person=None)
        shown = staff.get(f"/admin/{path}/{model.objects.latest('pk').pk}/").content.decode()
        assert "<dd>sam@leadline.example</dd>" in shown


def test_a_change_of_what_has_no_page_is_shown_without_a_way_there(acme: Furniture, staff: Client) -> None:
    staff.post(f"/admin/ingest/delivery/{deliver(acme, said('Hello', acme)).pk}/replay/")
    entry = LogEntry.objects.get()
    LogEntry.objects.update(content_type=None)
    assert entry.object_repr in staff.get(f"/admin/admin/logentry/{entry.pk}/").content.decode()
