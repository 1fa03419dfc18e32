"""Web chat on a business's own website: the provider as data, and its functions by name.

Implements base.Provider. Nobody stands between: visitors' browsers post to us, and read what is sent from us.
`posts` reads what a browser posts, `tokens` and `origins` say who may, `sending` is the way back.
"""

from apps.providers.web_chat.posts import METHODS as methods
from apps.providers.web_chat.posts import admit, handshake, lane, parse, slow_down, verify
from apps.providers.web_chat.sending import send, signal

__all__ = [
    "admit",
    "handshake",
    "kind",
    "label",
    "lane",
    "max_body",
    "max_text",
    "methods",
    "not_stored",
    "parse",
    "rate_per_minute",
    "redact",
    "reply_window",
    "send",
    "signal",
    "slow_down",
    "verify",
]

kind = "web_chat"
label = "Web chat"
max_body = 64 * 1024  # bytes
not_stored = 503  # the widget posts again
max_text = 4000  # characters
reply_window = 0  # seconds; a visitor who comes back reads whatever was written meanwhile
rate_per_minute = 4800  # nobody but us carries these
redact: tuple[str, ...] = ("authorization", "token")
