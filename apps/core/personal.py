"""The erase registry: which fields hold words of or about a person, so that an erase can find all of them.

Each app declares its text, JSON, binary and vector fields when it is ready; a test fails for a field that
nobody declared.
"""

_personal: dict[str, frozenset[str]] = {}
_impersonal: dict[str, frozenset[str]] = {}


def declare(model: str, *, personal: tuple[str, ...] = (), impersonal: tuple[str, ...] = ()) -> None:
    """Says of `app.Model` which fields hold personal data and which free-form fields certainly do not."""
    _personal[model] = frozenset(personal)
    _impersonal[model] = frozenset(impersonal)


def declared(model: str) -> tuple[frozenset[str], frozenset[str]]:
    """The personal and the impersonal fields declared for `app.Model`; empty sets when there are none."""
    return _personal.get(model, frozenset()), _impersonal.get(model, frozenset())
