"""S27: what a customer, a colleague or a vendor's server wrote is text on every page, never markup."""

from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client

from apps import tenants
from apps.accounts import inviting
from apps.accounts.models import ApiKey, Membership, Role, User
from apps.accounts.services import confirm_address
from apps.bots.models import Bot
from apps.contacts.models import Contact
from apps.conversations import services as conversations
from apps.conversations.models import Conversation, Message
from apps.inboxes.models import Inbox, Widget
from apps.inboxes.widgets import connect_widget
from apps.knowledge.models import Source
from apps.leads.services import save_fields
from apps.notices.models import Notice
from apps.providers.base import ContentKind
from apps.tenants.models import Workspace
from tests.conftest import inbound
from tests.security.conftest import Furniture, again
from tests.security.routes import WORKSPACE, address

Browser = Callable[[str | User], Client]
SITE = "https://shop.example"

PHONE = "447700900111"
#: Each tries to leave where it stands: text, attribute in either quote, script, template, address.
PAYLOADS = [
    "<script>alert('xss')</script>",
    "\"><img src=x onerror=alert('xss')>",
    "'><svg/onload=alert('xss')>",
    "</title></textarea></script><script>alert('xss')</script>",
    "{{ 7|add:7 }}{% debug %}{{ constructor }}",
    "javascript:alert('xss')",
    "<a href=\"javascript:alert('xss')\">xss</a>",
    "<!--xss--><b data-x='xss'>\u2028xss\u202e</b>",
]
SCREENS = [pattern for pattern, row in WORKSPACE.items() if row.get["owner"] == 200]


