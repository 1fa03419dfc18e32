"""What a browser keeps to have the panel as an app: the same for everybody, and nothing that is anybody's."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from PIL import Image

from apps.accounts.models import Role

PUBLIC = ("/sw.js", "/offline/", "/manifest.webmanifest")


def static_file(address: str) -> Path:
    return Path(settings.BASE_DIR, address.lstrip("/"))


def worker(client: Client) -> str:
    return client.get("/sw.js").content.decode()


def kept(source: str) -> list[str]:
    """The list of the service worker."""
    found = re.search(r"const PARTS = \[(.*?)\];", source, re.S)
    assert found
    return re.findall(r'"([^"]+)"', found[1])


@pytest.mark.parametrize("path", PUBLIC)
def test_everybody_gets_the_same_and_no_cookie(client_for: Callable[..., Client], path: str) -> None:
    answers = [client.get(path) for client in (Client(), client_for(Role.OWNER))]
    assert answers[0].content == answers[1].content
    for answer in answers:
        assert (answer.status_code, "Set-Cookie" in answer.headers, len(answer.cookies)) == (200, False, 0)
        assert "Cookie" not in answer.headers.get("Vary", "")


def test_the_worker_is_asked_for_anew_and_is_a_script_for_the_whole_installation(db: None) -> None:
    answer = Client().get("/sw.js")
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert (answer["Cache-Control"], answer["X-Content-Type-Options"]) == ("no-cache", "nosniff")
    assert "default-src 'self'" in answer["Content-Security-Policy"]


def test_the_worker_keeps_every_file_that_the_page_asks_for_and_no_address_of_anybodys(db: None) -> None:
    parts = kept(worker(Client()))
    page = Client().get("/offline/").content.decode()
    asked = re.findall(r'<(?:script|link rel="stylesheet"|img)[^>]*(?:href|src)="([^"]+)"', page)
    assert len(asked) >= 4
    assert set(asked) - set(parts) == set()
    assert [path for path in parts if not path.startswith("/static/") or not static_file(path).is_file()] == []
    # Icons of the head that are no part of the picture may be away.
    assert set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page)) - set(parts) == {
        "/static/icons/apple-touch-icon.png"
    }


def test_the_worker_changes_with_the_page_it_keeps(db: None) -> None:
    before = worker(Client())
    assert worker(Client()) == before
    assert re.search(r'"leadline-offline-[0-9a-f]{12}"', before)
    from_spain = Client(headers={"accept-language": "es"})
    assert kept(worker(from_spain)) == kept(before)


def test_the_panel_can_be_put_on_a_phone(db: None) -> None:
    answer = Client().get("/manifest.webmanifest")
    said = json.loads(answer.content)
    assert answer["Content-Type"] == "application/manifest+json"
    assert (said["start_url"], said["scope"], said["display"]) == ("/workspaces/", "/", "standalone")
    sizes = {(icon["sizes"], icon["purpose"]) for icon in said["icons"]}
    assert sizes == {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")}
    for icon in said["icons"]:
        with Image.open(static_file(icon["src"])) as image:
            assert (f"{image.width}x{image.height}", image.format) == (icon["sizes"], "PNG")


def test_pages_name_manifest_icons_and_a_colour_for_each_theme(client_for: Callable[..., Client]) -> None:
    for page in (Client().get("/"), client_for(Role.VENDOR).get("/w/acme/")):
        head = page.content.decode().partition("</head>")[0]
        assert '<link rel="manifest" href="/manifest.webmanifest">' in head
        assert re.findall(r'<meta name="theme-color" media="\(prefers-color-scheme: (\w+)\)"', head) == [
            "light",
            "dark",
        ]
        for icon in re.findall(r'<link rel="(?:icon|apple-touch-icon)"[^>]* href="([^"]+)"', head):
            assert static_file(icon).is_file()
    with Image.open(Path(settings.BASE_DIR, "static/icons/apple-touch-icon.png")) as image:
        assert (image.size, image.mode) == ((180, 180), "RGB")  # clear corners would be black on a phone


def test_a_browser_that_looks_for_an_icon_by_itself_finds_one(db: None) -> None:
    answer: Any = Client().get("/favicon.ico")
    assert (answer.status_code, answer["Location"]) == (302, "/static/icons/favicon.ico")
    with Image.open(static_file(answer["Location"])) as image:
        assert image.format == "ICO"
