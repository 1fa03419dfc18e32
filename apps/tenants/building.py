"""Builds a workspace's schema and its tables, step by step, saying how far it is. Repeatable after any interruption."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection as django_connection
from django.db.migrations.executor import MigrationExecutor

from apps.tenants.door import enter
from apps.tenants.models import Workspace

connection: Any = django_connection  # with what django-tenants' backend adds to it, which has no types
#: Percent done, and the app whose tables are being made.
Report = Callable[[int, str], None]
#: Percent at which the tables begin.
SCHEMA_STANDS = 5


class BeingBuilt(Exception):
    """Another process builds this workspace at this moment."""


def build(workspace: Workspace, report: Report) -> None:
    """Makes whatever is not there yet: the schema, then each table. Raises BeingBuilt, and what Postgres raises.

    The tables are migrated one migration after the other, each in a transaction; a second run goes on where the
    first was killed.
    """
    with enter(None), _alone(workspace):
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {connection.ops.quote_name(workspace.schema_name)}")
        report(SCHEMA_STANDS, "")
        with enter(workspace):
            _migrate(workspace, report)


def _migrate(workspace: Workspace, report: Report) -> None:
    done, total = 0, 1

    def progress(action: str, migration: Any = None, fake: bool | None = None) -> None:
        nonlocal done
        if action == "apply_start":
            report(SCHEMA_STANDS + (99 - SCHEMA_STANDS) * done // total, migration.app_label)
        elif action == "apply_success":
            done += 1

    executor = MigrationExecutor(connection, progress)
    _keep_ledger(workspace, executor)
    executor.loader.build_graph()
    targets = executor.loader.graph.leaf_nodes()
    plan = executor.migration_plan(targets)
    total = max(len(plan), 1)
    executor.migrate(targets, plan=plan)


def _keep_ledger(workspace: Workspace, executor: MigrationExecutor) -> None:
    """Makes the schema's own list of applied migrations; without it the public one would be read instead."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [f"{workspace.schema_name}.django_migrations"])
        if cursor.fetchone()[0] is not None:
            return
    with connection.schema_editor() as editor:
        editor.create_model(executor.recorder.Migration)


@contextmanager
def _alone(workspace: Workspace) -> Iterator[None]:
    """Holds a lock that ends with the connection, so a killed process holds nothing. Raises BeingBuilt."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [workspace.schema_name])
        if not cursor.fetchone()[0]:
            raise BeingBuilt(f"{workspace.schema_name} is being built by another process.")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [workspace.schema_name])
