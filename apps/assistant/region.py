"""The country in which a phone number without country code is meant."""

import phonenumbers

from apps.bots.models import Bot
from apps.contacts.models import Contact
from apps.inboxes.models import Inbox


def region_of(bot: Bot, inbox: Inbox, contact: Contact) -> str | None:
    """The bot's own, else the country of the number people write to, else of the contact's number."""
    return bot.region or _country(inbox.address) or _country(contact.phone) or None


def _country(number: str) -> str:
    """The ISO country of a number with its country code; empty when there is none in it."""
    digits = "".join(char for char in number if char.isascii() and char.isdigit())
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(f"+{digits}")) or ""
    except phonenumbers.NumberParseException:
        return ""
