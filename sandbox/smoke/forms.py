"""The forms of a page as a browser would send them: where to, and every field with the value it shows."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

#: What a browser sends only when it is pressed, or not at all.
UNSENT = ("submit", "button", "image", "reset", "file")


@dataclass
class Form:
    """A form; `action` is empty when it posts to its own page."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


def forms_of(page: str) -> list[Form]:
    """The forms of a page in order."""
    reader = _Reader()
    reader.feed(page)
    return reader.forms


class _Reader(HTMLParser):
    """Reads inputs, text areas and selects into the form they stand in."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.fields: dict[str, str] = {}
        self.writing = ""  # the text area that is open
        self.choosing = ""  # the select that is open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Takes a form, or a field of the last one."""
        said = {name: value or "" for name, value in attrs}
        name = said.get("name", "")
        if tag == "form":
            self.forms.append(Form(said.get("action", "")))
            self.fields = self.forms[-1].fields
        elif tag == "input" and name and _is_sent(said):
            self.fields[name] = said.get("value", "on" if said.get("type") == "checkbox" else "")
        elif tag == "textarea":
            self.writing = name
            self.fields[name] = ""
        elif tag == "select":
            self.choosing = name
        elif tag == "option" and self.choosing and ("selected" in said or self.choosing not in self.fields):
            self.fields[self.choosing] = said.get("value", "")

    def handle_data(self, data: str) -> None:
        """Takes the text of a text area; its first line break is not part of it."""
        if self.writing:
            self.fields[self.writing] += data if self.fields[self.writing] else data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        """Closes what was open."""
        if tag == "textarea":
            self.writing = ""
        elif tag == "select":
            self.choosing = ""
        elif tag == "form":
            self.fields = {}


def _is_sent(said: dict[str, str]) -> bool:
    if said.get("type") in ("checkbox", "radio"):
        return "checked" in said
    return said.get("type") not in UNSENT
