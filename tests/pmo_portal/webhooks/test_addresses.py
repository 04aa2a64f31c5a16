"""Where a message may go."""

from __future__ import annotations

import socket

import pytest

from pmo_portal.webhooks.addresses import Refused, is_public, look_up, read

PUBLIC = ["8.8.8.8", "203.0.114.9", "2001:4860:4860::8888"]
PRIVATE = [
    *("127.0.0.1", "127.9.9.9", "10.1.2.3", "172.16.0.1", "172.31.255.1", "192.168.1.1", "169.254.169.254", "0.0.0.0"),
    *("100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0"),
    *("fc00::1", "fd12::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::a00:1"),
]


@pytest.mark.parametrize("ip", PUBLIC)
def test_the_internet_may_be_told(ip):
    assert is_public(ip)


@pytest.mark.parametrize("ip", PRIVATE)
def test_this_machine_and_the_offices_network_may_not(ip):
    assert not is_public(ip)


WRONG = [
    ("http://example.com/", "scheme"),
    ("ftp://example.com/", "scheme"),
    ("file:///etc/passwd", "scheme"),
    ("gopher://127.0.0.1:6379/_FLUSHALL", "scheme"),
    ("https://", "nonsense"),
    ("https://user:pass@example.com/", "nonsense"),
    ("https://example.com/#part", "nonsense"),
    ("https://example.com:port/", "nonsense"),
    ("https://example.com/a b", "nonsense"),
    ("https://example.com/日本", "nonsense"),
    ("https://[::1", "nonsense"),
    ("not an address", "scheme"),
]


@pytest.mark.parametrize(("url", "code"), WRONG)
def test_what_is_no_address_of_a_program(url, code):
    with pytest.raises(Refused) as refused:
        read(url)
    assert refused.value.code == code


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "0"])
def test_however_this_machine_is_written_it_is_refused(host):
    with pytest.raises(Refused) as refused:
        look_up(f"https://{host}/")
    assert refused.value.code in ("private", "unknown_host")


def test_one_private_address_among_public_ones_is_enough(monkeypatch):
    both = [(2, 1, 6, "", (ip, 443)) for ip in ("8.8.8.8", "10.0.0.5")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *given, **more: both)
    with pytest.raises(Refused) as refused:
        look_up("https://two-faced.example/")
    assert refused.value.code == "private"


def test_the_connection_goes_to_what_was_looked_up(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *given, **more: [(2, 1, 6, "", ("8.8.8.8", 443))])
    target = look_up("https://hooks.example/a?b=c")
    assert (target.ip, target.host, target.port, target.path) == ("8.8.8.8", "hooks.example", 443, "/a?b=c")
