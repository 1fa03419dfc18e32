"""What an owner gives a bot to know, one form for each kind. Each adds itself by the service of its kind."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.bots.models import Bot
from apps.core.forms import Styled
from apps.knowledge import services
from apps.knowledge.models import Source


class SourceForm(Styled, forms.Form):
    """A form that adds a source. What is wrong beyond a field being empty, the service says."""

    #: The field that says what is wrong with the whole.
    main = "text"

    def add_to(self, bot: Bot) -> Source | None:
        """The new source; None when it is refused, which then stands at the main field."""
        try:
            return self._add(bot, dict(self.cleaned_data))
        except ValidationError as error:
            self.add_error(self.main, " ".join(error.messages))
        except OSError:
            self.add_error(self.main, _("The file could not be stored on our side. Nothing was added; try again."))
        return None

    def _add(self, bot: Bot, given: dict[str, Any]) -> Source:
        raise NotImplementedError


class TextForm(SourceForm):
    """A text that is pasted."""

    title = forms.CharField(label=_("Title"), max_length=200, help_text=_("What it is about: prices, opening hours …"))
    text = forms.CharField(
        label=_("Text"),
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_(
            "Headings and short paragraphs are found best. The bot quotes prices and hours as they stand here."
        ),
    )

    def _add(self, bot: Bot, given: dict[str, Any]) -> Source:
        return services.add_text(bot, **given)


class WebsiteForm(SourceForm):
    """A website to be read."""

    main = "address"
    address = forms.CharField(
        label=_("Address"),
        max_length=1000,
        widget=forms.TextInput(attrs={"inputmode": "url", "placeholder": "https://www.example.com", "dir": "ltr"}),
        help_text=_("Where to begin: a page or a sitemap. Pages of the same website that are linked are read too."),
    )
    most_pages = forms.TypedChoiceField(
        label=_("Pages at most"),
        coerce=int,
        initial=100,
        choices=[(25, "25"), (100, "100"), (200, "200"), (500, "500")],
    )
    most_depth = forms.TypedChoiceField(
        label=_("How far from the start"),
        coerce=int,
        initial=4,
        choices=[
            (0, _("This page only")), (1, _("1 link away")), (2, _("2 links away")), (4, _("4 links away")),
            (10, _("10 links away")),
        ],
    )  # fmt: skip
    every_hours = forms.TypedChoiceField(
        label=_("Read again"),
        coerce=int,
        initial=168,
        choices=[(0, _("Only when I say so")), (24, _("Every day")), (168, _("Every week")), (720, _("Every 30 days"))],
        help_text=_("Only pages that have changed are learnt anew."),
    )

    def _add(self, bot: Bot, given: dict[str, Any]) -> Source:
        return services.add_website(bot, **given)


class FileForm(SourceForm):
    """A PDF or Word file."""

    main = "file"
    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,  # refused with the others, by its name
        widget=forms.FileInput(attrs={"accept": ".pdf,.docx"}),
        help_text=_("PDF or Word (.docx), up to 5 MB and 300 pages. Of a scan nothing can be read."),
    )
    title = forms.CharField(
        label=_("Title"), max_length=200, required=False, help_text=_("Left empty, it is called as the file is.")
    )

    def _add(self, bot: Bot, given: dict[str, Any]) -> Source:
        file = given["file"]
        return services.add_file(bot, title=given["title"], name=str(file.name), data=file.read())


class QuestionsForm(SourceForm):
    """Questions with their answers."""

    main = "pairs"
    title = forms.CharField(label=_("Title"), max_length=200, help_text=_("What it is about: delivery, returns …"))
    pairs = forms.CharField(
        label=_("Questions and answers"),
        widget=forms.Textarea(
            attrs={"rows": 12, "placeholder": _("Do you deliver?\nYes, within 10 km.\n\nCan I pay by card?\nYes, all.")}
        ),
        help_text=_(
            "A question on a line of its own, its answer below it, an empty line before the next. "
            "Answers with empty lines in them: begin each question with “Q:” and its answer with “A:”."
        ),
    )

    def _add(self, bot: Bot, given: dict[str, Any]) -> Source:
        return services.add_questions(bot, **given)


class ProductsForm(SourceForm):
    """A list of products."""

    main = "file"
    file = forms.FileField(
        label=_("CSV file"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt"}),
        help_text=_(
            "Saved from a spreadsheet, up to 5,000 rows and 2 MB. The first line names the columns, one of them “name”."
        ),
    )
    title = forms.CharField(
        label=_("Title"), max_length=200, required=False, help_text=_("Left empty, it is called as the file is.")
    )

    def _add(self, bot: Bot, given: dict[str, Any]) -> Source:
        name = str(given["file"].name)
        return services.add_products(bot, title=given["title"] or name, data=given["file"].read(), file_name=name)


#: By the kind's word in the address.
FORMS: dict[str, type[SourceForm]] = {
    "website": WebsiteForm,
    "file": FileForm,
    "questions": QuestionsForm,
    "products": ProductsForm,
}
