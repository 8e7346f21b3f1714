"""What is said of a setting beside its type and default."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class About:
    """What an operator needs to know of a setting. `minimum` and `maximum` are inclusive."""

    doc: str
    unit: str = ""
    minimum: int | None = None
    maximum: int | None = None
    secret: bool = False
    derived: str = ""
    """How an empty value is filled in, in words; such a setting never stays empty."""


S = About
