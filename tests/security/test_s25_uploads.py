"""S25: what is uploaded is painted anew or refused by its name, and is handed out as a picture and as nothing else."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.tenants.models import Workspace
from tests.pictures import REFUSED, SCRIPT, picture
from tests.security.conftest import Furniture

Browser = Callable[[str], Client]
PAGE, LOGO = "/w/acme/settings/", "/w/acme/settings/logo/"


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


def upload(client: Client, name: str, content: bytes, kind: str = "image/png") -> Any:
    return client.post(PAGE, {"name": "Renamed", "logo": SimpleUploadedFile(name, content, content_type=kind)})


def kept(media: Path) -> list[str]:
    return [path.name for path in media.rglob("*") if path.is_file()]


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_picture_is_refused_by_name_whatever_it_calls_itself(
    acme: Furniture, browser: Browser, media: Path, name: str
) -> None:
    answer = upload(browser("owner"), name, REFUSED[name])
    page = answer.content.decode()
    assert (answer.status_code, f"“{name}”" in page, SCRIPT.decode() in page) == (422, True, False)
    row = Workspace.objects.get(slug="acme")
    assert (row.logo, row.name, kept(media)) == ("", "Acme Cycles", [])


def test_a_flood_of_pixels_costs_nothing(acme: Furniture, browser: Browser) -> None:
    client = browser("owner")
    client.get(PAGE)
    began = time.process_time()
    assert upload(client, "flood.png", REFUSED["flood.png"]).status_code == 422
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    "name",
    [
        "../../../etc/passwd.png",
        "..\\..\\evil.png",
        "logo.png\x00.html",
        "logo.png\r\nX-Evil: 1",
        "<img src=x onerror=alert(1)>.png",
        "x" * 300 + ".png",
        "logo.png.php",
        "логотип.png",
    ],
)
def test_the_name_of_a_file_decides_nothing(acme: Furniture, browser: Browser, media: Path, name: str) -> None:
    client = browser("owner")
    upload(client, name, picture())
    stored = Workspace.objects.get(slug="acme").logo
    if stored:
        assert stored.startswith(f"{acme.business.workspace.schema_name}/logo/")
        assert kept(media) == [stored.rpartition("/")[2]]
        assert client.get(LOGO)["Content-Disposition"] == 'attachment; filename="logo.webp"'
    assert not [path for path in media.parent.iterdir() if path != media]


def test_a_script_inside_a_picture_reaches_nobody(acme: Furniture, browser: Browser) -> None:
    client = browser("owner")
    hostile = picture("JPEG", comment=SCRIPT)
    assert SCRIPT in hostile
    assert upload(client, "logo.jpg", hostile, "text/html").status_code == 302
    answer = client.get(LOGO)
    assert (SCRIPT in answer.content, answer["Content-Type"]) == (False, "image/webp")
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert (answer["X-Content-Type-Options"], answer["X-Frame-Options"]) == ("nosniff", "DENY")


@pytest.mark.parametrize("visitor", ["editor", "supervisor", "vendor", "viewer"])
def test_who_may_not_change_the_business_uploads_nothing(
    acme: Furniture, browser: Browser, media: Path, visitor: str
) -> None:
    assert upload(browser(visitor), "logo.png", picture()).status_code == 403
    assert (Workspace.objects.get(slug="acme").logo, kept(media)) == ("", [])


@pytest.mark.parametrize(("visitor", "status"), [("nobody", 302), ("stranger", 404)])
def test_who_is_no_member_gets_no_file(acme: Furniture, browser: Browser, visitor: str, status: int) -> None:
    upload(browser("owner"), "logo.png", picture())
    stored = Workspace.objects.get(slug="acme").logo
    assert browser(visitor).get(LOGO).status_code == status
    for address in (f"/media/{stored}", f"/{stored}", f"/static/{stored}", f"/static/../{stored}"):
        assert browser("owner").get(address).status_code in (400, 404)


def test_another_sites_form_uploads_nothing(acme: Furniture, browser: Browser, media: Path) -> None:
    client = browser("owner")
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    assert upload(strict, "logo.png", picture()).status_code == 403
    assert kept(media) == []


def test_a_body_that_is_no_form_is_refused(acme: Furniture, browser: Browser, media: Path) -> None:
    client = browser("owner")
    for body in (b"", b"--x\r\n", b'--x\r\nContent-Disposition: form-data; name="logo"; filename="a.png"\r\n\r\n'):
        answer = client.generic("POST", PAGE, body, content_type="multipart/form-data; boundary=x")
        assert answer.status_code in (400, 422)
    assert (Workspace.objects.get(slug="acme").name, kept(media)) == ("Acme Cycles", [])
