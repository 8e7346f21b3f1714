"""Every statement that writes the records of reporters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...platform.clock import Instant
from ...platform.db import Tx
from .model import Record

_COUNT_SQL = """
update reporter_records k set rights = n.rights, wrongs = n.wrongs, updated_at = $2
from (select a.account_id, count(o.report_id) filter (where o.was_right) as rights,
             count(o.report_id) filter (where not o.was_right) as wrongs
      from unnest($1::bigint[]) as a (account_id) left join reporter_outcomes o on o.account_id = a.account_id
      group by 1) n
where k.account_id = n.account_id
returning k.account_id, k.rights, k.wrongs, k.muted_until
"""


async def lock_records(tx: Tx, account_ids: Sequence[int], now: Instant) -> None:
    """Their rows, kept as they are until this transaction ends: two counts of one reporter follow one another."""
    await tx.execute(
        "insert into reporter_records (account_id, updated_at) select id, $2 from accounts where id = any($1::bigint[])"
        " on conflict do nothing",
        list(account_ids), now,
    )  # fmt: skip
    await tx.execute(
        "select 1 from reporter_records where account_id = any($1::bigint[]) order by account_id for update",
        list(account_ids),
    )


async def set_outcomes(
    tx: Tx, outcomes: Mapping[int, bool | None], owners: Mapping[int, int], now: Instant
) -> None:
    """What came of reports, by report; None: nobody can say any more. `owners`: who filed each."""
    gone = [ident for ident, right in outcomes.items() if right is None]
    known = [(ident, right) for ident, right in outcomes.items() if right is not None]
    await tx.execute("delete from reporter_outcomes where report_id = any($1::bigint[])", gone)
    await tx.execute(
        "insert into reporter_outcomes (report_id, account_id, was_right, counted_at)"
        " select report_id, account_id, was_right, $4 from unnest($1::bigint[], $2::bigint[], $3::boolean[])"
        "  as new (report_id, account_id, was_right)"
        " on conflict (report_id) do update set was_right = excluded.was_right",
        [ident for ident, _ in known], [owners[ident] for ident, _ in known], [right for _, right in known], now,
    )  # fmt: skip


async def count_records(
    tx: Tx, account_ids: Sequence[int], now: Instant
) -> dict[int, tuple[Record, Instant | None]]:
    """Add up the outcomes of these; their records now, and until when each is muted."""
    rows = await tx.fetch(_COUNT_SQL, list(account_ids), now)
    return {row["account_id"]: (Record(row["rights"], row["wrongs"]), row["muted_until"]) for row in rows}


async def set_muted(tx: Tx, account_id: int, until: Instant | None, reason: str, now: Instant) -> None:
    """From now on, or (until None) no more."""
    await tx.execute(
        "insert into reporter_records (account_id, muted_at, muted_until, mute_reason, updated_at)"
        " values ($1, case when $2::timestamptz is null then null else $4::timestamptz end, $2, $3, $4)"
        " on conflict (account_id) do update set muted_at = excluded.muted_at, muted_until = excluded.muted_until,"
        " mute_reason = excluded.mute_reason, updated_at = excluded.updated_at",
        account_id, until, reason, now,
    )  # fmt: skip
