"""Keys rotate: every secret of every workspace is sealed anew while others write, and then the old key can go."""

import io
import json
from typing import Any

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from apps import tenants
from apps.accounts import SECOND_FACTOR
from apps.accounts.models import User
from apps.core import crypto
from apps.core.crypto import EncryptedField
from apps.inboxes.models import Inbox
from apps.tenants import resealing
from apps.tenants.models import Hook, Workspace
from tests.furnished import Business, furnish
from tests.isolation.layers import own_models

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@pytest.fixture
def shops(workspace: Workspace, other: Workspace, settings: Any) -> tuple[Business, Business]:
    """Two workspaces whose secrets the old key has sealed; one is suspended. Then the new key came."""
    settings.FIELD_ENCRYPTION_KEYS = [OLD]
    made = furnish(workspace, number="100200300400501"), furnish(other, number="100200300400502")
    for business in made:
        with tenants.enter(business.workspace):
            business.bot.api_key = f"sk-{business.canary}"
            business.bot.save()
    Workspace.objects.filter(pk=other.pk).update(state=Workspace.State.SUSPENDED)
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    return made


def rotate(*options: str) -> tuple[int, str]:
    """The exit code and all that was said."""
    said = io.StringIO()
    try:
        call_command("rotate_keys", *options, stdout=said, stderr=said)
    except CommandError as error:
        return error.returncode, f"{said.getvalue()}{error}"
    return 0, said.getvalue()


def raw(business: Business) -> list[str]:
    """What stands in the rows of the workspace and of its hook."""
    with tenants.enter(business.workspace), connection.cursor() as cursor:
        cursor.execute(
            "SELECT b.api_key, i.token, h.secrets, h.verify_token FROM bots_bot b JOIN inboxes_inbox i ON "
            "i.bot_id = b.id JOIN tenants_hook h ON h.id = %s WHERE b.id = %s",
            [business.hook.pk, business.bot.pk],
        )
        return list(cursor.fetchone())


def secrets_of(business: Business) -> list[str]:
    with tenants.enter(business.workspace):
        inbox, hook = (
            Inbox.objects.select_related("bot").get(pk=business.inbox.pk),
            Hook.objects.get(pk=business.hook.pk),
        )
        return [inbox.bot.api_key, inbox.token, hook.secrets, hook.verify_token]


def test_every_secret_of_every_workspace_opens_without_the_old_key(
    shops: tuple[Business, Business], settings: Any
) -> None:
    before = [secrets_of(business) for business in shops]
    code, said = rotate()
    assert code == 0
    assert f"{shops[1].workspace.schema_name}: " in said  # also of the suspended one
    settings.FIELD_ENCRYPTION_KEYS = [NEW]
    assert [secrets_of(business) for business in shops] == before
    assert before[0] == [
        f"sk-{shops[0].canary}", f"token-{shops[0].canary}", f"secret-{shops[0].canary}", f"verify-{shops[0].canary}"
    ]  # fmt: skip


def test_checking_counts_what_needs_the_old_key_and_changes_nothing(shops: tuple[Business, Business]) -> None:
    before = [raw(business) for business in shops]
    code, said = rotate("--check")
    assert (code, [raw(business) for business in shops]) == (1, before)
    assert "all: 8 values, 8 of them old, 0 sealed anew, 0 that no key opens" in said
    assert "8 values are not sealed by the first key yet" in said
    rotate()
    assert rotate("--check") == (0, "all: 8 values, 0 of them old, 0 sealed anew, 0 that no key opens\n")


def test_a_second_run_writes_nothing(shops: tuple[Business, Business]) -> None:
    rotate()
    once = [raw(business) for business in shops]
    assert rotate() == (0, "all: 8 values, 0 of them old, 0 sealed anew, 0 that no key opens\n")
    assert [raw(business) for business in shops] == once


def test_a_run_that_was_broken_off_is_gone_on_with(
    shops: tuple[Business, Business], monkeypatch: pytest.MonkeyPatch
) -> None:
    left = [3]

    def tired(sealed: str, context: str, owner: str = crypto.SHARED) -> str | None:
        if not left[0]:
            raise KeyboardInterrupt
        left[0] -= 1
        return kept(sealed, context, owner)

    kept = crypto.resealed
    monkeypatch.setattr(crypto, "resealed", tired)
    with pytest.raises(KeyboardInterrupt):
        rotate()
    monkeypatch.setattr(crypto, "resealed", kept)
    assert "all: 8 values, 5 of them old" in rotate("--check")[1]
    assert rotate()[0] == rotate("--check")[0] == 0


