"""Draws that anybody can do again: who knows the seed knows what it chose, and nobody else knows before.

The ticket of a thing is SHA-256 over the seed and its name; the smallest tickets are drawn. Things may be added or taken
away without changing the tickets of the others.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final

_SPACE: Final = 1 << 256


def ticket(seed: bytes, name: str) -> bytes:
    """The ticket of a thing: 32 bytes."""
    return hashlib.sha256(seed + name.encode()).digest()


def drawn(seed: bytes, names: Iterable[str], most: int) -> list[str]:
    """At most so many of the names, in the order in which they are drawn. Names are different from each other."""
    return sorted(names, key=lambda name: ticket(seed, name))[: max(most, 0)]


def in_share(seed: bytes, name: str, share: float) -> bool:
    """Whether a thing is in a share (0 to 1) of all: 0 holds none, 1 every one, and more holds those of less."""
    return int.from_bytes(ticket(seed, name), "big") < share * _SPACE
