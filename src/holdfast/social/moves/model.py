"""How other accounts are named."""

from __future__ import annotations

import re

_HANDLE = re.compile(r"([a-z0-9_][a-z0-9_.-]{0,63})(?:@([a-z0-9.-]{1,253}(?::[0-9]{1,5})?))?")


def plain_handle(text: str, domain: str) -> str | None:
    """A handle in lower case, without @ before it and without this server's domain; None for what is none."""
    match = _HANDLE.fullmatch(text.strip().removeprefix("@").lower())
    if match is None:
        return None
    return match[1] if match[2] in (None, domain.lower()) else f"{match[1]}@{match[2]}"
