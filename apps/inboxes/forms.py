"""What a person pastes to connect a number, and what may be changed of an inbox afterwards."""

import secrets
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.bots.models import Bot
from apps.core.forms import Styled, secret_field
from apps.inboxes.models import Inbox
from apps.providers.base import CheckFailed, Credentials, Pasted, Setup

_ID = RegexValidator(r"^[0-9]{5,30}\Z", gettext_lazy("An id of Meta's has only digits. Copy it again."))
_NO_SPACES = RegexValidator(r"^[\x21-\x7e]+\Z", gettext_lazy("Spaces or odd characters got into it. Copy it again."))
_PLAIN = {"autocomplete": "off", "spellcheck": "false", "dir": "ltr"}


def new_verify_token() -> str:
    """A word that nobody guesses, to be entered at the vendor."""
    return secrets.token_urlsafe(18)


class BotField(forms.ModelChoiceField):  # type: ignore[type-arg]  # no type argument at run time
    """The bot that answers, by name."""

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=Bot.objects.all(), empty_label=None, label=gettext_lazy("Bot"), **options)


class Told(Styled, forms.Form):
    """A form to which a vendor's refusal comes back, at the field it is about."""

    #: What was wrong, by the name of the field in which it was pasted.
    FIELDS = {
        Pasted.KEY: "key",
        Pasted.ACCOUNT: "account",
        Pasted.TOKEN: "token",
        Pasted.SECRET: "secret",
    }

    def refuse(self, error: CheckFailed) -> None:
        """Puts the vendor's reason where the person looks for it."""
        said = error.failure.detail or error.failure.text
        if error.wrong is None:
            self.add_error(None, _("Meta could not be asked: %(said)s Nothing was saved; try again.") % {"said": said})
            return
        code = f" ({error.failure.code})" if error.failure.code else ""
        field = self.FIELDS[error.wrong]
        self.add_error(
            field if field in self.fields else None,
            _("%(hint)s Meta says: %(said)s%(code)s") % {"hint": _hints()[error.wrong], "said": said, "code": code},
        )


class ConnectForm(Told):
    """A WhatsApp number by Meta's Cloud API: everything stands in Meta's app dashboard."""

    key = forms.CharField(
        label=gettext_lazy("Phone number ID"),
        validators=[_ID],
        widget=forms.TextInput(attrs={**_PLAIN, "inputmode": "numeric"}),
        help_text=gettext_lazy("WhatsApp › API setup, below the number. It is not the phone number."),
    )
    account = forms.CharField(
        label=gettext_lazy("WhatsApp Business Account ID"),
        validators=[_ID],
        widget=forms.TextInput(attrs={**_PLAIN, "inputmode": "numeric"}),
        help_text=gettext_lazy("On the same page."),
    )
    token = secret_field(
        label=gettext_lazy("Access token"),
        max_length=2000,
        validators=[_NO_SPACES],
        help_text=gettext_lazy("Of a system user, so that it does not expire, with both WhatsApp permissions."),
    )
    secret = secret_field(
        label=gettext_lazy("App secret"),
        max_length=200,
        validators=[_NO_SPACES],
        help_text=gettext_lazy("App settings › Basic. It proves that a delivery comes from Meta."),
    )
    verify_token = forms.CharField(
        label=gettext_lazy("Verify token"),
        max_length=100,
        validators=[_NO_SPACES],
        initial=new_verify_token,
        widget=forms.TextInput(attrs=_PLAIN),
        help_text=gettext_lazy("A word of your choice that you enter at Meta next. This one is made up for you."),
    )
    bot = BotField(help_text=gettext_lazy("Who answers on this number."))
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("What your people call it. Empty: the name that Meta has verified."),
    )

    @property
    def setup(self) -> Setup:
        """What was pasted, for the provider."""
        given = self.cleaned_data
        return Setup(Credentials(given["key"], given["token"]), given["account"], given["secret"])


class ReconnectForm(Told):
    """A new token and, if it was changed, a new app secret."""

    token = secret_field(label=gettext_lazy("New access token"), max_length=2000, validators=[_NO_SPACES])
    secret = secret_field(
        label=gettext_lazy("New app secret"),
        max_length=200,
        required=False,
        validators=[_NO_SPACES],
        help_text=gettext_lazy("Only if it was changed at Meta."),
    )


class InboxForm(Styled, forms.ModelForm):  # type: ignore[type-arg]  # no type argument at run time
    """Name and bot."""

    bot = BotField()

    class Meta:
        model = Inbox
        fields = ("name", "bot")
        labels = {"name": gettext_lazy("Name")}


def _hints() -> dict[Pasted, str]:
    return {
        Pasted.KEY: _("This is not a phone number ID that the token may use."),
        Pasted.ACCOUNT: _("This is not a business account that the token may use."),
        Pasted.TOKEN: _("Meta does not accept this access token."),
        Pasted.SECRET: _("This is not the secret of the app that the token belongs to."),
    }
