"""What the customer asks, read from their words: asks made of terms.

Owns the splitting of a message into questions and the weighing of their words.
"""

import re
from dataclasses import dataclass, replace

from apps.llm.language.concepts import concept_of, tokens
from apps.llm.language.stopwords import DAY_GROUPS, FILLERS, LIGHT, QUESTION_OPENERS, STOPWORDS, WEEKDAYS
from apps.llm.language.words import LANGUAGES, fold, split, stem

_SENTENCES = re.compile(r"[^.!?;\n…]*(?:\d[.]\d[^.!?;\n…]*)*[.!?;\n…]*")
_CLAUSES = re.compile(r",\s+|\s[-–—]\s|\s(?:but|so|because|pero|mas|porque|así que|então)\s", re.IGNORECASE)
_AND = re.compile(r"\s(?:and|y|e|also|as well as|plus|&|\+)\s|,\s", re.IGNORECASE)
_AND_ASKS = re.compile(
    r"\s(?:and|y|e)\s(?:also\s|also,\s|también\s|também\s)?(?=(?:what|where|when|how|who|which|do|does|is|are"
    r"|can|could|will|"
    r"qué|que|cuál|cuándo|cuanto|cuánto|cuánta|dónde|donde|cómo|hay|tienen|aceptan|se puede|puedo|"
    r"qual|quando|quanto|onde|como|há|tem|têm|posso|aceitam|fazem|vocês)\b)",
    re.IGNORECASE,
)
_STATEMENT = re.compile(
    r"^(?:i|i'm|i am|i've|we|we're|my|our|it's|it is|he|she|they|his|her|there's|yo|mi|mis|nosotros|estoy"
    r"|estamos|tengo|"
    r"tenemos|somos|soy|voy|vamos|es que|eu|meu|minha|nós|estou|tenho|temos|sou|vou)\b",
    re.IGNORECASE,
)
_WISH = re.compile(
    r"\b(?:tell me|let me know|i(?:'d| would) (?:like|love) to know|want to know|wondering|looking for"
    r"|info(?:rmation)? (?:on|about)"
    r"|interested in|need to know|do you know|can you|could you|quisiera saber|quiero saber"
    r"|me gustar[ií]a saber|me puede[ns]?"
    r"|d[ií]game|dime|busco|información sobre|queria saber|gostaria de saber|gostava de saber|quero saber|preciso saber"
    r"|me diga|procuro|informações sobre)\b",
    re.IGNORECASE,
)
_FOLLOW_UP = re.compile(
    r"^(?:and|what about|how about|y|e|e (?:o|a|os|as)|y (?:el|la|los|las))\b|\b(?:it|they|them|that|those|one"
    r"|ones|lo|eso|esos"
    r"|esa|isso|ele|ela|eles|elas|esse|essa)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Term:
    """One word that the answer should deal with.

    `day` is a weekday (Monday 0) when the word names one; `optional` marks a word that is the subject only when
    nothing else is; `lent` one that comes from another clause or question.
    """

    word: str
    concept: str | None = None
    day: int | None = None
    optional: bool = False
    lent: bool = False


@dataclass(frozen=True)
class Ask:
    """One question or request; `boosts` are words around it that only help to choose among answers."""

    text: str
    terms: tuple[Term, ...]
    boosts: tuple[str, ...] = ()
    question: bool = True

    @property
    def follow_up(self) -> bool:
        """Whether the words alone do not say what it is about."""
        open_subject = not any(_is_subject(term) for term in self.terms)
        return open_subject and (len(split(fold(self.text))) <= 3 or bool(_FOLLOW_UP.search(self.text)))


#: Concepts that say which kind of answer is wanted, not what it is about.
KINDS = frozenset({"price", "when", "hours", "place", "duration", "distance", "phone", "email", "website"})


def _is_subject(term: Term) -> bool:
    return term.day is None and term.concept not in KINDS and not term.optional


def asks(message: str, *, language: str, ignore: frozenset[str]) -> list[Ask]:
    """The asks of one message in order. `ignore` are words that say little here, as the business's name."""
    found: list[Ask] = []
    for sentence in _SENTENCES.findall(message):
        for part in _AND_ASKS.split(sentence):
            ask = _ask(part.strip(), language, ignore)
            if ask and (ask.terms or ask.question):
                found.append(ask)
    return _with_context(found)


def split_and(ask: Ask, *, language: str, ignore: frozenset[str]) -> list[Ask]:
    """`croissants and baguettes` as two asks; a kind of answer named once (`how much`) holds for all."""
    parts = [_ask(part.strip(), language, ignore) for part in _AND.split(ask.text)]
    filled = [part for part in parts if part and part.terms]
    if len(filled) < 2:
        return []
    lead = tuple(term for term in filled[0].terms if term.concept in KINDS)
    return [filled[0], *(_led(part, lead) for part in filled[1:])]


def _led(part: Ask, lead: tuple[Term, ...]) -> Ask:
    if any(term.concept in KINDS for term in part.terms):
        return part
    return replace(part, terms=lead + part.terms)


def _ask(text: str, language: str, ignore: frozenset[str]) -> Ask | None:
    if not split(fold(text)):
        return None
    clauses = [clause for clause in _CLAUSES.split(text) if clause and split(fold(clause))]
    asking = [clause for clause in clauses if _asks_something(clause, language)]
    aside = [clause for clause in clauses if asking and clause not in asking and _STATEMENT.match(clause.strip())]
    main = [clause for clause in clauses if clause not in aside]
    terms, boosts = _terms(" , ".join(main), language, ignore)
    if aside and not any(map(_is_subject, terms)):
        # `My tyre is flat, can you help?`: the question's subject stands beside it, among much else.
        beside, boosts = _terms(" , ".join(aside), language, ignore)
        had = {term.concept or term.word for term in terms}
        terms += tuple(replace(term, lent=True) for term in beside if (term.concept or term.word) not in had)
    elif aside:
        aside_terms, aside_boosts = _terms(" , ".join(aside), language, ignore)
        boosts += tuple(term.word for term in aside_terms) + aside_boosts
    subjects = [term for term in terms if term.concept is None or term.concept not in KINDS]
    brief = bool(terms) and len(split(fold(text))) <= 5 and not _STATEMENT.match(text)
    question = bool(asking) or (brief and len(subjects) <= 3)
    return Ask(text.strip(" ,"), terms, boosts, question)


def _asks_something(clause: str, language: str) -> bool:
    if "?" in clause or "¿" in clause or _WISH.search(clause):
        return True
    words = tokens(clause)
    return bool(words) and (
        words[0] in QUESTION_OPENERS[language] or words[0].startswith(("how_", "what_", "cuanto_", "quanto_"))
    )


def _terms(text: str, language: str, ignore: frozenset[str]) -> tuple[tuple[Term, ...], tuple[str, ...]]:
    terms: dict[str, Term] = {}
    boosts: list[str] = []
    for word in tokens(text):
        term = _term(word, language, ignore) if len(word) > 1 and not word.isdigit() else None
        if term is None and word not in STOPWORDS[language]:
            boosts.append(word)
        elif term is not None:
            terms.setdefault(term.concept or word, term)
    return _plain(tuple(terms.values())), tuple(boosts)


def _plain(terms: tuple[Term, ...]) -> tuple[Term, ...]:
    """`What time do you open` asks for the hours once; a weekday alone asks for them too."""
    concepts = {term.concept for term in terms}
    if "hours" in concepts:
        return tuple(term for term in terms if term.concept != "when")
    if (
        terms
        and all(term.day is not None or term.concept == "when" for term in terms)
        and any(term.day is not None for term in terms)
    ):
        return (Term("hours", "hours"), *(term for term in terms if term.day is not None))
    return terms


def _term(word: str, language: str, ignore: frozenset[str]) -> Term | None:
    if word in WEEKDAYS or word in DAY_GROUPS:
        return Term(word, day=WEEKDAYS[word] if word in WEEKDAYS else DAY_GROUPS[word][0])
    exact = concept_of(word, language) if word in STOPWORDS[language] or "_" in word else None
    if exact:
        return Term(word, exact)
    if word in STOPWORDS[language]:
        return None
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


def _with_context(found: list[Ask]) -> list[Ask]:
    """What was said before a question in the same message helps to choose its answer."""
    context: tuple[str, ...] = ()
    result = []
    for ask in found:
        result.append(replace(ask, boosts=ask.boosts + context))
        context += tuple(term.word for term in ask.terms)
    return result
