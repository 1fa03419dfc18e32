"""The demo's business: who it is and what its bots know. Invented; the numbers are reserved for fiction."""

from dataclasses import dataclass

from apps.accounts.models import Role
from apps.bots.models import Bot

SLUG = "harbour-bikes"
NAME = "Harbour Bikes"
TIME_ZONE = "Europe/London"


@dataclass(frozen=True)
class Colleague:
    """One of the team. The week's script and the demo's buttons call them by `key`."""

    key: str
    name: str
    role: Role
    email: str
    away: bool = False  # deactivated

    @property
    def first_name(self) -> str:
        """What the others call them."""
        return self.name.partition(" ")[0]


TEAM = (
    Colleague("rosa", "Rosa Marsh", Role.OWNER, "owner@harbour-bikes.example"),
    Colleague("owen", "Owen Pryce", Role.SUPERVISOR, "owen@harbour-bikes.example"),
    Colleague("ben", "Ben Adeyemi", Role.VENDOR, "ben@harbour-bikes.example"),
    Colleague("carla", "Carla Nunes", Role.VENDOR, "carla@harbour-bikes.example"),
    Colleague("lena", "Lena Ford", Role.VENDOR, "lena@harbour-bikes.example", away=True),
)
OWNER = TEAM[0].email
#: Whom anybody may enter the demo as: the owner sees everything, a vendor what is theirs and nobody's.
GUISES = tuple(one for one in TEAM if one.role in (Role.OWNER, Role.VENDOR) and not one.away)
INVITED = ("jo.lindley@harbour-bikes.example", Role.VENDOR)

BOT = "Finn"
PERSONA = (
    "You are Finn, the friendly assistant of Harbour Bikes, a bicycle rental and repair shop in Bristol. "
    "You are brief, warm and exact."
)
#: The settings of the bot that answers, and of one that is being prepared and does not answer yet.
FINN = {"name": BOT, "business": NAME, "persona": PERSONA, "language": "en", "region": "GB"}
SOL = {
    **{"name": "Sol", "business": NAME, "language": "es", "region": "GB", "tone": Bot.Tone.PROFESSIONAL},
    "persona": "Eres Sol y atiendes en español a quienes escriben a Harbour Bikes. Eres breve y amable.",
}
SOL_KNOWS = {
    "Alquiler": """
# Precios
Bicicleta de ciudad: £18 al día, £75 a la semana.
Bicicleta eléctrica: £39 al día, £165 a la semana.
Bicicleta infantil: £10 al día, £42 a la semana.
El casco y el candado están incluidos.

# Dónde estamos
Harbour Bikes está en 14 Narrow Quay, Bristol BS1 4QA.
""",
}
PHONE_NUMBER_ID = "106540352242922"
WABA_ID = "102290129340398"
DISPLAY_NUMBER = "+44 117 496 0142"
WEBSITE = "Harbour Bikes' website"
HOOK = "demo"
APP_SECRET = "sandbox-app-secret"  # noqa: S105  # the sandbox's own
VERIFY_TOKEN = "sandbox-verify-token"  # noqa: S105  # the sandbox's own
TOKEN = "sandbox-access-token"  # noqa: S105  # the sandbox's own
CUSTOMER_PHONE = "447700900456"
CUSTOMER_NAME = "Tom Okafor"
GREETING = "Hello! Ask me about our bikes, prices and repairs."

KNOWLEDGE = {
    "Opening hours and where we are": """
# Where we are
Harbour Bikes is at 14 Narrow Quay, Bristol BS1 4QA, two minutes on foot from the Arnolfini.
The nearest bus stop is Prince Street, served by lines 24 and 25. There is no parking at the door; the Prince Street
car park is 150 metres away and costs £3.20 an hour.

# Opening hours
Monday to Friday: 8:30 to 18:30.
Saturday: 9:00 to 17:00.
Sunday: 10:00 to 16:00 from April to September, closed from October to March.
We are closed on 25 and 26 December and on 1 January.
""",
    "Rental": """
# Rental prices
City bike: £18 a day, £75 a week.
Electric bike: £39 a day, £165 a week.
Children's bike: £10 a day, £42 a week.
Cargo bike: £45 a day; it carries up to 80 kg and two children.
Half a day (four hours) costs 60 % of the day price.
A helmet and a lock come with every bike at no extra cost. A child seat is £5 a day.

# How renting works
You need a photo ID and a deposit of £100 per bike (£200 for electric and cargo bikes), taken on a card and given back
when the bike comes back. You must be 18 or older to rent; children ride with an adult.
Book at least one day ahead at weekends. You may cancel free of charge until 18:00 on the day before; after that we keep
half of the price. A bike that comes back late costs £6 for each hour begun.
Groups of six or more get 15 % off.
""",
    "Repairs": """
# Repairs and service
A basic service costs £45 and takes one working day: brakes, gears, chain, tyres and a safety check.
A full service costs £95 and takes three working days; the wheels are trued and all bearings are cleaned and greased.
A puncture is repaired while you wait for £12, inner tube included.
We repair all makes of bicycles, and electric bikes with Shimano or Bosch motors. We do not repair mopeds or scooters.
Repairs carry a guarantee of six months. Bring the bike without an appointment before 11:00 and we tell you at once when
it will be ready.
""",
    "Delivery and payment": """
# Delivery
We deliver rental bikes to any address in Bristol for £15, return included. Delivery to Bath costs £30.
Order before 15:00 for delivery on the next day.

# Payment
We take cards, Apple Pay, Google Pay and cash. Companies with an account pay by invoice within 14 days.
""",
}
