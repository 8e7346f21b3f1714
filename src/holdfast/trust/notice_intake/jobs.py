"""What follows from a notice that came."""

from __future__ import annotations

from typing import Final

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...records.timestamps import stamp_now
from ..notices import NoticeReceived

URGENT: Final = "P0"
_SQL = "select record_id from notices where id = $1 and lane = $2"


async def stamp_urgent_notice(tx: Tx, payload: bytes, now: Instant) -> None:
    """Of what has hours, a clock of somebody else says at once when it was there."""
    event = msgspec.json.decode(payload, type=NoticeReceived)
    record_id = await tx.fetchval(_SQL, event.notice_id, URGENT)
    if record_id is not None:
        await stamp_now(tx, record_id, now=now)
