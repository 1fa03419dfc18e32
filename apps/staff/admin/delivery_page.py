"""A delivery's page: what it is, what became of it, and what it said, with secrets masked."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.ingest.models import Delivery
from apps.staff import bodies
from apps.staff.admin.markup import NOTHING, code, link, moment, shortened
from apps.staff.admin.parts import Section
from apps.staff.outcomes import MOST_ITEMS, outcomes
from apps.tenants.models import Workspace


def sections(delivery: Delivery) -> list[Section]:
    """All of it."""
    return [_facts(delivery), _became(delivery), _headers(delivery), _body(delivery)]


def workspaces_of(delivery: Delivery) -> list[Workspace]:
    """The first workspaces to which its hook leads."""
    return list(Workspace.objects.filter(routes__hook=delivery.hook_id).distinct().order_by("pk")[:5])


def _facts(delivery: Delivery) -> Section:
    names = ", ".join(workspace.name for workspace in workspaces_of(delivery))
    return Section(
        _("Delivery"),
        [
            (_("Received"), moment(delivery.received_at)),
            (_("Hook"), code(f"{delivery.hook.provider} · hook {delivery.hook_id} · {shortened(delivery.hook.key)}")),
            (_("Workspaces of the hook"), names or NOTHING),
            (_("Lane"), code(delivery.lane) if delivery.lane else NOTHING),
            (_("Processed"), moment(delivery.processed_at)),
            (_("Attempts"), delivery.attempts),
            (_("Held until"), moment(delivery.lease_until)),
            (_("Error"), delivery.error or NOTHING),
        ],
    )


def _became(delivery: Delivery) -> Section:
    rows = [
        (
            one.place,
            one.kind,
            code(one.key) if one.key else NOTHING,
            code(one.external_id) if one.external_id else NOTHING,
            link(one.workspace, "tenants_workspace_change", one.workspace.pk) if one.workspace else NOTHING,
            one.became,
        )
        for one in outcomes(delivery)
    ]
    headers = (_("Item"), _("Kind"), _("Key"), _("Vendor's id"), _("Workspace"), _("What became of it"))
    note = _("The first %(most)s.") % {"most": MOST_ITEMS} if len(rows) == MOST_ITEMS else ""
    return Section(_("Items"), headers=headers, rows=rows, note=note, empty=_("It holds no item that could be read."))


def _headers(delivery: Delivery) -> Section:
    facts = [(name, value) for name, value in bodies.headers(delivery.hook.provider, delivery.headers)]
    return Section(_("Headers"), facts, empty=_("None was kept."))


def _body(delivery: Delivery) -> Section:
    if delivery.body is None:
        return Section(_("Body"), empty=_("It was forgotten, as every body is some days after it was read."))
    body = bodies.readable(delivery.hook.provider, bytes(delivery.body))
    note = "" if body.whole else _("Only the beginning; download it to read all.")
    download = (_("Download"), reverse("admin:ingest_delivery_body", args=[delivery.pk]))
    return Section(_("Body"), text=body.text, note=note, empty=_("It is empty."), link=download)
