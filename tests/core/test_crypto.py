"""Encryption at rest: nothing readable in the row, keys that rotate, and a wrong key that opens nothing."""

import io
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db import connection, transaction

from apps.core.crypto import CannotOpen, EncryptedField, seal, unseal
from apps.inboxes.models import Inbox
from apps.tenants.models import Hook

OLD, NEW, FOREIGN = (Fernet.generate_key().decode() for _ in range(3))


@pytest.fixture(autouse=True)
def keys(settings: Any) -> list[str]:
    """The key of these tests alone."""
    settings.FIELD_ENCRYPTION_KEYS = [OLD]
    return settings.FIELD_ENCRYPTION_KEYS


@pytest.mark.parametrize("text", ["secret", "ünïcode 🔑", " ", "a" * 10_000, "line\nline", "\x00"])
def test_what_was_sealed_opens_as_it_was(text: str) -> None:
    assert unseal(seal(text, "hook.secrets"), "hook.secrets") == text


def test_the_same_text_never_looks_the_same_twice() -> None:
    one, two = seal("secret", "x"), seal("secret", "x")
    assert one != two
    assert "secret" not in one


def test_a_value_sealed_for_another_field_does_not_open() -> None:
    with pytest.raises(CannotOpen, match="inbox.token holds a value that was encrypted for hook.secrets"):
        unseal(seal("secret", "hook.secrets"), "inbox.token")


def test_a_new_key_seals_and_the_old_one_still_opens(settings: Any) -> None:
    before = seal("secret", "x")
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    assert unseal(before, "x") == "secret"
    after = seal("secret", "x")
    settings.FIELD_ENCRYPTION_KEYS = [NEW]
    assert unseal(after, "x") == "secret"
    with pytest.raises(CannotOpen):
        unseal(before, "x")


def test_a_wrong_key_opens_nothing_and_shows_nothing(settings: Any) -> None:
    sealed = seal("secret", "hook.secrets")
    settings.FIELD_ENCRYPTION_KEYS = [FOREIGN]
    with pytest.raises(CannotOpen, match="hook.secrets was encrypted with a key that is not in") as refused:
        unseal(sealed, "hook.secrets")
    assert sealed not in str(refused.value) and "secret" not in str(refused.value).replace("hook.secrets", "")


@pytest.mark.parametrize("written", ["secret", "", "gAAAAA", "ü", '["hook.secrets", "secret"]'])
def test_a_value_that_was_never_sealed_does_not_open(written: str) -> None:
    with pytest.raises(CannotOpen):
        unseal(written, "hook.secrets")


def test_a_changed_byte_does_not_open() -> None:
    sealed = seal("secret", "x")
    with pytest.raises(CannotOpen):
        unseal(sealed[:-10] + ("A" if sealed[-10] != "A" else "B") + sealed[-9:], "x")


def test_the_row_holds_no_plain_text(inbox: Inbox, hook: Hook) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT token FROM inboxes_inbox WHERE id = %s", [inbox.pk])
        (token,) = cursor.fetchone()
        cursor.execute("SELECT secrets, verify_token FROM tenants_hook WHERE id = %s", [hook.pk])
        raw = (token, *cursor.fetchone())
    assert all(value.startswith("gAAAAA") for value in raw)
    assert not {"test-token", "test-app-secret", "test-verify-token"} & set(raw)
    assert (Inbox.objects.get().token, Hook.objects.get(pk=hook.pk).secrets) == ("test-token", "test-app-secret")


def test_an_empty_secret_stays_empty(inbox: Inbox) -> None:
    inbox.token = ""
    inbox.save()
    with connection.cursor() as cursor:
        cursor.execute("SELECT token FROM inboxes_inbox")
        assert cursor.fetchone() == ("",)


def test_a_migration_keeps_what_the_field_is_bound_to() -> None:
    assert EncryptedField(context="a.b").deconstruct()[3] == {"context": "a.b"}
    bound = {"context": "a.b", "bound_to": ("key",)}
    assert EncryptedField(**bound).deconstruct()[3] == bound


def test_what_is_bound_to_a_row_is_written_with_its_row_alone(hook: Hook) -> None:
    with pytest.raises(ValueError, match=r"hook\.secrets is bound to its row"), transaction.atomic():
        Hook.objects.update(secrets="of nobody knows which")
    Hook.objects.update(secrets="")  # which is no secret
    hook.secrets = "another"
    hook.save()
    assert Hook.objects.get(pk=hook.pk).secrets == Hook.objects.defer("secrets").get(pk=hook.pk).secrets == "another"


def test_saving_a_row_whose_secret_nobody_read_changes_nothing_of_it(hook: Hook) -> None:
    before = raw_secrets(hook)
    found = Hook.objects.get(pk=hook.pk)
    found.origins = "https://shop.example"
    found.save()
    assert raw_secrets(hook) == before


def raw_secrets(hook: Hook) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT secrets FROM tenants_hook WHERE id = %s", [hook.pk])
        return str(cursor.fetchone()[0])


def test_a_new_key_is_printed_and_works(settings: Any) -> None:
    said = io.StringIO()
    call_command("new_key", stdout=said)
    settings.FIELD_ENCRYPTION_KEYS = [said.getvalue().strip()]
    assert unseal(seal("secret", "x"), "x") == "secret"
