"""What staff did: visits, looks at customers' data, changes. To be read; nothing here can be changed or deleted."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from apps.staff.admin.base import Ledger, Screen
from apps.staff.admin.filters import Choice, Days, OfWorkspace
from apps.staff.admin.markup import NOTHING, link, moment
from apps.staff.admin.parts import Section
from apps.staff.models import Look, Visit
from apps.staff.site import staff_site


class Entered(Days):
    """When they came."""

    field = "entered_at"


class Looked(Days):
    """When they looked."""

    field = "looked_at"


class Changed(Days):
    """When it was changed."""

    field = "action_time"


class What(Choice):
    """By what was looked at."""

    title = _("what")
    parameter_name = "what"
    words = {what.value: (what.label, {"what": what}) for what in Look.What}


@admin.register(Visit, site=staff_site)
class Visits(Screen):
    """Who entered the admin."""

    title = _("Visits")
    explains = _("Each session of staff that entered here, and from where. Nobody can change or delete these rows.")
    list_display = ("when", "email", "address", "browser")
    search_fields = ("email", "address")
    search_help_text = _("E-mail or network address")
    list_filter = (Entered,)
    paginator = Ledger

    @admin.display(description=_("when"))
    def when(self, visit: Visit) -> str:
        """When they came."""
        return moment(visit.entered_at)

    @admin.display(description=_("browser"))
    def browser(self, visit: Visit) -> str:
        """What it says of itself."""
        return visit.agent[:80] or NOTHING

    def sections(self, request: HttpRequest, row: Visit) -> list[Section]:
        """All of it."""
        facts = [
            (_("Who"), link(row.email, "accounts_user_change", row.person_id) if row.person_id else row.email),
            (_("When"), moment(row.entered_at)),
            (_("Address"), row.address or NOTHING),
            (_("Browser"), row.agent or NOTHING),
        ]
        return [Section(_("Visit"), facts)]


@admin.register(Look, site=staff_site)
class Looks(Screen):
    """Who looked at what."""

    title = _("Looks")
    explains = _("Each time staff saw customers' data: a workspace, a person, the body of a delivery.")
    list_display = ("when", "email", "what", "subject", "words")
    search_fields = ("email", "subject", "words")
    search_help_text = _("E-mail, or whose and which")
    list_filter = (What, OfWorkspace, Looked)
    paginator = Ledger

    @admin.display(description=_("when"))
    def when(self, look: Look) -> str:
        """When they looked."""
        return moment(look.looked_at)

    def sections(self, request: HttpRequest, row: Look) -> list[Section]:
        """All of it."""
        workspace = row.workspace
        facts = [
            (_("Who"), link(row.email, "accounts_user_change", row.person_id) if row.person_id else row.email),
            (_("When"), moment(row.looked_at)),
            (_("What"), row.get_what_display()),
            (_("Whose, which"), row.subject or NOTHING),
            (_("Searched for"), row.words or NOTHING),
            (_("Workspace"), link(workspace, "tenants_workspace_change", workspace.pk) if workspace else NOTHING),
        ]
        return [Section(_("Look"), facts)]


@admin.register(LogEntry, site=staff_site)
class Changes(Screen):
    """What staff changed."""

    title = _("Changes")
    explains = _("What staff did to workspaces, people, deliveries and work, and why.")
    list_display = ("when", "user", "object_repr", "change_message")
    search_fields = ("user__email", "object_repr", "change_message")
    search_help_text = _("Who, what, or why")
    list_filter = (Changed,)
    list_select_related = ("user",)
    paginator = Ledger

    def get_queryset(self, request: HttpRequest) -> QuerySet[LogEntry]:
        """With who did it."""
        return super().get_queryset(request).select_related("user", "content_type")

    @admin.display(description=_("when"))
    def when(self, entry: LogEntry) -> str:
        """When it was done."""
        return moment(entry.action_time)

    def heading(self, row: LogEntry) -> str:
        """Django's own name for it is in quotation marks."""
        return row.change_message[:80]

    def sections(self, request: HttpRequest, row: Any) -> list[Section]:
        """All of it, with the way to what was changed."""
        facts = [
            (_("Who"), link(row.user, "accounts_user_change", row.user_id)),
            (_("When"), moment(row.action_time)),
            (_("To what"), _changed(row)),
            (_("What"), row.change_message),
        ]
        return [Section(_("Change"), facts)]


def _changed(entry: Any) -> str:
    kind = entry.content_type
    try:
        url = reverse(f"admin:{kind.app_label}_{kind.model}_change", args=[entry.object_id])
    except (AttributeError, NoReverseMatch):  # no such type any more, or no screen for it
        return str(entry.object_repr)
    return format_html('<a href="{}">{}</a>', url, entry.object_repr)
