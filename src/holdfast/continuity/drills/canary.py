"""The canary: the moment, written every few seconds, so that whoever restores knows how old the newest thing is."""

from __future__ import annotations

from typing import Final

from ...platform.clock import Instant
from ...platform.db import Tx

CANARY: Final = "mirror_canary"
"""Its row of the table `facts`."""


async def write_canary(tx: Tx, *, now: Instant) -> None:
    """Nothing waits for it: it shows what else would have come along."""
    tx.relaxed()
    await tx.execute(
        "insert into facts (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value",
        CANARY, now.isoformat(),
    )  # fmt: skip
