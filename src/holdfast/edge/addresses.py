"""Where a request comes from, behind proxies that are trusted and despite headers that are not."""

from __future__ import annotations

import ipaddress
from collections.abc import MutableMapping
from functools import lru_cache
from typing import Any


def client_ip(scope: MutableMapping[str, Any], trusted: tuple[str, ...]) -> str:
    """The caller's address. Forwarded addresses count only as far as each hop is a trusted proxy."""
    peer = (scope.get("client") or ("unknown", 0))[0]
    forwarded = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for").decode(
        "latin-1"
    )
    if not forwarded or not _is_trusted(peer, trusted):
        return str(peer)
    for hop in reversed([part.strip() for part in forwarded.split(",")]):
        try:
            peer = str(ipaddress.ip_address(hop))
        except ValueError:
            return str(peer)
        if not _is_trusted(peer, trusted):
            break
    return str(peer)


@lru_cache(4096)
def _is_trusted(address: str, trusted: tuple[str, ...]) -> bool:
    try:
        ip = ipaddress.ip_address(address)
        return any(ip in ipaddress.ip_network(network, strict=False) for network in trusted)
    except ValueError:
        return False


def network_of(ip: str) -> str:
    """What an address is counted by: a subscriber of IPv6 has a whole /64."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return ip
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
