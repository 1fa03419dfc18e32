"""A wish for a person is heard in three languages, and questions about people are no such wish."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.llm.person.wishes import WORDINGS, beginnings, wants_person
from apps.llm.person.wording import Wording

WISHES = [
    "can I talk to a real person",
    "human please",
    "Human!",
    "quiero hablar con una persona",
    "agent",
    "I want to talk to an agent",
    "someone from your team",
    "call me",
    "call me please",
    "Please call me back tomorrow",
    "falar com um atendente",
    "quero falar com alguém",
    "can I speak with someone?",
    "is there a human I can talk to?",
    "Could someone call me back?",
    "could somebody from your team contact me?",
    "I'd rather speak to the owner",
    "connect me with a representative",
    "transfer me to a human",
    "I need a human",
    "I don't want to talk to a bot",
    "stop, no more robots",
    "let me speak to the manager",
    "can a colleague get in touch with me?",
    "Can you put me through to reception?",
    "I would like to speak to one of your colleagues",
    "please have someone ring me",
    "give me a call",
    "I'd like a callback",
    "is anyone there?",
    "real person pls",
    "¿puedo hablar con alguien?",
    "necesito un agente",
    "me pueden llamar?",
    "pásame con un humano",
    "Llámenme por favor",
    "quiero que me llamen",
    "¿hay alguien ahí?",
    "no quiero hablar con un robot",
    "atención al cliente",
    "quisiera hablar con el encargado",
    "prefiero hablar con una persona real",
    "quero falar com uma pessoa",
    "posso falar com um humano?",
    "me liga por favor",
    "podem ligar-me?",
    "quero um atendente",
    "atendente",
    "atendimento humano por favor",
    "passa para um atendente",
    "gostaria de falar com o responsável",
    "yes ask a colleague please",
    "Can I get a human to look at this?",
    "I'd like to talk to someone about my wedding cake",
    "can i chat with a person",
    "hey, any chance I could speak to somebody?",
    "I want someone to call me",
    "do you have someone I can talk to",
    "are there any real people there?",
    "get me a person",
    "can a person help me instead?",
    "I want to speak to a member of staff",
    "Can I talk to someone human?",
    "I prefer to deal with a human",
    "May I speak with Ana?",
    "could you get a person on this chat",
    "i need to speak to a person asap",
    "could I have a word with someone?",
    "Is it possible to talk to a human being?",
    "is it possible to be called by someone from sales?",
    "Quero ser atendido por uma pessoa",
    "Me gustaría que me atendiera una persona",
]

OTHER = [
    "who is the person in charge of bookings",
    "How much is it per person?",
    "Price for 2 people?",
    "Do I need to talk to the dentist before whitening?",
    "you can call me Ana",
    "You can call me on +44 7911 123456",
    "call me Zuri",
    "do you have a personal trainer?",
    "Do you speak Spanish?",
    "I need someone to fix my bike",
    "is the staff vaccinated?",
    "¿cuánto cuesta por persona?",
    "¿quién es la persona encargada de reservas?",
    "quem é o responsável pelas reservas?",
    "preço por pessoa",
    "How many people can come?",
    "please don't call me",
    "I don't need a human",
    "no me llamen",
    "Can someone in a wheelchair get in?",
    "Do you have human resources services?",
    "Is a person needed to sign?",
    "Are your cleaning agents eco friendly?",
    "I want a table for four people",
    "Can my friend come with me?",
    "are you a bot?",
    "Do you have an agent in Leeds?",
    "hello",
    "my name is Agent Smith",
    "Does the team speak French?",
    "can people with dogs come in?",
    "Can I bring someone with me?",
    "What is the phone number?",
    "How do I contact you?",
    "do you rent to people under 18?",
    "Is there someone who can repair an e-bike?",
    "Hay aparcamiento para personas con discapacidad?",
    "Is the owner a dentist?",
]


@pytest.mark.parametrize("text", WISHES)
def test_wish_for_a_person_is_heard(text: str) -> None:
    assert wants_person(text)


@pytest.mark.parametrize("text", OTHER)
def test_other_words_are_no_wish_for_a_person(text: str) -> None:
    assert not wants_person(text)


@given(st.sampled_from(WORDINGS).flatmap(lambda one: st.tuples(st.just(one), st.from_regex(one.pattern))))
def test_no_wording_of_a_wish_is_passed_over_for_its_words(said: tuple[Wording, str]) -> None:
    wording, sentence = said
    assert wording.stands_in(sentence, beginnings(sentence))
