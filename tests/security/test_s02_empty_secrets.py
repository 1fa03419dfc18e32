"""S02: a hook without a secret believes nothing, and whoever checks the installation is told.

tests/ingest/test_intake.py shows that it answers 503.
"""

import io

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection

from apps.tenants.models import Hook
from tests.security.conftest import Furniture


def checked(*databases: str) -> str:
    """What `check --deploy` says of errors; the settings of tests are not those of an installation."""
    said = io.StringIO()
    call_command("check", deploy=True, databases=databases or None, fail_level="ERROR", stdout=said, stderr=said)
    return said.getvalue()


def test_hooks_with_secrets_are_fine(acme: Furniture, theirs: Furniture) -> None:
    assert "leadline.E001" not in checked("default")


@pytest.mark.parametrize("secrets", ["", "  \n "])
def test_a_hook_in_use_without_a_secret_fails_the_check(acme: Furniture, secrets: str) -> None:
    hook = acme.business.hook
    hook.secrets = secrets
    hook.save()
    with pytest.raises(SystemCheckError, match=rf"leadline.E001\) whatsapp_cloud hook {hook.pk} has no secret"):
        checked("default")
    assert "leadline.E001" not in checked()  # nobody asked for the database


def test_a_secret_that_no_key_opens_is_none(acme: Furniture, settings: object) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]  # type: ignore[attr-defined]
    with pytest.raises(SystemCheckError, match="has a secret that no key opens") as said:
        checked("default")
    assert acme.business.canary not in str(said.value)


def test_a_hook_that_nobody_uses_may_be_empty(acme: Furniture) -> None:
    """What is disconnected for good keeps its hook for the ledger."""
    Hook.objects.create(provider="web_chat", secrets="", verify_token="")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM tenants_hook WHERE secrets = ''")
        assert cursor.fetchone()[0] >= 1
    assert "leadline.E001" not in checked("default")
