"""Where a message may go: into the internet, never to this machine or the office's own network, whatever a name resolves to."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit


class Refused(Exception):
    """`code`: scheme, nonsense, private (also where one of several addresses is), unknown_host."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Target:
    """An address that was looked up once: the connection goes to `ip`, so that a name that is looked up again and says
    something else leads nowhere."""

    scheme: str
    host: str
    port: int
    path: str
    ip: str


def read(url: str, allowed: frozenset[str] = frozenset()) -> tuple[str, str, int, str]:
    """Scheme, host, port and path of an address; without encryption only to hosts that are `allowed`. Raises Refused."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise Refused("nonsense") from None
    if parts.scheme not in (("https", "http") if parts.hostname in allowed else ("https",)):
        raise Refused("scheme")
    if not parts.hostname or parts.username or parts.password or parts.fragment:
        raise Refused("nonsense")
    if parts.hostname not in allowed and _is_private_literal(parts.hostname):
        raise Refused("private")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not path.isascii() or any(c.isspace() or ord(c) < 32 for c in path):
        raise Refused("nonsense")
    return parts.scheme, parts.hostname, port or (443 if parts.scheme == "https" else 80), path


def _is_private_literal(host: str) -> bool:
    """An address written as figures, or this machine's own name: refused without looking anything up."""
    try:
        return not is_public(host)
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local", ".internal"))


def look_up(url: str, allowed: frozenset[str] = frozenset()) -> Target:
    """Where `url` leads now. `allowed`: hosts of the office's own network that may be told. Raises Refused."""
    scheme, host, port, path = read(url, allowed)
    try:
        found = {str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (socket.gaierror, UnicodeError):
        raise Refused("unknown_host") from None
    if host not in allowed and not all(is_public(ip) for ip in found):
        raise Refused("private")
    return Target(scheme, host, port, path, sorted(found, key=lambda ip: (":" in ip, ip))[0])


def is_public(ip: str) -> bool:
    """Whether an address lies in the internet: not loopback, private, link-local, reserved, multicast, nor one of these
    written as IPv6."""
    address = ipaddress.ip_address(ip.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo and address.teredo[1])
        if inner:
            return is_public(str(inner))
        if address in ipaddress.ip_network("64:ff9b::/96"):
            return is_public(str(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)))
    return address.is_global and not address.is_multicast
