"""The words of a question that its answer should deal with.

Owns the choice of these words and the kinds of answer they ask for.
"""

import re
from dataclasses import dataclass

from apps.llm.language.concepts import concept_of, tokens
from apps.llm.language.stopwords import DAY_GROUPS, FILLERS, LIGHT, MONTHS, STOPWORDS, VARIANTS, WEEKDAYS
from apps.llm.language.words import LANGUAGES, stem, word_set

#: Concepts that say which kind of answer is wanted, not what it is about.
KINDS = frozenset({"price", "when", "hours", "place", "duration", "distance", "phone", "email", "website"})

# `how much notice do you need` asks for no price.
_QUANTITY = re.compile(
    r"\bhow much (?=(?!(?:is|are|was|do|does|did|can|will|would|should|for|to|it|the|a|an|u|you|i|we|r|per|of)\b)"
    r"\w+ (?:can|do|does|will|is|are|should|must|may)\b)",
    re.IGNORECASE,
)
_OLD = r"(?:[ -]?(?:years?|yrs?|a[nñ]os?|anos?)(?:[ -]old)?| ?yo)"
_AGE = re.compile(
    rf"\b(?:i'?m|i am|he'?s|she'?s|he is|she is|is|are|aged?|turning|son|daughter)\s\d{{1,2}}{_OLD}?"
    r"(?=\s*(?:$|[,.!?]|and\b|can\b|so\b|but\b|is\b|will\b))"
    r"|\b\d{1,2}[ -]?(?:years?|yrs?)[ -]olds?\b|\b\d{1,2} ?yo\b"
    r"|\b(?:tengo|tiene|tienen|cumple|de|tem|tenho|t[eê]m|fez|faz|con|com)\s\d{1,2}\s(?:a[nñ]os|anos)\b",
    re.IGNORECASE,
)
# `Can I cancel without paying` is about cancelling.
_AT_NO_COST = re.compile(
    r"\b(?:without|sin|sem) (?:paying|pagar|being charged|a fee|a charge|costs?|coste|custos?|penalty|multa|cargo)\b",
    re.IGNORECASE,
)
_HOW_MANY = re.compile(r"\bhow many\b", re.IGNORECASE)
_COUNTS = word_set("how_many cuantos cuantas quantos quantas")
_MOST_TERMS = 40
# `How much do I pay` asks for a price, not for the ways to pay.
_PAYING = word_set("pay pays paying paid pagar paga pagan pago pagas")
# `My phone` is a thing, `your phone` a number.
_TELEPHONES = word_set("phone phones mobile telefono movil celular telefone telemovel")
_SOMEBODYS = word_set("my a this new used old broken mi un este nuevo meu um novo")
_CONJUNCTIONS = word_set("when cuando quando")
_LEADS_TO_WHEN = word_set("know and or since until till til by from tell me y e o ou desde hasta ate saber for de para")


@dataclass(frozen=True)
class Term:
    """One word that the answer should deal with.

    `day` is a weekday (Monday 0) when the word names one; `optional` marks a word that is the subject only when
    nothing else is; `variant` one that tells variants apart (`large`); `lent` one that comes from another clause
    or question.
    """

    word: str
    concept: str | None = None
    day: int | None = None
    optional: bool = False
    variant: bool = False
    lent: bool = False

    @property
    def month(self) -> bool:
        """Whether the word names a month."""
        return bool(self.concept) and str(self.concept).startswith("month_")

    @property
    def kind(self) -> bool:
        """Whether the word says which kind of answer is wanted."""
        return self.concept in KINDS

    @property
    def subject(self) -> bool:
        """Whether the word says what the question is about."""
        return not (self.day is not None or self.kind or self.optional or self.variant or self.month)


def read_terms(text: str, language: str, ignore: frozenset[str]) -> tuple[tuple[Term, ...], tuple[str, ...]]:
    """The terms of a question in order, and the other words around them. `ignore` are words that say little here."""
    found: dict[str, Term] = {}
    boosts: list[str] = []
    before = ""
    plain = _AT_NO_COST.sub(" ", _AGE.sub(" years_old ", _HOW_MANY.sub("how_many", _QUANTITY.sub("how_many ", text))))
    for word in tokens(plain):
        term = _in_place(word, before, language, ignore)
        if (term is None and word not in STOPWORDS[language]) or word in _PAYING:
            boosts.append(word)
        elif term is not None:
            found.setdefault(term.concept or word, term)
        before = word
    return _plain(tuple(found.values())[:_MOST_TERMS]), tuple(boosts[:_MOST_TERMS])


def _in_place(word: str, before: str, language: str, ignore: frozenset[str]) -> Term | None:
    if len(word) < 2 or word.isdigit() or word in _COUNTS:
        return None
    if word in _CONJUNCTIONS and before and before not in _LEADS_TO_WHEN:
        return None
    if word in _TELEPHONES and before in _SOMEBODYS:
        return Term(word)
    # `how many days`: what is counted is asked for, be it ever so common a word.
    if before in _COUNTS and word not in STOPWORDS[language]:
        return Term(word, concept_of(word, language))
    return read_term(word, language, ignore)


def _plain(terms: tuple[Term, ...]) -> tuple[Term, ...]:
    """`What time do you open` asks for the hours once; a weekday alone asks for them too."""
    concepts = {term.concept for term in terms}
    if "price" in concepts:
        terms = tuple(term for term in terms if term.word not in _PAYING)
    if "hours" in concepts:
        return tuple(term for term in terms if term.concept not in ("when", "duration"))
    if (
        terms
        and all(term.day is not None or term.concept == "when" for term in terms)
        and any(term.day is not None for term in terms)
    ):
        return (Term("hours", "hours", lent=True), *(term for term in terms if term.day is not None))
    return terms


def read_term(word: str, language: str, ignore: frozenset[str]) -> Term | None:
    """The term of one word; None when people only wrap their questions in it."""
    if word in WEEKDAYS or word in DAY_GROUPS:
        return Term(word, day=WEEKDAYS[word] if word in WEEKDAYS else DAY_GROUPS[word][0])
    if word in MONTHS and word != "may":
        return Term(word, f"month_{MONTHS[word]}")
    exact = concept_of(word, language) if word in STOPWORDS[language] or "_" in word else None
    if exact:
        return Term(word, exact)
    if word in STOPWORDS[language]:
        return None
    if word in VARIANTS:
        return Term(word, variant=True)
    concept = concept_of(word, language)
    light = concept is None and (word in LIGHT or stem(word, language) in _LIGHT_STEMS)
    if word in ignore or (light and word not in FILLERS[language]):
        return Term(word, concept, optional=True)
    if is_filler(word, language) and not _says_exactly(word, language, concept):
        return None
    return Term(word, concept)


def _says_exactly(word: str, language: str, concept: str | None) -> bool:
    """`offers` is a discount although `offer` is a filler."""
    return concept is not None and word not in FILLERS[language]


def is_filler(word: str, language: str) -> bool:
    """Whether people wrap questions in this word."""
    if word in FILLERS[language]:
        return True
    # `asks` goes with `ask`, but `detailing` is more than `details`.
    return abs(len(word) - _FILLER_LENGTHS[language].get(stem(word, language), 0)) <= 1


_LIGHT_STEMS = frozenset(stem(word, code) for word in LIGHT for code in LANGUAGES)
_FILLER_LENGTHS = {code: {stem(word, code): len(word) for word in sorted(FILLERS[code], key=len)} for code in LANGUAGES}
