"""A text to be pasted into a bot's knowledge."""

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.forms import Styled


class TextForm(Styled, forms.Form):
    """Title and text. What is wrong with them beyond being there, `services.add_text` says."""

    title = forms.CharField(label=_("Title"), max_length=200, help_text=_("What it is about: prices, opening hours …"))
    text = forms.CharField(
        label=_("Text"),
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_(
            "Headings and short paragraphs are found best. The bot quotes prices and hours as they stand here."
        ),
    )
