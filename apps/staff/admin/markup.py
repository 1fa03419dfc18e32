"""Small pieces of the screens: links, chips, moments. Whatever is put in is escaped."""

from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _

#: What stands in place of a secret.
MASK = "••••••••"
NOTHING = "–"


def link(text: object, name: str, *args: object, query: str = "") -> str:
    """A link to a page of the admin by its URL's name; `query` begins with “?”."""
    return format_html('<a href="{}{}">{}</a>', reverse(f"admin:{name}", args=args), query, text)


def chip(text: object, tone: str = "quiet") -> str:
    """A word on a tinted ground; tones: quiet, good, attention, bad."""
    return format_html('<span class="ad-chip ad-chip--{}">{}</span>', tone, text)


def moment(at: datetime | None) -> str:
    """A time in the reader's zone, to the second."""
    if at is None:
        return NOTHING
    local = timezone.localtime(at)
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), local.strftime("%Y-%m-%d %H:%M:%S"))


def code(text: object) -> str:
    """An identifier, as it is written in programs."""
    return format_html("<code>{}</code>", text)


def together(text: object) -> str:
    """Words that stay on one line."""
    return format_html('<span class="ad-nowrap">{}</span>', text)


def secret(is_set: bool) -> str:
    """A secret that is set, without any of it; or that there is none."""
    return format_html('<span class="ad-secret">{}</span>', MASK if is_set else _("not set"))


def yes_no(value: bool) -> str | Promise:
    """Yes or no."""
    return _("yes") if value else _("no")


def shortened(key: str) -> str:
    """The two ends of an unguessable key, by which it is known again."""
    return f"{key[:4]}…{key[-4:]}" if len(key) > 12 else key
