"""The wish for a person in English."""

from apps.llm.person.wording import HELLO, MACHINE, MACHINES, POLITE, wording

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
#: How the words of the groups begin.
_SPOKEN = "talk spea chat conv conn tran put hand pass get esca"
_PEOPLE = (
    "huma pers peop some anyo anyb agen repr rep reps oper coll mana owne boss supe advi assi empl rece staf team memb "
    "spec expe cons sale tech mech doct dent lawy atto soli trai coac bake one cust supp"
)
ENGLISH = (
    wording(
        rf"\b{_SPEAK}\s+(?:me\s+|us\s+)?(?:directly\s+)?(?:to|with|through to|of|on to|over to)\s+{_PERSON}",
        _SPOKEN,
        _PEOPLE,
    ),
    wording(r"\b(?:put|hand|pass|transfer|connect) me (?:through|over|on|to)\b", "put hand pass tran conn", "me"),
    wording(
        rf"\b(?:want|need|would like|'d like|give me|get me|prefer|require|demand|looking for)\s+(?:to (?:have"
        rf"|get) )?(?:{_A})?(?:{_KIND})*"
        r"(?:human(?: being)?|(?:real |live |actual )person|agent|representative|operator|someone to (?:talk|speak"
        r"|call|contact|ring)(?: to)?)\b(?! resources)",
        "want need like give get pref requ dema look",
        "huma pers agen repr oper some",
    ),
    wording(
        r"\b(?:want|need|would like|'d like|prefer)\s+a (?:person|human)\b(?! (?:in charge|to (?:clean|fix|repair"
        r"|teach|drive)))",
        "want need like pref",
        "pers huma",
    ),
    wording(
        rf"\b(?:can|could|would|may|will|please|let|ask|tell|get|have|want"
        rf"|need)\b[\w\s',]{{0,25}}?\b(?:{_PERSON})\s+(?:from \w+ \w+ |there |please |to )?"
        r"(?:call|phone|ring|contact|reach out|get back|get in touch|write to|text|message|talk|speak)\b",
        _PEOPLE,
        "call phon ring cont reac get writ text mess talk spea",
    ),
    wording(
        rf"\b(?:can|could|would|let|have|get)\b[\w\s',]{{0,15}}?\b(?:{_A})?(?:{_KIND})*(?:human|agent"
        rf"|representative|person)\s+(?:help|assist|answer|look)",
        "huma agen repr pers",
        "help assi answ look",
    ),
    wording(
        r"(?<!you can )(?<!u can )(?<!you may )\b(?:call|phone|ring) me(?: back)?(?:\s*$|\s*[.!?,]|\s+(?:please"
        r"|pls|asap|now|today|tomorrow|tonight|later|when|whenever|if|as soon|"
        r"this|on (?:mon|tues|wednes|thurs|fri|satur|sun)day|at (?:\d|noon)|in the|before|after|about|regarding"
        r"|instead|sometime))",
        "call phon ring",
        "me",
    ),
    wording(
        r"\bgive me a (?:call|ring|bell)\b|\b(?:request|want|need|like|arrange|schedule|get) (?:a )?(?:call ?back"
        r"|(?:phone )?call from)\b|^(?:call ?back)\b",
        "call ring bell",
    ),
    wording(
        r"\b(?:someone|somebody|anyone|person|human|colleague) (?:from|in|on|of) (?:your|the) (?:team|staff|office"
        r"|company|shop|store|clinic|sales team|business)\b",
        "some anyo pers huma coll",
        "from in on of",
    ),
    wording(
        rf"\bis there (?:{_A})?(?:{_KIND})*(?:person|human|someone|somebody|anyone|anybody"
        rf"|agent)\b[\w\s]{{0,12}}\b(?:talk|speak|chat|there|available|real)\b",
        "ther",
        "huma pers some anyo anyb agen",
    ),
    wording(r"\bis (?:anyone|anybody|somebody|someone) (?:real )?(?:there|available)\b", "anyo anyb some", "ther avai"),
    wording(
        rf"\b(?:don'?t|do not|not|stop|no more|tired of|hate|sick of|instead of"
        rf"|rather than)\s[\w\s']{{0,28}}\b{MACHINE}\b",
        MACHINES,
    ),
    wording(
        HELLO + r"(?:human|agent|operator|representative|person|human being|customer (?:service|support|care)"
        r"|real person|live agent|live chat|colleague|someone real)" + r"(?: (?:here|now))?" + POLITE,
        "huma agen oper repr pers cust real live coll some",
    ),
    wording(
        r"\bget (?:me |us |hold of )?(?:an?|some) (?:real |live |actual )?"
        r"(?:human|person|agent|representative|operator)\b",
        "get",
        "huma pers agen repr oper",
    ),
    wording(
        r"\b(?:someone|somebody|anyone) (?:that )?(?:i|we) (?:can|could) (?:talk|speak|call)\b|\b(?:real"
        r"|actual) (?:people|humans?)\b",
        "some anyo real actu",
        "talk spea call peop huma",
    ),
    wording(
        r"\bdeal(?:ing)? with (?:an? )?(?:real |actual )?(?:human|person|people)\b"
        r"|\bbe (?:called|phoned|contacted) by\b",
        "huma pers peop by",
    ),
    wording(rf"\b(?:a )?word with {_PERSON}\b", "word", _PEOPLE),
    wording(
        r"\b(?:can|could|may) (?:i|we) (?:please )?(?:speak|talk) (?:to|with) (?-i:[A-Z])", "spea talk", "can coul may"
    ),
    wording(r"\bask (?:a|your|the) (?:colleague|team|manager)\b|\bask (?:someone|somebody)\b", "ask"),
)
