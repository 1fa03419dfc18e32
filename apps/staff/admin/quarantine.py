"""Quarantine: items that could not be given to anybody, with why; replay or dismiss."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.ingest.models import Delivery, Quarantined
from apps.staff import services
from apps.staff.admin.base import Ledger, Screen, person
from apps.staff.admin.deliveries import replayed
from apps.staff.admin.filters import Choice, Days, OfWorkspace
from apps.staff.admin.markup import NOTHING, chip, link, moment
from apps.staff.admin.parts import Act, Section
from apps.staff.site import staff_site

#: What is to be done about each reason, as docs/operations.md says.
ADVICE: dict[str, str | Promise] = {
    Quarantined.Why.UNKNOWN_ROUTE: _("Connect the number, or reactivate its workspace; then replay."),
    Quarantined.Why.FOREIGN_ROUTE: _("Find out who posts it; replay after correcting."),
    Quarantined.Why.UNREADABLE: _("Replay after an update that reads it."),
    Quarantined.Why.UNUSED: _("Nothing uses it. Dismiss it."),
    Quarantined.Why.FAILED: _("The log says why. Replay after the cause is gone."),
}


class Standing(Choice):
    """Whether something is to be done; usually only those."""

    title = _("standing")
    parameter_name = "state"
    all_words = _("Open")
    usually = {"released_at": None, "dismissed_at": None}
    words = {
        "used": (_("Used by a replay"), {"released_at__isnull": False}),
        "dismissed": (_("Dismissed"), {"dismissed_at__isnull": False, "released_at": None}),
        "all": (_("All"), {}),
    }


class ByWhy(Choice):
    """By reason."""

    title = _("reason")
    parameter_name = "why"
    words = {why.value: (why.label, {"why": why}) for why in Quarantined.Why}


class RoutedTo(OfWorkspace):
    """Of the hooks that lead to a workspace."""

    path = "delivery__hook__routes__workspace"


class KeptAside(Days):
    """When it was kept aside."""

    field = "created_at"


@admin.register(Quarantined, site=staff_site)
class Quarantine(Screen):
    """What was kept aside."""

    title = _("Quarantine")
    explains = _("Items of deliveries that nobody could be given. A replay processes the whole delivery once more.")
    empty = _("Nothing is kept aside. Items that cannot be used appear here, with why.")
    list_display = ("item", "kept", "why_shown", "detail", "provider", "standing")
    search_fields = ("detail", "=delivery__pk")
    search_help_text = _("Delivery's id, or words of the reason")
    list_filter = (Standing, ByWhy, RoutedTo, KeptAside)
    paginator = Ledger
    actions = ("replay_chosen", "dismiss_chosen")
    acts = (
        Act(
            "replay",
            _("Replay its delivery"),
            _("The delivery will be processed again in a moment."),
            lambda by, item, why: services.replay(by, [item.delivery]),
        ),
        Act(
            "dismiss",
            _("Dismiss"),
            _("Dismissed."),
            lambda by, item, why: services.dismiss(by, [item]),
            fits=lambda item: item.dismissed_at is None and item.released_at is None,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Quarantined]:
        """With its delivery and hook, without bodies and secrets."""
        found = super().get_queryset(request).select_related("delivery__hook")
        bulky = ("delivery__body", "delivery__headers")
        return found.defer(*bulky, "delivery__hook__secrets", "delivery__hook__verify_token")

    @admin.display(description=_("item"), ordering="pk")
    def item(self, item: Quarantined) -> str:
        """Which of which delivery."""
        return _("%(place)s of delivery %(delivery)s") % {"place": item.place, "delivery": item.delivery_id}

    @admin.display(description=_("since"), ordering="created_at")
    def kept(self, item: Quarantined) -> str:
        """When it was first kept aside."""
        return moment(item.created_at)

    @admin.display(description=_("reason"), ordering="why")
    def why_shown(self, item: Quarantined) -> str:
        """Why."""
        return item.get_why_display()

    @admin.display(description=_("provider"))
    def provider(self, item: Quarantined) -> str:
        """Who posted it."""
        return item.delivery.hook.provider

    @admin.display(description=_("standing"))
    def standing(self, item: Quarantined) -> str:
        """Whether something is to be done."""
        if item.released_at:
            return chip(_("Used"), "good")
        return chip(_("Dismissed"), "quiet") if item.dismissed_at else chip(_("Open"), "bad")

    @admin.action(description=_("Replay"))
    def replay_chosen(self, request: HttpRequest, chosen: QuerySet[Quarantined]) -> None:
        """Has the deliveries of the chosen items processed once more."""
        ids = list(chosen.values_list("delivery", flat=True)[: services.MOST_AT_ONCE])
        count = services.replay(person(request), Delivery.objects.filter(pk__in=ids).only("pk"))
        messages.success(request, replayed(count))

    @admin.action(description=_("Dismiss"))
    def dismiss_chosen(self, request: HttpRequest, chosen: QuerySet[Quarantined]) -> None:
        """Says of the chosen ones that nothing is to be done."""
        count = services.dismiss(person(request), chosen[: services.MOST_AT_ONCE])
        messages.success(request, ngettext("%(count)s dismissed.", "%(count)s dismissed.", count) % {"count": count})

    def state(self, row: Quarantined) -> object:
        """Whether something is to be done."""
        return self.standing(row)

    def heading(self, row: Quarantined) -> str:
        """Which of which delivery."""
        return _("Item %(place)s of delivery %(delivery)s") % {"place": row.place, "delivery": row.delivery_id}

    def sections(self, request: HttpRequest, row: Any) -> list[Section]:
        """Why it is here, and what to do."""
        facts = [
            (_("Reason"), row.get_why_display()),
            (_("Detail"), row.detail or NOTHING),
            (_("What to do"), ADVICE[row.why]),
            (_("Delivery"), link(row.delivery, "ingest_delivery_change", row.delivery_id)),
            (_("Provider"), row.delivery.hook.provider),
            (_("Kept aside"), moment(row.created_at)),
            (_("Used by a replay"), moment(row.released_at)),
            (_("Dismissed"), moment(row.dismissed_at)),
        ]
        return [Section(_("Item"), facts)]
