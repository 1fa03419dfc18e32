"""What the page of a workspace that is being set up says about the step it is at."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.tenants.models import Workspace

STEPS = {
    "": _("Waiting for its turn"),
    "bots": _("Making room for bots"),
    "inboxes": _("Making room for inboxes"),
    "contacts": _("Making room for contacts"),
    "knowledge": _("Making shelves for knowledge"),
    "leads": _("Making room for leads"),
    "conversations": _("Making room for conversations"),
    "handoff": _("Preparing the way to people"),
    "dialogue": _("Teaching it to take turns"),
}


def progress_of(workspace: Workspace) -> dict[str, Any]:
    """State, percent and words for a page to show."""
    words = STEPS.get(workspace.step, _("Preparing the tables"))
    return {
        "state": workspace.state,
        "percent": workspace.progress,
        "step": str(_("Beginning") if not workspace.step and workspace.progress else words),
        "problem": bool(workspace.problem),
    }
