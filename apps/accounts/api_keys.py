"""API keys of a workspace: what a program may do in it, and who is behind the program.

Owns ApiKey. A key works as long as whoever made it may make keys; the token is seen once and kept as a digest.
"""

import hashlib
import logging
import secrets
from collections.abc import Iterable
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps import tenants
from apps.accounts.models import ApiKey, Membership, User
from apps.accounts.roles import can
from apps.accounts.services import membership_of
from apps.core import audit
from apps.tenants.models import Workspace

log = logging.getLogger(__name__)

#: What a key may be allowed, and what that is in words.
SCOPES: dict[str, str | Promise] = {
    "bots:read": gettext_lazy("See bots"),
    "bots:write": gettext_lazy("Create and change bots"),
    "inboxes:read": gettext_lazy("See inboxes"),
    "contacts:read": gettext_lazy("See contacts and how they are reached"),
    "leads:read": gettext_lazy("See leads"),
    "leads:write": gettext_lazy("Move leads to another stage"),
    "conversations:read": gettext_lazy("Read conversations and their messages"),
    "conversations:write": gettext_lazy("Send messages to contacts"),
    "handoffs:read": gettext_lazy("See who waits for a person"),
    "handoffs:write": gettext_lazy("Open and resolve handoffs"),
    "knowledge:read": gettext_lazy("See sources and search the knowledge"),
    "knowledge:write": gettext_lazy("Add, delete, stop and read again sources"),
}
#: Keys of a workspace that work at the same time.
MOST_KEYS = 50
#: Revoked keys that their page still shows.
MOST_REVOKED = 20
#: `last_used_at` is written at most this often, so that reading the API does not mean writing rows.
USED_EVERY = timedelta(minutes=1)

_BEGINNING = "ll_"


def create_key(workspace: Workspace, *, name: str, scopes: Iterable[str], maker: User) -> tuple[ApiKey, str]:
    """A new key and its token, which can never be shown again.

    Raises ValidationError without a name or scopes, for a scope that does not exist, or past MOST_KEYS.
    """
    name, chosen = " ".join(name.replace("\x00", "").split()), sorted(set(scopes))
    if not name or len(name) > 80:
        raise ValidationError({"name": _("Give the key a name of at most 80 characters, so that you know it again.")})
    if not chosen or not set(chosen) <= set(SCOPES):
        raise ValidationError({"scopes": _("Choose at least one of the permissions in the list.")})
    prefix = _BEGINNING + secrets.token_hex(4)
    token = f"{prefix}_{secrets.token_urlsafe(32)}"
    with tenants.enter(workspace), transaction.atomic():
        Workspace.objects.select_for_update().get(pk=workspace.pk)  # two at once cannot both take the last place
        if ApiKey.objects.filter(workspace=workspace, revoked_at=None).count() >= MOST_KEYS:
            raise ValidationError(_("There are %(most)d keys already. Revoke one first.") % {"most": MOST_KEYS})
        key = ApiKey.objects.create(
            workspace=workspace,
            name=name,
            prefix=prefix,
            last_four=token[-4:],
            digest=digest(token),
            scopes=chosen,
            maker=maker,
        )
        audit.record("api_key.created", key, name=name, changes={"scopes": ["", ", ".join(chosen)]})
    log.info("API key %s of workspace %s made by user %s", key.pk, workspace.pk, maker.pk)
    return key, token


def revoke(key: ApiKey, *, by: User) -> ApiKey:
    """The key opens nothing from this commit on. A revoked one stays as it is."""
    with tenants.enter(key.workspace), transaction.atomic():
        if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now()):
            audit.record("api_key.revoked", key, name=key.name)
            log.info("API key %s of workspace %s revoked by user %s", key.pk, key.workspace_id, by.pk)
    key.refresh_from_db()
    return key


def key_of(token: str) -> ApiKey | None:
    """The key that this token opens with; None when unknown or revoked, or its maker may no longer make keys."""
    key = (
        ApiKey.objects.select_related("workspace", "maker")
        .filter(digest=digest(token), revoked_at=None, workspace__state=Workspace.State.READY)
        .first()
    )
    if key is None or not can(membership_of(key.maker_id, key.workspace), "manage_api_keys"):
        return None
    _note_use(key)
    return key


def keys_of(workspace: Workspace) -> list[tuple[ApiKey, bool]]:
    """The workspace's keys, each with whether it opens anything: the newest first, then the last revoked ones."""
    keys = ApiKey.objects.filter(workspace=workspace).select_related("maker").order_by("-id")
    open_ones = list(keys.filter(revoked_at=None))
    members = Membership.objects.filter(workspace=workspace, user__in={key.maker_id for key in open_ones})
    makers = {member.user_id for member in members.select_related("user") if can(member, "manage_api_keys")}
    working = [(key, key.maker_id in makers) for key in open_ones]
    return [*working, *((key, False) for key in keys.exclude(revoked_at=None)[:MOST_REVOKED])]


def digest(token: str) -> str:
    """What is kept of a token. A plain hash will do, because nobody can guess 256 random bits."""
    return hashlib.sha256(token.encode(errors="surrogateescape")).hexdigest()


def _note_use(key: ApiKey) -> None:
    now = timezone.now()
    if key.last_used_at is None or key.last_used_at < now - USED_EVERY:
        stale = Q(last_used_at=None) | Q(last_used_at__lt=now - USED_EVERY)
        ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=now)
