"""Where relaunch notices lie at a store. They are signed by the ledger's keys and have a form of their own (ADR 0036)."""

from __future__ import annotations

from typing import Final

NEWEST_NOTICE: Final = "relaunch.json"


def notice_object(sequence: int) -> str:
    """Where a notice is kept for good, so that a store that replaces nothing has it too."""
    return f"relaunch/{sequence:010d}"
