"""Where a request comes from, behind proxies that are trusted and despite headers that are not."""

from __future__ import annotations

import ipaddress
from collections.abc import MutableMapping
from functools import lru_cache
from typing import Any, NamedTuple

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Prefixes(NamedTuple):
    """How many bits make an address, and how many a network: of IPv4, and of IPv6."""

    ipv4: int = 32
    ipv4_network: int = 24
    ipv6: int = 64
    ipv6_network: int = 48


class Origin(NamedTuple):
    """What a caller is counted by: what one subscriber has, and the network around it."""

    address: str
    network: str


def client_ip(scope: MutableMapping[str, Any], trusted: tuple[str, ...]) -> str:
    """The caller's address. Forwarded addresses count only as far as each hop is a trusted proxy.

    Only X-Forwarded-For is read, from its end: what stands further left was written by the caller, as all of
    `Forwarded` and `X-Real-IP` may have been.
    """
    peer = str((scope.get("client") or ("unknown", 0))[0])
    forwarded = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for").decode(
        "latin-1"
    )
    if not forwarded or not _is_trusted(peer, trusted):
        return peer
    for hop in reversed([part.strip() for part in forwarded.split(",")]):
        address = read_address(hop)
        if address is None:
            return peer
        peer = str(address)
        if not _is_trusted(peer, trusted):
            break
    return peer


def read_address(text: str) -> Address | None:
    """The address that a text is, one of IPv4 also where it is written as IPv6; None when it is none."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


@lru_cache(4096)
def _is_trusted(address: str, trusted: tuple[str, ...]) -> bool:
    ip = read_address(address)
    try:
        return ip is not None and any(ip in ipaddress.ip_network(one, strict=False) for one in trusted)
    except ValueError:
        return False


@lru_cache(4096)
def origin_of(ip: str, prefixes: Prefixes) -> Origin:
    """What an address is counted by; what is no address is counted by what it is."""
    address = read_address(ip)
    if address is None:
        return Origin(ip, ip)
    near, far = (
        (prefixes.ipv4, prefixes.ipv4_network)
        if address.version == 4
        else (prefixes.ipv6, prefixes.ipv6_network)
    )
    return Origin(*(str(ipaddress.ip_network((address, bits), strict=False)) for bits in (near, far)))
