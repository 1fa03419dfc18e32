"""Whether a customer asks to be served by a person.

Owns the wordings; anyone may call `wants_person`.
"""

import re

_A = r"(?:an?|the|some|your|any|one of your|my|another)\s+"
_KIND = (
    r"(?:real|live|actual|human|customer(?: service)?|customer support|service|support|sales|team|staff|proper"
    r"|senior|store|shop)\s+"
)
_PERSON = (
    rf"(?:{_A})?(?:{_KIND})*(?:humans?(?: being)?|persons?(?!\s+in charge of)|people|someone|somebody|some1"
    rf"|anyone|anybody|agents?|representatives?|reps?"
    r"|operators?|colleagues?|manager|owner|boss|supervisor|advis[oe]rs?|assistants?|employees?|receptionist"
    r"|reception|staff|team"
    r"|member of (?:your )?(?:staff|the team|your team)|specialist|expert|consultant|salesperson|salesman"
    r"|technician|mechanic"
    r"|doctor|dentist|lawyer|attorney|solicitor|trainer|coach|baker|one of you|sales|customer service"
    r"|customer support|support)\b"
)
_SPEAK = (
    r"(?:talk|speak|chat|converse|connect(?:ed)?|transfer(?:red)?|put through|hand(?:ed)? over|pass(?:ed)?"
    r"|get in touch|get hold|get through|escalate)"
)
_MACHINE = r"(?:bots?|robots?|chatbots?|machines?|ai|automat\w+|m[aá]quinas?|computador\w*)"
_POLITE = r"(?:\s*(?:please|pls|plz|now|asap|thanks|por favor|porfa|ya|agora|já|!|\.|\?))*\s*$"
_HELLO = (
    r"^(?:(?:hi|hello|hey|ok|okay|yes|no|hola|oi|olá|sí|si|sim|please|por favor|just|a|an|un|una|um|uma|the"
    r"|real|live|actual)\b[\s,.!]*)*"
)

_EN = (
    rf"\b{_SPEAK}\s+(?:me\s+|us\s+)?(?:directly\s+)?(?:to|with|through to|of|on to|over to)\s+{_PERSON}",
    r"\b(?:put|hand|pass|transfer|connect) me (?:through|over|on|to)\b",
    rf"\b(?:want|need|would like|'d like|give me|get me|prefer|require|demand|looking for)\s+(?:to (?:have"
    rf"|get) )?(?:{_A})?(?:{_KIND})*"
    r"(?:human(?: being)?|(?:real |live |actual )person|agent|representative|operator|someone to (?:talk|speak"
    r"|call|contact|ring)(?: to)?)\b(?! resources)",
    r"\b(?:want|need|would like|'d like|prefer)\s+a (?:person|human)\b(?! (?:in charge|to (?:clean|fix|repair"
    r"|teach|drive)))",
    rf"\b(?:can|could|would|may|will|please|let|ask|tell|get|have|want"
    rf"|need)\b[\w\s',]{{0,25}}?\b(?:{_PERSON})\s+(?:from \w+ \w+ |there |please |to )?"
    r"(?:call|phone|ring|contact|reach out|get back|get in touch|write to|text|message|talk|speak)\b",
    rf"\b(?:can|could|would|let|have|get)\b[\w\s',]{{0,15}}?\b(?:{_A})?(?:{_KIND})*(?:human|agent"
    rf"|representative|person)\s+(?:help|assist|answer|look)",
    r"(?<!you can )(?<!u can )(?<!you may )\b(?:call|phone|ring) me(?: back)?(?:\s*$|\s*[.!?,]|\s+(?:please"
    r"|pls|asap|now|today|tomorrow|tonight|later|when|whenever|if|as soon|"
    r"this|on (?:mon|tues|wednes|thurs|fri|satur|sun)day|at (?:\d|noon)|in the|before|after|about|regarding"
    r"|instead|sometime))",
    r"\bgive me a (?:call|ring|bell)\b|\b(?:request|want|need|like|arrange|schedule|get) (?:a )?(?:call ?back"
    r"|(?:phone )?call from)\b|^(?:call ?back)\b",
    r"\b(?:someone|somebody|anyone|person|human|colleague) (?:from|in|on|of) (?:your|the) (?:team|staff|office"
    r"|company|shop|store|clinic|sales team|business)\b",
    rf"\bis there (?:{_A})?(?:{_KIND})*(?:person|human|someone|somebody|anyone|anybody"
    rf"|agent)\b[\w\s]{{0,12}}\b(?:talk|speak|chat|there|available|real)\b",
    r"\bis (?:anyone|anybody|somebody|someone) (?:real )?(?:there|available)\b",
    rf"\b(?:don'?t|do not|not|stop|no more|tired of|hate|sick of|instead of"
    rf"|rather than)\s[\w\s']{{0,28}}\b{_MACHINE}\b",
    _HELLO + r"(?:human|agent|operator|representative|person|human being|customer (?:service|support|care)"
    r"|real person|live agent|live chat|colleague|someone real)" + r"(?: (?:here|now))?" + _POLITE,
    r"\bget (?:me |us |hold of )?(?:an?|some) (?:real |live |actual )?(?:human|person|agent|representative|operator)\b",
    r"\b(?:someone|somebody|anyone) (?:that )?(?:i|we) (?:can|could) (?:talk|speak|call)\b|\b(?:real"
    r"|actual) (?:people|humans?)\b",
    r"\bdeal(?:ing)? with (?:an? )?(?:real |actual )?(?:human|person|people)\b|\bbe (?:called|phoned|contacted) by\b",
    rf"\b(?:a )?word with {_PERSON}\b",
    r"\b(?:can|could|may) (?:i|we) (?:please )?(?:speak|talk) (?:to|with) (?-i:[A-Z])",
    r"\bask (?:a|your|the) (?:colleague|team|manager)\b|\bask (?:someone|somebody)\b",
)

