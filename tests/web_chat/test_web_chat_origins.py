"""A website's address as people write it becomes the origin that browsers send, or is refused by name."""

import pytest

from apps.providers.web_chat.origins import origin_of, origins_of
from apps.providers.web_chat.pace import MOST_CALLERS, Pace


@pytest.mark.parametrize(
    ("written", "origin"),
    [
        ("https://www.example.com", "https://www.example.com"),
        ("https://www.Example.com/shop/?a=1#b", "https://www.example.com"),
        ("example.com", "https://example.com"),
        (" example.com/ ", "https://example.com"),
        ("http://localhost:8700", "http://localhost:8700"),
        ("http://127.0.0.1:8700/shop/", "http://127.0.0.1:8700"),
        ("https://example.com:443", "https://example.com"),
        ("http://example.com:80", "http://example.com"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
    ],
)
def test_addresses_become_origins(written: str, origin: str) -> None:
    assert origin_of(written) == origin


@pytest.mark.parametrize(
    "written",
    ["", "*", "https://", "ftp://example.com", "javascript:alert(1)", "https://*.example.com", "https://a b.example",
     "https://user:pw@example.com", "https://example.com:99999", "null", "https://-a.example", "https://exa_mple.com",
     "data:text/html,x", "https://" + "a" * 300],
)  # fmt: skip
def test_what_is_no_website_is_refused_by_name(written: str) -> None:
    if written == "null":
        assert origin_of(written) == "https://null"  # a host's name; the origin “null” of a browser is not it
        return
    with pytest.raises(ValueError, match="is not a website's address"):
        origin_of(written)


def test_websites_stand_on_lines_each_once() -> None:
    assert origins_of("a.example\nhttps://b.example, https://A.example/") == ("https://a.example", "https://b.example")
    with pytest.raises(ValueError, match="20 websites"):
        origins_of(" ".join(f"site{number}.example" for number in range(21)))


def test_a_pace_lets_a_burst_through_and_then_one_by_one() -> None:
    now = [100.0]
    pace = Pace(per_minute=60, burst=3, clock=lambda: now[0])
    assert [pace.allows("a") for _ in range(5)] == [True, True, True, False, False]
    assert pace.allows("b")
    now[0] += 1.0
    assert [pace.allows("a"), pace.allows("a")] == [True, False]


def test_a_pace_forgets_who_was_quiet_longest() -> None:
    pace = Pace(per_minute=60, burst=1)
    for caller in range(MOST_CALLERS + 5):
        pace.allows(str(caller))
    assert len(pace.free_at) == MOST_CALLERS
    assert "0" not in pace.free_at and str(MOST_CALLERS) in pace.free_at
