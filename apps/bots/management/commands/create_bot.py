"""`manage.py create_bot <slug> --name Luna --business "Luna Bakery"`: a bot for a workspace."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps import tenants
from apps.bots.models import Bot
from apps.bots.services import create_bot
from apps.core.limits import LimitReached
from apps.tenants.models import Workspace


class Command(BaseCommand):
    """Makes one bot."""

    help = "Creates a bot in a workspace."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose, who, and with which model."""
        parser.add_argument("slug")
        parser.add_argument("--name", required=True)
        parser.add_argument("--business", required=True)
        parser.add_argument("--persona", default="")
        parser.add_argument("--language", default="en", help="two letters, e.g. en, es, pt")
        parser.add_argument("--region", default="", help="country in which phone numbers are read, e.g. GB")
        parser.add_argument("--provider", choices=Bot.Provider.values, default=Bot.Provider.OFFLINE)
        parser.add_argument("--model", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints one JSON line: id, name."""
        workspace = Workspace.objects.filter(slug=options["slug"]).first()
        if workspace is None:
            raise CommandError(f"There is no workspace “{options['slug']}”. `manage.py create_workspace` makes one.")
        with tenants.enter(workspace):
            try:
                bot = create_bot(
                    options["name"],
                    business=options["business"],
                    persona=options["persona"],
                    language=options["language"],
                    region=options["region"].upper(),
                    provider=options["provider"],
                    model=options["model"],
                )
            except LimitReached as error:
                raise CommandError(error.text) from error
        self.stdout.write(json.dumps({"id": bot.pk, "name": bot.name}))
