"""Who walks: the business, its people, a customer and what they say."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    """Somebody with an address at Google."""

    name: str
    email: str


@dataclass(frozen=True)
class Pasted:
    """What stands in the app dashboard at Meta, to be pasted."""

    key: str = "106540352242922"
    account: str = "102290129340398"
    token: str = "sandbox-token"
    secret: str = "sandbox-secret"


OWNER = Person("Rosa Marsh", "rosa@harbour-bikes.example")
VENDOR = Person("Vera Lind", "vera@harbour-bikes.example")
LATECOMER = Person("Lou Haddad", "lou@harbour-bikes.example")
STAFF = Person("Sol Ferreira", "sol@leadline.example")
CUSTOMER = Person("Tom Okafor", "tom@example.org")
CUSTOMER_PHONE = "447700900456"
BUSINESS = "Harbour Bikes"
SLUG = "harbour-bikes"
BOT = "Finn"
NUMBER = Pasted()
KNOWLEDGE = """# Prices
A city bike costs £18 a day.
An electric bike costs £39 a day.
A cargo bike costs £45 a day.

# Opening hours
Monday to Friday: 8:30 to 18:30.
"""