_PERSONA = (
    r"(?:persona|human[oa]|alguien|alg[uú]n (?:agente|asesor|humano|empleado|responsable)|agente|asesora?"
    r"|operador[a]?|representante|encargad[oa]|dueñ[oa]|responsable"
    r"|ejecutiv[oa]|compañer[oa]|colega|gerente|jef[ea]|supervisora?|emplead[oa]|vendedora?|comercial"
    r"|recepcionista|recepci[oó]n|equipo|doctora?|dentista|abogad[oa]"
    r"|entrenadora?|ventas|soporte|atenci[oó]n al cliente|ustedes|vosotros)"
)
_ES = (
    r"\b(?:hablar|conversar|chatear|comunicar\w*|contactar|charlar|ponerme en contacto|hablo|que me atienda"
    r"|atiend[ae]\w*)\s+(?:directamente\s+)?(?:con\s+|a\s+|por\s+)?"
    rf"(?:un[oa]?\s+|el\s+|la\s+|alg[uú]n[ao]?\s+|su\s+|tu\s+|vuestro\s+|otr[oa]\s+)?{_PERSONA}\b",
    rf"\b(?:p[aá]s[ea]\w*|comun[ií]\w+|con[eé]ct\w+|transfier\w+|deriv\w+|pon(?:ga|ed)?me)\s+(?:me\s+)?(?:con"
    rf"|a)\s+(?:un[oa]?\s+|el\s+|la\s+|su\s+|tu\s+)?{_PERSONA}\b",
    r"\b(?:quiero|quisiera|necesito|prefiero|busco|d[eé]me|dame)\s+(?:a\s+)?(?:un[oa]?\s+)?(?:human[oa]|agente"
    r"|asesora?|operador[a]?|representante|persona (?:real|humana|de verdad))\b",
    r"\b(?:quiero|prefiero|necesito) una persona\b",
    r"\b(?:ll[aá]m[ae]n?me|ll[aá]madme|ll[aá]menme)(?=\s*$|\s*[.!,]|\s+(?:por|cuando|ma[nñ]ana|hoy|luego"
    r"|m[aá]s|ya|a las|en))|\bque me (?:llam\w+|atienda\w*|contacte\w*)\b|\bme atend\w+ (?:una persona"
    r"|alguien)\b"
    r"|\bme (?:puede[ns]?|podr[ií]a[ns]?|pod[eé]is) llamar\b|\b(?:puede[ns]?|podr[ií]a[ns]?"
    r"|pod[eé]is) llamarme(?= (?:por favor|cuando|hoy|mañana|luego)|\s*[?.!]|\s*$)",
    r"\balguien (?:de|del) (?:su|tu|vuestro|el)?\s*equipo\b|\bhay alguien (?:ah[ií]|real|disponible"
    r"|que me atienda|con quien)\b|\bpersona (?:real|de verdad)\b",
    rf"\b(?:no quiero|dejar de|no me gusta|prefiero no|harto|cansado)\s[\w\s]{{0,25}}\b{_MACHINE}\b",
    _HELLO + r"(?:humano|agente|asesor|asesora|operador|operadora|representante|persona real|persona"
    r"|atenci[oó]n al cliente|soporte)" + _POLITE,
)

