"""Deliveries: found by id, hook, error, day or words; read with secrets masked; replayed. Reading a body is noted."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from apps.ingest.models import Delivery, Quarantined
from apps.ingest.search import find_in_bodies
from apps.providers import registry
from apps.staff import bodies, services
from apps.staff.admin import delivery_page
from apps.staff.admin.base import Ledger, Screen, person
from apps.staff.admin.delivery_page import workspaces_of
from apps.staff.admin.filters import Choice, Days, OfWorkspace, Typed, span
from apps.staff.admin.markup import chip, moment, together
from apps.staff.admin.parts import Act, Section
from apps.staff.models import Look
from apps.staff.site import staff_site

State = Delivery.State
TONES = {State.RECEIVED: "attention", State.PROCESSED: "good", State.UNREADABLE: "bad", State.FAILED: "bad"}


class InState(Choice):
    """By state."""

    title = _("state")
    parameter_name = "state"
    words = {
        **{state.value: (state.label, {"state": state}) for state in State},
        "aside": (_("With something kept aside"), {"aside__gt": 0}),
    }


class ByProvider(Choice):
    """By provider."""

    title = _("provider")
    parameter_name = "provider"
    words = {kind: (registry.label(kind), {"hook__provider": kind}) for kind in registry.kinds()}


class BodySays(Typed):
    """Those whose body says something. Noted, with the words."""

    title = _("words in the body")
    parameter_name = "words"
    hint = _("Among the newest 5,000 of the chosen days. No phone numbers: addresses are logged.")

    def queryset(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> QuerySet[Delivery]:
        """Only those found; none, and why, when the words may not be searched for."""
        words = (self.value() or "").strip()
        if not words:
            return queryset
        since, until = span(request)
        try:
            found = find_in_bodies(words, since=since, until=until)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return queryset.none()
        services.note_look(person(request), Look.What.SEARCH, words=words)
        return queryset.filter(pk__in=found)


class RoutedTo(OfWorkspace):
    """Of the hooks that lead to a workspace."""

    path = "hook__routes__workspace"


@admin.register(Delivery, site=staff_site)
class Deliveries(Screen):
    """The ledger of what vendors posted."""

    title = _("Deliveries")
    explains = _("Every signed webhook as it came. Opening one is noted: its body holds customers' words.")
    list_display = ("number", "received", "hook_shown", "standing", "items", "kept_aside", "attempts", "error")
    search_fields = ("pk",)
    search_help_text = _("Id, hook's id or key, or words of an error")
    list_filter = (InState, ByProvider, RoutedTo, Days, BodySays)
    paginator = Ledger
    actions = ("replay_chosen",)
    acts = (
        Act(
            "replay",
            _("Replay"),
            _("It will be processed again in a moment. What already had its effect has none again."),
            lambda by, delivery, why: services.replay(by, [delivery]),
        ),
    )

    def get_urls(self) -> list[URLPattern]:
        """The body is downloaded at an address of its own."""
        download = self.admin_site.admin_view(require_safe(self.download))
        return [*super().get_urls(), path("<int:object_id>/body/", download, name="ingest_delivery_body")]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        """Without bodies and secrets; with how many items are kept aside."""
        # A partitioned table has no key by which Postgres could group, so the items are counted beside each row.
        open_ = Quarantined.objects.filter(delivery=OuterRef("pk"), released_at=None, dismissed_at=None).order_by()
        aside = Subquery(open_.values("delivery").annotate(n=Count("pk")).values("n"))
        found = super().get_queryset(request).select_related("hook")
        found = found.defer("body", "headers", "hook__secrets", "hook__verify_token")
        return found.annotate(aside=Coalesce(aside, 0))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Delivery], search_term: str
    ) -> tuple[QuerySet[Delivery], bool]:
        """Digits are an id; else a hook's key or “hook 7”, or words of an error."""
        term = search_term.strip()
        if not term:
            return queryset, False
        if term.isdecimal():
            return queryset.filter(pk=int(term[:18])), False
        hook = term.lower().removeprefix("hook ")
        if hook.isdecimal():
            return queryset.filter(hook_id=int(hook[:18])), False
        return queryset.filter(Q(hook__key=term) | Q(error__icontains=term)), False

    @admin.display(description=_("id"), ordering="pk")
    def number(self, delivery: Delivery) -> int:
        """Its id."""
        return delivery.pk

    @admin.display(description=_("received"), ordering="received_at")
    def received(self, delivery: Delivery) -> str:
        """When it came."""
        return moment(delivery.received_at)

    @admin.display(description=_("hook"))
    def hook_shown(self, delivery: Delivery) -> str:
        """By whom, at which of our addresses."""
        return together(f"{delivery.hook.provider} · hook {delivery.hook_id}")

    @admin.display(description=_("state"), ordering="state")
    def standing(self, delivery: Delivery) -> str:
        """Its state."""
        return chip(delivery.get_state_display(), TONES[State(delivery.state)])

    @admin.display(description=_("kept aside"), ordering="aside")
    def kept_aside(self, delivery: Any) -> int:
        """Items in quarantine."""
        return delivery.aside

    @admin.action(description=_("Replay"))
    def replay_chosen(self, request: HttpRequest, chosen: QuerySet[Delivery]) -> None:
        """Has the chosen ones processed once more."""
        count = services.replay(person(request), chosen[: services.MOST_AT_ONCE])
        messages.success(request, replayed(count))

    def state(self, row: Delivery) -> object:
        """Its state."""
        return self.standing(row)

    def note(self, request: HttpRequest, row: Delivery) -> None:
        """Its body is shown."""
        _note(request, Look.What.BODY, row)

    def sections(self, request: HttpRequest, row: Delivery) -> list[Section]:
        """What it is, what became of it, and what it said."""
        return delivery_page.sections(row)

    def download(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """The whole body as text, its secrets masked."""
        delivery = self.row(request, object_id)
        _note(request, Look.What.DOWNLOAD, delivery)
        body = bodies.readable(delivery.hook.provider, bytes(delivery.body or b""), most=None)
        ending = "json" if body.is_json else "txt"
        return HttpResponse(
            body.text,
            content_type="text/plain; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="delivery-{delivery.pk}.{ending}"'},
        )


def replayed(count: int) -> str:
    """What is said after a replay."""
    one, many = "%(count)s delivery will be processed again.", "%(count)s deliveries will be processed again."
    return ngettext(one, many, count) % {"count": count}


def _note(request: HttpRequest, what: Look.What, delivery: Delivery) -> None:
    """Whose it is can only be said of a hook that serves one workspace."""
    mine = workspaces_of(delivery)
    services.note_look(person(request), what, delivery, workspace=mine[0] if len(mine) == 1 else None)
