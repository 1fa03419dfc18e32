"""S49: no secret is readable in the database, and ciphertext is worth nothing where it was not written."""

from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.db import connection
from django.db.models import BinaryField, CharField, JSONField, TextField

from apps import tenants
from apps.core.crypto import CannotOpen, EncryptedField
from apps.inboxes.models import Inbox
from apps.tenants.models import Hook
from tests.furnished import rows
from tests.isolation.layers import in_workspace, own_models
from tests.security.conftest import Furniture

#: What a field is called that must not stand in the open.
SECRET_NAMES = ("secret", "token", "password", "api_key", "private")
#: The encrypted fields of workspaces' own tables.
SEALED = [
    field
    for model in own_models()
    if in_workspace(model)
    for field in model._meta.local_fields
    if isinstance(field, EncryptedField)
]
NOT_SECRETS = {"accounts.User.password": "unusable: people sign in by a code"}


def shared_rows() -> str:
    with tenants.enter(None), connection.cursor() as cursor:
        found = []
        for model in own_models():
            if not in_workspace(model):
                cursor.execute(f'SELECT t::text FROM "{model._meta.db_table}" t')  # noqa: S608  # our tables
                found += [row[0] for row in cursor.fetchall()]
    return "\n".join(found)


def test_no_row_anywhere_holds_a_secret_in_the_open(acme: Furniture, theirs: Furniture) -> None:
    dump = rows(acme.business.workspace) + rows(theirs.business.workspace) + shared_rows()
    assert acme.business.canary in dump
    for business in (acme.business, theirs.business):
        for secret in (business.token, business.secret, f"verify-{business.canary}"):
            assert secret not in dump


def test_a_field_named_like_a_secret_is_encrypted() -> None:
    open_ones = [
        f"{model._meta.label}.{field.name}"
        for model in own_models()
        for field in model._meta.local_fields
        if isinstance(field, CharField | TextField | BinaryField | JSONField)
        and any(name in field.name for name in SECRET_NAMES)
        and not isinstance(field, EncryptedField)
    ]
    assert sorted(open_ones) == sorted(NOT_SECRETS)


def test_nobody_has_a_password(acme: Furniture) -> None:
    assert not acme.business.owner.user.has_usable_password()


def test_ciphertext_moved_to_another_field_does_not_open(acme: Furniture) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT secrets FROM public.tenants_hook WHERE id = %s", [acme.business.hook.pk])
        (stolen,) = cursor.fetchone()
    with tenants.enter(acme.business.workspace):
        with connection.cursor() as cursor:
            cursor.execute("UPDATE inboxes_inbox SET token = %s", [stolen])
        with pytest.raises(CannotOpen, match="inbox.token holds a value that was encrypted for hook.secrets"):
            Inbox.objects.get()


def test_ciphertext_copied_from_one_workspace_to_another_does_not_open(acme: Furniture, theirs: Furniture) -> None:
    """Same field, same key: only the workspace is another."""
    with tenants.enter(acme.business.workspace), connection.cursor() as cursor:
        cursor.execute("SELECT token FROM inboxes_inbox WHERE id = %s", [acme.business.inbox.pk])
        (stolen,) = cursor.fetchone()
        assert Inbox.objects.get(pk=acme.business.inbox.pk).token == acme.business.token
    with tenants.enter(theirs.business.workspace):
        with connection.cursor() as cursor:
            cursor.execute("UPDATE inboxes_inbox SET token = %s", [stolen])
        with pytest.raises(
            CannotOpen, match="inbox.token holds a value that was encrypted for another workspace"
        ) as no:
            Inbox.objects.get(pk=theirs.business.inbox.pk)
    assert acme.business.canary not in str(no.value)


@pytest.mark.parametrize("field", SEALED, ids=str)
def test_every_sealed_field_of_a_workspace_is_bound_to_it(
    acme: Furniture, theirs: Furniture, field: EncryptedField
) -> None:
    with tenants.enter(acme.business.workspace):
        sealed = field.get_prep_value("secret")
        assert field.from_db_value(sealed) == "secret"
    for elsewhere in (theirs.business.workspace, None):
        with tenants.enter(elsewhere), pytest.raises(CannotOpen):
            field.from_db_value(sealed)


def test_without_the_key_a_secret_does_not_open_and_nothing_is_sent(acme: Furniture, settings: Any) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    with tenants.enter(acme.business.workspace), pytest.raises(CannotOpen):
        Inbox.objects.get()
    with pytest.raises(CannotOpen):
        Hook.objects.get(pk=acme.business.hook.pk)
