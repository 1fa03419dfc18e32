"""What a web chat's own buttons and lines say, by the visitor's language; unknown languages read English."""

CHAT_PHRASES: dict[str, dict[str, str]] = {
    "en": {
        "open": "Open chat",
        "close": "Close chat",
        "write": "Write a message",
        "send": "Send",
        "you": "You",
        "person": "Team",
        "greeting": "Hello! How can we help?",
        "typing": "is typing…",
        "offline": "Nobody is here right now. Write to us and we will answer here.",
        "again": "Not sent. Try again",
        "lost": "No connection. We keep trying.",
        "log": "Messages",
        "news": "new messages",
    },
    "es": {
        "open": "Abrir el chat",
        "close": "Cerrar el chat",
        "write": "Escriba un mensaje",
        "send": "Enviar",
        "you": "Usted",
        "person": "Equipo",
        "greeting": "¡Hola! ¿En qué podemos ayudar?",
        "typing": "está escribiendo…",
        "offline": "Ahora no hay nadie. Escríbanos y le responderemos aquí.",
        "again": "No enviado. Intentar de nuevo",
        "lost": "Sin conexión. Seguimos intentando.",
        "log": "Mensajes",
        "news": "mensajes nuevos",
    },
    "pt": {
        "open": "Abrir o chat",
        "close": "Fechar o chat",
        "write": "Escreva uma mensagem",
        "send": "Enviar",
        "you": "Você",
        "person": "Equipe",
        "greeting": "Olá! Como podemos ajudar?",
        "typing": "está digitando…",
        "offline": "Não há ninguém agora. Escreva e responderemos aqui.",
        "again": "Não enviado. Tentar de novo",
        "lost": "Sem conexão. Continuamos tentando.",
        "log": "Mensagens",
        "news": "mensagens novas",
    },
}


def chat_phrases(*languages: str) -> dict[str, str]:
    """The lines in the first of these languages that we speak; "pt-BR" counts as "pt"."""
    spoken = [language[:2].lower() for language in languages if language[:2].lower() in CHAT_PHRASES]
    return CHAT_PHRASES[spoken[0] if spoken else "en"]
