"""`{{ user_agent|browser }}`: a browser and its machine in words, as far as it says who it is."""

from django import template
from django.utils.translation import gettext as _

register = template.Library()

#: The first that is found names it: later ones pretend to be earlier ones.
BROWSERS = (
    *(("Edg/", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox")),
    *(("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari")),
)
MACHINES = (
    *(("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows")),
    *(("Mac OS", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux")),
)


@register.filter
def browser(user_agent: str) -> str:
    """ "Firefox, Windows"; what it says of itself when that is known to nobody."""
    names = [next((name for mark, name in table if mark in user_agent), "") for table in (BROWSERS, MACHINES)]
    return ", ".join(filter(None, names)) or user_agent[:60] or _("An unknown browser")
