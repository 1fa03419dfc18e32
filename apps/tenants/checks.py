"""`manage.py check --deploy --database default` fails on an address of ours at which nothing can be believed."""

from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.core.checks import Error

from apps.core.crypto import CannotOpen


def hooks_have_secrets(app_configs: Any, databases: Sequence[str] | None = None, **_: Any) -> list[Error]:
    """Each hook that numbers or chats use has a secret, and one that opens. The intake answers 503 to the others."""
    if not databases:
        return []
    found = []
    for hook in apps.get_model("tenants.Hook").objects.filter(routes__isnull=False).distinct().iterator():
        try:
            if hook.secret_list:
                continue
            wrong, todo = "has no secret", "Give it its app's secret: connect one of its numbers again."
        except CannotOpen:
            wrong, todo = "has a secret that no key opens", "Put the key it was sealed with into FIELD_ENCRYPTION_KEYS."
        found.append(Error(f"{hook} {wrong}: what is posted there is refused.", hint=todo, id="leadline.E001"))
    return found
