"""Work: what is due for whom, who holds it, what failed; make due, take back. No row is edited."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import BooleanField, Case, Q, QuerySet, Value, When
from django.db.models.functions import Now
from django.http import HttpRequest
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.accounts.models import User
from apps.staff import services
from apps.staff.admin.base import Ledger, Screen, person
from apps.staff.admin.filters import Choice, OfWorkspace
from apps.staff.admin.markup import NOTHING, chip, code, link, moment
from apps.staff.admin.parts import Act, Section
from apps.staff.site import staff_site
from apps.work import kinds
from apps.work.models import WorkItem


class Standing(Choice):
    """By what is going on; usually everything but what rests."""

    title = _("standing")
    parameter_name = "state"
    all_words = _("Something to do")
    usually = {"rests": False}
    words = {
        "due": (_("Due"), {"due_at__lte": Now(), "held": False}),
        "leased": (_("Somebody is at it"), {"held": True}),
        "later": (_("Due later"), {"due_at__gt": Now(), "held": False}),
        "aside": (_("Set aside"), {"quarantined_at__isnull": False}),
        "failed": (_("Failed and tried again"), {"attempts__gt": 1, "quarantined_at": None}),
        "resting": (_("Resting"), {"rests": True}),
        "all": (_("All"), {}),
    }


class OfKind(Choice):
    """By kind."""

    title = _("kind of work")
    parameter_name = "kind"
    words = {}

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Those that are registered."""
        return [(kind.name, kind.name) for kind in kinds.all_kinds()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Only this kind."""
        known = {name for name, _label in self.lookup_choices}
        return queryset.filter(kind=self.value()) if self.value() in known else queryset

    def choices(self, changelist: Any) -> Any:
        """For the template."""
        yield {"value": "", "display": self.all_words, "selected": self.value() is None}
        for value, label in self.lookup_choices:
            yield {"value": value, "display": label, "selected": self.value() == value}


@admin.register(WorkItem, site=staff_site)
class Work(Screen):
    """What is due, for whom."""

    title = _("Work")
    explains = _("What is due for each workspace. After five failures an item is set aside and waits for a person.")
    empty = _("Nothing is due and nobody is at anything.")
    list_display = ("what", "key_shown", "whose", "standing", "due", "held_until", "attempts", "error")
    search_fields = ("=key", "error", "workspace__name")
    search_help_text = _("Key, error, or a workspace's name")
    list_filter = (Standing, OfKind, OfWorkspace)
    paginator = Ledger
    actions = ("make_due_chosen", "take_back_chosen")
    acts = (
        Act(
            "due",
            _("Make due now"),
            _("It is due now."),
            lambda by, item, why: services.make_due(by, [item]),
        ),
        Act(
            "take-back",
            _("Take back the lease"),
            _("Taken back. Whoever was at it can finish nothing any more."),
            lambda by, item, why: _take_back(by, item),
            fits=lambda item: item.held,
            question=_(
                "Take this work from whoever is at it? Do it when a process hangs: if it lives after all, what it "
                "does is thrown away, and the work is done a second time."
            ),
            dangerous=True,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[WorkItem]:
        """With whether somebody is at it, and whether it rests."""
        held = Q(lease_until__gt=Now())
        rests = Q(due_at=None, quarantined_at=None) & (Q(lease_until=None) | Q(lease_until__lte=Now()))
        found = super().get_queryset(request).select_related("workspace")
        return found.annotate(held=_flag(held), rests=_flag(rests), is_due=_flag(Q(due_at__lte=Now())))

    @admin.display(description=_("kind"), ordering="kind")
    def what(self, item: WorkItem) -> str:
        """Its kind."""
        return code(item.kind)

    @admin.display(description=_("key"), ordering="key")
    def key_shown(self, item: WorkItem) -> str:
        """Which row it is about."""
        return code(item.key)

    @admin.display(description=_("workspace"), ordering="workspace")
    def whose(self, item: WorkItem) -> str:
        """For whom."""
        return link(item.workspace, "tenants_workspace_change", item.workspace_id)

    @admin.display(description=_("standing"))
    def standing(self, item: Any) -> str:
        """What is going on."""
        if item.held:
            return chip(_("Somebody is at it"), "good")
        if item.quarantined_at:
            return chip(_("Set aside"), "bad")
        if item.due_at is None:
            return chip(_("Resting"))
        return chip(_("Due"), "attention") if item.is_due else chip(_("Due later"))

    @admin.display(description=_("due"), ordering="due_at")
    def due(self, item: WorkItem) -> str:
        """When it is due."""
        return moment(item.due_at)

    @admin.display(description=_("held until"), ordering="lease_until")
    def held_until(self, item: WorkItem) -> str:
        """When the lease ends."""
        return moment(item.lease_until)

    @admin.action(description=_("Make due now"))
    def make_due_chosen(self, request: HttpRequest, chosen: QuerySet[WorkItem]) -> None:
        """Makes the chosen ones due."""
        count = services.make_due(person(request), chosen[: services.MOST_AT_ONCE])
        said = ngettext("%(count)s piece of work is due now.", "%(count)s pieces of work are due now.", count)
        messages.success(request, said % {"count": count})

    @admin.action(description=_("Take back the lease"))
    def take_back_chosen(self, request: HttpRequest, chosen: QuerySet[WorkItem]) -> None:
        """Takes the chosen ones from whoever holds them."""
        count = services.take_back(person(request), chosen[: services.MOST_AT_ONCE])
        said = ngettext("%(count)s lease taken back.", "%(count)s leases taken back.", count)
        messages.success(request, said % {"count": count})

    def state(self, row: Any) -> object:
        """What is going on."""
        return self.standing(row)

    def sections(self, request: HttpRequest, row: Any) -> list[Section]:
        """All of it."""
        facts = [
            (_("Kind"), code(row.kind)),
            (_("Key"), code(row.key)),
            (_("Workspace"), self.whose(row)),
            (_("Due"), moment(row.due_at)),
            (_("Held until"), moment(row.lease_until)),
            (_("Attempts"), row.attempts),
            (_("Error"), row.error or NOTHING),
            (_("Set aside"), moment(row.quarantined_at)),
            (_("Times claimed"), row.token),
        ]
        return [Section(_("Work"), facts)]


def _flag(condition: Q) -> Case:
    """The condition as a column that is never null."""
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


def _take_back(by: User, item: WorkItem) -> None:
    if not services.take_back(by, [item]):
        raise ValidationError(now_("Nobody holds it any more."))
