"""`manage.py add_knowledge luna --bot 1 --title "Opening hours" --file hours.md`: a bot learns a text."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from apps import tenants
from apps.bots.models import Bot
from apps.knowledge import services
from apps.knowledge.models import Source
from apps.llm.base import LLMError
from apps.tenants.models import Workspace


class Command(BaseCommand):
    """Adds one text to a bot's knowledge."""

    help = "Adds a text to a bot's knowledge; it is indexed by the workers, or at once with --now."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose knowledge, and the text."""
        parser.add_argument("slug", help="the workspace's address")
        parser.add_argument("--bot", type=int, required=True, help="the bot's id")
        parser.add_argument("--title", required=True)
        parser.add_argument("--file", required=True, help="a UTF-8 text file, - for standard input")
        parser.add_argument("--language", help="two-letter code; the bot's language when left out")
        parser.add_argument("--now", action="store_true", help="index at once, without the workers")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints one JSON line: source, and with --now the number of chunks."""
        workspace = Workspace.objects.filter(slug=options["slug"]).first()
        if workspace is None:
            raise CommandError(f"There is no workspace “{options['slug']}”. `manage.py create_workspace` makes one.")
        text = read(options["file"])
        with tenants.enter(workspace):
            self.stdout.write(json.dumps(add(text, options)))


def add(text: str, options: dict[str, Any]) -> dict[str, int]:
    """Adds the text to the bot the options name. Raises CommandError with what to change."""
    bot = Bot.objects.filter(pk=options["bot"]).first()
    if bot is None:
        raise CommandError(f"The workspace “{options['slug']}” has no bot {options['bot']}.")
    try:
        source = services.add_text(bot, title=options["title"], text=text, language=options["language"])
        if not options["now"]:
            return {"source": source.pk}
        source = services.index(source)
        if source.state == Source.State.FAILED:
            raise CommandError(source.error)
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error
    except LLMError as error:
        raise CommandError(f"The text was kept, but it could not be indexed yet: {error.text}") from error
    return {"source": source.pk, "chunks": source.chunks.count()}


def read(path: str) -> str:
    """The text of a file or, for `-`, of standard input. Raises CommandError when it cannot be read as UTF-8."""
    try:
        return (sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()).decode()
    except OSError as error:
        raise CommandError(f"“{path}” cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"“{path}” is not UTF-8 text. Save it as UTF-8 and try again.") from error
