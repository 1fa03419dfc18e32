"""What the made-up business, its customers and its model say in `bench.replies`. Data only."""

from collections.abc import Mapping

ARTICLES: Mapping[str, str] = {
    "en": "{name}\n\nA day with the {name} costs {price}. The {name} weighs {number}. It can be had from {opens} to "
    "{closes}, but not on {date}. For the {name} call {phone}, write to {email} or see {url} for pictures.",
    "es": "{name}\n\nUn día con {name} cuesta {price}. {name} pesa {number}. Se recoge desde las {opens} hasta "
    "las {closes}, pero no el {date}. Para {name} llame al {phone}, escriba a {email} o vea {url} con fotos.",
    "pt": "{name}\n\nUm dia com {name} custa {price}. {name} pesa {number}. Pode ser levantado das {opens} até "
    "às {closes}, mas não em {date}. Para {name} ligue para {phone}, escreva para {email} ou veja {url} com fotos.",
}
QUESTIONS: Mapping[str, str] = {
    "en": "Hello, could you tell me more about {name}, please?",
    "es": "Hola, ¿me puede contar más sobre {name}, por favor?",
    "pt": "Olá, pode dizer-me mais sobre {name}, por favor?",
}
REPLIES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "number": "Of course! {name} weighs {value} in all.",
        "price": "A day with {name} costs {value}, with everything you need.",
        "date": "You can have {name} on any day but {value}.",
        "time": "Come by from {value} and ask for {name}.",
        "url": "Pictures of {name} are at {value} if you like.",
        "phone": "About {name} please call us: {value}.",
        "email": "Please write about {name} to {value} and we will see.",
    },
    "es": {
        "number": "¡Claro! {name} pesa {value} en total.",
        "price": "Un día con {name} cuesta {value}, con todo lo necesario.",
        "date": "Puede llevarse {name} cualquier día menos el {value}.",
        "time": "Venga a partir de las {value} y pregunte por {name}.",
        "url": "Hay fotos de {name} en {value} si quiere.",
        "phone": "Sobre {name} llámenos, por favor: {value}.",
        "email": "Escriba sobre {name} a {value} y lo vemos.",
    },
    "pt": {
        "number": "Claro! {name} pesa {value} no total.",
        "price": "Um dia com {name} custa {value}, com tudo o que é preciso.",
        "date": "Pode levar {name} em qualquer dia menos {value}.",
        "time": "Venha a partir das {value} e pergunte por {name}.",
        "url": "Há fotos de {name} em {value} se quiser.",
        "phone": "Sobre {name} ligue-nos, por favor: {value}.",
        "email": "Escreva sobre {name} para {value} e logo vemos.",
    },
}
#: What states nothing of the business, although there are digits and numbers in it.
HARMLESS: Mapping[str, tuple[str, ...]] = {
    "en": (
        "Hello! How can I help you with that?",
        "Gladly. I need two things: your name and your town.",
        "Please tell me:\n1. your name\n2. your town",
        "1️⃣ Say which one you like\n2️⃣ Say when you come",
        "One moment please, one of my colleagues will look into it. You can write to us 24/7.",
    ),
    "es": (
        "¡Hola! ¿En qué puedo ayudarle?",
        "Con gusto. Necesito dos cosas: su nombre y su ciudad.",
        "Dígame, por favor:\n1. su nombre\n2. su ciudad",
        "Un momento, una persona del equipo le atenderá. Puede escribirnos 24/7.",
    ),
    "pt": (
        "Olá! Em que posso ajudar?",
        "Com gosto. Preciso de duas coisas: o seu nome e a sua cidade.",
        "Diga-me, por favor:\n1) o seu nome\n2) a sua cidade",
        "Um momento, uma pessoa da equipa vai responder. Tenha um dia bom! Pode escrever-nos 24/7.",
    ),
}
MONTHS: Mapping[str, str] = {
    "en": "January February March April May June July August September October November December",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
}
#: Tens from twenty, ones, ten to nineteen, and what joins tens and ones.
TENS: Mapping[str, tuple[str, str, str, str]] = {
    "en": (
        "twenty thirty forty fifty sixty seventy eighty ninety",
        "one two three four five six seven eight nine",
        "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
        "-",
    ),
    "es": (
        "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
        "un dos tres cuatro cinco seis siete ocho nueve",
        "diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve",
        " y ",
    ),
    "pt": (
        "vinte trinta quarenta cinquenta sessenta setenta oitenta noventa",
        "um dois três quatro cinco seis sete oito nove",
        "dez onze doze treze catorze quinze dezesseis dezessete dezoito dezenove",
        " e ",
    ),
}
