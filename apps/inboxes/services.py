"""Connects and disconnects inboxes, with their routes in the same transaction."""

from django.db import transaction

from apps.bots.models import Bot
from apps.core import limits
from apps.inboxes.models import Inbox
from apps.providers import registry
from apps.tenants.models import Hook, Workspace
from apps.tenants.services import add_route, remove_route


def connect(
    workspace: Workspace,
    *,
    provider: str,
    external_key: str,
    name: str,
    bot: Bot,
    hook: Hook,
    token: str,
    address: str = "",
) -> Inbox:
    """Connects a number to a bot. Raises RouteTaken when it is connected anywhere already, LimitReached by the plan."""
    registry.get(provider)
    with transaction.atomic():
        limits.check("inboxes")
        add_route(provider, external_key, workspace=workspace, hook=hook)
        inbox, _ = Inbox.objects.update_or_create(
            provider=provider,
            external_key=external_key,
            defaults={
                "name": name,
                "bot": bot,
                "token": token,
                "address": address,
                "state": Inbox.State.CONNECTED,
                "trouble": "",
            },
        )
    return inbox


def reconnect(inbox: Inbox, *, token: str) -> Inbox:
    """Gives a connected or broken inbox a new token; what waited is sent within a minute."""
    inbox.token, inbox.state, inbox.trouble = token, Inbox.State.CONNECTED, ""
    inbox.save(update_fields=["token", "state", "trouble"])
    return inbox


def disconnect(workspace: Workspace, inbox: Inbox) -> Inbox:
    """Stops receiving and sending by this inbox; its conversations stay."""
    with transaction.atomic():
        remove_route(inbox.provider, inbox.external_key, workspace=workspace)
        inbox.state = Inbox.State.DISCONNECTED
        inbox.token = ""
        inbox.save(update_fields=["state", "token"])
    return inbox


def mark_broken(inbox: Inbox, why: str) -> None:
    """Stops sending by this inbox until somebody reconnects it; what waits stays waiting."""
    Inbox.objects.filter(pk=inbox.pk, state=Inbox.State.CONNECTED).update(state=Inbox.State.BROKEN, trouble=why[:300])
