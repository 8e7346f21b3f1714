"""A little log as rows of the database, signed and all, without the sequencer that makes them."""

from __future__ import annotations

from datetime import UTC, datetime

from holdfast.platform.db import Database
from tests.support.little_log import LittleLog

WHEN = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def record_id(index: int) -> str:
    """The id of a record of `publish`."""
    return f"01KBXX{index:020d}"


async def publish(database: Database, log: LittleLog, size: int, *, number: int = 1) -> None:
    """Let the database hold the first `size` records of this log and a checkpoint over them, and nothing else of it."""
    async with database.transaction() as tx:
        await tx.execute("delete from ledger_records where log = $1", number)
        await tx.execute("delete from ledger_nodes where log = $1", number)
        await tx.execute(
            "insert into ledger_logs (number, origin, size, opened_at) values ($1, $2, $3, $4)"
            " on conflict (number) do update set size = excluded.size",
            number, log.key.name, size, WHEN,
        )  # fmt: skip
        await tx.execute(
            "insert into ledger_records (record_id, kind, leaf, log, leaf_index, recorded_at)"
            " select i, 'census', l, $1, n, $4 from unnest($2::text[], $3::bytea[]) with ordinality as x (i, l, o),"
            " lateral (select o - 1 as n) y",
            number, [record_id(index) for index in range(size)], log.entries[:size], WHEN,
        )  # fmt: skip
        level, floor = 8, 0
        while size >> level:
            nodes = [log.read_node(level, at) for at in range(size >> level)]
            await tx.execute(
                "insert into ledger_nodes (log, level, n, hash) select $1, $2, o - 1, h"
                " from unnest($3::bytea[]) with ordinality as x (h, o)",
                number, floor, nodes,
            )  # fmt: skip
            level, floor = level + 8, floor + 1
        await tx.execute(
            "insert into ledger_checkpoints (log, size, root, note, signed_at) values ($1, $2, $3, $4, $5)"
            " on conflict (log, size) do update set root = excluded.root, note = excluded.note, cosignatures = ''",
            number, size, log.root(size), log.note(size).decode(), WHEN,
        )  # fmt: skip
