"""The wish for a person in Portuguese."""

from apps.llm.person.wording import HELLO, MACHINE, MACHINES, POLITE, wording

_PESSOA = (
    r"(?:pessoa|humano|humana|algu[eé]m|atendente|agente|operador[a]?|representante|colega|gerente"
    r"|respons[aá]vel|don[oa]|vendedora?|consultora?|funcion[aá]ri[oa]|assistente"
    r"|recepcionista|rece[pç][cç]?[aã]o|equipe|equipa|chefe|supervisora?|doutora?|dentista|advogad[oa]"
    r"|treinadora?|suporte|comercial|voc[eê]s)"
)
#: How the words of the groups begin.
_PESSOAS = (
    "pess huma algu aten agen oper repr cole gere resp dona dono vend cons func assi rece equi chef supe dout dent "
    "advo trei supo come voce você"
)
PORTUGUESE = (
    wording(
        rf"\b(?:falar|conversar|contactar|contatar|entrar em contacto|entrar em contato|falo"
        rf"|atendid[oa])\s+(?:diretamente\s+)?(?:com|a|por)\s+(?:um[a]?\s+|o\s+|a\s+|algum[a]?\s+|outr[oa]\s+"
        rf"|seu\s+|sua\s+)?{_PESSOA}\b",
        "fala conv cont entr falo aten",
        _PESSOAS,
    ),
    wording(
        rf"\b(?:pass[ae]\w*|transf[ei]r\w*|encaminh\w+|conect\w+|lig[aue]\w*)(?:[- ]me)?\s+(?:me\s+)?(?:com|para"
        rf"|a)\s+(?:um[a]?\s+|o\s+|a\s+)?{_PESSOA}\b",
        "pass tran enca cone liga ligu lige",
        _PESSOAS,
    ),
    wording(
        r"\b(?:quero|queria|preciso(?: de)?|prefiro|gostaria de)\s+(?:um[a]?\s+)?(?:humano|atendente|agente"
        r"|operador[a]?|representante|pessoa(?: (?:real|humana|de verdade))?|atendimento humano)\b",
        "quer prec pref gost",
        "huma aten agen oper repr pess",
    ),
    wording(
        r"\b(?:me lig(?:a|ue|uem|ar)|lig(?:ue|uem|a)-me|podem?(?:riam?)? (?:me )?ligar(?:-me)?|me telefon\w+"
        r"|telefonem?-me)\b",
        "liga ligu lige tele",
    ),
    wording(
        r"\balgu[eé]m (?:da|do) (?:sua|vossa|seu)?\s*(?:equipa|equipe|time|loja)\b|\b(?:tem"
        r"|h[aá]) algu[eé]m (?:a[ií]|real|dispon[ií]vel|que|com quem)\b|\bpessoa (?:real|de verdade)\b"
        r"|\batendimento humano\b",
        "algu pess aten",
    ),
    wording(
        rf"\b(?:n[aã]o quero|parar de|n[aã]o gosto|prefiro n[aã]o|cansad[oa])\s[\w\s]{{0,25}}"
        rf"\b(?:{MACHINE}|rob[oôó]s?)\b",
        MACHINES,
    ),
    wording(
        HELLO + r"(?:humano|atendente|agente|operador|operadora|representante|pessoa real|pessoa|suporte)" + POLITE,
        "huma aten agen oper repr pess supo",
    ),
)
