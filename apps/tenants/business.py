"""What a business says of itself in its workspace: name, time zone, logo."""

from contextlib import suppress
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from apps.core import audit
from apps.core.pictures import Picture
from apps.tenants.files import file_name
from apps.tenants.models import Workspace


def change_business(workspace: Workspace, *, name: str, time_zone: str) -> Workspace:
    """Name and time zone; "" is the installation's. Raises ValidationError by field, and then changes nothing."""
    if time_zone and time_zone not in zones():
        raise ValidationError({"time_zone": _("There is no time zone “%(zone)s”.") % {"zone": time_zone[:64]}})
    with transaction.atomic():
        row = Workspace.objects.select_for_update().get(pk=workspace.pk)
        changes = audit.changes_of(row, {"name": name, "time_zone": time_zone})
        row.name, row.time_zone = name, time_zone
        row.full_clean(exclude=["schema_name", "slug"])
        row.save(update_fields=["name", "time_zone"])
        if changes:
            audit.record("business.changed", changes=changes)
    workspace.name, workspace.time_zone = row.name, row.time_zone
    return workspace


def set_logo(workspace: Workspace, picture: Picture | None) -> Workspace:
    """The picture becomes the logo, None takes the logo away; the file of the one before is removed.

    Raises OSError when the storage does not take the file; the logo is then as it was.
    """
    name = ""
    if picture is not None:
        wanted = file_name(workspace.schema_name, "logo", picture.suffix)
        name = default_storage.save(wanted, ContentFile(picture.content))
    try:
        with transaction.atomic():
            row = Workspace.objects.select_for_update().get(pk=workspace.pk)
            before, row.logo = row.logo, name
            row.save(update_fields=["logo"])
            if before or name:
                audit.record("business.logo_set" if name else "business.logo_removed")
    except BaseException:
        _forget(name)
        raise
    _forget(before)
    workspace.logo = name
    return workspace


def business_zone(workspace: Workspace | None) -> ZoneInfo | None:
    """The business's own zone; None where it follows the installation's."""
    if workspace is None or not workspace.time_zone:
        return None
    with suppress(ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo(workspace.time_zone)
    return None  # the system's list of zones lost it


@cache
def zones() -> tuple[str, ...]:
    """The zones that people know: those of places, and UTC."""
    continents = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
    places = tuple(f"{continent}/" for continent in continents)
    return ("UTC", *sorted(zone for zone in available_timezones() if zone.startswith(places)))


def _forget(name: str) -> None:
    """Removes a file that nothing names any more; one that stays is only in the way of nobody."""
    if name:
        with suppress(OSError):
            default_storage.delete(name)
