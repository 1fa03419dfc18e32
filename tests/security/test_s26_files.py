"""S26: a workspace's files leave by its own pages alone: no address of the storage, no guess, no foreign page."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.http import Http404
from django.test import Client

from apps import tenants
from apps.accounts.models import Membership, Role
from apps.core.pictures import painted
from apps.tenants.business import set_logo
from apps.tenants.files import handed_out
from apps.tenants.models import Workspace
from tests.pictures import picture
from tests.security.conftest import Furniture

Browser = Callable[[Any], Client]
LOGO = "/w/acme/settings/logo/"


@pytest.fixture
def stored(acme: Furniture, tmp_path: Path, settings: Any) -> str:
    """Acme has a logo; its name in the storage."""
    settings.MEDIA_ROOT = tmp_path
    with tenants.enter(acme.business.workspace):
        set_logo(Workspace.objects.get(slug="acme"), painted("logo.png", picture()))
    return Workspace.objects.get(slug="acme").logo


def test_members_alone_get_it_and_only_as_long_as_they_are(stored: str, browser: Browser, theirs: Furniture) -> None:
    vendor = browser("vendor")
    answer = vendor.get(LOGO)
    assert (answer.status_code, answer.headers["Cache-Control"].split(",")[0]) == (200, "private")
    assert browser("nobody").get(LOGO).status_code == 302
    for who in ("stranger", "staff", theirs.business.owner.user):
        assert browser(who).get(LOGO).status_code == 404
    Membership.objects.filter(workspace__slug="acme", role=Role.VENDOR).delete()
    assert vendor.get(LOGO).status_code == 404


def test_a_suspended_workspaces_file_is_not_handed_out(stored: str, browser: Browser) -> None:
    owner = browser("owner")
    Workspace.objects.filter(slug="acme").update(state=Workspace.State.SUSPENDED)
    assert owner.get(LOGO).status_code == 404


def test_its_name_in_the_storage_is_no_address(stored: str, browser: Browser, tmp_path: Path) -> None:
    assert (tmp_path / stored).is_file()
    owner = browser("owner")
    for before in ("/", "/media/", "/static/", "/w/acme/", "/w/acme/media/", "/.local/media/", "/static/../"):
        assert owner.get(f"{before}{stored}").status_code == 404
        assert owner.get(f"{before}{quote(stored, safe='')}").status_code == 404


def test_nothing_in_the_address_chooses_the_file(stored: str, browser: Browser, theirs: Furniture) -> None:
    """The address names the workspace and nothing else; what is added to it changes nothing."""
    mine, other = browser("owner"), browser(theirs.business.owner.user)
    expected = mine.get(LOGO).content
    for extra in ({"v": "../../x"}, {"name": stored}, {"path": "/etc/passwd"}, {"workspace": "other"}):
        assert mine.get(LOGO, extra).content == expected
    assert other.get("/w/other/settings/logo/", {"name": stored, "workspace": "acme", "v": "1"}).status_code == 404


@pytest.mark.parametrize("name", ["../secret.webp", "/etc/passwd.webp", "w_0/../../secret.webp", "..\\secret.webp"])
def test_a_name_that_leads_out_of_the_storage_is_nothing(tmp_path: Path, settings: Any, name: str) -> None:
    """Even if such a name ever came to stand in a row."""
    (tmp_path / "secret.webp").write_bytes(b"secret")
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MEDIA_ROOT.mkdir()
    with pytest.raises((Http404, SuspiciousFileOperation)):  # answered 404 and 400
        handed_out(name, shown_as="logo")