class Page(HTMLParser):
    """Collects what would run or leave: scripts of the page's own, handlers, styles, addresses; and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.dangerous: list[str] = []
        self.texts: list[str] = []
        self.inside = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = tag
        given = dict(attrs)
        if tag in ("iframe", "object", "embed", "base") or (tag == "script" and not given.get("src")):
            self.dangerous.append(tag)
        for name, value in attrs:
            address_like = name in ("href", "src", "action", "hx-get", "hx-post", "formaction", "xlink:href")
            if name.startswith("on") or name in ("style", "srcdoc", "x-html", "x-data", "hx-on"):
                self.dangerous.append(f"{tag} {name}")
            if address_like and (value or "").strip().lower().startswith(("javascript:", "data:text", "vbscript:")):
                self.dangerous.append(f"{tag} {name}={value}")
            if tag == "img" and value == "x":
                self.dangerous.append("img of a payload")
        self.texts += [value for _, value in attrs if value]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
        if self.inside == "script" and "xss" in data:
            self.dangerous.append("script text")


def spread(acme: Furniture, payload: str) -> None:
    """Writes the payload into everything that a page shows."""
    kinds: list[tuple[str, str, dict[str, Any]]] = [
        (ContentKind.TEXT, payload, {}),
        (ContentKind.LOCATION, payload, {"latitude": 1.5, "longitude": 2.5, "name": payload, "address": payload}),
        (ContentKind.LOCATION, "", {"latitude": payload, "longitude": payload, "name": payload, "url": payload}),
        (ContentKind.DOCUMENT, payload, {"media_id": "1", "filename": payload, "mime_type": payload}),
        (ContentKind.IMAGE, payload, {"media_id": payload, "mime_type": payload}),
        (ContentKind.CONTACTS, payload, {"contacts": [{"name": {"formatted_name": payload}}]}),
        (ContentKind.CHOICE, payload, {"title": payload, "description": payload, "source": payload}),
        (ContentKind.FORM, payload, {"name": payload, "response": {payload: payload}}),
        (ContentKind.ORDER, payload, {"items": [{"quantity": payload, "product_id": payload}]}),
        (ContentKind.UNSUPPORTED, "", {"type": payload}),
        (ContentKind.SYSTEM, payload, {"type": payload}),
        (ContentKind.REACTION, "", {"target": "nothing", "emoji": payload}),
        (ContentKind.EDIT, payload, {"target": "nothing"}),
    ]
    with tenants.enter(acme.business.workspace):
        Contact.objects.update(name=payload)
        Bot.objects.update(name=payload[:80], business=payload)
        Inbox.objects.update(name=payload, trouble=payload, state=Inbox.State.BROKEN)
        acme.handoff.reason = payload
        acme.handoff.save()
        for kind, text, content in kinds:
            conversations.receive(acme.business.inbox, inbound(text, phone=PHONE, kind=kind, content=content))
        values = {field: payload for field in ("name", "email", "phone", "location")}
        save_fields(acme.lead, values, message_id=acme.failed.pk)
        Message.objects.filter(pk=acme.failed.pk).update(
            trouble="", trouble_code=payload[:40], trouble_detail=payload, text=payload
        )
        Conversation.objects.update(preview=payload)
        Source.objects.update(title=payload[:200], error=payload[:200], state="failed")
        Notice.objects.update(detail=payload[:200])
    User.objects.update(name=payload[:120])
    ApiKey.objects.update(name=payload[:80])
    Workspace.objects.filter(pk=acme.business.workspace.pk).update(name=payload[:120])


@pytest.mark.slow
@pytest.mark.parametrize("payload", PAYLOADS)
def test_it_is_shown_as_text_on_every_page(acme: Furniture, browser: Browser, payload: str) -> None:
    spread(acme, payload)
    client, shown = browser("owner"), 0
    for pattern in SCREENS:
        path = address("config.urls_workspace", pattern, slug="acme", ids=acme.ids)
        for query in ({"q": payload, "show": payload, "stage": payload}, {"since": "2026-01-01T00:00:00Z"}):
            answer = again(client).get(path, query)
            if answer.headers["content-type"].startswith("application/json"):
                continue
            page = Page(answer.content.decode())
            assert page.dangerous == [], path
            shown += sum(payload in text for text in page.texts)
    assert shown >= 20


ACCOUNT = [
    *("/workspaces/", "/account/", "/start/", "/accounts/logout/", "/accounts/2fa/", "/accounts/sessions/"),
    *("/accounts/2fa/totp/activate/", "/accounts/google/cancelled/", "/accounts/inactive/"),
]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_invitations_and_account_pages_show_it_as_text(acme: Furniture, browser: Browser, payload: str) -> None:
    """Whoever invites chooses both names; a browser chooses what it is called."""
    spread(acme, payload)
    by = Membership.objects.select_related("user", "workspace").get(pk=acme.business.owner.pk)
    (invited,) = inviting.invite(by, emails=["new@example.org"], role=Role.VENDOR)
    link, shown = f"/invitations/{invited.token}/", 0
    owner = browser(by.user)
    owner.defaults["HTTP_USER_AGENT"] = payload.encode("ascii", "ignore").decode()
    guest = User.objects.create_user("new@example.org", name=payload[:120])
    confirm_address(guest, guest.email)
    pages = [Client().get(link), browser(guest).get(link), browser(guest).get("/workspaces/"), owner.get(link)]
    pages += [again(owner).get(path, {"next": payload}) for path in ACCOUNT]
    for answer in pages:
        if answer.headers.get("content-type", "").startswith("text/html"):
            page = Page(answer.content.decode())
            assert page.dangerous == [], answer.request["PATH_INFO"]
            shown += sum(payload[:80] in text for text in page.texts)
    assert shown >= 5


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_a_website_is_told_of_its_chat_is_data(acme: Furniture, payload: str) -> None:
    """The script of the chat writes it as text, which tests/browsers shows; here nothing is a page."""
    spread(acme, payload)
    with tenants.enter(acme.business.workspace):
        bot = Bot.objects.first()
        assert bot
        widget = connect_widget(acme.business.workspace, bot=bot, name=payload[:80], websites=SITE)
        look = {"title": payload[:60], "colour": "#aa3311", "greeting": payload, "offline_text": payload}
        Widget.objects.filter(pk=widget.pk).update(**{name: text[:60] for name, text in look.items()})
    answer = Client().get(f"/chat/{widget.inbox.external_key}/hello/", headers={"origin": SITE})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.json()["greeting"] == payload[:60]


def test_a_conversation_taken_by_a_person_of_that_name_too(acme: Furniture, browser: Browser) -> None:
    client = browser("supervisor")
    client.post(f"/w/acme/c/{acme.ids['c']}/reply/", {**WORKSPACE["c/<int:pk>/reply/"].data, "text": PAYLOADS[1]})
    client.post(f"/w/acme/leads/{acme.ids['leads']}/assign/")
    spread(acme, PAYLOADS[1])
    for pattern in SCREENS:
        answer = client.get(address("config.urls_workspace", pattern, slug="acme", ids=acme.ids))
        if answer.headers["content-type"].startswith("text/html"):
            assert Page(answer.content.decode()).dangerous == []


def test_a_refused_form_repeats_what_was_typed_as_text(acme: Furniture, browser: Browser) -> None:
    client = browser("owner")
    for data in ({"key": PAYLOADS[1]}, {"text": "", "key": ""}, {"stage": PAYLOADS[1]}):
        for path in (f"c/{acme.ids['c']}/reply/", f"leads/{acme.ids['leads']}/stage/"):
            answer = client.post(f"/w/acme/{path}", data, headers={"hx-request": "true"})
            assert Page(answer.content.decode()).dangerous == []
    login = Client().post("/accounts/login/", {"email": PAYLOADS[1], "next": PAYLOADS[5]})
    assert login.status_code == 200
    assert Page(login.content.decode()).dangerous == []


def test_the_policy_forbids_what_a_forgotten_place_would_run(acme: Furniture, browser: Browser) -> None:
    client = browser("owner")
    for pattern in SCREENS:
        answer = client.get(address("config.urls_workspace", pattern, slug="acme", ids=acme.ids))
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe-inline" not in policy and "unsafe-eval" not in policy and "*" not in policy
