"""The business's logo above the chat: for every website, under an address that changes with the picture."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from apps.core.pictures import painted
from apps.inboxes.models import Widget
from apps.tenants.business import set_logo
from apps.tenants.models import Workspace
from tests.pictures import picture
from tests.web_chat.chats import SITE, key_of


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def dress(workspace: Workspace, **look: Any) -> None:
    set_logo(Workspace.objects.get(pk=workspace.pk), painted("logo.png", picture(**look)))


def logo_of(widget: Widget) -> str:
    answer: Any = Client().get(f"/chat/{key_of(widget)}/hello/", headers={"origin": SITE})
    return str(answer.json()["logo"])


def test_a_business_without_a_logo_names_none(widget: Widget) -> None:
    assert logo_of(widget) == ""
    assert Client().get(f"/chat/{key_of(widget)}/logo/").status_code == 404


def test_the_chat_names_the_logo_and_everybody_may_look_at_it(workspace: Workspace, widget: Widget) -> None:
    dress(workspace)
    address = logo_of(widget)
    version = Workspace.objects.get(pk=workspace.pk).logo_version
    assert address == f"/chat/{key_of(widget)}/logo/?v={version}"
    answer = Client().get(address, headers={"origin": "https://anywhere.example"})
    assert (answer.status_code, answer.content[8:12]) == (200, b"WEBP")
    expected = {
        "Content-Type": "image/webp",
        "Content-Disposition": 'attachment; filename="logo.webp"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Cache-Control": "public, max-age=2592000, immutable",
    }
    assert {name: answer.headers.get(name) for name in expected} == expected
    assert "Set-Cookie" not in answer.headers


def test_a_new_logo_has_a_new_address(workspace: Workspace, widget: Widget) -> None:
    dress(workspace)
    before = logo_of(widget)
    dress(workspace, colour=(0, 200, 0))
    assert before != logo_of(widget) != ""


def test_an_unknown_key_shows_nobodys_logo(workspace: Workspace, widget: Widget) -> None:
    dress(workspace)
    for key in ("none", "0" * 22, workspace.schema_name):
        assert Client().get(f"/chat/{key}/logo/").status_code == 404


def test_a_suspended_business_shows_none(workspace: Workspace, widget: Widget) -> None:
    dress(workspace)
    Workspace.objects.filter(pk=workspace.pk).update(state=Workspace.State.SUSPENDED)
    assert Client().get(f"/chat/{key_of(widget)}/logo/").status_code == 404


def test_a_logo_can_be_looked_at_and_nothing_else(widget: Widget) -> None:
    for method in ("post", "put", "delete"):
        assert getattr(Client(), method)(f"/chat/{key_of(widget)}/logo/").status_code == 405
