"""`manage.py furnish_chaos --workspaces 2 --numbers 30 …`: businesses with a bot, an API key and many numbers."""

import json
import secrets
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from apps import tenants
from apps.accounts.api_keys import create_key
from apps.accounts.models import Role
from apps.accounts.services import add_member
from apps.bots.models import Bot
from apps.bots.services import create_bot
from apps.inboxes.models import Inbox
from apps.inboxes.services import connect
from apps.tenants.models import Hook
from apps.tenants.services import create_workspace


class Command(BaseCommand):
    """Makes all of it in one process, since starting one takes seconds."""

    help = "Furnishes an installation of the test build."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How many of what, and the bots' patience."""
        for name in ("--workspaces", "--numbers", "--quiet", "--quiet-limit", "--rate"):
            parser.add_argument(name, type=int, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints one JSON line: the numbers, each with its workspace."""
        made = [line for place in range(options["workspaces"]) for line in self.workspace(place, options)]
        self.stdout.write(json.dumps({"numbers": made}))

    def workspace(self, place: int, options: dict[str, Any]) -> list[dict[str, Any]]:
        """One business and its numbers."""
        workspace = create_workspace(f"Chaos {place}")
        owner = add_member(workspace, email=f"owner{place}@example.org", role=Role.OWNER)
        scopes = ["conversations:read", "conversations:write", "contacts:read"]
        _, token = create_key(workspace, name="chaos", scopes=scopes, maker=owner.user)
        secret = secrets.token_hex(16)
        hook = Hook.objects.create(provider="whatsapp_cloud", secrets=secret, verify_token="chaos")  # noqa: S106  # no secret
        with tenants.enter(workspace):
            bot = create_bot(
                "Robin",
                business=workspace.name,
                provider=Bot.Provider.OPENAI,
                model="scripted-1",
                quiet_seconds=options["quiet"],
                quiet_limit_seconds=options["quiet_limit"],
            )
            inboxes = [self.number(workspace, place, order, bot, hook) for order in range(options["numbers"])]
            Inbox.objects.update(rate_per_minute=options["rate"])
        common = {
            "schema": workspace.schema_name,
            "slug": workspace.slug,
            "owner": owner.user.email,
            "api_token": token,
            "secret": secret,
            "webhook_url": f"{settings.BASE_URL}/webhook/{hook.provider}/{hook.key}/",
        }
        return [{**common, "inbox": inbox.pk, "key": inbox.external_key, "token": inbox.token} for inbox in inboxes]

    def number(self, workspace: Any, place: int, order: int, bot: Bot, hook: Hook) -> Inbox:
        """One connected number."""
        return connect(
            workspace,
            provider="whatsapp_cloud",
            external_key=f"{10_000_000_000_000 + place * 1_000_000 + order}",
            name=f"Number {order}",
            address=f"+44 20 7946 {order:04}",
            bot=bot,
            hook=hook,
            token=f"chaos-{place}-{order}-{secrets.token_hex(8)}",
        )
