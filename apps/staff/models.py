"""Visit: somebody of the staff came in. Look: they saw what belongs to a customer. Written, read, never changed."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.tenants.models import Workspace


class Visit(models.Model):
    """A session of a member of staff entered the admin from an address; another address is another visit."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("who")
    )
    email = models.EmailField()  # as it was then; stays when the person is gone
    address = models.GenericIPAddressField(null=True)
    agent = models.CharField(_("browser"), max_length=200, blank=True)
    entered_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "visit of staff"
        verbose_name_plural = "visits of staff"

    def __str__(self) -> str:
        return f"{self.email} from {self.address}"


class Look(models.Model):
    """A member of staff saw customers' data: a workspace's rows, a person's, the body of a delivery."""

    class What(models.TextChoices):
        WORKSPACE = "workspace", _("Opened a workspace")
        PERSON = "person", _("Opened a person")
        BODY = "body", _("Read a body")
        DOWNLOAD = "download", _("Downloaded a body")
        SEARCH = "search", _("Searched the bodies")

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("who")
    )
    email = models.EmailField()
    what = models.CharField(max_length=20, choices=What)
    subject = models.CharField(_("whose, which"), max_length=200, blank=True)
    words = models.CharField(_("searched for"), max_length=200, blank=True)
    workspace = models.ForeignKey(Workspace, null=True, on_delete=models.PROTECT, related_name="+")
    looked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "look at customers' data"
        verbose_name_plural = "looks at customers' data"
        indexes = [models.Index(fields=["workspace", "-id"], name="look_workspace")]

    def __str__(self) -> str:
        return f"{self.email}: {self.get_what_display()} {self.subject}".strip()
