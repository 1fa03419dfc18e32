"""Words as Postgres compares them: its full-text configuration for a language, and spelling without accents.

The embedded Postgres has no `unaccent`, and people on phones leave accents away, so both spellings are kept.
"""

from apps.llm.language.words import fold

#: Two-letter codes of the languages that Postgres 14 and later can stem; other languages are compared as written.
CONFIGURATIONS: dict[str, str] = {
    "ar": "arabic",
    "ca": "catalan",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "eu": "basque",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "nb": "norwegian",
    "ne": "nepali",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}
AS_WRITTEN = "simple"


def configuration(language: str) -> str:
    """The full-text configuration for a language code such as `es` or `pt-BR`."""
    return CONFIGURATIONS.get(language[:2].lower(), AS_WRITTEN)


def both_spellings(text: str) -> str:
    """The text, followed by its accented words without accents: `sábado` is also found as `sabado`."""
    plain = [fold(word) for word in text.split() if fold(word) != word.casefold()]
    return " ".join([text, *plain])
