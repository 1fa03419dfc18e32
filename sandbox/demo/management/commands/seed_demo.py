"""`manage.py seed_demo --world URL --base URL`: makes the demo business and its number in the sandbox world."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from apps import tenants
from apps.tenants.models import Workspace
from apps.tenants.services import create_workspace
from sandbox.demo import business
from sandbox.demo.furnishing import furnish
from sandbox.demo.world import register
from sandbox.world.client import World


class Command(BaseCommand):
    """Repeatable: what exists is left as it is, and the number is registered in the world anew."""

    help = "Creates the demo workspace (development only)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where the world and this installation listen."""
        parser.add_argument("--world", required=True)
        parser.add_argument("--base", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """Makes the workspace with all that is in it, and its part of the world."""
        workspace = Workspace.objects.filter(slug=business.SLUG).first()
        if workspace is None:
            workspace = create_workspace(business.NAME, slug=business.SLUG)
            Workspace.objects.filter(pk=workspace.pk).update(time_zone=business.TIME_ZONE)
        with tenants.enter(workspace), transaction.atomic():
            widget = furnish(workspace, website=options["world"])
        world = World(options["world"])
        register(world, base=options["base"], widget=widget)
        world.close()
        self.stdout.write(f"demo: {business.NAME} at {options['base']}/w/{business.SLUG}/")
