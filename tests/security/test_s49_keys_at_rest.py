"""S49: no secret is readable in the database, and ciphertext is worth nothing where it was not written."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.db import connection
from django.db.models import BinaryField, CharField, JSONField, TextField

from apps import tenants
from apps.accounts import SECOND_FACTOR
from apps.core import crypto
from apps.core.crypto import CannotOpen, EncryptedField
from apps.inboxes.models import Inbox
from apps.ingest.asgi import Intake, KnownHook
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


def copy_secrets(giver: Hook, taker: Hook) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE public.tenants_hook AS t SET secrets = f.secrets, verify_token = f.verify_token "
            "FROM public.tenants_hook AS f WHERE f.id = %s AND t.id = %s",
            [giver.pk, taker.pk],
        )


def test_ciphertext_copied_from_one_hook_to_another_does_not_open(acme: Furniture, theirs: Furniture) -> None:
    """A shared table: only the row is another. Else who may write rows could sign as if they were our app."""
    ours, foreign = acme.business.hook, theirs.business.hook
    copy_secrets(ours, foreign)
    for name in ("secrets", "verify_token"):
        with pytest.raises(CannotOpen, match="encrypted for another workspace or row") as no:
            getattr(Hook.objects.get(pk=foreign.pk), name)
        assert acme.business.canary not in str(no.value)
    assert Hook.objects.get(pk=ours.pk).secrets == acme.business.secret


def test_the_intake_opens_no_ciphertext_of_another_hook(acme: Furniture, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = acme.business.hook
    row = (ours.pk, *sealed_of(ours), "")

    async def known(key: str) -> KnownHook | None:
        intake = Intake()
        monkeypatch.setattr(intake, "_pool", OneRow(row))
        return await intake._find_hook("whatsapp_cloud", key)

    here, elsewhere = asyncio.run(known(ours.key)), asyncio.run(known("another"))
    assert here and elsewhere
    assert (here.secrets, here.verify_token) == ((acme.business.secret,), f"verify-{acme.business.canary}")
    assert (elsewhere.secrets, elsewhere.verify_token) == ((), "")


def test_a_second_factor_copied_to_another_person_does_not_open(acme: Furniture, theirs: Furniture) -> None:
    adapter, owner, other = get_adapter(), acme.business.owner.user, theirs.business.owner.user
    for person, secret in ((owner, "OWNERS"), (other, "OTHERS")):
        data = {"secret": adapter.encrypt(secret)}
        Authenticator.objects.update_or_create(user=person, type=Authenticator.Type.TOTP, defaults={"data": data})
    mine, theirs = (Authenticator.objects.get(user=person, type="totp") for person in (owner, other))
    assert [adapter.decrypt(row.data["secret"]) for row in (mine, theirs)] == ["OWNERS", "OTHERS"]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE mfa_authenticator SET data = %s WHERE id = %s", [json.dumps(mine.data), theirs.pk])
    stolen = Authenticator.objects.get(pk=theirs.pk)
    with pytest.raises(CannotOpen):
        adapter.decrypt(stolen.data["secret"])
    with pytest.raises(CannotOpen):
        stolen.save()


def test_what_shared_tables_held_before_opens_and_is_bound_when_it_is_saved(acme: Furniture, theirs: Furniture) -> None:
    hook, person = acme.business.hook, acme.business.owner.user
    with connection.cursor() as cursor:
        cursor.execute("UPDATE tenants_hook SET secrets = %s", [crypto.seal("of old", "hook.secrets")])
    found = Hook.objects.get(pk=hook.pk)
    assert found.secrets == "of old"
    found.save()
    copy_secrets(hook, theirs.business.hook)
    with pytest.raises(CannotOpen):
        _ = Hook.objects.get(pk=theirs.business.hook.pk).secrets
    data = json.dumps({"secret": crypto.seal("JBSW", SECOND_FACTOR)})
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM mfa_authenticator WHERE user_id = %s", [person.pk])
        cursor.execute(
            "INSERT INTO mfa_authenticator (user_id, type, data, created_at) VALUES (%s, 'totp', %s, now())",
            [person.pk, data],
        )
    row = Authenticator.objects.get(user=person, type="totp")
    assert get_adapter().decrypt(row.data["secret"]) == "JBSW"
    row.record_usage()
    row.save()
    with pytest.raises(CannotOpen):
        crypto.unseal(row.data["secret"], SECOND_FACTOR, crypto.of_row(crypto.SHARED, person.pk + 1))


def sealed_of(hook: Hook) -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT secrets, verify_token FROM tenants_hook WHERE id = %s", [hook.pk])
        secrets, verify_token = cursor.fetchone()
    return secrets, verify_token


class OneRow:
    """A pool whose every question is answered by one row: the intake has connections outside a test's transaction."""

    def __init__(self, row: tuple[Any, ...]) -> None:
        self.row = row

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Any]:
        """Itself."""
        yield self

    async def execute(self, *_: Any) -> Any:
        """Itself."""
        return self

    async def fetchone(self) -> tuple[Any, ...]:
        """The row."""
        return self.row


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
        _ = Hook.objects.get(pk=acme.business.hook.pk).secrets
