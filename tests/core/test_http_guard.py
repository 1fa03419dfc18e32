"""Nothing private can be reached, whatever the address is dressed up as, and nothing is connected on refusal."""

import socket
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from pytest_django import Settings

from apps.core import addresses, http
from tests.clocks import PATIENCE
from tests.core.outside import Outside, answer, outside

PUBLIC = "93.184.216.34"


@pytest.fixture
def trap(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Outside]:
    """A server inside the house, on a port that the guard lets pass: only the address can give it away."""
    settings.HTTP_TRUSTED_HOSTS = []
    with outside(answer()) as server:
        monkeypatch.setattr(addresses, "WEB_PORTS", frozenset({80, 443, server.port}))
        yield server


def resolving(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """A resolver that gives these addresses, one list per question; returns the names that were asked."""
    asked: list[str] = []

    def getaddrinfo(host: str, port: int, *args: Any, **kwargs: Any) -> list[Any]:
        asked.append(host)
        found = answers[min(len(asked), len(answers)) - 1]
        family = {False: socket.AF_INET, True: socket.AF_INET6}
        return [(family[":" in ip], socket.SOCK_STREAM, 6, "", (ip, port)) for ip in found]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


def connecting_nowhere(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Every connection is noted and fails."""
    tried: list[tuple[str, int]] = []

    def create_connection(address: tuple[str, int], *args: Any, **kwargs: Any) -> socket.socket:
        tried.append(address)
        raise ConnectionRefusedError("refused")

    monkeypatch.setattr(socket, "create_connection", create_connection)
    return tried


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "0.0.0.0",  # noqa: S104 - an address to be refused, not one to listen on
        "0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "localhost",
        "localhost.",
        "LOCALHOST",
        "127.0.0.1.",
        "someone@127.0.0.1",
        "public.example:80@127.0.0.1",
        "１２７.0.0.1",
    ],
)
def test_own_machine_is_not_reached(trap: Outside, host: str) -> None:
    with pytest.raises(http.NotReached):
        http.request("GET", f"http://{host}:{trap.port}/", timeout=PATIENCE)
    with pytest.raises((httpx2.HTTPError, httpx2.InvalidURL)):
        http.sdk_client(timeout=PATIENCE).get(f"http://{host}:{trap.port}/")
    assert trap.connections == 0


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "192.0.0.8",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "fd00::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
        "2001::1",
        "2002:7f00:1::",
        "64:ff9b::a00:1",
        "64:ff9b:1::1",
        "::ffff:93.184.216.34",
        "nonsense",
        "",
    ],
)
def test_address_is_not_public(address: str) -> None:
    assert not addresses.is_public(address)


@pytest.mark.parametrize("address", [PUBLIC, "8.8.8.8", "2606:4700::6810:85e5", "64:ff9b::808:808"])
def test_address_is_public(address: str) -> None:
    assert addresses.is_public(address)


@pytest.mark.parametrize("address", ["127.0.0.1", "169.254.169.254", "10.0.0.1", "::1", "fd00::1"])
def test_name_of_a_private_address_is_refused(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    settings.HTTP_TRUSTED_HOSTS = []
    resolving(monkeypatch, [address])
    tried = connecting_nowhere(monkeypatch)
    with pytest.raises(http.NotReached, match="not an address of the open internet"):
        http.request("GET", "https://metadata.example/")
    assert tried == []


@pytest.mark.parametrize("records", [[PUBLIC, "127.0.0.1"], ["10.0.0.1", PUBLIC], [PUBLIC, "::1"]])
def test_one_private_record_condemns_the_name(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, records: list[str]
) -> None:
    settings.HTTP_TRUSTED_HOSTS = []
    resolving(monkeypatch, records)
    tried = connecting_nowhere(monkeypatch)
    with pytest.raises(http.NotReached, match="not an address of the open internet"):
        http.request("GET", "http://mixed.example/")
    assert tried == []


def test_name_that_changes_its_address_is_connected_where_it_was_checked(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.HTTP_TRUSTED_HOSTS = []
    asked = resolving(monkeypatch, [PUBLIC], ["127.0.0.1"])
    tried = connecting_nowhere(monkeypatch)
    with pytest.raises(http.NotReached, match="refused"):
        http.request("GET", "http://rebinding.example/")
    assert (asked, tried) == (["rebinding.example"], [(PUBLIC, 80)])
    with pytest.raises(http.NotReached, match="not an address of the open internet"):
        http.request("GET", "http://rebinding.example/")
    assert tried == [(PUBLIC, 80)]


def test_every_checked_address_is_tried(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.HTTP_TRUSTED_HOSTS = []
    resolving(monkeypatch, ["2606:4700::6810:85e5", PUBLIC])
    tried = connecting_nowhere(monkeypatch)
    with pytest.raises(http.NotReached):
        http.request("GET", "https://two.example/")
    assert tried == [("2606:4700::6810:85e5", 443), (PUBLIC, 443)]


@pytest.mark.parametrize("port", [21, 22, 25, 5432, 6379, 9200])
def test_ports_of_other_services_are_refused(settings: Settings, monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    settings.HTTP_TRUSTED_HOSTS = []
    resolving(monkeypatch, [PUBLIC])
    tried = connecting_nowhere(monkeypatch)
    with pytest.raises(http.NotReached, match=f"port {port}"):
        http.request("GET", f"http://public.example:{port}/")
    assert tried == []


@pytest.mark.parametrize("url", ["ftp://public.example/", "file:///etc/passwd", "gopher://x/", "/path", "", "http://"])
def test_only_http_is_spoken(settings: Settings, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    tried = connecting_nowhere(monkeypatch)
    with pytest.raises(http.NotReached):
        http.request("GET", url)
    assert tried == []


@pytest.mark.parametrize("user", ["someone@", "someone:password@", ":password@"])
def test_address_with_a_name_in_it_is_not_asked(settings: Settings, user: str) -> None:
    with outside(answer()) as server:
        settings.HTTP_TRUSTED_HOSTS = [server.host]
        with pytest.raises(http.NotReached, match="name or password"):
            http.request("GET", f"http://{user}{server.host}/")
    assert server.connections == 0


def test_redirect_followed_by_an_sdk_is_checked_too(settings: Settings) -> None:
    with outside(answer()) as inner, outside(answer(302, location=inner.url)) as server:
        settings.HTTP_TRUSTED_HOSTS = [server.host]
        with pytest.raises(httpx2.ConnectError):
            http.sdk_client(timeout=PATIENCE).get(server.url, follow_redirects=True)
    assert (len(server.requests), inner.connections) == (1, 0)


def test_configured_host_may_be_private_on_its_port_alone(settings: Settings) -> None:
    with outside(answer()) as server, outside(answer()) as other:
        settings.HTTP_TRUSTED_HOSTS = [f"LOCALHOST:{server.port}", server.host]
        assert http.request("GET", server.url).status == 200
        assert http.request("GET", f"http://localhost:{server.port}/").status == 200
        with pytest.raises(http.NotReached):
            http.request("GET", other.url)
    assert other.connections == 0


def test_configured_host_without_a_port_may_be_asked_on_any(settings: Settings) -> None:
    settings.HTTP_TRUSTED_HOSTS = ["127.0.0.1"]
    with outside(answer()) as server:
        assert http.request("GET", server.url).status == 200
