"""Reads: which notices are meant, and what belongs to them. Sealed ones are left out unless one is asked for by id."""

from __future__ import annotations

from collections.abc import Sequence

from ...platform.db import Reader
from .model import PRIVATE, Wanted

_WANTED_SQL = """
select id from notices
where ($1::bigint is null or id = $1) and ($2::text = '' or sender_key = $2)
  and received_at >= coalesce($3::timestamptz, '-infinity') and received_at < coalesce($4::timestamptz, 'infinity')
  and ($1::bigint is not null or not sealed)
order by received_at, id limit $5
"""
_PRIVATE_SQL = """
select n.record_id from notices n where n.id = any($1::bigint[]) and (n.channel = 'report' or n.capacity = any($2::text[]))
union all
select m.record_id from notice_messages m join notices n on n.id = m.notice_id
where m.notice_id = any($1::bigint[]) and (n.channel = 'report' or n.capacity = any($2::text[]))
"""
_RECORDS_SQL = """
select record_id from notices where id = any($1::bigint[])
union select closed_record_id from notices where id = any($1::bigint[])
union select record_id from notice_items where notice_id = any($1::bigint[])
union select record_id from notice_messages where notice_id = any($1::bigint[])
union select record_id from notice_events where notice_id = any($1::bigint[])
union select breach_record_id from notice_clocks where notice_id = any($1::bigint[])
union select record_id from notice_referrals where notice_id = any($1::bigint[])
union select sent_record_id from notice_referrals where notice_id = any($1::bigint[])
"""
_OF_ITEMS_SQL = """
select case_id, decision_id, case when found = 'post' then subject_id end as post_id
from notice_items where notice_id = any($1::bigint[])
"""


async def wanted_notices(reader: Reader, wanted: Wanted, *, most: int) -> list[int]:
    """Ids of the notices, the oldest first; at most `most`."""
    rows = await reader.fetch(
        _WANTED_SQL, wanted.notice_id, wanted.sender_key, wanted.since, wanted.before, most
    )
    return [row[0] for row in rows]


async def private_records(reader: Reader, notice_ids: Sequence[int]) -> frozenset[str]:
    """Records of what private people wrote, which say who they are."""
    rows = await reader.fetch(_PRIVATE_SQL, list(notice_ids), sorted(PRIVATE))
    return frozenset(row[0] for row in rows)


async def records_of_notices(reader: Reader, notice_ids: Sequence[int]) -> list[str]:
    """Every record of the ledger that belongs to them."""
    rows = await reader.fetch(_RECORDS_SQL, list(notice_ids))
    return sorted(row[0] for row in rows if row[0] is not None)


async def cited_by(reader: Reader, notice_ids: Sequence[int]) -> tuple[set[int], set[int], set[int]]:
    """Cases, decisions and posts of the items."""
    rows = await reader.fetch(_OF_ITEMS_SQL, list(notice_ids))
    cases = {row["case_id"] for row in rows if row["case_id"] is not None}
    decided = {row["decision_id"] for row in rows if row["decision_id"] is not None}
    return cases, decided, {row["post_id"] for row in rows if row["post_id"] is not None}
