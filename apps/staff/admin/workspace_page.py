"""A workspace's page: what it is, who is in it, what is connected. Its own tables are asked inside it only."""

from collections.abc import Sequence
from typing import Any

from django.db.models import BooleanField, Case, Value, When
from django.utils.translation import gettext_lazy as _

from apps import tenants
from apps.accounts.models import ApiKey, Membership
from apps.bots.models import Bot
from apps.contacts.models import Contact
from apps.conversations.models import Conversation
from apps.inboxes.models import Inbox
from apps.staff.admin.markup import NOTHING, code, link, moment, secret, shortened, yes_no
from apps.staff.admin.parts import Section
from apps.tenants.models import Route, Workspace
from apps.work.models import WorkItem

State = Workspace.State
#: Rows of each table of the page.
MOST = 100


def sections(workspace: Workspace) -> list[Section]:
    """All of it."""
    return [_facts(workspace), _members(workspace), *_inside(workspace), _routes(workspace), _api_keys(workspace)]


def _facts(workspace: Workspace) -> Section:
    facts: list[tuple[Any, object]] = [
        (_("Address"), code(f"/w/{workspace.slug}/")),
        (_("Schema"), code(workspace.schema_name)),
        (_("Created"), moment(workspace.created_at)),
        (_("Last activity"), moment(workspace.active_at)),
    ]
    if workspace.state == State.SETTING_UP:
        facts.append((_("Set up"), f"{workspace.progress} % {workspace.step}"))
        facts.append((_("Problem"), workspace.problem or NOTHING))
    its, waiting = f"?workspace={workspace.slug}", WorkItem.objects.filter(workspace=workspace, due_at__isnull=False)
    facts += [
        (_("Work that waits"), link(waiting.count(), "work_workitem_changelist", query=its)),
        (_("Deliveries"), link(_("show"), "ingest_delivery_changelist", query=its)),
        (_("Kept aside"), link(_("show"), "ingest_quarantined_changelist", query=its)),
    ]
    return Section(_("Workspace"), facts)


def _members(workspace: Workspace) -> Section:
    members = Membership.objects.filter(workspace=workspace).select_related("user").order_by("pk")[:MOST]
    rows = [
        (
            link(member.user.email, "accounts_user_change", member.user_id),
            member.user.name or NOTHING,
            member.get_role_display(),
            yes_no(member.user.is_active and member.active),
            moment(member.last_seen_at),
        )
        for member in members
    ]
    headers = (_("E-mail"), _("Name"), _("Role"), _("May enter"), _("Last seen"))
    return Section(_("People"), headers=headers, rows=rows, empty=_("Nobody."))


def _inside(workspace: Workspace) -> Sequence[Section]:
    """What its own tables say; none of their rows' words."""
    if workspace.state == State.SETTING_UP:
        return []
    with tenants.enter(workspace):
        bots = Bot.objects.count()
        facts = [
            (_("Bots"), bots),
            (_("Contacts"), Contact.objects.count()),
            (_("Conversations"), Conversation.objects.count()),
        ]
        inboxes = [
            (inbox.name, inbox.provider, code(inbox.external_key), inbox.get_state_display(), inbox.trouble or NOTHING)
            for inbox in Inbox.objects.filter(hidden=False).defer("token").order_by("pk")[:MOST]
        ]
    headers = (_("Name"), _("Kind"), _("Key"), _("State"), _("Trouble"))
    return [
        Section(_("Inside"), facts),
        Section(_("Inboxes"), headers=headers, rows=inboxes, empty=_("None is connected.")),
    ]


def _routes(workspace: Workspace) -> Section:
    is_set = Case(When(hook__secrets="", then=Value(False)), default=Value(True), output_field=BooleanField())
    routes = (
        Route.objects.filter(workspace=workspace)
        .select_related("hook")
        .defer("hook__secrets", "hook__verify_token")
        .annotate(has_secret=is_set)
        .order_by("pk")[:MOST]
    )
    rows = [
        (route.kind, code(route.key), code(f"{route.hook_id} · {shortened(route.hook.key)}"), secret(route.has_secret))
        for route in routes
    ]
    headers = (_("Kind"), _("Key"), _("Hook"), _("Signing secret"))
    return Section(_("Hooks and routes"), headers=headers, rows=rows, empty=_("Nothing leads here from outside."))


def _api_keys(workspace: Workspace) -> Section:
    keys = ApiKey.objects.filter(workspace=workspace).defer("digest").select_related("maker").order_by("-pk")[:MOST]
    rows = [
        (
            key.name,
            code(key.shown),
            str(key.maker or NOTHING),
            ", ".join(key.scopes),
            moment(key.last_used_at),
            moment(key.revoked_at),
        )
        for key in keys
    ]
    headers = (_("Name"), _("Key"), _("Made by"), _("May"), _("Last used"), _("Revoked"))
    return Section(_("API keys"), headers=headers, rows=rows, empty=_("None."))
