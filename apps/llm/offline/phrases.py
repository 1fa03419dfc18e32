"""What the offline answerer says in its own words, in English, Spanish and Portuguese.

Data only; `{business}`, `{name}` and `{topic}` are filled in. Everything else it says is quoted.
"""

PHRASES: dict[str, dict[str, str]] = {
    "greeting": {
        "en": "Hello! Welcome to {business}. I'm happy to help with your questions.",
        "es": "¡Hola! Le damos la bienvenida a {business}. Con gusto respondo a sus preguntas.",
        "pt": "Olá! Bem-vindo(a) à {business}. Terei todo o gosto em ajudar com as suas perguntas.",
    },
    "hello": {"en": "Hello!", "es": "¡Hola!", "pt": "Olá!"},
    "hello_name": {"en": "Hello, {name}!", "es": "¡Hola, {name}!", "pt": "Olá, {name}!"},
    "offer": {
        "en": "How can I help you?",
        "es": "¿En qué puedo ayudarle?",
        "pt": "Como posso ajudar?",
    },
    "welcome": {
        "en": "You're welcome! Just write to us here if you need anything else.",
        "es": "¡De nada! Escríbanos aquí si necesita algo más.",
        "pt": "De nada! Escreva-nos aqui se precisar de mais alguma coisa.",
    },
    "goodbye": {
        "en": "Goodbye, and thank you for writing to {business}!",
        "es": "¡Hasta pronto, y gracias por escribir a {business}!",
        "pt": "Até breve, e obrigado por escrever à {business}!",
    },
    "thanks_name": {"en": "Thanks, {name}!", "es": "¡Gracias, {name}!", "pt": "Obrigado, {name}!"},
    "thanks": {"en": "Thank you!", "es": "¡Gracias!", "pt": "Obrigado!"},
    "noted": {
        "en": "Thank you, I've noted that.",
        "es": "Gracias, lo he anotado.",
        "pt": "Obrigado, já anotei.",
    },
    "noted_all": {
        "en": "I've noted your details.",
        "es": "He anotado sus datos.",
        "pt": "Já anotei os seus dados.",
    },
    "unknown": {
        "en": "I'm sorry, I don't have that information, but I can ask a colleague.",
        "es": "Lo siento, no tengo esa información, pero puedo preguntar a un compañero.",
        "pt": "Lamento, não tenho essa informação, mas posso perguntar a um colega.",
    },
    "unknown_topic": {
        "en": "About “{topic}”: I don't have that information, but I can ask a colleague.",
        "es": "Sobre «{topic}»: no tengo esa información, pero puedo preguntar a un compañero.",
        "pt": "Sobre «{topic}»: não tenho essa informação, mas posso perguntar a um colega.",
    },
    "told": {
        "en": "Thank you for telling me. I can pass it on to a colleague.",
        "es": "Gracias por contármelo. Puedo pasárselo a un compañero.",
        "pt": "Obrigado por me contar. Posso passar a um colega.",
    },
    "handoff": {
        "en": "Of course. A colleague from {business} will take over and answer you here.",
        "es": "Por supuesto. Un compañero de {business} le responderá aquí.",
        "pt": "Claro. Um colega da {business} vai responder-lhe aqui.",
    },
    "machine": {
        "en": "I'm the automatic assistant of {business}. I can answer from what the team has written down, "
        "or pass you to a colleague.",
        "es": "Soy el asistente automático de {business}. Respondo con lo que ha escrito el equipo, "
        "o le paso con un compañero.",
        "pt": "Sou o assistente automático da {business}. Respondo com o que a equipa escreveu, ou passo a um colega.",
    },
    "no_problem": {
        "en": "No problem at all.",
        "es": "No hay problema.",
        "pt": "Não há problema.",
    },
    "right": {"en": "All right!", "es": "¡De acuerdo!", "pt": "Está bem!"},
}

#: The one question for a lead field.
QUESTIONS: dict[str, dict[str, str]] = {
    "name": {
        "en": "May I ask your name?",
        "es": "¿Me puede decir su nombre?",
        "pt": "Pode dizer-me o seu nome?",
    },
    "email": {
        "en": "Which e-mail address can we reach you at?",
        "es": "¿A qué correo electrónico podemos escribirle?",
        "pt": "Para que e-mail podemos escrever-lhe?",
    },
    "phone": {
        "en": "Which phone number can we reach you on?",
        "es": "¿En qué número de teléfono podemos localizarle?",
        "pt": "Em que número de telefone o podemos contactar?",
    },
    "location": {
        "en": "Where are you based (town or area)?",
        "es": "¿En qué ciudad o zona se encuentra?",
        "pt": "Em que cidade ou zona se encontra?",
    },
}

#: How every offer to ask a colleague ends; a `yes` to it is a request for a person.
OFFERS = (
    "ask a colleague.",
    "on to a colleague.",
    "you to a colleague.",
    "a un compañero.",
    "con un compañero.",
    "a um colega.",
)
