"""The caller's network, as Django and the raw apps in front of it see it."""

from typing import Any

import pytest
from django.test import RequestFactory

from apps.core.callers import address_of, network_of, network_of_scope


@pytest.mark.parametrize(
    ("said", "address", "network"),
    [
        ("192.0.2.1", "192.0.2.1", "192.0.2.1"),
        ("192.0.2.1:51234", "192.0.2.1", "192.0.2.1"),
        ("[2001:db8:1:2::9]:51234", "2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::9]", "2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("[::ffff:192.0.2.1]:80", "::ffff:192.0.2.1", "192.0.2.1"),
        ("203.0.113.7, 192.0.2.1:51234", "192.0.2.1", "192.0.2.1"),
        ("", "10.0.0.1", "10.0.0.1"),
    ],
)
def test_the_proxys_word_counts_without_its_port(settings: Any, said: str, address: str, network: str) -> None:
    settings.TRUST_PROXY = True
    request = RequestFactory().get("/", headers={"X-Forwarded-For": said}, REMOTE_ADDR="10.0.0.1")
    assert (address_of(request), network_of(request)) == (address, network)
    lines = [(b"x-forwarded-for", said.encode())] if said else []
    assert network_of_scope({"client": ["10.0.0.1", 5000], "headers": lines}) == network


def test_of_a_header_that_stands_twice_the_last_line_counts(settings: Any) -> None:
    settings.TRUST_PROXY = True
    lines = [(b"x-forwarded-for", b"203.0.113.7"), (b"X-Forwarded-For", b"192.0.2.1")]
    assert network_of_scope({"client": ["10.0.0.1", 5000], "headers": lines}) == "192.0.2.1"


def test_without_a_proxy_only_the_connection_counts(settings: Any) -> None:
    settings.TRUST_PROXY = False
    lines = [(b"x-forwarded-for", b"192.0.2.1")]
    assert network_of_scope({"client": ["198.51.100.4", 5000], "headers": lines}) == "198.51.100.4"
    assert network_of_scope({"client": None, "headers": lines}) == ""
