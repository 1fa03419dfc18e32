"""WhatsApp over Meta's Cloud API: the provider as data, and its functions by name.

Implements base.Provider. `delivery` reads what Meta posts (`content` what a message says, `people` who wrote
it), `sending` speaks to the Graph API.
"""

from apps.providers.meta import METHODS as methods
from apps.providers.meta import admit, handshake, slow_down, verify
from apps.providers.whatsapp_cloud.checking import check, subscribe
from apps.providers.whatsapp_cloud.delivery import lane, parse
from apps.providers.whatsapp_cloud.sending import send, signal

__all__ = [
    "admit",
    "check",
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
    "subscribe",
    "verify",
]

kind = "whatsapp_cloud"
label = "WhatsApp (Cloud API)"
max_body = 4 * 1024 * 1024  # bytes
not_stored = 503  # Meta delivers again, with back-off, for up to 7 days
max_text = 4096  # characters
reply_window = 24 * 60 * 60  # seconds
rate_per_minute = 4800  # 80 a second, in and out together, at the default throughput
redact: tuple[str, ...] = (
    "authorization",
    "access_token",
    "app_secret",
    "verify_token",
    "x-hub-signature-256",
)
