"""Addresses of web sites, as settings and signed notices give them: absolute, and fit to stand in a policy header."""

from __future__ import annotations

from urllib.parse import urlsplit

# None of them stands in such an address unescaped, and each would end a directive or an address in a header.
_ENDS = " ;,'\"\\<>@#"


def is_web_address(text: str) -> bool:
    """Whether it is http or https, in ASCII, and names a host and no user."""
    try:
        parts = urlsplit(text)
        named = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
    clean = text.isascii() and text.isprintable() and not any(one in text for one in _ENDS)
    return parts.scheme in ("http", "https") and named and clean


def origin_of(address: str) -> str:
    """Scheme, host and port of a web address."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
