"""Use case: announce the polls whose time is over; a periodic action of the workers."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.stamps import Kind
from .events import PollClosed

POLLS_PER_RUN = 500  # bounds the transaction; what is left over comes with the next run


async def close_polls(tx: Tx, now: Instant) -> None:
    """Mark polls that ended and emit PollClosed for each, once, however many workers run this."""
    rows = await tx.fetch(
        "update polls set closed_at = $1 where id in ("
        " select id from polls where closed_at is null and expires_at <= $1 order by expires_at limit $2"
        " for update skip locked) returning id, post_id",
        now, POLLS_PER_RUN,
    )  # fmt: skip
    for row in rows:
        tx.touch(Kind.POST, row["post_id"])
        tx.emit(PollClosed(row["id"], row["post_id"]))
