"""Statements: their rows, as tuples or objects; planned once; a table that grows a column; commits that do not wait."""

import threading
from collections.abc import Callable
from contextlib import suppress

import pytest
from django.db import NotSupportedError, connection, transaction
from django.test.utils import CaptureQueriesContext

from apps import tenants
from apps.bots.models import Bot
from apps.contacts.models import Contact, Identity
from apps.contacts.services import acquaint, party_of
from apps.conversations.models import Conversation, InboxHealth
from apps.core.statements import LIGHTLY, Statement, apart, columns
from apps.inboxes.models import Inbox
from apps.tenants.models import Workspace

BOTS = Statement(f"SELECT {columns(Bot)}, upper(name) AS loud FROM bots_bot WHERE id = %(bot)s")  # noqa: S608
BOTH = Statement(f"""
SELECT {columns(Inbox, "i")}, {columns(InboxHealth, "h")}
FROM inboxes_inbox i LEFT JOIN conversations_inboxhealth h ON h.inbox_id = i.id WHERE i.id = %s
""")  # noqa: S608


def test_rows_first_and_count(workspace: Workspace) -> None:
    some = Statement("SELECT n FROM generate_series(1, %s::integer) n ORDER BY n")
    assert (some.rows([3]), some.first([3]), some.first([0]), some.run([3])) == ([(1,), (2,), (3,)], (1,), None, 3)


def test_an_object_is_as_django_would_give_it(workspace: Workspace, bot: Bot) -> None:
    """JSON read, sealed fields opened, and saved again without a query for what is missing."""
    Bot.objects.filter(pk=bot.pk).update(name="Robin")
    bot.refresh_from_db()
    bot.api_key = "sk-secret"
    bot.save()
    (found,) = BOTS.objects(Bot, {"bot": bot.pk})
    assert (found.loud, found.api_key, found == bot) == ("ROBIN", "sk-secret", True)  # type: ignore[attr-defined]
    names = [field.attname for field in Bot._meta.concrete_fields]
    assert [getattr(found, name) for name in names] == [getattr(bot, name) for name in names]
    assert not found.get_deferred_fields()
    found.save()


def test_objects_of_several_tables_are_told_apart(workspace: Workspace, inbox: Inbox) -> None:
    (row,) = BOTH.rows([inbox.pk])
    assert apart(row, Inbox, InboxHealth) == [inbox, None]
    InboxHealth.objects.create(inbox=inbox, paused_for="throttled")
    (row,) = BOTH.rows([inbox.pk])
    found, health = apart(row, Inbox, InboxHealth)
    assert (found, health.paused_for) == (inbox, "throttled")


def test_it_is_planned_once_for_a_connection(workspace: Workspace) -> None:
    asked = Statement("SELECT %s::integer + 4711")
    for number in range(5):
        assert asked.first([number]) == (number + 4711,)
    with connection.cursor() as cursor:
        cursor.execute("SELECT generic_plans + custom_plans FROM pg_prepared_statements WHERE statement LIKE '%4711%'")
        assert sum(row[0] for row in cursor.fetchall()) >= 3


def test_a_plan_that_is_kept_minds_no_new_column(workspace: Workspace) -> None:
    """As when the tables are migrated while old processes run."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE grows (id bigint, name text) ON COMMIT DROP")
        cursor.execute("INSERT INTO grows VALUES (1, 'one')")
        named = Statement("SELECT id, name FROM grows")
        before = [named.rows() for _ in range(3)]
        cursor.execute("ALTER TABLE grows ADD COLUMN more text DEFAULT 'new'")
        assert [*before, named.rows()] == [[(1, "one")]] * 4


def test_a_column_of_another_type_costs_one_try_at_most(db: None) -> None:
    """Without a transaction none; within one its own. Somebody else changes the table, as a migration does."""
    named = Statement("SELECT name FROM public.test_changes")
    seen: list[object] = []

    def elsewhere(sql: str) -> None:
        migration = connection.copy()
        with migration.cursor() as cursor:
            cursor.execute(sql)
        migration.close()

    def alone() -> None:
        elsewhere("CREATE TABLE public.test_changes (name varchar(10)); INSERT INTO public.test_changes VALUES ('one')")
        try:
            seen.extend(named.first() for _ in range(3))
            elsewhere("ALTER TABLE public.test_changes ALTER name TYPE varchar(20)")
            seen.extend(named.first() for _ in range(3))
            elsewhere("ALTER TABLE public.test_changes ALTER name TYPE varchar(30)")
            for _ in range(2):
                with suppress(NotSupportedError), transaction.atomic():
                    seen.append(named.first())
        finally:
            elsewhere("DROP TABLE public.test_changes")
            connection.close()

    thread = threading.Thread(target=alone)
    thread.start()
    thread.join()
    assert seen == [("one",)] * 7


def test_it_asks_the_workspace_the_thread_is_in(workspace: Workspace, other: Workspace) -> None:
    names = Statement("SELECT current_schema()")
    seen = []
    for place in (workspace, other, workspace, None, other):
        with tenants.enter(place):
            seen.append(names.first())
    schemas = [one.schema_name if one else "public" for one in (workspace, other, workspace, None, other)]
    assert seen == [(schema,) for schema in schemas]


def test_the_record_of_queries_names_it_also_when_it_is_planned(workspace: Workspace) -> None:
    asked = Statement("SELECT %s::integer + 4712")
    with CaptureQueriesContext(connection) as queries:
        for _ in range(4):
            asked.first([1])
    assert len([query for query in queries.captured_queries if "4712" in query["sql"]]) == 4


def test_a_light_commit_does_not_wait_for_the_disk_and_leaves_the_next_one_as_it_was(db: None) -> None:
    light = Statement(f"WITH {LIGHTLY} SELECT current_setting('synchronous_commit') FROM lightly")  # noqa: S608
    plain = Statement("SELECT current_setting('synchronous_commit')")
    said: list[object] = []

    def alone() -> None:
        """Outside of the test's transaction, which would carry the setting on."""
        before = plain.first()
        said.extend([light.first(), plain.first() == before])
        connection.close()

    thread = threading.Thread(target=alone)
    thread.start()
    thread.join()
    assert said == [("off",), True]


def test_a_prefetched_contact_is_asked_for_once(make_conversation: Callable[..., Conversation]) -> None:
    contact = Contact.objects.get(pk=make_conversation().contact_id)
    fresh = Contact.objects.get(pk=contact.pk)
    acquaint(contact)
    with CaptureQueriesContext(connection) as queries:
        assert (contact.phone, party_of(contact)) == (contact.phone, party_of(contact))
    assert len(queries) == 0
    assert party_of(contact) == party_of(fresh)
    assert Identity.objects.filter(contact=contact).exists()


@pytest.mark.parametrize("values", [{"bot": 1}, {"bot": 10**12}, {"bot": None}])
def test_values_of_any_size_find_what_is_there_or_nothing(workspace: Workspace, values: dict[str, object]) -> None:
    assert all(one.pk == values["bot"] for one in BOTS.objects(Bot, values))
