"""Files of workspaces: their names carry the schema, and two people who change a logo at once leave one file."""

import threading
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.http import Http404

from apps import tenants
from apps.core.pictures import Picture
from apps.tenants.business import business_zone, set_logo, zones
from apps.tenants.files import file_name, handed_out
from apps.tenants.models import Workspace
from tests.clocks import PATIENCE
from tests.furnished import wipe


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


def files(media: Path) -> list[str]:
    return sorted(path.relative_to(media).as_posix() for path in media.rglob("*") if path.is_file())


def test_a_name_carries_the_schema_and_is_never_made_twice() -> None:
    names = {file_name("w_0123456789abcdef", "logo", ".webp") for _ in range(1000)}
    assert len(names) == 1000
    assert {name.rsplit("/", 1)[0] for name in names} == {"w_0123456789abcdef/logo"}


@pytest.mark.parametrize("name", ["w_0/logo/none.webp", "w_0/none/none.webp"])
def test_a_file_that_is_not_there_is_not_found(name: str) -> None:
    with pytest.raises(Http404):
        handed_out(name, shown_as="logo")


def test_two_who_change_the_logo_at_once_leave_one_file(
    django_db_blocker: Any, media: Path, db_of_all: Workspace
) -> None:
    start = threading.Barrier(4)

    def change(number: int) -> None:
        with django_db_blocker.unblock():
            start.wait(PATIENCE)
            try:
                with tenants.enter(db_of_all):
                    set_logo(Workspace.objects.get(pk=db_of_all.pk), Picture(b"picture %d" % number))
            finally:
                connection.close()

    threads = [threading.Thread(target=change, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    with django_db_blocker.unblock():
        assert files(media) == [Workspace.objects.get(pk=db_of_all.pk).logo]


@pytest.fixture
def db_of_all(django_db_setup: None, django_db_blocker: Any) -> Any:
    """Acme as every connection sees it; without a logo before and after."""
    with django_db_blocker.unblock():
        found = Workspace.objects.get(slug="acme")
        yield found
        wipe(found)
        Workspace.objects.filter(pk=found.pk).update(logo="")
        connection.close()


def test_a_row_that_cannot_be_written_leaves_no_file(media: Path, workspace: Workspace, monkeypatch: Any) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("no row")

    monkeypatch.setattr(Workspace, "save", fail)
    with pytest.raises(RuntimeError):
        set_logo(workspace, Picture(b"picture"))
    assert files(media) == []


def test_zones_are_places_that_exist() -> None:
    assert {"UTC", "Europe/Lisbon", "America/Argentina/Buenos_Aires"} <= set(zones())
    assert not [zone for zone in zones() if "/" not in zone and zone != "UTC"]


@pytest.mark.parametrize(("kept", "known"), [("", None), ("Asia/Tokyo", "Asia/Tokyo"), ("Nowhere/Lost", None)])
def test_a_zone_that_the_machine_lost_is_the_installations(workspace: Workspace, kept: str, known: str | None) -> None:
    workspace.time_zone = kept
    found = business_zone(workspace)
    assert (found.key if found else None) == known
    assert business_zone(None) is None
