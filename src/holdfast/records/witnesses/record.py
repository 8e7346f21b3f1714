"""Use cases: rounds are due, and what came of asking a witness."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.outbox import NewJob
from .. import ledger
from . import store
from .model import ASK_WITNESS, Trouble
from .queries import witnesses


async def queue_rounds(tx: Tx, *, now: Instant) -> list[str]:
    """Ask every witness that has not cosigned the newest checkpoint; whom. A periodic action."""
    checkpoint = await ledger.latest_checkpoint(tx)
    log = await ledger.log_of(tx, checkpoint.log) if checkpoint else None
    if checkpoint is None or log is None:
        return []
    asked = []
    for one in await witnesses(tx):
        if one.trouble is Trouble.FORGOT or one.has_seen(log.origin) >= checkpoint.size:
            continue
        payload = msgspec.json.encode(one.name)
        tx.enqueue(NewJob(ASK_WITNESS, payload, run_at=now, unique_key=f"{ASK_WITNESS} {one.name}"))
        asked.append(one.name)
    return asked


async def record_asked(tx: Tx, name: str, *, now: Instant) -> None:
    """A witness is being asked."""
    await store.set_asked(tx, name, now)


async def record_cosigned(
    tx: Tx, name: str, checkpoint: ledger.StoredCheckpoint, origin: str, line: str, *, time_unix: int
) -> None:  # fmt: skip
    """A witness cosigned: its line (verified, without a newline) is kept with the checkpoint."""
    current = await ledger.checkpoint_at(tx, checkpoint.log, checkpoint.size)
    if current is not None and f"{line}\n" not in current.cosignatures:
        await ledger.add_cosignatures(tx, checkpoint.log, checkpoint.size, f"{line}\n")
    await store.set_cosigned(tx, name, origin, checkpoint.size, datetime.fromtimestamp(time_unix, UTC))


async def record_trouble(tx: Tx, name: str, trouble: Trouble, text: str, *, now: Instant) -> bool:
    """A witness did not cosign; whether this trouble is new."""
    return await store.set_trouble(tx, name, trouble, text, now)
