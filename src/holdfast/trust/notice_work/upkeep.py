"""What the clock does to notices besides their clocks: holds end, seals end."""

from __future__ import annotations

from datetime import timedelta

from ...platform.clock import Instant
from ...platform.db import Tx
from ...records import ledger
from ...records.holds import HoldNotThere, release_hold
from ..notices import add_event, leaf_about, lock_notice, set_hold_released, set_unsealed
from ..staff_actions import CLOCK

_AT_ONCE = 50
# A time of keeping that a law gives is longer where it is longer.
_FREE_SQL = """
select n.id from notices n
where n.hold_id is not null and n.hold_released_at is null and n.closed_at < $1
  and not exists (select 1 from notice_clocks c where c.notice_id = n.id and c.ended_at is null
                    and ((c.purpose = 'keep' and c.due_at > $2) or (c.purpose = 'act' and c.met_at is null and c.due_at > $2)))
  and not exists (select 1 from notice_counters k where k.notice_id = n.id and k.restored_at is null and k.suit_at is null)
order by n.closed_at limit $3 for update skip locked
"""


async def release_notice_holds(tx: Tx, *, days: int, now: Instant) -> None:
    """Let go of what notices name that were closed so long ago, and that no law wants kept; a periodic action."""
    for row in await tx.fetch(_FREE_SQL, now - timedelta(days=days), now, _AT_ONCE):
        notice = await lock_notice(tx, CLOCK, row[0])
        if notice.hold_id is None:
            continue
        try:
            await release_hold(tx, notice.hold_id, by=None, reason="its time is over", now=now)
        except HoldNotThere:  # the staff released it by hand
            await set_hold_released(tx, notice.id, now)
            continue
        public = {"scope": "notice", "outcome": "lapsed"}
        entry = leaf_about(notice, ledger.Kind.HOLD_RELEASED, public, {"reason": "its time is over"})
        record_id = await ledger.append(tx, entry, now=now)
        await set_hold_released(tx, notice.id, now)
        await add_event(tx, notice.id, "hold.released", CLOCK, now=now, record_id=record_id)


async def unseal_notices(tx: Tx, now: Instant) -> None:
    """Notices whose date of disclosure has come are unsealed, in the ledger too; a periodic action."""
    rows = await tx.fetch(
        "select id from notices where sealed and sealed_until <= $1 order by sealed_until limit $2 for update skip locked",
        now, _AT_ONCE,
    )  # fmt: skip
    for row in rows:
        await tx.write_gathered()
        records = await tx.fetch(
            "select l.record_id from ledger_records l where l.kind = 'sealed' and l.published_at is null and l.record_id in ("
            " select record_id from notices where id = $1 union select record_id from notice_items where notice_id = $1"
            " union select record_id from notice_messages where notice_id = $1"
            " union select record_id from notice_events where notice_id = $1 and record_id is not null) order by 1",
            row[0],
        )
        for record in records:
            await ledger.unseal(tx, record[0], basis="date_of_disclosure", now=now)
        await set_unsealed(tx, row[0])
        await add_event(tx, row[0], "unsealed", CLOCK, now=now, records=len(records))
