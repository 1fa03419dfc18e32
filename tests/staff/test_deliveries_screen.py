"""Deliveries for staff: found, read with secrets masked, downloaded, replayed; every look at a body is kept."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import timezone

from apps.ingest.models import Delivery, Quarantined
from apps.staff import bodies
from apps.staff.models import Look
from apps.tenants.models import Hook, Workspace
from tests.payloads import change, status
from tests.security.conftest import Furniture
from tests.security.test_s27_stored_xss import PAYLOADS, Page
from tests.staff.ledger import SIGNATURE, deliver, said

LIST = "/admin/ingest/delivery/"


def ids(client: Client, query: str = "") -> list[int]:
    return [row.pk for row in client.get(f"{LIST}?{query}").context["cl"].result_list]


def looks() -> list[tuple[str, str, str]]:
    return list(Look.objects.order_by("pk").values_list("what", "subject", "words"))


def page(client: Client, delivery: Delivery) -> str:
    return client.get(f"{LIST}{delivery.pk}/").content.decode()


def text_of(html: str) -> str:
    """The words of a page, as a person reads them."""
    return "".join(Page(html).texts)


def test_deliveries_are_found_by_id_hook_and_error(acme: Furniture, staff: Client) -> None:
    first, second = deliver(acme), deliver(acme)
    another = Hook.objects.create(provider="web_chat", secrets="secret", verify_token="")
    third = Delivery.objects.create(hook=another, body=b"{}", headers={})
    Delivery.objects.filter(pk=second.pk).update(error="The body is not JSON.")
    assert ids(staff) == [third.pk, second.pk, first.pk]
    assert ids(staff, f"q={first.pk}") == [first.pk]
    assert ids(staff, f"q=hook+{another.pk}") == [third.pk]
    assert ids(staff, f"q={another.key}") == [third.pk]
    assert ids(staff, "q=not+json") == [second.pk]
    assert ids(staff, "provider=web_chat") == [third.pk]
    assert ids(staff, "q=99999999999999999999") == ids(staff, "q=hook+99999999999999999999") == []


def test_deliveries_are_found_by_state_day_and_workspace(acme: Furniture, staff: Client, other: Workspace) -> None:
    old, aside, unreadable = deliver(acme), deliver(acme), deliver(acme)
    stray = Delivery.objects.create(hook=Hook.objects.create(provider="web_chat"), body=b"{}", headers={})
    Delivery.objects.filter(pk=old.pk).update(received_at=timezone.now() - timedelta(days=9), state="processed")
    Delivery.objects.filter(pk=unreadable.pk).update(state="unreadable")
    Quarantined.objects.create(delivery=aside, place=0, why="unused")
    today = timezone.localdate()
    assert ids(staff, "state=unreadable") == [unreadable.pk]
    assert ids(staff, "state=processed") == [old.pk]
    assert ids(staff, "state=aside") == [aside.pk]
    assert ids(staff, f"from={today - timedelta(days=1)}") == [stray.pk, unreadable.pk, aside.pk]
    assert ids(staff, f"to={today - timedelta(days=1)}") == [old.pk]
    assert ids(staff, f"from={today}&to={today}&state=aside") == [aside.pk]
    assert ids(staff, "from=yesterday&to=2026-02-31") == ids(staff)
    assert ids(staff, "workspace=acme") == [unreadable.pk, aside.pk, old.pk]
    assert ids(staff, "workspace=other") == ids(staff, "workspace=nowhere") == []
    assert looks() == []


def test_deliveries_are_found_by_words_in_the_body_and_the_words_are_kept(acme: Furniture, staff: Client) -> None:
    wanted = deliver(acme, said("Do you rent cargo bikes?", acme))
    deliver(acme, said("Something else", acme))
    assert ids(staff, "words=cargo+bikes") == [wanted.pk]
    assert looks() == [("search", "", "cargo bikes")]


def test_a_phone_number_is_not_searched_for_and_not_kept(acme: Furniture, staff: Client) -> None:
    deliver(acme, said("Hello", acme))
    answer = staff.get(f"{LIST}?words=447700900111")
    assert "That may be a phone number." in answer.content.decode()
    assert (list(answer.context["cl"].result_list), looks()) == ([], [])


def test_reading_a_body_is_kept_with_whose_it_is(acme: Furniture, staff: Client) -> None:
    delivery = deliver(acme, said("Hello", acme))
    page(staff, delivery)
    staff.get(f"{LIST}{delivery.pk}/body/")
    assert looks() == [("body", f"Delivery {delivery.pk}", ""), ("download", f"Delivery {delivery.pk}", "")]
    assert set(Look.objects.values_list("workspace__slug", "email")) == {("acme", "sam@leadline.example")}


def test_signatures_and_tokens_are_masked_on_the_page_and_in_the_download(acme: Furniture, staff: Client) -> None:
    body = {"object": "x", "access_token": "canary-a", "deep": [{"clientSecret": "canary-b", "token": ["canary-c"]}]}
    delivery = deliver(acme, body=json.dumps({**body, "text": "kept"}).encode())
    for shown in (page(staff, delivery), staff.get(f"{LIST}{delivery.pk}/body/").content.decode()):
        assert "canary" not in shown and SIGNATURE not in shown
        assert "kept" in shown and bodies.MASK in shown
    broken = deliver(acme, body=b"access_token=canary-d&x=1 {'secret': 'canary-e', Authorization: canary-f")
    for shown in (page(staff, broken), staff.get(f"{LIST}{broken.pk}/body/").content.decode()):
        assert "canary" not in shown and "x=1" in shown


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_body_is_text_whatever_it_says(acme: Furniture, staff: Client, payload: str) -> None:
    delivery = deliver(acme, said(payload, acme, name=payload))
    Delivery.objects.filter(pk=delivery.pk).update(headers={payload: payload}, error=payload[:300])
    for html in (page(staff, delivery), staff.get(LIST).content.decode()):
        assert Page(html).dangerous == []
    assert payload.split("\u2028")[0] in text_of(page(staff, delivery))


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff\xfe\x00", b"[" * 100_000, b'{"a":' * 5_000, b'"\\ud800"', b"1" * 5_000, b"null", b'{"a": 1e999}'],
)
def test_a_body_that_is_odd_is_shown_and_downloaded(acme: Furniture, staff: Client, body: bytes) -> None:
    delivery = deliver(acme, body=body)
    assert staff.get(f"{LIST}{delivery.pk}/").status_code == 200
    assert staff.get(f"{LIST}{delivery.pk}/body/").status_code == 200


def test_a_long_body_is_cut_on_the_page_and_whole_in_the_download(acme: Furniture, staff: Client) -> None:
    delivery = deliver(acme, body=json.dumps({"text": "x" * 100_000 + "END"}).encode())
    shown = page(staff, delivery)
    assert "Only the beginning" in shown and "END" not in shown and len(shown) < 60_000
    answer = staff.get(f"{LIST}{delivery.pk}/body/")
    assert answer.content.decode().endswith('END"\n}')
    assert answer["Content-Disposition"] == f'attachment; filename="delivery-{delivery.pk}.json"'
    assert answer["Content-Type"] == "text/plain; charset=utf-8"


def test_what_became_of_each_item_is_said(acme: Furniture, staff: Client) -> None:
    delivery = deliver(
        acme,
        said("Hello", acme, id="wamid.known"),
        said("Hello", acme, number="999999999999999"),
        change(acme.business.number, {"messages": [{"type": "text"}]}),
        process=True,
    )
    shown = text_of(page(staff, delivery))
    assert "wamid.known" in shown and "Acme Cycles" in shown
    assert "of conversation" in shown and ": received" in shown
    assert "The number is not connected here" in shown
    assert "The item could not be read" in shown


def test_an_item_that_waits_and_a_status_of_nothing_are_said(acme: Furniture, staff: Client) -> None:
    delivery = deliver(acme, said("Hello", acme))
    assert "Waits to be processed." in text_of(page(staff, delivery))
    done = deliver(acme, status("read", wamid="wamid.none", key="k", number=acme.business.number), process=True)
    assert "About no message that is here." in text_of(page(staff, done))


def test_one_is_replayed_and_has_its_effect_once(acme: Furniture, staff: Client) -> None:
    delivery = deliver(acme, said("Hello", acme, id="wamid.once"), process=True)
    assert delivery.state == "processed"
    answer = staff.post(f"{LIST}{delivery.pk}/replay/")
    assert answer["Location"] == f"{LIST}{delivery.pk}/"
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts, delivery.lease_until) == ("received", 1, None)
    assert [entry.change_message for entry in LogEntry.objects.all()] == ["Replayed"]


def test_the_chosen_ones_are_replayed(acme: Furniture, staff: Client) -> None:
    chosen, also, left = (deliver(acme, said("Hello", acme)) for _ in range(3))
    Delivery.objects.update(state="processed")
    data = {"action": "replay_chosen", "index": "0", "select_across": "0", "_selected_action": [chosen.pk, also.pk]}
    answer = staff.post(LIST, data, follow=True)
    assert "2 deliveries will be processed again." in answer.content.decode()
    states = dict(Delivery.objects.values_list("pk", "state"))
    assert states == {chosen.pk: "received", also.pk: "received", left.pk: "processed"}
    assert LogEntry.objects.count() == 2


@pytest.mark.parametrize("data", [
    {"action": "delete_selected", "index": "0"}, {"action": "nonsense", "index": "0"}, {"index": "0"}, {},
    {"action": "replay_chosen", "index": "0"},
])  # fmt: skip
def test_other_acts_than_those_of_the_list_do_nothing(acme: Furniture, staff: Client, data: dict[str, Any]) -> None:
    delivery = deliver(acme, said("Hello", acme))
    Delivery.objects.update(state="processed")
    if data != {"action": "replay_chosen", "index": "0"}:  # there, nothing is chosen
        data = {**data, "_selected_action": [delivery.pk]}
    assert staff.post(LIST, data).status_code in (200, 302)
    assert (Delivery.objects.get().state, LogEntry.objects.count()) == ("processed", 0)


def test_looking_at_the_address_of_an_act_does_nothing(acme: Furniture, staff: Client) -> None:
    delivery = deliver(acme, said("Hello", acme))
    Delivery.objects.update(state="processed")
    assert staff.get(f"{LIST}{delivery.pk}/replay/").status_code == 405
    assert (Delivery.objects.get().state, LogEntry.objects.count()) == ("processed", 0)


def test_a_form_of_another_site_replays_nothing(acme: Furniture, staff_person: Any) -> None:
    delivery = deliver(acme, said("Hello", acme))
    Delivery.objects.update(state="processed")
    client = Client(enforce_csrf_checks=True)
    client.force_login(staff_person, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.post(f"{LIST}{delivery.pk}/replay/").status_code == 403
    assert (Delivery.objects.get().state, LogEntry.objects.count()) == ("processed", 0)


def test_an_empty_list_says_so(staff: Client) -> None:
    assert "Nothing here fits." in staff.get(LIST).content.decode()


def test_older_ones_are_on_the_next_page(acme: Furniture, staff: Client) -> None:
    Delivery.objects.bulk_create(Delivery(hook=acme.business.hook, body=b"{}", headers={}) for _ in range(51))
    first, second = ids(staff), ids(staff, "p=2")
    assert (len(first), len(second), second[0]) == (50, 1, first[-1] - 1)
    assert "Older" in staff.get(LIST).content.decode()
    assert "Older" not in staff.get(f"{LIST}?p=2").content.decode()


def test_the_list_loads_neither_bodies_nor_secrets(
    acme: Furniture, staff: Client, django_assert_max_num_queries: Any
) -> None:
    for _ in range(5):
        deliver(acme, said("Hello", acme))
    with django_assert_max_num_queries(12) as asked:
        staff.get(LIST)
    sql = [query["sql"] for query in asked.captured_queries if '"ingest_delivery"' in query["sql"]]
    assert sql and not [one for one in sql if '"body"' in one or '"secrets"' in one]
