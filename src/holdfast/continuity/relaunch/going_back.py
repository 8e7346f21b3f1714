"""Going back in time without bringing back what was removed since: takedowns, bans, erasures, revocations, the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from .model import RelaunchRequest


async def collect_newer(request: RelaunchRequest, scratch: Path, out: Path, *, timeline: int) -> None:
    """Not yet."""
    raise NotImplementedError


async def carry_newer(dsn: str, carried: Path, *, now: datetime) -> Mapping[str, int]:
    """Not yet."""
    raise NotImplementedError
