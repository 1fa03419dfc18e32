"""What the bot says without a model, by language; unknown languages are answered in English."""

PHRASES: dict[str, dict[str, str]] = {
    "handing_off": {
        "en": "Of course. A colleague will take over here and answer you as soon as possible.",
        "es": "Por supuesto. Un compañero continuará aquí y le responderá lo antes posible.",
        "pt": "Claro. Um colega vai continuar por aqui e responder assim que possível.",
    },
    "one_moment": {
        "en": "One moment please, I am still looking into this.",
        "es": "Un momento, por favor. Todavía lo estoy consultando.",
        "pt": "Um momento, por favor. Ainda estou verificando.",
    },
    "model_failed": {
        "en": "I cannot answer that right now. A colleague will get back to you here.",
        "es": "Ahora mismo no puedo responder. Un compañero le contestará por aquí.",
        "pt": "Não consigo responder agora. Um colega vai responder por aqui.",
    },
    "not_grounded": {
        "en": "I am not sure about that. A colleague will get back to you here.",
        "es": "No estoy seguro de eso. Un compañero le contestará por aquí.",
        "pt": "Não tenho certeza disso. Um colega vai responder por aqui.",
    },
    "stopped": {
        "en": "You will not get any more messages from us. Write START if you change your mind.",
        "es": "No recibirá más mensajes nuestros. Escriba START si cambia de opinión.",
        "pt": "Você não receberá mais mensagens nossas. Escreva START se mudar de ideia.",
    },
    "resumed": {
        "en": "Welcome back. How can we help?",
        "es": "Bienvenido de nuevo. ¿En qué podemos ayudar?",
        "pt": "Bem-vindo de volta. Como podemos ajudar?",
    },
}

#: A message of nothing but one of these asks to be left alone, or to be written to again.
STOP_WORDS = frozenset(
    {"stop", "stop all", "unsubscribe", "opt out", "optout", "cancel messages", "baja", "darme de baja", "parar"}
    | {"alto", "cancelar suscripcion", "cancelar suscripción", "sair", "descadastrar", "pare"}
)
START_WORDS = frozenset({"start", "unstop", "subscribe", "alta", "comenzar", "começar", "volver", "voltar"})


def phrase(name: str, language: str) -> str:
    """The phrase in the language (two letters, "en-GB" counts as "en")."""
    by_language = PHRASES[name]
    return by_language.get(language[:2].lower(), by_language["en"])


def bare(text: str) -> str:
    """The text as compared with the words: small letters, without punctuation around it."""
    return " ".join(text.lower().strip(" .!¡?¿,;:'\"*_~").split())
