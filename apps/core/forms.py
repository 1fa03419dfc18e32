"""How the forms of the workspace's pages look: Tabler's classes on every widget, secrets never shown again."""

from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict

_CLASSES = {forms.Select: "form-select", forms.CheckboxInput: "form-check-input"}


class Styled(forms.BaseForm):
    """A form whose widgets carry Tabler's classes; mixed in before forms.Form or forms.ModelForm."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            kind = next((css for widget, css in _CLASSES.items() if isinstance(field.widget, widget)), "form-control")
            field.widget.attrs.setdefault("class", kind)


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: what was posted, also when that is nothing; None for a look at the empty form."""
    return request.POST if request.method == "POST" else None


def secret_field(**options: Any) -> forms.CharField:
    """A text that is typed in and never shown again, also not when the form comes back with an error."""
    attrs = {"autocomplete": "off", "spellcheck": "false", "dir": "ltr"}
    widget = forms.PasswordInput(render_value=False, attrs=attrs)
    return forms.CharField(**{"max_length": 1000, "widget": widget, **options})
