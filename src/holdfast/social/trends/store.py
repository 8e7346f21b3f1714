"""Every statement that writes trends and what the staff said of them."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from .model import TrendKind

_INSERT_SQL = """
insert into trends (kind, subject_id, score, accounts)
select $1, subject_id, score, accounts
from unnest($2::bigint[], $3::float8[], $4::int[]) as new (subject_id, score, accounts)
"""


async def replace_trends(tx: Tx, kind: TrendKind, found: list[tuple[int, float, int]]) -> None:
    """What trends now, in place of what did."""
    await tx.execute("delete from trends where kind = $1", kind.value)
    await tx.execute(
        _INSERT_SQL,
        kind.value,
        [row[0] for row in found],
        [row[1] for row in found],
        [row[2] for row in found],
    )


async def record_review(tx: Tx, kind: TrendKind, subject_id: int, allowed: bool, now: Instant) -> None:
    """What the staff says, in place of what it said before."""
    await tx.execute(
        "insert into trend_reviews (kind, subject_id, allowed, at) values ($1, $2, $3, $4)"
        " on conflict (kind, subject_id) do update set allowed = excluded.allowed, at = excluded.at",
        kind.value, subject_id, allowed, now,
    )  # fmt: skip


async def forget_reviews_of_nothing(tx: Tx) -> None:
    """Posts and links come and go; what was said of those that are gone goes too."""
    await tx.execute(
        "delete from trend_reviews r where (r.kind = 1 and not exists (select 1 from posts where id = r.subject_id))"
        " or (r.kind = 2 and not exists (select 1 from preview_cards where id = r.subject_id))"
    )
