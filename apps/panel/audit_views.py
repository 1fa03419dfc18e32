"""The page of the audit log: who changed what, to be read and searched, never changed."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from apps.accounts.access import MemberRequest, screen
from apps.accounts.models import ApiKey, Membership
from apps.core.actors import Kind
from apps.core.audit_words import ACTIONS, AREAS, area_of
from apps.core.forms import Styled
from apps.panel.audit_log import Asked, find
from apps.tenants.models import Workspace

#: What a row's subject can be, as a link of its line names it.
LARGEST_ID = 2**63 - 1
#: People to choose from.
MOST_CHOICES = 200
#: Days anybody could mean; others are slips of the keyboard.
FIRST, LAST = date(2000, 1, 1), date(2100, 1, 1)


class DayInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def format_value(self, value: Any) -> str | None:
        """As browsers want it, whatever the language."""
        return value.isoformat() if isinstance(value, date) else super().format_value(value)


class FilterForm(Styled, forms.Form):
    """Which rows. What cannot be is told at its field, and the others still count."""

    who = forms.ChoiceField(label=gettext_lazy("By whom"), required=False)
    what = forms.ChoiceField(label=gettext_lazy("What"), required=False)
    since = forms.DateField(label=gettext_lazy("From"), required=False, widget=DayInput())
    until = forms.DateField(label=gettext_lazy("To"), required=False, widget=DayInput())
    q = forms.CharField(
        label=gettext_lazy("Name"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, workspace: Workspace, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["who"].choices = _people(workspace)  # type: ignore[attr-defined]  # a ChoiceField has them
        self.fields["what"].choices = _actions()  # type: ignore[attr-defined]  # the same

    def clean_since(self) -> date | None:
        """A day of our time."""
        return _day(self.cleaned_data["since"])

    def clean_until(self) -> date | None:
        """The same."""
        return _day(self.cleaned_data["until"])


@require_safe
@screen("see_audit")
def audit(request: MemberRequest) -> HttpResponse:
    """The rows of a filter, the newest first, a page after the other by `before`."""
    form = FilterForm(request.GET, workspace=request.tenant)
    form.is_valid()
    chosen = form.cleaned_data
    about, before = _about(request), _number(request.GET.get("before", ""))
    filters = {name: value for name, value in chosen.items() if value}
    asked = Asked(
        who=chosen.get("who", ""),
        what=chosen.get("what", ""),
        about=about,
        since=chosen.get("since"),
        until=chosen.get("until"),
        search=chosen.get("q", ""),
        before=before,
    )
    lines, older = find(asked)
    kept = {**filters, **({"about": about} if about else {})}
    context = {
        "form": form,
        "lines": lines,
        "filtered": bool(kept) or bool(form.errors),
        "count": len(filters),
        "about": about,
        "first": before is None,
        "newest_query": urlencode(kept),
        "older_query": urlencode({**kept, "before": older}) if older else "",
        "unfiltered_about": urlencode(filters),
    }
    return render(request, "settings/audit.html", context)


def _day(given: date | None) -> date | None:
    if given is not None and not FIRST <= given < LAST:
        raise ValidationError(_("Choose a day between 2000 and 2099."))
    return given


def _number(given: str) -> int | None:
    """An id, None when it is none that a row could have."""
    known = given.isascii() and given.isdigit() and len(given) < 20
    return int(given) if known and int(given) <= LARGEST_ID else None


def _about(request: MemberRequest) -> str:
    """`kind:id` of a subject, empty when it is not one."""
    kind, _colon, number = request.GET.get("about", "").partition(":")
    return f"{kind}:{number}" if kind.isascii() and kind.isalpha() and _number(number) is not None else ""


def _people(workspace: Workspace) -> list[tuple[Any, Any]]:
    """Everybody who is or was a member, the keys, and who else acts."""
    members = Membership.objects.filter(workspace=workspace).select_related("user").order_by("pk")[:MOST_CHOICES]
    keys = ApiKey.objects.filter(workspace=workspace).order_by("-pk")
    return [
        ("", _("Anybody")),
        (_("Members"), [(f"{Kind.PERSON}:{one.user_id}", str(one.user)) for one in members]),
        (_("API keys"), [(f"{Kind.KEY}:{key.pk}", key.name) for key in keys[:100]]),
        (_("Others"), [(kind.value, kind.label) for kind in Kind if kind not in (Kind.PERSON, Kind.KEY)]),
    ]


def _actions() -> list[tuple[Any, Any]]:
    """Everything, an area as a whole, or one action of it."""
    words = {action: str(said).replace("{who} ", "").replace("{what}", "…") for action, said in ACTIONS.items()}
    groups = [
        (label, [(area, _("All: %(area)s") % {"area": label})]
         + [(action, said) for action, said in words.items() if area_of(action) == area])
        for area, label in AREAS.items()
    ]  # fmt: skip
    return [("", _("Anything")), *groups]
