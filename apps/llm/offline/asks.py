"""What the customer asks, read from their words: asks made of terms.

Owns the splitting of a message into questions and what belongs to each.
"""

import re
from dataclasses import dataclass, replace

from apps.llm.language.concepts import tokens
from apps.llm.language.stopwords import QUESTION_OPENERS
from apps.llm.language.synonyms import SOFT
from apps.llm.language.words import fold, split
from apps.llm.offline.terms import Term, read_terms

_SENTENCES = re.compile(r"[^.!?;\n…]*(?:\d[.]\d[^.!?;\n…]*)*[.!?;\n…]*")
# Where a question begins in the middle of a line: nobody puts question marks on a telephone.
_OPENING = (
    r"(?:what(?:'?s)?|which|how (?:much|many|long|far|late|early|do|does|can|is|are)|when(?:'?s)? (?:do|does"
    r"|is|are|can|will)"
    r"|where(?:'?s)? (?:do|does|is|are|can|r)|(?:do|does|did) (?:you|u|i|we|ye|yous|it|they)|can (?:i|you|u|we|my)"
    r"|could (?:i|you|u|we)|is (?:there|it|the)|are (?:you|u|there|they)|r u|have (?:you|u)"
    r"|cu[aá]nt[oa]s?|cu[aá]l(?:es)?|d[oó]nde|a qu[eé] hora|qu[eé] (?:hora|precio|d[ií]as?)|hay|ten[eé]is|tienen|tienes"
    r"|se puede|puedo|aceptan|acept[aá]is|hac[eé]is"
    r"|quant[oa]s?|qual|quais|(?:a )?que horas|onde|tem|t[eê]m|posso|aceitam|fazem|voc[eê]s|vcs)\b"
)
_CLAUSES = re.compile(
    rf",\s+|\s[-–—]\s|\s(?:but|so|because|pero|mas|porque|así que|então)\s|\s(?={_OPENING})", re.IGNORECASE
)
_AND = re.compile(r"\s(?:and|y|e|also|as well as|plus|&|\+)\s|,\s", re.IGNORECASE)
_AND_ASKS = re.compile(
    r"\s(?:and|n|y|e)\s(?:also\s|also,\s|también\s|também\s)?"
    r"(?=(?:what'?s?|where'?s?|when'?s?|how'?s?|who'?s?|which|do|does|is|are|r u|can|could|will|"
    r"qué|que|cuál|cuándo|cuanto|cuánto|cuánta|dónde|donde|cómo|hay|ten[eé]is|tienen|aceptan|se puede|puedo|a qu[eé]|"
    r"qual|quando|quanto|onde|como|há|tem|têm|posso|aceitam|fazem|vocês)\b)",
    re.IGNORECASE,
)
#: `what deposit` waits for `do you take`.
_ONLY_OPENS = re.compile(
    r"^\W*(?:what|which|how \w+|qu[eé]|cu[aá]l(?:es)?|cu[aá]nt\w+|qual|quais|quant\w+)"
    r"(?:(?! (?:is|are|r|do|does|can|cost|costs|es|son|cuesta|cuestan|vale|est[aá]|é|são|custa|custam|fica)\b)"
    r" [\w'-]+){0,3}$",
    re.IGNORECASE,
)
_MID_ASK = re.compile(rf"\s(?={_OPENING})", re.IGNORECASE)
_STATEMENT = re.compile(
    r"^(?:i|i'm|im|ive|i am|i've|we|we're|my|our|it's|it is|he|she|hes|shes|they|his|her|there's|yo|mi|mis"
    r"|nosotros|estoy"
    r"|estamos|tengo|"
    r"tenemos|somos|soy|voy|vamos|es que|eu|meu|minha|nós|estou|tenho|temos|sou|vou)\b",
    re.IGNORECASE,
)
_FOR_WHAT = re.compile(r"^(?:for|with|on|para|con|com|pra)\b", re.IGNORECASE)
_WISH = re.compile(
    r"\b(?:tell me|let me know|i(?:'d| would) (?:like|love) to know|want to know|wondering|looking for"
    r"|info(?:rmation)? (?:on|about)"
    r"|interested in|need to know|do you know|can you|could you|quisiera saber|quiero saber"
    r"|me gustar[ií]a saber|me puede[ns]?"
    r"|d[ií]game|dime|busco|información sobre|queria saber|gostaria de saber|gostava de saber|quero saber|preciso saber"
    r"|me diga|procuro|informações sobre)\b",
    re.IGNORECASE,
)
#: What carries on from the question before.
_LEADS_ON = re.compile(
    r"^(?:(?:ok|okay|vale|so|then|bueno|pues|então|bom)\b[\s,]*)?"
    r"(?:and|or|also|what about|how about|what if|y|e|o|ou|(?:y|e) si|qu[eé] tal|what of|only)\b",
    re.IGNORECASE,
)
_LEANS = re.compile(
    r"^(?:per|each|por|on|in|for|until|till|til|from|hasta|desde|at[eé]|a partir|em|en|no|na)\b"
    r"|\b(?:it|they|them|that|those|this|these|one|ones|lo|eso|esos|esa|ese|isso|ele|ela|eles|elas|esse|essa)\b",
    re.IGNORECASE,
)
_MOST_LEADING_ON = 8
_NARROWER = 3
# More than this is a list of something else; in one sentence.
_MOST_PARTS, _MOST_CLAUSES = 6, 20


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
        open_subject = not any(term.subject and not term.lent for term in self.terms)
        brief = len(split(fold(self.text))) <= _NARROWER
        return open_subject and (brief or self.leads_on or self.leans)

    @property
    def leans(self) -> bool:
        """Whether it speaks of something without naming it: `how long does it take`."""
        return bool(_LEANS.search(self.text))

    @property
    def leads_on(self) -> bool:
        """Whether it carries on from the question before: `and the large one?`."""
        return leads_on(self.text)


