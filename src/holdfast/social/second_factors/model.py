"""Recovery codes, and the words of the second factor."""

from __future__ import annotations

import re

from ...platform.crypto import random_word

RECOVERY_CODES = 10
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that reads like something else
_GROUPS, _GROUP_CHARACTERS = 4, 4
_SPACING = re.compile(r"[\s-]+")


def new_recovery_code() -> str:
    """A code of 79 bits: high entropy, so a plain hash of it may be kept."""
    return "-".join(random_word(_ALPHABET, _GROUP_CHARACTERS) for _ in range(_GROUPS))


def plain_code(typed: str) -> str:
    """What was typed without spaces, hyphens and capitals."""
    return _SPACING.sub("", typed).lower()


def totp_context(account_id: int) -> str:
    """What the sealed secret in `users.totp_secret` is bound to."""
    return f"users/totp_secret/{account_id}"
