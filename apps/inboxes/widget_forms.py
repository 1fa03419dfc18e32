"""How a web chat looks and on which websites it may be, as a person fills it in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.bots.models import Bot
from apps.core.forms import Styled
from apps.inboxes.models import Inbox, Widget

LOOK = ("title", "colour", "greeting", "offline_text")


class WidgetForm(Styled, forms.ModelForm):  # type: ignore[type-arg]  # no type argument at run time
    """Both for a new web chat and for one that exists. What the services refuse comes back at its field."""

    name = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("How your team knows it. Visitors do not see it.")
    )
    bot = forms.ModelChoiceField(queryset=Bot.objects.all(), empty_label=None, label=_("Bot"))
    websites = forms.CharField(
        label=_("Websites"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "ltr", "spellcheck": "false", "placeholder": "https://"}),
        help_text=_("One on each line, such as https://www.example.com. No other website can use this chat."),
    )

    class Meta:
        model = Widget
        fields = LOOK
        labels = {
            "title": _("Title"),
            "colour": _("Colour"),
            "greeting": _("Greeting"),
            "offline_text": _("While the bot is off"),
        }
        help_texts = {
            "title": _("Above the conversation. Empty: the bot's name."),
            "colour": _("Of the button and the visitor's messages."),
            "greeting": _("The first thing a visitor reads. Empty: a short hello in their language."),
            "offline_text": _("Shown while nobody answers by themselves; visitors can still write."),
        }
        widgets = {
            "colour": forms.TextInput(attrs={"type": "color", "class": "form-control form-control-color"}),
            "greeting": forms.Textarea(attrs={"rows": 2}),
            "offline_text": forms.Textarea(attrs={"rows": 2}),
        }

    @property
    def look(self) -> dict[str, str]:
        """The fields of Widget."""
        return {name: self.cleaned_data[name] for name in LOOK}

    @property
    def inbox(self) -> dict[str, Any]:
        """Name, bot and websites."""
        return {name: self.cleaned_data[name] for name in ("name", "bot", "websites")}


def filled(inbox: Inbox, websites: tuple[str, ...]) -> dict[str, object]:
    """What the form shows of a web chat beside its look."""
    return {"name": inbox.name, "bot": inbox.bot_id, "websites": "\n".join(websites)}
