"""Greetings, thanks, farewells and other words that ask nothing of the knowledge.

Owns their wordings, also in languages the bot does not speak.
"""

import re
from enum import StrEnum

_AROUND = r"[\s,.!?;:…~)(-]*"
_EMOJI = re.compile(r"[\U0001F000-\U0001FAFF\u2600-\u27BF\uFE0F\u200D]+")
_THUMB = "\U0001f44d"
_TO = (
    r"(?:\s*,?\s*(?:there|all|team|everyone|everybody|again|guys|folks|sir|madam|mate|a todos|a todas|de nuevo"
    r"|equipo|amigos|gente|pessoal|de novo|equipa|equipe))?"
)


class Talk(StrEnum):
    """What a piece of small talk is."""

    GREETING = "greeting"
    THANKS = "thanks"
    GOODBYE = "goodbye"
    YES = "yes"
    NO = "no"
    MACHINE = "machine"  # "are you a bot?"


_WORDINGS: dict[Talk, str] = {
    Talk.MACHINE: r"(?:(?:so |wait |but )?(?:are you|am i (?:talking|speaking|chatting) (?:to|with)"
    r"|is this) (?:an? )?(?:ai|real|human|bot|chatbot|robot|machine|computer|person|automated?\w*)"
    r"(?: (?:person|human|bot|assistant|system))?(?: or (?:an? )?(?:real )?(?:human|bot|robot|machine"
    r"|person))?|who are you|what are you|what(?:'s| is) your name"
    r"|(?:eres|es usted|esto es|hablo con|estoy hablando con) un[oa]? (?:bot|robot|m[aá]quina|human[oa]"
    r"|persona)(?: real)?|qui[eé]n eres|c[oó]mo te llamas"
    r"|(?:[eé]s|voc[eê] [eé]|isto [eé]|estou a falar com|estou falando com) um[a]? (?:bot|rob[oôó]|m[aá]quina"
    r"|human[oa]|pessoa)(?: real)?|quem [eé]s|quem [eé] voc[eê])",
    Talk.GREETING: r"(?:h+i+y?a*|hell+o+|he+y+|yo|howdy|greetings|good ?(?:morning|afternoon|evening|day)|morning"
    r"|evening"
    r"|hi hello|hello hi|salutations"
    r"|ho+la+|buenas(?: (?:tardes|noches))?|buen(?:os)? d[ií]as?|qu[eé] tal|saludos|o+i+e?|ol[aá]+|bom dia"
    r"|boa (?:tarde|noite)|e a[ií]|al[oô]"
    r"|bonjour|bonsoir|salut|hallo|guten (?:tag|morgen|abend)|ciao|buongiorno|buonasera|hej|hei|hoi"
    r"|goedemorgen|salam|assalamu alaikum|namaste|merhaba|shalom|привет|здравствуйте|مرحبا|你好|こんにちは)"
    + _TO
    + r"|(?:how are (?:you|things)(?: (?:doing|today))*|how(?:'s| is) it going|hope you(?:'re| are) (?:well"
    r"|doing well|having a \w+ day)|nice to meet you|what'?s up|c[oó]mo est[aá][ns]?|c[oó]mo va|todo bien"
    r"|tudo bem|tudo bom|como (?:vai|est[aá]s?)"
    r"|is (?:this|that) (?:the )?[\w' &]{3,40}|i have (?:a|some|one|a few|a quick) questions?|(?:can"
    r"|could) (?:you|i ask you|someone) (?:help|a question|something)(?: me)?(?: please)?|(?:can|could"
    r"|may) i ask (?:you )?(?:a|some|one|something)(?: quick)?(?: questions?)?"
    r"|i need (?:some )?(?:help|info|information)|help|tengo una (?:pregunta|duda|consulta)|una (?:pregunta"
    r"|consulta|duda)|me pued\w+ ayudar|tenho uma (?:pergunta|d[uú]vida)|uma (?:pergunta|d[uú]vida)"
    r"|pod\w+ ajudar(?:-me)?|start|\bmenu principal)",
    Talk.THANKS: r"(?:(?:ok(?:ay)?|great|perfect|cool|super|genial|perfecto|vale|perfeito|[oó]timo|alright|lovely|good"
    r"|nice|awesome|excellent|excelente)[\s,!.]*)*"
    r"(?:(?:many |much )?thanks?(?: you)?(?: (?:so|very) much)?(?: a lot| a million| again"
    r"| anyway)?(?: for (?:your|the) [\w ]{2,40}| for (?:helping|letting me know|everything|all)[\w ]{0,20})?"
    r"|thx|tks|ty|cheers|much appreciated|i appreciate it|that(?:'s| is) (?:very )?(?:great|perfect|helpful"
    r"|all|everything)"
    r"|(?:muchas |mil )?gracias(?: por (?:todo|la|su|tu)[\w ]{0,30})?|muy amable"
    r"|(?:muito )?obrigad[oa](?: (?:por|pela|pelo)[\w ]{1,30})?|valeu|grat[oa]|merci(?: beaucoup)?"
    r"|danke(?: schön)?|grazie|dank je)",
    Talk.GOODBYE: r"(?:(?:good ?)?bye(?: bye)?(?: for now| now)?|see (?:you|ya)(?: (?:soon|later|then"
    r"|tomorrow|around))?"
    r"|have a (?:nice|good|great|lovely) (?:day|evening|one|weekend|night|afternoon)|good ?night|take care"
    r"|ttyl|cya"
    r"|adi[oó]s|hasta (?:luego|pronto|ma[nñ]ana|la vista)|nos vemos|chao|chau"
    r"|que tenga[ns]? (?:un )?buen d[ií]a|buen d[ií]a|buenas noches y gracias"
    r"|tchau|at[eé] (?:logo|breve|amanh[aã]|mais|j[aá])|adeus|tenha um bom dia|bom fim de semana|au revoir"
    r"|tschüss|arrivederci)",
    Talk.YES: r"(?:yes|yeah|yep|yup|sure|ok(?:ay)?|k|of course|please do|do it|go ahead|yes please|please"
    r"|sounds good|great|perfect|cool|fine|nice|good|alright|all right|got it|i see|understood|right"
    r"|correct|exactly|awesome|excellent|will do"
    r"|s[ií]|claro|vale|dale|por favor|de acuerdo|perfecto|bueno|bien|genial|est[aá] bien|entendido|sim"
    r"|com certeza|pode ser|t[aá](?: bom| bem)?|est[aá] bem|perfeito|certo|combinado|entendi|[oó]timo"
    r"|excelente)+",
    Talk.NO: r"(?:no+|nope|nah|not (?:really|now|yet)|never ?mind|no,? (?:thanks?|thank you|gracias|problem"
    r"|worries)|nothing(?: else)?|that(?:'s| is) all|i(?:'d| would) (?:rather"
    r"|prefer) not(?: to)?(?: (?:say|tell|share|give)[\w ]{0,20})?|prefer not(?: to say)?|"
    r"nada(?: m[aá]s)?|prefiero no[\w ]{0,15}|mejor no|n[aã]o(?:,? obrigad[oa])?|nada mais"
    r"|prefiro n[aã]o[\w ]{0,15}|deixe estar|skip)",
}
_PATTERNS = {
    talk: re.compile(rf"{_AROUND}(?:{wording})(?!\w){_AROUND}", re.IGNORECASE) for talk, wording in _WORDINGS.items()
}


