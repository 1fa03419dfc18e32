"""`manage.py connect_inbox <slug> --bot 1 --key <phone_number_id> …`: connects a number."""

import json
import os
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from apps import tenants
from apps.bots.models import Bot
from apps.core.limits import LimitReached
from apps.inboxes.services import connect
from apps.providers import registry
from apps.tenants.models import Hook, Workspace
from apps.tenants.services import RouteTaken


class Command(BaseCommand):
    """Connects one number, with a hook of its own unless one is named."""

    help = "Connects a number to a bot. Secrets may also come from TOKEN, APP_SECRET and VERIFY_TOKEN."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which number, by which vendor app, for which bot."""
        parser.add_argument("slug")
        parser.add_argument("--bot", type=int, required=True)
        parser.add_argument("--provider", choices=registry.kinds(), default="whatsapp_cloud")
        parser.add_argument("--key", required=True, help="the vendor's id of the number, e.g. the phone_number_id")
        parser.add_argument("--account", default="", help="the vendor's account the number is in, e.g. the WABA id")
        parser.add_argument("--name", default="")
        parser.add_argument("--address", default="", help="the number as people write to it")
        parser.add_argument("--token", default=os.environ.get("TOKEN", ""))
        parser.add_argument("--app-secret", default=os.environ.get("APP_SECRET", ""))
        parser.add_argument("--verify-token", default=os.environ.get("VERIFY_TOKEN", ""))
        parser.add_argument("--hook", type=int, help="an existing hook's id, for several numbers of one vendor app")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints one JSON line: id, hook, webhook_url."""
        workspace = Workspace.objects.filter(slug=options["slug"]).first()
        if workspace is None:
            raise CommandError(f"There is no workspace “{options['slug']}”. `manage.py create_workspace` makes one.")
        if not options["hook"] and not (options["app_secret"] and options["verify_token"]):
            raise CommandError("A new hook needs --app-secret and --verify-token; or name an existing one by --hook.")
        with transaction.atomic(), tenants.enter(workspace):
            bot = Bot.objects.filter(pk=options["bot"]).first()
            if bot is None:
                raise CommandError(f"{workspace.name} has no bot {options['bot']}. `manage.py create_bot` makes one.")
            hook = self.hook(options)
            try:
                inbox = connect(
                    workspace,
                    provider=options["provider"],
                    external_key=options["key"],
                    name=options["name"] or options["address"] or options["key"],
                    address=options["address"],
                    bot=bot,
                    hook=hook,
                    token=options["token"],
                    account=options["account"],
                )
            except (RouteTaken, LimitReached) as error:
                raise CommandError(str(error)) from error
        url = f"{settings.BASE_URL}/webhook/{hook.provider}/{hook.key}/"
        self.stdout.write(json.dumps({"id": inbox.pk, "hook": hook.pk, "webhook_url": url}))

    def hook(self, options: dict[str, Any]) -> Hook:
        """The hook that is named, or a new one."""
        if not options["hook"]:
            return Hook.objects.create(
                provider=options["provider"], secrets=options["app_secret"], verify_token=options["verify_token"]
            )
        hook = Hook.objects.filter(pk=options["hook"], provider=options["provider"]).first()
        if hook is None:
            raise CommandError(f"There is no {options['provider']} hook {options['hook']}.")
        return hook
