"""Whether an address that an operator gave can be used for what is sent to the outside."""

from __future__ import annotations

import ipaddress
from urllib.parse import SplitResult, urlsplit


def endpoint_problem(url: str) -> str | None:
    """What is wrong with the address of an API, or None.

    Text must get there without others reading it: by https, or by http to this machine, to a private address, or to
    a name without a dot, which only a local network can resolve.
    """
    parts = _split(url)
    if parts is None or parts.username is not None or parts.query or parts.fragment:
        return "it must be an address such as https://example.org/v1, without user, query or fragment"
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_near(parts.hostname or "")):
        return "it must begin with https://; http:// is only for this machine and private networks"
    return None


def proxy_problem(url: str) -> str | None:
    """What is wrong with the address of an HTTP proxy, or None. It may hold a password, so it is not repeated."""
    parts = _split(url)
    if parts is None or parts.scheme not in ("http", "https") or parts.path not in ("", "/"):
        return "it must be an address such as http://proxy.example.org:3128"
    return None


def _split(url: str) -> SplitResult | None:
    """The parts of an address that names a host; None for anything else."""
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        return None
    try:
        parts = urlsplit(url)
        return parts if parts.hostname and parts.port != 0 else None
    except ValueError:
        return None


def _is_near(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith(".localhost")
    return address.is_loopback or address.is_private