def strip_small_talk(text: str) -> tuple[frozenset[Talk], str]:
    """The kinds of small talk in a message and the message without them."""
    found: set[Talk] = set()
    words = _EMOJI.sub(" ", text.replace("’", "'"))
    if _THUMB in text and not words.strip():
        return frozenset({Talk.YES}), ""
    kept = [_strip_sentence(sentence, found) for sentence in re.split(r"(?<=[.!?\n;])\s*", words)]
    return frozenset(found), " ".join(piece for piece in kept if piece.strip())


def _strip_sentence(sentence: str, found: set[Talk]) -> str:
    rest = sentence
    while rest:
        whole = next((talk for talk, pattern in _PATTERNS.items() if pattern.fullmatch(rest)), None)
        if whole:
            found.add(whole)
            return ""
        head = _head(rest)
        if not head:
            break
        found.add(head[0])
        rest = rest[head[1] :]
    return _TAIL.sub("", rest)


def _head(text: str) -> tuple[Talk, int] | None:
    """Small talk that opens a sentence, and its length."""
    for talk in (Talk.GREETING, Talk.THANKS, Talk.YES, Talk.NO, Talk.GOODBYE):
        match = _PATTERNS[talk].match(text)
        if match and _opens(talk, match.group(), text[match.end() :]):
            return talk, match.end()
    return None


def _opens(talk: Talk, words: str, rest: str) -> bool:
    """`hi` and `thanks` open any sentence; `how are you` and `ok` one that is set apart; `no parking` is a question."""
    if _SET_APART.search(words) or talk is Talk.THANKS:
        return True
    if talk is Talk.GREETING:
        return len(words.split()) <= 3 and not _ASKS_FOR_HELP.match(words)
    return any(pattern.fullmatch(rest) for pattern in _PATTERNS.values())


_SET_APART = re.compile(r"[,.!?;-]\s*$")
_ASKS_FOR_HELP = re.compile(r"\s*(?:is|can|could|may|i|help|me|pod)\b", re.IGNORECASE)
_TAIL = re.compile(
    r"[\s,]+(?:many )?(?:thanks|thank you|thx|please|pls|plz|gracias|muchas gracias|por favor|porfa"
    r"|obrigad[oa]|se faz favor)(?: in advance)?[\s!.]*$",
    re.IGNORECASE,
)
