"""S31: whatever stands in a query, a form or a path is answered, never a fault of ours."""

import uuid
from collections.abc import Callable
from urllib.parse import quote

import pytest
from django.test import Client

from tests.security.conftest import Furniture
from tests.security.routes import WITH_IDS, WORKSPACE

Browser = Callable[[str], Client]

WORDS = [
    *("'", '"', "\\", "%", "_", "';--", "' OR 1=1 --", "(((((", "[a-", "(a+)+$", "\x00", "a\x00b", "\n\r", "\u202e"),
    *(
        "👩‍👩‍👧" * 40,
        "x" * 5000,
        "%00",
        "%s",
        "{{7*7}}",
        "null",
        "[]",
        "id",
        "-id",
        "pk; DROP TABLE x",
        "vendor__password",
    ),
]
NUMBERS = [
    *("", "0", "-1", "1e9", "NaN", "1.5", "٣", " 7", "0x7", str(10**9), str(2**31), str(2**63 - 1), str(2**63)),
    *(str(10**17), str(10**18 - 1), str(10**30), "9" * 500),
]
TIMES = [
    *("", "2026-01-01", "2026-13-45T99:99:99Z", "2026-01-01T00:00:00", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"),
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1970-01-01T00:00:00Z", "2026-01-01T00:00:00+99:99"),
]
PAGES = ("", "fragments/conversations/", "changes/", "waiting/", "leads/")
THREAD = ("c/{c}/", "c/{c}/fragments/thread/")
#: By parameter: the pages that read it, and what is tried. What none reads is tried on all.
QUERIES = {
    "q": (("", "fragments/conversations/"), WORDS),
    "show": (("fragments/conversations/",), WORDS),
    "stage": (("leads/",), WORDS),
    "rows": (("fragments/conversations/",), NUMBERS),
    "open": (("fragments/conversations/",), NUMBERS),
    "page": (("leads/",), NUMBERS),
    "after": (THREAD, NUMBERS),
    "before": (THREAD, NUMBERS),
    "since": (("changes/",), WORDS + NUMBERS + TIMES),
    "order": (PAGES, ["vendor__password", "-id", "pk; DROP TABLE x"]),
}


@pytest.mark.parametrize("name", QUERIES)
def test_an_odd_query_is_answered(acme: Furniture, browser: Browser, name: str) -> None:
    client, (pages, values) = browser("owner"), QUERIES[name]
    failed = [
        f"{path}?{name}={value[:40]!r}: {answer.status_code}"
        for path in pages
        for value in values
        if (answer := client.get(f"/w/acme/{path.format(**acme.ids)}", {name: value})).status_code not in (200, 400)
    ]
    assert failed == []


@pytest.mark.parametrize("raw", ["%ff", "%ed%a0%80", "%c0%ae", "%", "%zz", "q=%ff&q[]=1", "a" * 9000])
def test_bytes_that_are_no_text_are_answered(acme: Furniture, browser: Browser, raw: str) -> None:
    client = browser("owner")
    for path in PAGES:
        assert client.get(f"/w/acme/{path}?q={raw}&since={raw}").status_code in (200, 400)


@pytest.mark.parametrize("number", ["0", str(2**31), str(2**63), str(10**30), "9" * 300])
def test_an_odd_number_in_a_path_is_not_found(acme: Furniture, browser: Browser, number: str) -> None:
    client = browser("owner")
    for pattern in WITH_IDS:
        path = f"/w/acme/{pattern.replace('<int:pk>', number).replace('<int:message_pk>', number)}"
        assert client.get(path).status_code in (404, 405), path
        assert client.post(path, dict(WORKSPACE[pattern].data)).status_code in (404, 405), path


def test_what_is_no_number_in_a_path_is_not_found(acme: Furniture, browser: Browser) -> None:
    client = browser("owner")
    for odd in ("-1", "1.5", "x", "%00", "1%0a", "٣", "1;drop", "../1", "0x10"):
        assert client.get(f"/w/acme/c/{quote(odd, safe='%')}/").status_code == 404, odd


def test_an_odd_form_is_answered(acme: Furniture, browser: Browser) -> None:
    client, key = browser("owner"), str(uuid.uuid4())
    conversation, lead = f"/w/acme/c/{acme.ids['c']}", f"/w/acme/leads/{acme.ids['leads']}"
    for value in (*WORDS, str(10**30)):
        odd = [
            (f"{conversation}/reply/", {"text": value, "key": key}),
            (f"{conversation}/reply/", {"text": "Hello", "key": value}),
            (f"{lead}/stage/", {"stage": value}),
        ]
        answers = [client.post(path, data, headers={"hx-request": "true"}).status_code for path, data in odd]
        assert set(answers) <= {200, 422}, value


def test_an_odd_workspace_is_not_found(acme: Furniture, browser: Browser) -> None:
    client = browser("owner")
    for slug in (*"'\"%\\_", "..", "a" * 300, "%00", "acme%00", "public", "w_0123456789abcdef", "ACME", "acme%20"):
        assert client.get(f"/w/{slug}/waiting/").status_code == 404, slug


@pytest.mark.parametrize("zone", ["Europe/Berlin", "../../etc/passwd", "\\", "x" * 2000, "", "Etc/../UTC", "posix"])
def test_an_odd_zone_in_a_cookie_is_answered(acme: Furniture, browser: Browser, zone: str) -> None:
    client = browser("owner")
    client.cookies["zone"] = zone
    assert client.get("/w/acme/").status_code == 200


@pytest.mark.parametrize("header", ["hx-target", "hx-trigger", "hx-current-url", "hx-prompt", "accept-language"])
def test_an_odd_header_is_answered(acme: Furniture, browser: Browser, header: str) -> None:
    client = browser("owner")
    for value in ("'", "x" * 3000, "<script>", "http://[::1", "ÿ", "en-" * 400):
        answer = client.get(f"/w/acme/c/{acme.ids['c']}/", headers={"hx-request": "true", header: value})
        assert answer.status_code == 200
