"""The filters of the lists: one of some words, days from and to, words in a body."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SINCE, UNTIL = "from", "to"


class Choice(admin.SimpleListFilter):
    """One of some words. `words` says which rows each leaves; `usually` is what no choice leaves."""

    template = "staff/filters/choice.html"
    words: dict[str, tuple[str | Promise, dict[str, Any]]]
    usually: dict[str, Any]
    all_words: str | Promise = _("All")

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """What it reads of the address."""
        return (str(cls.parameter_name),)

    def __init_subclass__(cls) -> None:
        """Filters that say nothing of it leave all rows."""
        cls.usually = getattr(cls, "usually", {})

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The words."""
        return [(value, str(label)) for value, (label, _where) in self.words.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows of the chosen word; a word that is none leaves what no choice leaves."""
        _label, where = self.words.get(self.value() or "", ("", self.usually))
        return queryset.filter(**where)

    def choices(self, changelist: Any) -> Iterator[Any]:
        """For the template: each with whether it is chosen."""
        chosen = self.value()
        yield {"value": "", "display": self.all_words, "selected": chosen not in self.words}
        for value, label in self.lookup_choices:
            yield {"value": value, "display": label, "selected": chosen == value}


class Typed(admin.SimpleListFilter):
    """Something typed."""

    template = "staff/filters/typed.html"
    hint: str | Promise = ""

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """What it reads of the address."""
        return (str(cls.parameter_name),)

    def has_output(self) -> bool:
        """Always."""
        return True

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple[()]:
        """None."""
        return ()

    def choices(self, changelist: Any) -> Iterator[Any]:
        """For the template: what was typed."""
        yield {"value": self.value() or ""}


class OfWorkspace(Typed):
    """Rows of the workspace with this address. `path` leads from the row to the workspace."""

    title = _("workspace's address")
    parameter_name = "workspace"
    path = "workspace"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Only its rows."""
        slug = (self.value() or "").strip().lower()
        return queryset.filter(**{f"{self.path}__slug": slug.replace("\x00", "")}).distinct() if slug else queryset


class Days(admin.ListFilter):
    """From one day to another, both included, in the reader's zone. `field` is the time of a row."""

    title = _("days")
    template = "staff/filters/days.html"
    field = "received_at"

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """What it reads of the address."""
        return (SINCE, UNTIL)

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        for name in (SINCE, UNTIL):
            if name in params:
                self.used_parameters[name] = params.pop(name)[-1]

    def has_output(self) -> bool:
        """Always."""
        return True

    def expected_parameters(self) -> list[str | None]:
        """Two."""
        return [SINCE, UNTIL]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Only rows of these days."""
        since, until = span(request)
        if since:
            queryset = queryset.filter(**{f"{self.field}__gte": since})
        return queryset.filter(**{f"{self.field}__lt": until}) if until else queryset

    def choices(self, changelist: Any) -> Iterator[Any]:
        """For the template: the two days."""
        for name, label in ((SINCE, _("From")), (UNTIL, _("To"))):
            yield {"name": name, "label": label, "value": self.used_parameters.get(name, "")}


def span(request: HttpRequest) -> tuple[datetime | None, datetime | None]:
    """The times between which the list's days lie; None for a day that was not chosen or is none."""
    since, until = _day(request.GET.get(SINCE, "")), _day(request.GET.get(UNTIL, ""))
    return _begin(since), _begin(until + timedelta(days=1) if until else None)


def _day(text: str) -> date | None:
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day and 1970 <= day.year <= 9000 else None


def _begin(day: date | None) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time.min)) if day else None
