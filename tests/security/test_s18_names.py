"""S18: an address or schema that must not be is refused where it is asked for, where it is kept, and by Postgres."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from apps.tenants.models import RESERVED_SLUGS, Workspace, check_slug, generate_schema_name
from apps.tenants.services import create_workspace

MALFORMED = [
    "UPPER",
    "acme\n",
    "a" * 41,
    "a" * 64,
    "-a",
    "a-",
    "a b",
    'a"b',
    "a'b",
    "a;b",
    "ñandú",
    "a/b",
    "a.b",
    "a_b",
    "а",
]
RESERVED = [*sorted(RESERVED_SLUGS), "pg-temp", "pg-catalog"]
SCHEMAS = [
    "public",
    "pg_temp",
    "pg_catalog",
    "information_schema",
    "w_x",
    "w_" + "g" * 16,
    'w_"; drop',
    "W_" + "0" * 16,
]


@pytest.mark.parametrize("slug", MALFORMED + RESERVED)
def test_the_rule_and_the_service_and_the_model_refuse_it(db: None, slug: str) -> None:
    before = Workspace.objects.count()
    with pytest.raises(ValidationError):
        check_slug(slug)
    with pytest.raises(ValidationError):
        create_workspace("Somebody", slug=slug)
    with pytest.raises(ValidationError):
        Workspace(name="Somebody", slug=slug).full_clean()
    assert Workspace.objects.count() == before


@pytest.mark.parametrize("slug", MALFORMED)
def test_the_database_refuses_a_malformed_address(db: None, slug: str) -> None:
    with pytest.raises((IntegrityError, Exception), match="workspace_slug_readable|too long"), transaction.atomic():
        Workspace.objects.bulk_create([Workspace(name="Somebody", slug=slug)])


@pytest.mark.parametrize("schema", SCHEMAS)
def test_the_database_refuses_a_schema_that_was_not_generated(db: None, schema: str) -> None:
    with pytest.raises(IntegrityError, match="workspace_schema_generated"), transaction.atomic():
        Workspace.objects.bulk_create([Workspace(name="Somebody", slug="somebody", schema_name=schema)])


def test_an_address_is_taken_once(other: Workspace) -> None:
    with pytest.raises(ValidationError):
        create_workspace("Second", slug=other.slug)


def test_a_schemas_name_has_nothing_of_its_owners_words() -> None:
    assert len({generate_schema_name() for _ in range(100)}) == 100


def test_a_workspace_is_not_dropped_with_its_row(other: Workspace) -> None:
    with pytest.raises(RuntimeError, match="not deleted through its row"):
        other.delete()
    with pytest.raises(RuntimeError, match="not deleted through its row"):
        other.delete(force_drop=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_namespace WHERE nspname = ANY(%s)", [[other.schema_name, "public"]])
        assert cursor.fetchone() == (2,)
