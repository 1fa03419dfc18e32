"""Telling people makes no transaction wait for another: whoever tells may hold conversations and go on to more."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction

from apps import tenants
from apps.accounts.models import Role
from apps.accounts.services import add_member
from apps.conversations import services as conversations
from apps.conversations.states import lock
from apps.handoff.models import Handoff
from apps.handoff.services import open_handoff
from apps.notices.models import Notice
from tests.clocks import PATIENCE
from tests.conftest import inbound
from tests.furnished import committed


def test_two_who_tell_the_same_vendor_and_share_a_conversation_do_not_deadlock(
    django_db_setup: None, django_db_blocker: Any
) -> None:
    with committed(django_db_blocker) as (acme, _):
        with tenants.enter(acme.workspace):
            add_member(acme.workspace, email="vera@example.org", role=Role.VENDOR)
            one, two = (
                conversations.receive(acme.inbox, inbound("Hi", phone=f"44770090000{number}")).conversation_id  # type: ignore[union-attr]
                for number in (1, 2)
            )
        together, told, wrong = threading.Barrier(2), threading.Event(), []

        def run(act: Callable[[], None]) -> threading.Thread:
            def inside() -> None:
                try:
                    with tenants.enter(acme.workspace), transaction.atomic():
                        act()
                except Exception as error:
                    wrong.append(error)
                finally:
                    connection.close()

            thread = threading.Thread(target=inside)
            thread.start()
            return thread

        def goes_on() -> None:
            open_handoff(one, asked_by=Handoff.AskedBy.BOT, reason="")
            together.wait(PATIENCE)
            told.wait(PATIENCE)
            lock(two)

        def holds_the_other() -> None:
            lock(two)
            together.wait(PATIENCE)
            open_handoff(two, asked_by=Handoff.AskedBy.BOT, reason="")
            told.set()

        threads = [run(goes_on), run(holds_the_other)]
        for thread in threads:
            thread.join(2 * PATIENCE)
        assert wrong == []
        assert told.is_set()
        with tenants.enter(acme.workspace):
            assert Notice.objects.filter(kind="handoff").count() == 4
