"""What the settings make of a Google client: where its addresses are, and where a form may lead."""

import json
import subprocess
import sys

import pytest
from django.conf import settings

PROGRAM = """
import json
from config import settings as s
google = s.SOCIALACCOUNT_PROVIDERS["google"]
print(json.dumps([s.GOOGLE_SIGN_IN, s.CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"][1:], len(google["APPS"]),
    google.get("AUTHORIZE_URL"), google.get("ID_TOKEN_ISSUER"), "127.0.0.1:8700" in s.HTTP_TRUSTED_HOSTS]))
"""
CLIENT = {"GOOGLE_CLIENT_ID": "id", "GOOGLE_CLIENT_SECRET": "secret"}
WORLD = "http://127.0.0.1:8700/google"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, [False, [], 0, None, None, False]),
        ({"GOOGLE_CLIENT_ID": "id"}, [False, [], 0, None, None, False]),
        (CLIENT, [True, ["https://accounts.google.com"], 1, None, None, False]),
        (
            {**CLIENT, "GOOGLE_BASE_URL": f"{WORLD}/"},
            [True, ["http://127.0.0.1:8700"], 1, f"{WORLD}/o/oauth2/v2/auth", WORLD, True],
        ),
    ],
)
def test_google_is_where_the_settings_say(given: dict[str, str], expected: list[object]) -> None:
    nothing = {"GOOGLE_CLIENT_ID": "", "GOOGLE_CLIENT_SECRET": "", "GOOGLE_BASE_URL": ""}
    done = subprocess.run(  # our own interpreter
        [sys.executable, "-c", PROGRAM],
        env={"DEBUG": "true", **nothing, **given},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == expected
