"""`manage.py seed_demo --world URL --base URL`: makes the demo business and its number in the sandbox world."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from apps import tenants
from apps.accounts.models import Role
from apps.accounts.services import add_member
from apps.bots.models import Bot
from apps.bots.services import create_bot
from apps.inboxes.models import Inbox, Widget
from apps.inboxes.services import connect
from apps.inboxes.widgets import change_widget, connect_widget
from apps.knowledge.models import Source
from apps.knowledge.services import add_text, index
from apps.tenants.models import Hook, Workspace
from apps.tenants.services import create_workspace
from sandbox.demo import business
from sandbox.world.client import World
from sandbox.world.records import Number


class Command(BaseCommand):
    """Repeatable: what exists is left as it is, and the number is registered in the world anew."""

    help = "Creates the demo workspace (development only)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where the world and this installation listen."""
        parser.add_argument("--world", required=True)
        parser.add_argument("--base", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """Makes workspace, owner, bot, knowledge and number."""
        workspace = Workspace.objects.filter(slug=business.SLUG).first()
        if workspace is None:
            workspace = create_workspace(business.NAME, slug=business.SLUG)
        add_member(workspace, email=business.OWNER, role=Role.OWNER, name=business.OWNER_NAME)
        with tenants.enter(workspace):
            bot = Bot.objects.filter(name=business.BOT).first() or create_bot(
                business.BOT, business=business.NAME, persona=business.PERSONA, language="en", region="GB"
            )
            self.teach(bot)
            hook = self.connect(workspace, bot)
            key = self.chat(workspace, bot, website=options["world"])
        self.register(options["world"], f"{options['base']}/webhook/{hook.provider}/{hook.key}/")
        world = World(options["world"])
        world.open_shop(f"{options['base']}/static/widget/chat.js", key)
        world.close()
        self.stdout.write(f"demo: {business.NAME} at {options['base']}/w/{business.SLUG}/")

    def teach(self, bot: Bot) -> None:
        """Gives the bot the knowledge that it lacks, ready to be found."""
        known = set(bot.sources.filter(state=Source.State.READY).values_list("title", flat=True))
        for title, text in business.KNOWLEDGE.items():
            if title not in known:
                index(add_text(bot, title=title, text=text))

    @transaction.atomic
    def connect(self, workspace: Workspace, bot: Bot) -> Hook:
        """Connects the sandbox number, once."""
        hook, _ = Hook.objects.get_or_create(
            provider="whatsapp_cloud",
            key="demo",
            defaults={"secrets": business.APP_SECRET, "verify_token": business.VERIFY_TOKEN},
        )
        if not Inbox.objects.filter(external_key=business.PHONE_NUMBER_ID).exists():
            connect(
                workspace,
                provider="whatsapp_cloud",
                external_key=business.PHONE_NUMBER_ID,
                name=f"{business.NAME} on WhatsApp",
                address=business.DISPLAY_NUMBER,
                bot=bot,
                hook=hook,
                token=business.TOKEN,
                account=business.WABA_ID,
            )
        return hook

    def chat(self, workspace: Workspace, bot: Bot, *, website: str) -> str:
        """The chat on the website in the world, which may have moved; returns its key."""
        widget = Widget.objects.filter(inbox__name=business.WEBSITE).select_related("inbox").first()
        if widget is None:
            widget = connect_widget(workspace, bot=bot, name=business.WEBSITE, websites=website)
        return change_widget(widget, name=business.WEBSITE, websites=website).inbox.external_key

    def register(self, world_url: str, webhook_url: str) -> None:
        """Puts the number and a first customer into the sandbox world."""
        world = World(world_url)
        world.register_number(
            Number(
                phone_number_id=business.PHONE_NUMBER_ID,
                display_phone_number=business.DISPLAY_NUMBER,
                waba_id=business.WABA_ID,
                token=business.TOKEN,
                app_secret=business.APP_SECRET,
                webhook_url=webhook_url,
                verified_name=business.NAME,
            )
        )
        world.add_person(business.CUSTOMER_PHONE, business.CUSTOMER_NAME)
        world.close()
