"""What the screens are made of: sections of a page, acts, and the form that asks why."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User

Words = str | Promise


@dataclass(frozen=True)
class Section:
    """A part of a page: facts by name, a table, or a text. `note` stands under the title."""

    title: Words
    facts: Sequence[tuple[Words, object]] = ()
    headers: Sequence[Words] = ()
    rows: Sequence[Sequence[object]] = ()
    text: str = ""
    note: Words = ""
    empty: Words = ""
    link: tuple[Words, str] | None = None


@dataclass(frozen=True)
class Act:
    """Something that may be done to a row. `run` raises ValidationError with what to say when it cannot be."""

    name: str  # in its address
    label: Words
    done: Words
    run: Callable[[User, Any, str], object]
    fits: Callable[[Any], bool] = field(default=lambda row: True)
    question: Words = ""  # asked first, with room for a reason; without one it is done at once
    dangerous: bool = False


class WhyForm(forms.Form):
    """Why something is done, for the log of changes."""

    why = forms.CharField(label=_("Why (kept in the log of changes)"), required=False, max_length=300, strip=True)
