"""Workspaces: who is in them, what is connected, suspend and reactivate. Never a delete."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Membership
from apps.staff import services
from apps.staff.admin import workspace_page
from apps.staff.admin.base import Screen, person
from apps.staff.admin.filters import Choice
from apps.staff.admin.markup import chip, code, moment
from apps.staff.admin.parts import Act, Section
from apps.staff.models import Look
from apps.staff.site import staff_site
from apps.tenants.models import Workspace

State = Workspace.State
TONES = {State.READY: "good", State.SETTING_UP: "attention", State.SUSPENDED: "bad"}


class InState(Choice):
    """By state."""

    title = _("state")
    parameter_name = "state"
    words = {state.value: (state.label, {"state": state}) for state in State}


@admin.register(Workspace, site=staff_site)
class Workspaces(Screen):
    """The businesses."""

    title = _("Workspaces")
    explains = _("One business each. Opening one is noted: its page shows people and numbers.")
    list_display = ("name", "address", "standing", "people", "created", "active")
    search_fields = ("name", "slug", "schema_name", "memberships__user__email")
    search_help_text = _("Name, address, schema, or a member's e-mail")
    list_filter = (InState,)
    acts = (
        Act(
            "suspend",
            _("Suspend"),
            _("Suspended. Nobody gets in, nothing is sent, and what arrives is kept aside."),
            services.suspend,
            fits=lambda workspace: workspace.state != State.SUSPENDED,
            question=_(
                "Suspend this workspace? Its members, programs and bots are shut out at once. Nothing is deleted: "
                "what customers write is kept in quarantine and can be replayed after it is reactivated."
            ),
            dangerous=True,
        ),
        Act(
            "reactivate",
            _("Reactivate"),
            _("Reactivated. What was kept aside meanwhile waits in the quarantine to be replayed."),
            services.reactivate,
            fits=lambda workspace: workspace.state == State.SUSPENDED,
            question=_("Reactivate this workspace? Its people get in again, and what was due is done at once."),
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Workspace]:
        """With how many people each has; without the hidden one in which we talk to ourselves."""
        members = Membership.objects.filter(workspace=OuterRef("pk")).order_by().values("workspace")
        count = Subquery(members.annotate(n=Count("pk")).values("n"))
        return super().get_queryset(request).filter(probe=None).annotate(member_count=count)

    @admin.display(description=_("address"), ordering="slug")
    def address(self, workspace: Workspace) -> str:
        """Below which its pages are."""
        return code(f"/w/{workspace.slug}/")

    @admin.display(description=_("state"), ordering="state")
    def standing(self, workspace: Workspace) -> str:
        """Its state."""
        return chip(workspace.get_state_display(), TONES[State(workspace.state)])

    @admin.display(description=_("people"), ordering="member_count")
    def people(self, workspace: Any) -> int:
        """How many."""
        return workspace.member_count or 0

    @admin.display(description=_("created"), ordering="created_at")
    def created(self, workspace: Workspace) -> str:
        """When it began."""
        return moment(workspace.created_at)

    @admin.display(description=_("last activity"), ordering="active_at")
    def active(self, workspace: Workspace) -> str:
        """When somebody last wrote to it or worked in it."""
        return moment(workspace.active_at)

    def state(self, row: Workspace) -> object:
        """Its state."""
        return self.standing(row)

    def note(self, request: HttpRequest, row: Workspace) -> None:
        """People's addresses and numbers are shown."""
        services.note_look(person(request), Look.What.WORKSPACE, f"{row.name} ({row.slug})", workspace=row)

    def sections(self, request: HttpRequest, row: Workspace) -> list[Section]:
        """What it is, who is in it, what is connected."""
        return workspace_page.sections(row)
