"""Who and what a smoke run is about, drawn from its seed: a business, what it knows, a customer and their words."""

import random
from dataclasses import dataclass

GIVEN = ["Amara", "Bruno", "Chiara", "Dmitri", "Elif", "Farid", "Greta", "Hana", "Ingrid", "Jonas", "Keiko", "Luis"]
FAMILY = ["Okonkwo", "Bauer", "Lindqvist", "Moreau", "Nakamura", "O'Brien", "Petrov", "Rossi", "Silva", "Tanaka"]
CITIES = ["Leeds", "Utrecht", "Porto", "Lyon", "Uppsala", "Valencia", "Graz", "Turin", "Aarhus", "Cork"]
STREETS = ["Mill Lane", "Station Road", "Harbour Street", "Elm Avenue", "Market Square", "Castle Hill"]

#: kind of business: (what it is called, a service with a price, another service, what it certainly knows nothing of)
TRADES = {
    "dental clinic": ("Smiles", "a dental check-up", "a teeth whitening", "Do you sell concert tickets?"),
    "bicycle workshop": ("Wheels", "a tyre change", "a brake adjustment", "Do you offer piano lessons?"),
    "bakery": ("Bakery", "a birthday cake", "a sourdough loaf", "Do you rent out cars?"),
    "language school": ("Languages", "an evening course", "a private lesson", "Do you repair washing machines?"),
    "pet hotel": ("Pets", "an overnight stay", "a grooming session", "Do you print business cards?"),
}

GREETINGS = ["Hello!", "Hi there", "Good morning", "Hey, hello"]
INTRODUCTIONS = [
    "By the way, my name is {name} and you can write to me at {email}.",
    "I'm {name}, my e-mail address is {email}",
    "This is {name}. Best to reach me by mail: {email}",
]
WHEREABOUTS = [
    "My number is {phone} and I live in {city}.",
    "You can call {phone}, I am based in {city}",
    "I'm from {city}, phone {phone}",
]
HANDOFFS = [
    "Could I speak to a real person, please?",
    "I would rather talk to a human",
    "Can someone from your team call me?",
]


@dataclass(frozen=True)
class Cast:
    """One run's people, business and words."""

    seed: int
    business: str
    knowledge: str
    question: str
    fact: str  # stands in a right answer to `question`
    stranger_question: str
    name: str
    email: str
    phone: str  # as the customer writes it
    phone_e164: str
    city: str
    whatsapp: str  # the number they write from, digits only
    number: str  # the business's phone_number_id
    greeting: str
    introduction: str
    whereabouts: str
    ask_for_person: str


def cast(seed: int) -> Cast:
    """The cast of a seed; the same seed gives the same run."""
    draw = random.Random(seed)  # noqa: S311  # repeatable on purpose
    trade = draw.choice(sorted(TRADES))
    suffix, service, other, stranger_question = TRADES[trade]
    owner, (given, family) = draw.choice(FAMILY), (draw.choice(GIVEN), draw.choice(FAMILY))
    price, other_price = draw.sample(range(11, 190), 2)
    opens, closes = draw.randint(7, 10), draw.randint(16, 20)
    street = f"{draw.randint(2, 98)} {draw.choice(STREETS)}"
    business = f"{owner} {suffix}"
    questions = {
        f"How much is {service}?": f"{price} euros",
        f"What does {other} cost?": f"{other_price} euros",
        "What are your opening hours on Saturday?": f"{opens}:00",
        "Where are you located?": street,
    }
    question = draw.choice(sorted(questions))
    subscriber = f"{draw.randint(0, 999):03}"
    city, name = draw.choice(CITIES), f"{given} {family}"
    email = f"{given}.{family}{draw.randint(1, 99)}@example.org".lower().replace("'", "")
    phone = f"+44 7700 900 {subscriber}"
    return Cast(
        seed=seed,
        business=business,
        knowledge=f"""# About us
{business} is a {trade} run by the {owner} family.

# Where we are
You find us at {street}, right behind the town hall.

# Prices
The price of {service} is {price} euros.
We charge {other_price} euros for {other}.

# Opening hours
Monday to Friday: 9:00 to 18:00.
Saturday: {opens}:00 to {closes}:00.
We are closed on Sundays and public holidays.
""",
        question=question,
        fact=questions[question],
        stranger_question=stranger_question,
        name=name,
        email=email,
        phone=phone,
        phone_e164=phone.replace(" ", ""),
        city=city,
        whatsapp=f"4915{draw.randint(10**9, 10**10 - 1)}"[:13],
        number=str(draw.randint(10**14, 10**15 - 1)),
        greeting=draw.choice(GREETINGS),
        introduction=draw.choice(INTRODUCTIONS).format(name=name, email=email),
        whereabouts=draw.choice(WHEREABOUTS).format(phone=phone, city=city),
        ask_for_person=draw.choice(HANDOFFS),
    )
