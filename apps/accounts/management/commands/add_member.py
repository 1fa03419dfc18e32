"""`manage.py add_member <slug> <email> --role vendor`: lets a person into a workspace."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import EmailValidator

from apps.accounts.models import Role
from apps.accounts.services import add_member
from apps.tenants.models import Workspace


class Command(BaseCommand):
    """Adds or changes one membership."""

    help = "Gives a person a role in a workspace; repeat it to change the role."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whom, where, as what."""
        parser.add_argument("slug")
        parser.add_argument("email")
        parser.add_argument("--role", choices=Role.values, default=Role.VENDOR)
        parser.add_argument("--name", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuses an unknown workspace or an address that is none."""
        workspace = Workspace.objects.filter(slug=options["slug"]).first()
        if workspace is None:
            raise CommandError(f"There is no workspace “{options['slug']}”. `manage.py create_workspace` makes one.")
        try:
            EmailValidator()(options["email"])
        except ValidationError as error:
            raise CommandError(f"“{options['email']}” is not an e-mail address.") from error
        try:
            member = add_member(workspace, email=options["email"], role=Role(options["role"]), name=options["name"])
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"{member.user.email} is {member.role} in {workspace.slug}")
