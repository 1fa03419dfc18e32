"""`manage.py connect_widget <slug> --bot 1 --website https://www.example.com`: adds a web chat."""

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from apps import tenants
from apps.bots.models import Bot
from apps.core.limits import LimitReached
from apps.inboxes.widgets import connect_widget, snippet
from apps.tenants.models import Workspace


class Command(BaseCommand):
    """Adds one web chat."""

    help = "Adds a bot's web chat for websites and prints the line for them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose, which bot's, where."""
        parser.add_argument("slug")
        parser.add_argument("--bot", type=int, required=True)
        parser.add_argument("--website", action="append", required=True, help="may stand several times")
        parser.add_argument("--name", default="Web chat")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints one JSON line: id, key, script, line."""
        workspace = Workspace.objects.filter(slug=options["slug"]).first()
        if workspace is None:
            raise CommandError(f"There is no workspace “{options['slug']}”. `manage.py create_workspace` makes one.")
        with tenants.enter(workspace):
            bot = Bot.objects.filter(pk=options["bot"]).first()
            if bot is None:
                raise CommandError(f"{workspace.name} has no bot {options['bot']}. `manage.py create_bot` makes one.")
            websites = " ".join(options["website"])
            try:
                widget = connect_widget(workspace, bot=bot, name=options["name"], websites=websites)
            except ValidationError as error:
                raise CommandError(" ".join(error.messages)) from error
            except LimitReached as error:
                raise CommandError(str(error)) from error
        key, script = widget.inbox.external_key, f"{settings.BASE_URL}/static/widget/chat.js"
        line = snippet(settings.BASE_URL, key)
        self.stdout.write(json.dumps({"id": widget.inbox_id, "key": key, "script": script, "line": line}))
