"""`manage.py reconnect_inbox <slug> --key <phone_number_id> --token …`: a new token for a connected number."""

import json
import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps import tenants
from apps.inboxes.models import Inbox
from apps.inboxes.services import disconnect, reconnect
from apps.tenants.models import Workspace


class Command(BaseCommand):
    """Renews the token of one inbox, or disconnects it."""

    help = "Gives an inbox a new access token, e.g. after the vendor revoked the old one; or disconnects it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which inbox, and its token."""
        parser.add_argument("slug")
        parser.add_argument("--key", required=True, help="the vendor's id of the number, e.g. the phone_number_id")
        parser.add_argument("--token", default=os.environ.get("TOKEN", ""), help="or the variable TOKEN")
        parser.add_argument("--disconnect", action="store_true", help="stop receiving and sending instead")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints one JSON line: id, state."""
        workspace = Workspace.objects.filter(slug=options["slug"]).first()
        if workspace is None:
            raise CommandError(f"There is no workspace “{options['slug']}”.")
        if not options["token"] and not options["disconnect"]:
            raise CommandError("Give the new token by --token or the variable TOKEN, or say --disconnect.")
        with tenants.enter(workspace):
            inbox = Inbox.objects.filter(external_key=options["key"]).exclude(state=Inbox.State.DISCONNECTED).first()
            if inbox is None:
                raise CommandError(f"{workspace.name} has no connected inbox {options['key']}.")
            if options["disconnect"]:
                disconnect(workspace, inbox)
            else:
                reconnect(inbox, token=options["token"])
        self.stdout.write(json.dumps({"id": inbox.pk, "state": inbox.state}))
