"""`{{ user_agent|browser }}`: a browser and its machine in words. `{{ at|seen }}`: how long ago somebody was here."""

from datetime import datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

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


@register.filter
def seen(at: datetime | None) -> str:
    """ "now", "5 min ago", "3 h ago", a weekday's worth of days, then the date. "never" for None."""
    if at is None:
        return _("never")
    ago = timezone.now() - at
    minutes = int(ago / timedelta(minutes=1))
    if minutes < 2:  # it is noted once a minute
        return _("now")
    if minutes < 60:
        return _("%(minutes)d min ago") % {"minutes": minutes}
    if minutes < 24 * 60:
        return _("%(hours)d h ago") % {"hours": minutes // 60}
    if ago.days < 7:
        return ngettext("%(days)d day ago", "%(days)d days ago", ago.days) % {"days": ago.days}
    return date_format(timezone.localtime(at), "j M Y")
