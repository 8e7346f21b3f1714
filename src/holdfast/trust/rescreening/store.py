"""Writes of the re-screening's state."""

from __future__ import annotations

import msgspec

from ...platform.db import Tx
from .model import Rescreening
from .queries import FACT


async def lock(tx: Tx) -> None:
    """Let one run at a time go on; held until the transaction ends."""
    await tx.execute("select 1 from facts where name = $1 for update", FACT)


async def save(tx: Tx, run: Rescreening) -> None:
    """Keep the state."""
    await tx.execute(
        "insert into facts (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value",
        FACT, msgspec.json.encode(run).decode(),
    )  # fmt: skip
