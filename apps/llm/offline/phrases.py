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
    "listening": {
        "en": "All right! Just write to us here if you have a question.",
        "es": "¡De acuerdo! Escríbanos aquí si tiene alguna pregunta.",
        "pt": "Está bem! Escreva-nos aqui se tiver alguma pergunta.",
    },
    "place": {
        "en": "Thank you, I've noted the place.",
        "es": "Gracias, he anotado el lugar.",
        "pt": "Obrigado, já anotei o local.",
    },
    "picture": {
        "en": "Thank you! I can't look at photos or videos yet. Could you write to me what it is about?",
        "es": "¡Gracias! Todavía no puedo ver fotos ni vídeos. ¿Me puede escribir de qué se trata?",
        "pt": "Obrigado! Ainda não consigo ver fotos nem vídeos. Pode escrever-me do que se trata?",
    },
    "sound": {
        "en": "Thank you! I can't listen to voice messages yet. Could you write it to me, please?",
        "es": "¡Gracias! Todavía no puedo escuchar notas de voz. ¿Me lo puede escribir, por favor?",
        "pt": "Obrigado! Ainda não consigo ouvir mensagens de voz. Pode escrever-me, por favor?",
    },
    "file": {
        "en": "Thank you! I can't open files yet. Could you write to me what it is about?",
        "es": "¡Gracias! Todavía no puedo abrir archivos. ¿Me puede escribir de qué se trata?",
        "pt": "Obrigado! Ainda não consigo abrir ficheiros. Pode escrever-me do que se trata?",
    },
    "card": {
        "en": "Thank you! I can't open contact cards yet. Could you write the name and the number to me, please?",
        "es": "¡Gracias! Todavía no puedo abrir contactos. ¿Me puede escribir el nombre y el número, por favor?",
        "pt": "Obrigado! Ainda não consigo abrir contactos. Pode escrever-me o nome e o número, por favor?",
    },
    "unreadable": {
        "en": "I'm sorry, I couldn't read your message. Could you write it to me in words, please?",
        "es": "Lo siento, no he podido leer su mensaje. ¿Me lo puede escribir con palabras, por favor?",
        "pt": "Lamento, não consegui ler a sua mensagem. Pode escrever-me por palavras, por favor?",
    },
    "order": {
        "en": "Thank you for your order! I can't confirm it myself, but I can pass it on to a colleague.",
        "es": "¡Gracias por su pedido! No puedo confirmarlo yo, pero puedo pasárselo a un compañero.",
        "pt": "Obrigado pela sua encomenda! Não a posso confirmar eu, mas posso passar a um colega.",
    },
    "form": {
        "en": "Thank you for filling in the form!",
        "es": "¡Gracias por rellenar el formulario!",
        "pt": "Obrigado por preencher o formulário!",
    },
    "sticker": {"en": "🙂", "es": "🙂", "pt": "🙂"},
    "unseen": {
        "en": "I can't look at what you sent yet.",
        "es": "Todavía no puedo ver lo que ha enviado.",
        "pt": "Ainda não consigo ver o que enviou.",
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
