"""S16: a form changes what it is for; fields nobody asked for change nothing."""

from collections.abc import Callable

from django.test import Client

from apps import tenants
from apps.accounts.models import Membership, User
from apps.conversations.models import Conversation, Message
from apps.leads.models import Lead
from tests.security.conftest import Furniture
from tests.security.routes import WORKSPACE

Browser = Callable[[str], Client]

GREEDY = {
    "is_staff": "1",
    "is_superuser": "1",
    "is_active": "0",
    "role": "owner",
    "plan": "enterprise",
    "assigned_to": "1",
    "vendor": "1",
    "vendor_id": "1",
    "user": "1",
    "author": "contact",
    "direction": "in",
    "state": "sent",
    "status": "read",
    "epoch": "99",
    "external_id": "wamid.forged",
    "ai_paused_at": "",
    "fields": '{"name": {"value": "Forged"}}',
    "unread": "0",
}


def test_a_reply_is_the_vendors_own_and_waits_to_be_sent(acme: Furniture, browser: Browser) -> None:
    client = browser("vendor")
    client.post(f"/w/acme/c/{acme.ids['c']}/reply/", {**GREEDY, **WORKSPACE["c/<int:pk>/reply/"].data})
    vendor = int(client.session["_auth_user_id"])
    with tenants.enter(acme.business.workspace):
        sent = Message.objects.get(text="Hello")
        assert (sent.author, sent.direction, sent.state, sent.user_id) == ("person", "out", "pending", vendor)
        assert (sent.external_id, sent.epoch) == (None, Conversation.objects.get(pk=acme.conversation.pk).epoch)
        assert Conversation.objects.get(pk=acme.conversation.pk).vendor_id == vendor


def test_moving_a_lead_moves_its_stage_and_nothing_else(acme: Furniture, browser: Browser) -> None:
    answer = browser("vendor").post(f"/w/acme/leads/{acme.ids['leads']}/stage/", {**GREEDY, "stage": "lost"})
    assert answer.status_code == 302
    with tenants.enter(acme.business.workspace):
        lead = Lead.objects.get(pk=acme.lead.pk)
        assert (lead.stage, lead.vendor_id, lead.fields) == ("lost", None, acme.lead.fields)


def test_assigning_a_lead_gives_it_to_who_asks(acme: Furniture, browser: Browser) -> None:
    client = browser("vendor")
    client.post(f"/w/acme/leads/{acme.ids['leads']}/assign/", {**GREEDY, "vendor": str(acme.business.owner.user_id)})
    with tenants.enter(acme.business.workspace):
        assert Lead.objects.get(pk=acme.lead.pk).vendor_id == int(client.session["_auth_user_id"])


def test_no_form_makes_anybody_more_than_they_are(acme: Furniture, browser: Browser) -> None:
    client = browser("vendor")
    people = list(User.objects.order_by("pk").values("email", "is_staff", "is_superuser", "is_active", "name"))
    roles = list(Membership.objects.order_by("pk").values("user", "workspace", "role"))
    for pattern, row in WORKSPACE.items():
        if row.post["vendor"] != 405:
            ids = {"c/<int:pk>": f"c/{acme.ids['c']}", "leads/<int:pk>": f"leads/{acme.ids['leads']}"}
            path = pattern.replace("<int:message_pk>", str(acme.ids["messages"]))
            for place, filled in ids.items():
                path = path.replace(place, filled)
            client.post(f"/w/acme/{path}", {**GREEDY, **row.data})
    Client().post("/accounts/login/", {**GREEDY, "email": "vendor@acme.example.org"})
    Client().post("/accounts/signup/", {**GREEDY, "email": "new@example.org", "password": "x"})
    assert list(User.objects.order_by("pk").values("email", "is_staff", "is_superuser", "is_active", "name")) == people
    assert list(Membership.objects.order_by("pk").values("user", "workspace", "role")) == roles
