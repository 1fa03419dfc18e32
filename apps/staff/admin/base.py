"""What all screens share: a list, a page to read, and acts that ask before they do. No form edits a row."""

from collections.abc import Callable
from functools import partial
from typing import Any, cast

from django.contrib import messages
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from unfold.admin import ModelAdmin
from unfold.paginator import InfinitePaginator
from unfold.views import ChangeList

from apps.accounts.models import User
from apps.staff.admin.markup import moment
from apps.staff.admin.parts import Act, Section, WhyForm, Words

#: Lines of the log of changes that a page shows.
LAST_CHANGES = 10


class Ledger(InfinitePaginator):
    """Pages of a list so long that counting it would take a second: it knows whether there is more, not how much."""


class Rows(ChangeList):
    """The rows of a list, chosen by its search and its filters alone.

    Django would also take any field of the table from the address, and so tell what no page shows, letter by letter.
    """

    def get_filters_params(self, params: dict[str, Any] | None = None) -> dict[str, Any]:
        """The parameters of the filters; others mean nothing."""
        known = {name for chosen in self.list_filter for name in chosen.names()}
        return {name: value for name, value in super().get_filters_params(params).items() if name in known}


class Screen(ModelAdmin):
    """A list with search and filters, and a page per row."""

    title: Words = ""
    explains: Words = ""
    empty: Words = _("Nothing here fits. Remove a filter, or search for something else.")
    acts: tuple[Act, ...] = ()
    list_per_page = 50
    list_max_show_all = 0
    show_full_result_count = False
    ordering = ("-pk",)

    def get_urls(self) -> list[URLPattern]:
        """The list, a page per row, and an address per act."""
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        wrap = self.admin_site.admin_view
        acts = [
            path(f"<int:object_id>/{act.name}/", wrap(self._act_view(act)), name=f"{name}_{act.name}")
            for act in self.acts
        ]
        methods = ["GET", "HEAD", *(["POST"] if self.actions else [])]
        rows = require_http_methods(methods)(self.changelist_view)
        return [
            path("", wrap(rows), name=f"{name}_changelist"),
            path("<int:object_id>/", wrap(require_safe(self.page)), name=f"{name}_change"),
            *acts,
        ]

    def get_changelist(self, request: HttpRequest, **_: Any) -> type[Rows]:
        """Ours."""
        return Rows

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody, by a form."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """All staff."""
        return self.admin_site.has_permission(request)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list."""
        words = {"title": self.title, "explains": self.explains, "empty": self.empty}
        return super().changelist_view(request, {**words, **(extra_context or {})})

    def page(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """The page of a row."""
        row = self.row(request, object_id)
        self.note(request, row)
        sections = [*self.sections(request, row), *self._changes(row)]
        context = {
            "sections": sections,
            "acts": [(act, self._url(act.name, row)) for act in self.acts if act.fits(row)],
            "state": self.state(row),
        }
        return self._render(request, "staff/page.html", row, context)

    def row(self, request: HttpRequest, object_id: int) -> Any:
        """The row. Raises Http404."""
        found = self.get_queryset(request).filter(pk=object_id).first()
        if found is None:
            raise Http404("No such row.")
        return found

    def sections(self, request: HttpRequest, row: Any) -> list[Section]:
        """What its page shows."""
        raise NotImplementedError

    def state(self, row: Any) -> object:
        """A chip beside the title."""
        return ""

    def note(self, request: HttpRequest, row: Any) -> None:
        """Keeps that this person looked, where a customer's data is shown."""

    def _act_view(self, act: Act) -> Callable[..., HttpResponse]:
        view = partial(self._do, act=act)
        return require_http_methods(["GET", "HEAD", "POST"])(view) if act.question else require_POST(view)

    def _do(self, request: HttpRequest, object_id: int, *, act: Act) -> HttpResponse:
        row = self.row(request, object_id)
        form = WhyForm(request.POST if request.method == "POST" else None)
        if not form.is_valid():
            context = {"act": act, "form": form, "back": self._url("change", row)}
            return self._render(request, "staff/confirm.html", row, context, 422 if form.errors else 200)
        try:
            act.run(person(request), row, form.cleaned_data["why"])
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, str(act.done))
        return HttpResponseRedirect(self._url("change", row))

    def _url(self, what: str, row: models.Model) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{what}", args=[row.pk])

    def _render(
        self, request: HttpRequest, template: str, row: Any, context: dict[str, Any], status: int = 200
    ) -> HttpResponse:
        shared = {
            **self.admin_site.each_context(request),
            "title": self.heading(row),
            "list_title": self.title,
            "list_url": reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"),
        }
        return render(request, template, {**shared, **context}, status=status)

    def heading(self, row: Any) -> str:
        """The title of its page."""
        return str(row)

    def _changes(self, row: models.Model) -> list[Section]:
        entries = LogEntry.objects.filter(
            content_type=ContentType.objects.get_for_model(row), object_id=str(row.pk)
        ).select_related("user")[:LAST_CHANGES]
        lines = [(moment(entry.action_time), str(entry.user), entry.change_message) for entry in entries]
        return [Section(_("Changes by staff"), headers=(_("When"), _("Who"), _("What")), rows=lines)] if lines else []


def person(request: HttpRequest) -> User:
    """Who asks; the door has let nobody else in."""
    return cast(User, request.user)
