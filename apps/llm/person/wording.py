"""One way to put a wish for a person, and what the languages share."""

import re
from dataclasses import dataclass

MACHINE = r"(?:bots?|robots?|chatbots?|machines?|ai|automat\w+|m[aá]quinas?|computador\w*)"
#: How its words begin.
MACHINES = "bot bots robo robô robó chat mach ai auto maqu máqu comp"
POLITE = r"(?:\s*(?:please|pls|plz|now|asap|thanks|por favor|porfa|ya|agora|já|!|\.|\?))*\s*$"
HELLO = (
    r"^(?:(?:hi|hello|hey|ok|okay|yes|no|hola|oi|olá|sí|si|sim|please|por favor|just|a|an|un|una|um|uma|the"
    r"|real|live|actual)\b[\s,.!]*)*"
)


@dataclass(frozen=True)
class Wording:
    """One way to put the wish. It is complete only with a word of each group, of which the first letters are given:
    those are looked for first, because to try every wording at every letter takes fifty times as long, and a customer
    may have written forty messages.
    """

    pattern: re.Pattern[str]
    words: tuple[frozenset[str], ...]

    def stands_in(self, sentence: str, beginnings: set[str]) -> bool:
        """Whether a sentence whose words begin so is worded in this way."""
        return not any(words.isdisjoint(beginnings) for words in self.words) and bool(self.pattern.search(sentence))


def wording(pattern: str, *words: str) -> Wording:
    """A wording, with the groups of beginnings of the words that belong to it."""
    return Wording(re.compile(pattern, re.IGNORECASE), tuple(frozenset(group.split()) for group in words))
