"""Reads: how a sender and we have dealt with each other, and whose notices come in a stretch of time."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ...platform.clock import Instant
from ...platform.db import Reader
from ...platform.ids import PublicIds
from ...pure.notice_exports import Scorecard, score
from .facts import notice_facts
from .model import Wanted
from .select import wanted_notices

NOTICES_MAX = 5_000
"""Of one sender, the oldest first; more are not needed to judge."""
_SENDERS_SQL = """
select n.sender_key, count(*) as notices, sum(n.items) as items, sum(n.open_items) as open_items, max(n.received_at) as last_at,
       (array_agg(n.sender::text order by n.received_at desc))[1] as sender, (array_agg(n.capacity order by n.received_at desc))[1] as capacity
from notices n where n.received_at >= $1 and n.received_at < $2 and not n.sealed
group by n.sender_key order by count(*) desc, n.sender_key limit $3
"""


class SenderRow(msgspec.Struct, frozen=True):
    """A sender in a stretch of time, for the staff."""

    key: str
    sender: str
    capacity: str
    notices: int
    items: int
    open_items: int
    last_at: Instant


async def scorecard(
    reader: Reader,
    ids: PublicIds,
    sender_key: str,
    *,
    since: Instant | None = None,
    before: Instant | None = None,
) -> Scorecard:
    """The scorecard of a sender: zeros and dashes where nothing came. Sealed notices are not counted."""
    found = await wanted_notices(reader, Wanted(None, sender_key, since, before), most=NOTICES_MAX)
    return score(await notice_facts(reader, ids, found, named=True))


async def senders(reader: Reader, *, since: Instant, before: Instant, most: int) -> Sequence[SenderRow]:
    """Who sent notices, those with most first. For the staff."""
    return [
        SenderRow(
            row["sender_key"], _name(row["sender"]), row["capacity"], row["notices"], int(row["items"] or 0),
            int(row["open_items"] or 0), row["last_at"],
        )
        for row in await reader.fetch(_SENDERS_SQL, since, before, most)
    ]  # fmt: skip


def _name(sender: str) -> str:
    parts = msgspec.json.decode(sender, type=dict[str, object])
    return ", ".join(str(parts[one]) for one in ("name", "organisation", "email") if parts.get(one))
