"""Reads of queues."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Reader
from .model import Queue

_SQL = """
select q.name, q.title, q.position, q.languages, q.sources, q.categories, q.policies, q.lanes, q.tracks, q.hidden_actions,
       array(select m.account_id from desk_queue_members m where m.queue = q.name
             and ($1::timestamptz is null or (coalesce(m.starts_at, $1) <= $1 and coalesce(m.ends_at, 'infinity') > $1))
             order by 1) as member_ids
from desk_queues q order by q.position, q.name
"""


async def queues(reader: Reader, now: Instant | None = None) -> list[Queue]:
    """All, in the order in which they are asked. `now`: members are those whose time it is; None: all."""
    rows = await reader.fetch(_SQL, now)
    return [
        Queue(
            row["name"], row["title"], row["position"], list(row["languages"]), list(row["sources"]),
            list(row["categories"]), list(row["policies"]), list(row["lanes"]), list(row["tracks"]),
            list(row["hidden_actions"]), list(row["member_ids"]),
        )
        for row in rows
    ]  # fmt: skip