def leads_on(text: str) -> bool:
    """Whether the words open as a question that carries on from the one before."""
    return bool(_LEADS_ON.match(text.lstrip(" ¿"))) and len(text.split()) <= _MOST_LEADING_ON


def asks(message: str, *, language: str, ignore: frozenset[str]) -> list[Ask]:
    """The asks of one message in order. `ignore` are words that say little here, as the business's name."""
    found: list[Ask] = []
    for sentence in _SENTENCES.findall(message):
        for part in _AND_ASKS.split(sentence):
            for piece in _without_marks(part.strip(), language, ignore):
                ask = _ask(piece, language, ignore)
                if ask and (ask.terms or ask.question):
                    found.append(ask)
    return _with_context(found)


def _without_marks(text: str, language: str, ignore: frozenset[str]) -> list[str]:
    """`do you have parking can i pay by card` as two questions."""
    pieces: list[str] = []
    for part in _MID_ASK.split(text, maxsplit=_MOST_PARTS):
        before = pieces[-1] if pieces else ""
        if before and _stands_alone(before, language, ignore) and _stands_alone(part, language, ignore):
            pieces.append(part)
        elif pieces:
            pieces[-1] += f" {part}"
        else:
            pieces.append(part)
    return pieces


def _stands_alone(text: str, language: str, ignore: frozenset[str]) -> bool:
    """`How much` and `what time` open a question, they are none."""
    if not _asks_something(text, language) or _WISH.search(text) or _ONLY_OPENS.match(text):
        return False
    terms = read_terms(text, language, ignore)[0]
    whole = len(text.split()) >= _NARROWER and any(term.concept in ("hours", "place") for term in terms)
    return whole or any(term.subject for term in terms)


def split_and(ask: Ask, *, language: str, ignore: frozenset[str]) -> list[Ask]:
    """`croissants and baguettes` as two asks; a kind of answer named once (`how much`) holds for all."""
    texts = _AND.split(ask.text)
    parts = [_ask(part.strip(), language, ignore) for part in texts] if len(texts) <= _MOST_PARTS else []
    filled = [part for part in parts if part and part.terms]
    if len(filled) < 2:
        return []
    lead = tuple(term for term in filled[0].terms if term.kind)
    return [filled[0], *(_led(part, lead) for part in filled[1:])]


def _led(part: Ask, lead: tuple[Term, ...]) -> Ask:
    if any(term.kind for term in part.terms):
        return part
    return replace(part, terms=lead + part.terms)


def _ask(text: str, language: str, ignore: frozenset[str]) -> Ask | None:
    if not split(fold(text)):
        return None
    clauses = [clause for clause in _CLAUSES.split(text, maxsplit=_MOST_CLAUSES) if clause and split(fold(clause))]
    asking = [clause for clause in clauses if _asks_something(clause, language)]
    aside = _asides(clauses, asking, language, ignore)
    terms, boosts = read_terms(" , ".join(clause for clause in clauses if clause not in aside), language, ignore)
    if aside:
        beside, beside_boosts = read_terms(" , ".join(aside), language, ignore)
        if any(term.subject for term in terms):
            boosts += tuple(term.word for term in beside) + beside_boosts
        else:
            # `My tyre is flat, can you help?`: the question's subject stands beside it, among much else.
            had = {term.concept or term.word for term in terms}
            terms += tuple(replace(term, lent=True) for term in beside if (term.concept or term.word) not in had)
            boosts = beside_boosts
    subjects = [term for term in terms if term.subject]
    brief = bool(terms) and len(split(fold(text))) <= 5 and not _STATEMENT.match(text)
    question = bool(asking) or (brief and len(subjects) <= 3) or leads_on(text)
    return Ask(text.strip(" ,"), terms, boosts, question)


def _asides(clauses: list[str], asking: list[str], language: str, ignore: frozenset[str]) -> list[str]:
    """What is told beside the question: a statement, or an opening that the question does without."""
    if not asking:
        return []
    asked = read_terms(" , ".join(asking), language, ignore)[0]
    complete = any(term.subject and term.concept not in SOFT for term in asked)
    first = clauses.index(asking[0])
    return [
        clause
        for place, clause in enumerate(clauses)
        if clause not in asking
        and (
            _STATEMENT.match(clause.strip())
            or (complete and place < first and len(clause.split()) >= _NARROWER and not _FOR_WHAT.match(clause.strip()))
        )
    ]


def _asks_something(clause: str, language: str) -> bool:
    if "?" in clause or "¿" in clause or _WISH.search(clause):
        return True
    words = tokens(clause)
    return bool(words) and (
        words[0] in QUESTION_OPENERS[language] or words[0].startswith(("how_", "what_", "cuanto_", "quanto_"))
    )


def _with_context(found: list[Ask]) -> list[Ask]:
    """What was said before a question in the same message helps to choose its answer."""
    context: tuple[str, ...] = ()
    result = []
    for ask in found:
        result.append(replace(ask, boosts=ask.boosts + context))
        context += tuple(term.word for term in ask.terms)
    return result
