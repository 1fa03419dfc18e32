"""What may be set of a bot, and what is wrong with what was typed."""

from typing import Any

import phonenumbers
from django import forms
from django.conf import settings
from django.conf.locale import LANG_INFO
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.bots.models import Bot
from apps.core.forms import Styled, secret_field

#: Two-letter codes with the language's own name.
LANGUAGES = sorted(
    (
        (code, str(info["name_local"]).capitalize())
        for code, info in LANG_INFO.items()
        if len(code) == 2 and "name_local" in info
    ),
    key=lambda language: language[1],
)
MOST_PERSONA = 4000


class BotForm(Styled, forms.ModelForm):  # type: ignore[type-arg]  # no type argument at run time
    """All of a bot but its switch. Who may not manage model keys gets no field for the key."""

    api_key = secret_field(
        label=_("Key"),
        required=False,
        max_length=300,
        help_text=_("Used for this bot alone. Leave it empty to keep the present one."),
    )
    forget_key = forms.BooleanField(label=_("Forget this bot's key"), required=False)

    class Meta:
        model = Bot
        fields = (
            *("name", "business", "persona", "tone", "language", "region"),
            *("provider", "model", "temperature", "max_characters", "least_confidence", "fallback"),
        )
        labels = {
            "name": _("Name"),
            "business": _("Business"),
            "persona": _("Persona and rules"),
            "tone": _("Tone"),
            "language": _("Language"),
            "region": _("Country of phone numbers"),
            "provider": _("Who writes the answers"),
            "model": _("Model"),
            "temperature": _("Temperature"),
            "max_characters": _("Longest answer"),
            "least_confidence": _("Least confidence"),
            "fallback": _("What it says when it is not sure"),
        }
        help_texts = {
            "name": _("How the bot calls itself."),
            "business": _("Whom it speaks for."),
            "persona": _("Who the bot is, what it should and should not do. What it knows belongs into its knowledge."),
            "language": _("Used until the customer's own is known."),
            "region": _("Two letters, such as GB: where a number without country code is from. May stay empty."),
            "model": _("The model's name at the service, such as gpt-4.1-mini."),
            "temperature": _("0 is the most exact, 2 the freest. Leave it empty for the model's own."),
            "max_characters": _("In characters."),
            "least_confidence": _(
                "From 0 to 1. An answer with less is not sent: the customer reads the sentence below, and people get "
                "the conversation. With 0.3 an answer may rest on what was found by its words alone; 0.6 asks for "
                "more. What states a price, a time, a link or another value that stands nowhere is never sent."
            ),
            "fallback": _("Leave it empty for: I am not sure about that. A colleague will get back to you here."),
        }
        widgets = {
            "persona": forms.Textarea(attrs={"rows": 5, "maxlength": MOST_PERSONA}),
            "language": forms.Select(choices=LANGUAGES),
            "region": forms.TextInput(attrs={"maxlength": 2, "autocomplete": "off"}),
            "model": forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            "temperature": forms.NumberInput(attrs={"min": 0, "max": 2, "step": "0.1"}),
            "least_confidence": forms.NumberInput(attrs={"min": 0, "max": 1, "step": "0.05"}),
            "fallback": forms.TextInput(attrs={"maxlength": Bot.MOST_FALLBACK, "autocomplete": "off"}),
            "max_characters": forms.NumberInput(attrs={"min": Bot.LEAST_ANSWER, "max": Bot.MOST_ANSWER, "step": 50}),
        }

    def __init__(self, *args: Any, may_set_key: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_set_key:
            del self.fields["api_key"]
        if not may_set_key or not self.instance.api_key:
            del self.fields["forget_key"]

    def clean_persona(self) -> str:
        """Not longer than a model should read with every message."""
        persona = str(self.cleaned_data["persona"]).replace("\r\n", "\n")
        if len(persona) > MOST_PERSONA:
            raise ValidationError(
                _("The persona has %(has)d characters and may have %(most)d. Facts belong into the bot's knowledge.")
                % {"has": len(persona), "most": MOST_PERSONA}
            )
        return persona

    def clean_language(self) -> str:
        """One of the languages of the list."""
        language = str(self.cleaned_data["language"])
        if language not in dict(LANGUAGES):
            raise ValidationError(_("Choose a language of the list."))
        return language

    def clean_region(self) -> str:
        """A country that has phone numbers, in capitals."""
        region = str(self.cleaned_data["region"]).upper()
        if region and region not in phonenumbers.SUPPORTED_REGIONS:
            raise ValidationError(
                _("“%(region)s” is no country's two letters. Enter one such as GB, ES or BR, or leave it empty.")
                % {"region": region}
            )
        return region

    def clean_least_confidence(self) -> float:
        """The usual one when none is given."""
        given = self.cleaned_data["least_confidence"]
        return Bot.USUAL_CONFIDENCE if given is None else float(given)

    def clean_api_key(self) -> str:
        """Characters that a header can carry."""
        key = str(self.cleaned_data["api_key"]).strip()
        if not (key.isascii() and key.isprintable()) or " " in key:
            raise ValidationError(_("A key has no spaces and no letters with accents. Copy it again from the service."))
        return key

    def clean(self) -> dict[str, Any]:
        """A language model needs its name, and a key unless the service asks for none."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("provider") == Bot.Provider.OPENAI and not cleaned.get("model"):
            self.add_error("model", _("Name the model, such as gpt-4.1-mini; the service offers several."))
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        """What is to be set, for the services: the key only when one was typed or the old one is to go."""
        values = {name: self.cleaned_data[name] for name in self._meta.fields or ()}
        if self.cleaned_data.get("api_key"):
            values["api_key"] = self.cleaned_data["api_key"]
        elif self.cleaned_data.get("forget_key"):
            values["api_key"] = ""
        return values

    @property
    def installation_has_key(self) -> bool:
        """Whether a bot without a key of its own can use the installation's."""
        return bool(settings.OPENAI_API_KEY)
