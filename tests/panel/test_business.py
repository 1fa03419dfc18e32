"""The business's own page: name, time zone and logo, for the owner and admins."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.accounts.models import Role
from apps.tenants.models import Workspace
from tests.pictures import picture

PAGE, LOGO = "/w/acme/settings/", "/w/acme/settings/logo/"
ClientFor = Callable[..., Client]


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Any, workspace: Workspace) -> Path:
    """An empty storage."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


def file(name: str = "logo.png", content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture() if content is None else content, content_type="image/png")


def acme() -> Workspace:
    return Workspace.objects.get(slug="acme")


def files(media: Path) -> list[Path]:
    return [path for path in media.rglob("*") if path.is_file()]


def test_name_and_time_zone_are_changed(client_for: ClientFor) -> None:
    answer = client_for(Role.ADMIN).post(PAGE, {"name": " Acme & Sons ", "time_zone": "Europe/Lisbon"})
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    assert (acme().name, acme().time_zone, acme().slug) == ("Acme & Sons", "Europe/Lisbon", "acme")


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "   "},
        {"name": "x" * 121},
        {"name": "Ac\x00me"},
        {"time_zone": "Mars/Olympus"},
        {"time_zone": "../../etc/passwd"},
        {"time_zone": "posixrules"},
    ],
)
def test_a_wrong_field_comes_back_and_nothing_is_changed(
    client_for: ClientFor, media: Path, wrong: dict[str, str]
) -> None:
    before = acme()
    data = {"name": "New", "time_zone": "UTC", "logo": file(), **wrong}
    answer = client_for(Role.OWNER).post(PAGE, data)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert (acme().name, acme().time_zone, acme().logo, files(media)) == (before.name, "", "", [])


def test_fields_that_nobody_asked_for_change_nothing(client_for: ClientFor) -> None:
    before = acme()
    client_for(Role.OWNER).post(
        PAGE, {"name": "New", "slug": "evil", "schema_name": "public", "state": "suspended", "logo": "../../x"}
    )
    now = acme()
    assert (now.slug, now.schema_name, now.state, now.logo) == (before.slug, before.schema_name, before.state, "")


def test_a_logo_lies_below_the_workspaces_own_directory_under_a_name_nobody_chose(
    client_for: ClientFor, media: Path
) -> None:
    assert client_for(Role.OWNER).post(PAGE, {"name": "Acme", "logo": file("../../evil.png")}).status_code == 302
    (stored,) = files(media)
    assert stored.relative_to(media).as_posix() == acme().logo
    schema, kind, name = acme().logo.split("/")
    assert (schema, kind, len(name), name.endswith(".webp")) == (acme().schema_name, "logo", 37, True)
    assert "evil" not in acme().logo


def test_every_member_sees_it_and_the_pages_show_it(client_for: ClientFor) -> None:
    client_for(Role.OWNER).post(PAGE, {"name": "Acme", "logo": file()})
    address = f"{LOGO}?v={acme().logo_version}"
    for role in Role:
        client = client_for(role)
        answer = client.get(address)
        assert (answer.status_code, answer["Content-Type"], answer.content[8:12]) == (200, "image/webp", b"WEBP")
        assert f'src="{address}"' in client.get("/w/acme/").content.decode()
        assert f'src="{address}"' in client.get("/workspaces/?all").content.decode()


def test_a_logo_is_handed_out_as_a_picture_and_nothing_else(client_for: ClientFor) -> None:
    client = client_for(Role.OWNER)
    client.post(PAGE, {"name": "Acme", "logo": file()})
    headers = client.get(LOGO).headers
    assert {name: headers[name] for name in SAFE} == SAFE


SAFE = {
    "Content-Type": "image/webp",
    "Content-Disposition": 'attachment; filename="logo.webp"',
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, max-age=2592000, immutable",
}


def test_a_new_logo_has_a_new_address_and_the_old_file_is_gone(client_for: ClientFor, media: Path) -> None:
    client = client_for(Role.OWNER)
    versions = []
    for colour in ((255, 0, 0), (0, 255, 0)):
        client.post(PAGE, {"name": "Acme", "logo": file(content=picture(colour=colour))})
        versions.append(acme().logo_version)
    assert versions[0] != versions[1]
    assert [path.relative_to(media).as_posix() for path in files(media)] == [acme().logo]


def test_a_logo_is_removed_with_its_file(client_for: ClientFor, media: Path) -> None:
    client = client_for(Role.OWNER)
    assert "no_logo" not in client.get(PAGE).content.decode()
    client.post(PAGE, {"name": "Acme", "logo": file()})
    assert 'name="no_logo"' in client.get(PAGE).content.decode()
    assert client.post(PAGE, {"name": "Acme", "no_logo": "on"}).status_code == 302
    assert (acme().logo, files(media), client.get(LOGO).status_code) == ("", [], 404)
    assert LOGO not in client.get("/w/acme/").content.decode()


def test_saving_without_choosing_a_file_keeps_the_logo(client_for: ClientFor) -> None:
    client = client_for(Role.OWNER)
    client.post(PAGE, {"name": "Acme", "logo": file()})
    kept = acme().logo
    client.post(PAGE, {"name": "Acme Two"})
    assert (acme().logo, acme().name) == (kept, "Acme Two")


def test_a_chosen_file_wins_over_the_tick_to_remove(client_for: ClientFor, media: Path) -> None:
    client = client_for(Role.OWNER)
    client.post(PAGE, {"name": "Acme", "logo": file()})
    before = acme().logo
    client.post(PAGE, {"name": "Acme", "logo": file(), "no_logo": "on"})
    assert acme().logo not in ("", before)
    assert len(files(media)) == 1


def test_a_storage_that_fails_changes_nothing_and_says_so(
    client_for: ClientFor, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(default_storage, "save", full)
    answer = client_for(Role.OWNER).post(PAGE, {"name": "New", "logo": file()})
    assert answer.status_code == 422
    assert "could not be stored on our side" in answer.content.decode()
    assert (acme().name, acme().logo, files(media)) == ("Acme Cycles", "", [])


def test_a_file_that_was_lost_is_not_found_and_the_page_still_works(client_for: ClientFor, media: Path) -> None:
    client = client_for(Role.OWNER)
    client.post(PAGE, {"name": "Acme", "logo": file()})
    files(media)[0].unlink()
    assert (client.get(LOGO).status_code, client.get(PAGE).status_code) == (404, 200)
    assert client.post(PAGE, {"name": "Acme", "logo": file()}).status_code == 302


def test_the_business_in_another_workspace_is_untouched(client_for: ClientFor, other: Workspace) -> None:
    client = client_for(Role.OWNER)
    client.post(PAGE, {"name": "Acme", "time_zone": "Asia/Tokyo", "logo": file()})
    assert client.get("/w/other/settings/logo/").status_code == 404
    assert client.post("/w/other/settings/", {"name": "Mine"}).status_code == 404
    now = Workspace.objects.get(slug="other")
    assert (now.name, now.time_zone, now.logo) == (other.name, "", "")


def test_who_shows_no_zone_reads_the_businesss_clock(client_for: ClientFor, make_conversation: Any) -> None:
    conversation = make_conversation()
    message = conversation.messages.get()
    client = client_for(Role.OWNER)
    client.post(PAGE, {"name": "Acme", "time_zone": "Pacific/Kiritimati"})
    at = message.created_at.astimezone(ZoneInfo("Pacific/Kiritimati"))
    assert f"{at:%H:%M}</time>" in client.get(f"/w/acme/c/{conversation.pk}/").content.decode()