def test_what_somebody_saves_meanwhile_stays(
    shops: tuple[Business, Business], monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    def saved_meanwhile(sealed: str, context: str, owner: str = crypto.SHARED) -> str | None:
        if context == "inbox.token" and owner == shops[0].workspace.schema_name:
            Inbox.objects.filter(pk=shops[0].inbox.pk).update(token="saved meanwhile")
        return kept(sealed, context, owner)

    kept = crypto.resealed
    monkeypatch.setattr(crypto, "resealed", saved_meanwhile)
    assert rotate()[0] == 1  # the command did not see what was written; the next run does
    monkeypatch.setattr(crypto, "resealed", kept)
    assert rotate("--check")[0] == 0
    settings.FIELD_ENCRYPTION_KEYS = [NEW]
    assert secrets_of(shops[0])[1] == "saved meanwhile"


def test_what_no_key_opens_is_named_and_the_rest_is_done(shops: tuple[Business, Business]) -> None:
    with tenants.enter(shops[0].workspace), connection.cursor() as cursor:
        cursor.execute("UPDATE inboxes_inbox SET token = 'gAAAA-canary'")
    code, said = rotate()
    where = f"{shops[0].workspace.schema_name}.inboxes_inbox.token of row {shops[0].inbox.pk}"
    assert code == 1
    assert f"{where} opens with no key" in said and "canary" not in said
    assert rotate("--check")[1].startswith(f"{shops[0].workspace.schema_name}: 2 values, 0 of them old")


def test_second_factors_survive_the_old_key(shops: tuple[Business, Business], settings: Any) -> None:
    user = User.objects.create_user("vera@example.org")
    settings.FIELD_ENCRYPTION_KEYS = [OLD]
    encrypt = get_adapter().encrypt
    kinds = Authenticator.Type
    Authenticator.objects.create(user=user, type=kinds.TOTP, data={"secret": encrypt("JBSWY3DPEHPK3PXP")})
    codes = {"seed": encrypt("feed"), "used_mask": 3, "migrated_codes": [encrypt("one"), encrypt("two")]}
    Authenticator.objects.create(user=user, type=kinds.RECOVERY_CODES, data=codes)
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    assert rotate()[0] == 0
    settings.FIELD_ENCRYPTION_KEYS = [NEW]
    decrypt = get_adapter().decrypt
    totp, recovery = (Authenticator.objects.get(type=kind).data for kind in (kinds.TOTP, kinds.RECOVERY_CODES))
    assert decrypt(totp["secret"]) == "JBSWY3DPEHPK3PXP"
    assert (decrypt(recovery["seed"]), recovery["used_mask"]) == ("feed", 3)
    assert [decrypt(code) for code in recovery["migrated_codes"]] == ["one", "two"]


def test_more_rows_than_a_batch_are_all_done(
    shops: tuple[Business, Business], monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setattr(resealing, "BATCH", 2)
    Hook.objects.bulk_create(Hook(provider="whatsapp_cloud", secrets=f"s{n}", verify_token="v") for n in range(5))
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode(), NEW, OLD]
    rotate()
    settings.FIELD_ENCRYPTION_KEYS = settings.FIELD_ENCRYPTION_KEYS[:1]
    assert {hook.secrets for hook in Hook.objects.all()} >= {"s0", "s1", "s2", "s3", "s4"}


def test_no_encrypted_field_is_forgotten(shops: tuple[Business, Business]) -> None:
    there = {
        f"{model._meta.db_table}.{field.column}"
        for model in own_models()
        for field in model._meta.local_fields
        if isinstance(field, EncryptedField)
    }
    found: set[str] = set()
    for workspace in (None, shops[0].workspace):
        with tenants.enter(workspace):
            found |= {str(place).partition(".")[2] for place in resealing.places()}
    assert there and there | {"mfa_authenticator.data"} == found


def test_what_was_bound_to_a_whole_table_is_bound_to_its_row(shops: tuple[Business, Business]) -> None:
    user = User.objects.create_user("vera@example.org")
    with connection.cursor() as cursor:
        for hook in (shops[0].hook, shops[1].hook):
            sealed = crypto.seal(f"of {hook.key}", "hook.secrets")
            cursor.execute("UPDATE tenants_hook SET secrets = %s WHERE id = %s", [sealed, hook.pk])
        data = json.dumps({"secret": crypto.seal("JBSW", SECOND_FACTOR), "migrated_codes": [], "used_mask": 0})
        cursor.execute(
            "INSERT INTO mfa_authenticator (user_id, type, data, created_at) VALUES (%s, 'totp', %s, now())",
            [user.pk, data],
        )
    assert rotate()[0] == rotate("--check")[0] == 0
    for business, foreign in (shops, shops[::-1]):
        sealed = raw(business)[2]
        owner = crypto.of_row("public", "whatsapp_cloud", business.hook.key)
        assert crypto.unseal(sealed, "hook.secrets", owner) == secrets_of(business)[2] == f"of {business.hook.key}"
        with pytest.raises(crypto.CannotOpen):
            crypto.unseal(sealed, "hook.secrets", crypto.of_row("public", "whatsapp_cloud", foreign.hook.key))
    with connection.cursor() as cursor:
        cursor.execute("SELECT data->>'secret' FROM mfa_authenticator WHERE user_id = %s", [user.pk])
        (sealed,) = cursor.fetchone()
    assert crypto.unseal(sealed, SECOND_FACTOR, crypto.of_row("public", user.pk)) == "JBSW"
    for owner in ("public", crypto.of_row("public", user.pk + 1)):
        with pytest.raises(crypto.CannotOpen):
            crypto.unseal(sealed, SECOND_FACTOR, owner)


def test_a_value_from_before_the_binding_opens_and_is_bound(
    workspace: Workspace, other: Workspace, settings: Any
) -> None:
    business = furnish(workspace, number="100200300400501")
    former = crypto._keyring(crypto._keys()).encrypt(json.dumps(["inbox.token", "of old"]).encode()).decode()
    with tenants.enter(workspace), connection.cursor() as cursor:
        cursor.execute("UPDATE inboxes_inbox SET token = %s", [former])
    assert secrets_of(business)[1] == "of old"
    assert rotate("--check")[0] == 1
    assert rotate()[0] == rotate("--check")[0] == 0
    assert secrets_of(business)[1] == "of old"
    token = raw(business)[1]
    with pytest.raises(crypto.CannotOpen):
        crypto.unseal(token, "inbox.token", other.schema_name)
