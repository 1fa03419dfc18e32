"""What a business says of itself, as a person fills it in."""

from itertools import groupby
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from apps.core.forms import Styled
from apps.core.pictures import NoPicture, Picture, painted
from apps.tenants.business import zones
from apps.tenants.models import Workspace


class BusinessForm(Styled, forms.Form):
    """Name, time zone, and a new logo or none any more. `cleaned_data["logo"]` is a Picture."""

    name = forms.CharField(
        label=_("Name of the business"), max_length=120, help_text=_("As your team sees it above the panel.")
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        help_text=_("For printed conversations and wherever the clock of the person who reads is not known."),
    )
    logo = forms.FileField(
        label=_("New logo"),
        required=False,
        allow_empty_file=True,  # refused with the others, by its name
        help_text=_("PNG, JPEG or WebP, up to 5 MB. It is shown square, without the details that cameras add."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp", "data-picture": "logo-preview"}),
    )
    no_logo = forms.BooleanField(label=_("Remove the logo"), required=False)

    def __init__(self, *args: Any, workspace: Workspace, **kwargs: Any) -> None:
        initial = {"name": workspace.name, "time_zone": workspace.time_zone}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["time_zone"].choices = _choices()  # type: ignore[attr-defined]  # it is a ChoiceField
        if not workspace.logo:
            del self.fields["no_logo"]

    def clean_logo(self) -> Picture | None:
        """The picture painted anew; the file itself is not kept."""
        file: UploadedFile[bytes] | None = self.cleaned_data["logo"]
        if file is None:
            return None
        try:
            return painted(str(file.name), file.read())
        except NoPicture as error:
            raise forms.ValidationError(error.text) from error

    @property
    def forgets_logo(self) -> bool:
        """Whether the logo is to go; a new one that is chosen too takes its place instead."""
        return bool(self.cleaned_data.get("no_logo")) and self.cleaned_data["logo"] is None


def _choices() -> list[Any]:
    """The zones by continent, UTC and the installation's own before them."""
    own = _("As this installation (%(zone)s)") % {"zone": settings.TIME_ZONE}
    places = [zone for zone in zones() if "/" in zone]
    groups = [
        (continent, [(zone, zone.partition("/")[2].replace("_", " ")) for zone in found])
        for continent, found in groupby(places, lambda zone: zone.partition("/")[0])
    ]
    return [("", own), ("UTC", "UTC"), *groups]
