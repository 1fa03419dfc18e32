"""`manage.py create_workspace "Luna Bakery" --owner luna@example.org`: a business comes in."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import EmailValidator

from apps.accounts.models import Role
from apps.accounts.services import add_member
from apps.tenants.services import create_workspace


class Command(BaseCommand):
    """Makes a workspace with its schema, and its owner."""

    help = "Creates a workspace and gives it an owner."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The business's name, its address and its owner."""
        parser.add_argument("name")
        parser.add_argument("--slug", default="", help="the address /w/<slug>/; made from the name when left out")
        parser.add_argument("--owner", required=True, help="the owner's e-mail address")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints one JSON line: id, slug, owner."""
        try:
            EmailValidator("The owner's e-mail address is not one.")(options["owner"])
            workspace = create_workspace(options["name"], slug=options["slug"])
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        add_member(workspace, email=options["owner"], role=Role.OWNER)
        self.stdout.write(json.dumps({"id": workspace.pk, "slug": workspace.slug, "owner": options["owner"]}))