_PESSOA = (
    r"(?:pessoa|humano|humana|algu[eé]m|atendente|agente|operador[a]?|representante|colega|gerente"
    r"|respons[aá]vel|don[oa]|vendedora?|consultora?|funcion[aá]ri[oa]|assistente"
    r"|recepcionista|rece[pç][cç]?[aã]o|equipe|equipa|chefe|supervisora?|doutora?|dentista|advogad[oa]"
    r"|treinadora?|suporte|comercial|voc[eê]s)"
)
_PT = (
    rf"\b(?:falar|conversar|contactar|contatar|entrar em contacto|entrar em contato|falo"
    rf"|atendid[oa])\s+(?:diretamente\s+)?(?:com|a|por)\s+(?:um[a]?\s+|o\s+|a\s+|algum[a]?\s+|outr[oa]\s+"
    rf"|seu\s+|sua\s+)?{_PESSOA}\b",
    rf"\b(?:pass[ae]\w*|transf[ei]r\w*|encaminh\w+|conect\w+|lig[aue]\w*)(?:[- ]me)?\s+(?:me\s+)?(?:com|para"
    rf"|a)\s+(?:um[a]?\s+|o\s+|a\s+)?{_PESSOA}\b",
    r"\b(?:quero|queria|preciso(?: de)?|prefiro|gostaria de)\s+(?:um[a]?\s+)?(?:humano|atendente|agente"
    r"|operador[a]?|representante|pessoa(?: (?:real|humana|de verdade))?|atendimento humano)\b",
    r"\b(?:me lig(?:a|ue|uem|ar)|lig(?:ue|uem|a)-me|podem?(?:riam?)? (?:me )?ligar(?:-me)?|me telefon\w+"
    r"|telefonem?-me)\b",
    r"\balgu[eé]m (?:da|do) (?:sua|vossa|seu)?\s*(?:equipa|equipe|time|loja)\b|\b(?:tem"
    r"|h[aá]) algu[eé]m (?:a[ií]|real|dispon[ií]vel|que|com quem)\b|\bpessoa (?:real|de verdade)\b"
    r"|\batendimento humano\b",
    rf"\b(?:n[aã]o quero|parar de|n[aã]o gosto|prefiro n[aã]o|cansad[oa])\s[\w\s]{{0,25}}\b(?:{_MACHINE}|rob[oôó]s?)\b",
    _HELLO + r"(?:humano|atendente|agente|operador|operadora|representante|pessoa real|pessoa|suporte)" + _POLITE,
)

_WISHES = re.compile("|".join(f"(?:{pattern})" for pattern in (*_EN, *_ES, *_PT)), re.IGNORECASE)
#: The words of a wish in a sentence that wishes nothing of the kind.
_NOT_A_WISH = re.compile(
    r"\b(?:do|did|will|must|should|would) (?:i|we) (?:have|need) to (?:talk|speak)\b|\bwho(?:'s| is| are"
    r"| was)\b|\bqui[eé]n es\b|\bquem [eé]\b"
    r"|\b(?:no need|don'?t (?:need|want|have)|do not (?:need|want)|without|not) (?:to )?(?:(?:talk|speak|call"
    r"|phone|ring) |be (?:called|phoned)|a (?:human|person|agent)|call)(?![\w\s']{0,25}\b(?:bots?|robots?"
    r"|machines?|ai)\b)"
    r"|\b(?:don'?t|do not|please don'?t|never) (?:call|phone|ring) me\b|\bno me llam\w+|\bn[aã]o me lig\w+"
    r"|\bno (?:quiero|necesito) hablar con (?:una persona|nadie|alguien)\b"
    r"|\bdo you (?:speak|talk)\b|\b(?:speak|talk) (?:english|spanish|portuguese|french|german)\b",
    re.IGNORECASE,
)
_SENTENCES = re.compile(r"(?<=[.!?\n])\s*")


def wants_person(text: str) -> bool:
    """Whether the text asks to talk to, or be called by, a person of the business (English, Spanish, Portuguese).

    A question about people (`who is in charge of bookings`) does not.
    """
    plain = text[:4000].replace("’", "'")
    return any(_WISHES.search(sentence) and not _NOT_A_WISH.search(sentence) for sentence in _SENTENCES.split(plain))
