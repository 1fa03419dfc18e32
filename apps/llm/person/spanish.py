"""The wish for a person in Spanish."""

from apps.llm.person.wording import HELLO, MACHINE, MACHINES, POLITE, wording

_PERSONA = (
    r"(?:persona|human[oa]|alguien|alg[uú]n (?:agente|asesor|humano|empleado|responsable)|agente|asesora?"
    r"|operador[a]?|representante|encargad[oa]|dueñ[oa]|responsable"
    r"|ejecutiv[oa]|compañer[oa]|colega|gerente|jef[ea]|supervisora?|emplead[oa]|vendedora?|comercial"
    r"|recepcionista|recepci[oó]n|equipo|doctora?|dentista|abogad[oa]"
    r"|entrenadora?|ventas|soporte|atenci[oó]n al cliente|ustedes|vosotros)"
)
#: How the words of the groups begin.
_PERSONAS = (
    "pers huma algu agen ases oper repr enca dueñ resp ejec comp cole gere jefe jefa supe empl vend come rece equi "
    "doct dent abog entr vent sopo aten uste voso"
)
SPANISH = (
    wording(
        r"\b(?:hablar|conversar|chatear|comunicar\w*|contactar|charlar|ponerme en contacto|hablo|que me atienda"
        r"|atiend[ae]\w*)\s+(?:directamente\s+)?(?:con\s+|a\s+|por\s+)?"
        rf"(?:un[oa]?\s+|el\s+|la\s+|alg[uú]n[ao]?\s+|su\s+|tu\s+|vuestro\s+|otr[oa]\s+)?{_PERSONA}\b",
        "habl conv chat comu cont char pone atie",
        _PERSONAS,
    ),
    wording(
        rf"\b(?:p[aá]s[ea]\w*|comun[ií]\w+|con[eé]ct\w+|transfier\w+|deriv\w+|pon(?:ga|ed)?me)\s+(?:me\s+)?(?:con"
        rf"|a)\s+(?:un[oa]?\s+|el\s+|la\s+|su\s+|tu\s+)?{_PERSONA}\b",
        "pasa pase pása páse comu cone coné tran deri pong pone ponm",
        _PERSONAS,
    ),
    wording(
        r"\b(?:quiero|quisiera|necesito|prefiero|busco|d[eé]me|dame)\s+(?:a\s+)?(?:un[oa]?\s+)?(?:human[oa]|agente"
        r"|asesora?|operador[a]?|representante|persona (?:real|humana|de verdad))\b",
        "quie quis nece pref busc deme déme dame",
        "huma agen ases oper repr pers",
    ),
    wording(r"\b(?:quiero|prefiero|necesito) una persona\b", "quie pref nece", "pers"),
    wording(
        r"\b(?:ll[aá]m[ae]n?me|ll[aá]madme|ll[aá]menme)(?=\s*$|\s*[.!,]|\s+(?:por|cuando|ma[nñ]ana|hoy|luego"
        r"|m[aá]s|ya|a las|en))|\bque me (?:llam\w+|atienda\w*|contacte\w*)\b|\bme atend\w+ (?:una persona"
        r"|alguien)\b"
        r"|\bme (?:puede[ns]?|podr[ií]a[ns]?|pod[eé]is) llamar\b|\b(?:puede[ns]?|podr[ií]a[ns]?"
        r"|pod[eé]is) llamarme(?= (?:por favor|cuando|hoy|mañana|luego)|\s*[?.!]|\s*$)",
        "llam llám atie cont aten",
    ),
    wording(
        r"\balguien (?:de|del) (?:su|tu|vuestro|el)?\s*equipo\b|\bhay alguien (?:ah[ií]|real|disponible"
        r"|que me atienda|con quien)\b|\bpersona (?:real|de verdad)\b",
        "algu pers",
    ),
    wording(rf"\b(?:no quiero|dejar de|no me gusta|prefiero no|harto|cansado)\s[\w\s]{{0,25}}\b{MACHINE}\b", MACHINES),
    wording(
        HELLO + r"(?:humano|agente|asesor|asesora|operador|operadora|representante|persona real|persona"
        r"|atenci[oó]n al cliente|soporte)" + POLITE,
        "huma agen ases oper repr pers aten sopo",
    ),
)
