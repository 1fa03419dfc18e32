"""How a set of processes gets its environment: which services, which world, which secrets. Owns the secrets
that a checkout makes for itself, so that nothing has to be configured on a fresh machine.
"""

import base64
import os
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from sandbox import memory
from sandbox.services import Services
from sandbox.world import google

SECRETS = "secrets.json"
# What a person's shell says about the machine; what it says about Leadline comes in by `extra` alone, so that
# a stray OPENAI_API_KEY never reaches a test or a measurement.
KEPT = ("HOME", "USER", "LOGNAME", "TMPDIR", "TZ", "TERM", "LANG", "LC_ALL", "LC_CTYPE")


def for_processes(
    services: Services, *, base_url: str, world_url: str, extra: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The environment of web, relay and workers beside these services, with the world as every vendor.

    `base_url` also says where the web process listens. `extra` wins over everything.
    """
    address = urlsplit(base_url)
    return {
        **{name: os.environ[name] for name in KEPT if name in os.environ},
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
        "PYTHONUNBUFFERED": "1",
        # Celery's advice against root is for production; here root is one of the users it must work for.
        "PYTHONWARNINGS": "ignore:You're running the worker",
        "DEBUG": "true",
        # What is measured or shown here is what was asked for, nothing that the installation says to itself.
        "SYNTHETIC_SECONDS": "0",
        **secrets_of(services.directory),
        **services.urls(),
        "BASE_URL": base_url,
        "HOST": address.hostname or memory.HOST,
        "PORT": str(address.port or 80),
        "ALLOWED_HOSTS": f"{address.hostname},localhost,{memory.HOST}",
        "MEDIA_ROOT": str(services.directory / "media"),
        "SANDBOX_WORLD_URL": world_url,
        "WHATSAPP_GRAPH_URL": world_url,
        "OPENAI_BASE_URL": f"{world_url}/v1",
        "GOOGLE_BASE_URL": f"{world_url}/google",
        "GOOGLE_CLIENT_ID": google.CLIENT_ID,
        "GOOGLE_CLIENT_SECRET": google.CLIENT_SECRET,
        **(extra or {}),
    }


def secrets_of(directory: Path) -> dict[str, str]:
    """The secrets that go with the data below `directory`, made at first use. Raises Failed."""
    path = directory / SECRETS
    known = memory.recall(path)
    if not known:
        known = {
            "SECRET_KEY": secrets.token_urlsafe(50),
            # A Fernet key: 32 random bytes in URL-safe base64.
            "FIELD_ENCRYPTION_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        }
        memory.keep(path, known)
    return known
