"""The webhooks that a measurement sends: one customer's text each, about 1 KB, in Meta's format, signed.

Owns what they say. The same arguments give the same bytes, so that what was stored can be told from what was sent.
"""

import hashlib
import hmac
import json

CUSTOMERS = 500
BUSINESS = "442079460958"
#: When customers write who are to be stored only; nobody may answer them any more.
LONG_AGO = 1_794_000_000
#: Customers who write within one second by the vendor's clock.
PER_SECOND = 1000
# With it a body is about 1 KB, as a message of a few sentences is.
QUESTION = (
    "Good afternoon, I walked past your shop in Mill Lane yesterday and saw the blue touring bicycle in the window. "
    "Is it still for sale, and would you take my old one in part exchange? It is six years old, has new brakes and "
    "was serviced in spring. I could come by on Thursday after five or on Saturday morning, whatever suits you best, "
    "and I would like to ride it round the block before I decide. My wife asks whether you also "
    "have a child seat that fits it, for a girl of three. Many thanks!"
)


def customer(place: int, customers: int = CUSTOMERS, first: int = 0) -> str:
    """Whose the `place`-th delivery of a series is, as WhatsApp names them; they write in turn."""
    return f"447700{900_000 + first + place % customers}"


def body(number: str, series: str, place: int, sender: str = "", *, text: str = QUESTION, at: int = LONG_AGO) -> bytes:
    """The `place`-th delivery of a series, begun `at` these Unix seconds, to the number with this phone_number_id."""
    sender = sender or customer(place)
    message = {
        "from": sender,
        "id": f"wamid.{hashlib.sha256(f'{series}/{place}'.encode()).hexdigest().upper()}",
        "timestamp": str(at + place // PER_SECOND),
        "text": {"body": f"{text} ({series}/{place})"},
        "type": "text",
    }
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": BUSINESS, "phone_number_id": number},
        "contacts": [{"profile": {"name": f"Customer {int(sender) % 100_000}"}, "wa_id": sender}],
        "messages": [message],
    }
    changes = [{"value": value, "field": "messages"}]
    whole = {"object": "whatsapp_business_account", "entry": [{"id": "102290129340398", "changes": changes}]}
    # Meta writes no spaces and escapes slashes.
    return json.dumps(whole, separators=(",", ":")).replace("/", "\\/").encode()


def headers(secret: str, signed: bytes) -> dict[str, str]:
    """What Meta sends along with these bytes, in lower case."""
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return {
        "content-type": "application/json",
        "user-agent": "facebookexternalua",
        "accept": "*/*",
        "x-hub-signature-256": f"sha256={digest}",
    }


def request(host: str, path: str, secret: str, signed: bytes) -> bytes:
    """The whole HTTP/1.1 request, as it goes over the wire."""
    fields = {"host": host, "content-length": str(len(signed)), **headers(secret, signed)}
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
    return "\r\n".join(lines).encode() + signed
