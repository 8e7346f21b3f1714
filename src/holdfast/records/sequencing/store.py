"""Every statement that writes the log: indices, counters, nodes, origins, checkpoints, generations of the key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ...platform.clock import Instant
from ...platform.db import Tx
from ..ledger import Superseded


@dataclass(slots=True)
class Growth:
    """What a batch adds to the log: rows of records by their arrival, final leaves, roots of full tiles."""

    arrivals: list[int] = field(default_factory=list)
    leaves: list[bytes] = field(default_factory=list)
    nodes: list[tuple[int, int, bytes]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A record that has no index yet; `leaf` is without its number."""

    arrival: int
    kind: str
    leaf: bytes


async def lock_waiting(tx: Tx, limit: int) -> list[Waiting]:
    """The oldest records without an index."""
    rows = await tx.fetch(
        "select arrival, kind, leaf from ledger_records where leaf_index is null order by arrival limit $1 for update",
        limit,
    )
    return [Waiting(*row) for row in rows]


async def lock_counters(tx: Tx) -> dict[str, int]:
    """The last number that was given in each stream."""
    rows = await tx.fetch("select stream, last from ledger_counters order by stream for update")
    return {row[0]: row[1] for row in rows}


async def keep_counters(tx: Tx, counters: Mapping[str, int]) -> None:
    """Remember the last numbers; none ever goes back."""
    await tx.execute(
        "insert into ledger_counters (stream, last) select * from unnest($1::text[], $2::bigint[])"
        " on conflict (stream) do update set last = greatest(ledger_counters.last, excluded.last)",
        list(counters), list(counters.values()),
    )  # fmt: skip


async def grow(tx: Tx, log: int, old_size: int, growth: Growth) -> None:
    """Give records their indices from `old_size` on. Raises Superseded when the log has another size by now."""
    await tx.execute(
        "update ledger_records r set log = $1, leaf_index = $2 + new.place - 1, leaf = new.leaf"
        " from unnest($3::bigint[], $4::bytea[]) with ordinality as new (arrival, leaf, place)"
        " where r.arrival = new.arrival",
        log, old_size, growth.arrivals, growth.leaves,
    )  # fmt: skip
    await insert_nodes(tx, log, growth.nodes)
    await set_size(tx, log, old_size, old_size + len(growth.leaves))


async def insert_nodes(tx: Tx, log: int, nodes: Sequence[tuple[int, int, bytes]]) -> None:
    """Roots of full tiles: (level of the tile, its index, its root)."""
    if nodes:
        await tx.execute(
            "insert into ledger_nodes (log, level, n, hash)"
            " select $1, new.level, new.n, new.hash"
            " from unnest($2::smallint[], $3::bigint[], $4::bytea[]) as new (level, n, hash)",
            log, [one[0] for one in nodes], [one[1] for one in nodes], [one[2] for one in nodes],
        )  # fmt: skip


async def set_size(tx: Tx, log: int, old_size: int, size: int) -> None:
    """The log has grown. Raises Superseded when somebody else let it grow."""
    if not await tx.execute(
        "update ledger_logs set size = $3 where number = $1 and size = $2 and frozen_at is null",
        log, old_size, size,
    ):  # fmt: skip
        raise Superseded(private=f"log {log} has not {old_size} leaves any more")


async def insert_log(tx: Tx, log: int, origin: str, *, now: Instant) -> None:
    """A new origin, empty."""
    await tx.execute(
        "insert into ledger_logs (number, origin, size, opened_at) values ($1, $2, 0, $3)", log, origin, now
    )


async def freeze_logs(tx: Tx, *, now: Instant) -> None:
    """No origin that there is grows any more."""
    await tx.execute("update ledger_logs set frozen_at = $1 where frozen_at is null", now)


async def place_recovered(
    tx: Tx, log: int, index: int, leaf: bytes, *, record_id: str, kind: str, at: Instant
) -> None:
    """A leaf that the log had before: of a record that waits here, or of one that was lost with its bodies."""
    await tx.execute(
        "insert into ledger_records (record_id, kind, leaf, log, leaf_index, recorded_at)"
        " values ($1, $2, $3, $4, $5, $6) on conflict (record_id)"
        " do update set leaf = excluded.leaf, log = excluded.log, leaf_index = excluded.leaf_index",
        record_id, kind, leaf, log, index, at,
    )  # fmt: skip


async def insert_checkpoint(tx: Tx, log: int, size: int, root: bytes, note: str, *, now: Instant) -> None:
    """A checkpoint, signed. One of the same size is signed again when keys have changed."""
    await tx.execute(
        "insert into ledger_checkpoints (log, size, root, note, signed_at) values ($1, $2, $3, $4, $5)"
        " on conflict (log, size) do update set note = excluded.note, signed_at = excluded.signed_at"
        " where ledger_checkpoints.root = excluded.root",
        log, size, root, note, now,
    )  # fmt: skip


async def adopt_checkpoint(tx: Tx, log: int, size: int, root: bytes, note: str, *, now: Instant) -> None:
    """A checkpoint that this log signed before, and that a peer has kept."""
    await tx.execute(
        "insert into ledger_checkpoints (log, size, root, note, signed_at) values ($1, $2, $3, $4, $5)"
        " on conflict (log, size) do nothing",
        log, size, root, note, now,
    )  # fmt: skip


async def insert_generation(tx: Tx, generation: int, *, now: Instant) -> None:
    """A generation of the signing key; the ones before it retire."""
    await tx.execute("update ledger_keys set retired_at = $1 where retired_at is null", now)
    await tx.execute(
        "insert into ledger_keys (generation, created_at) values ($1, $2) on conflict do nothing",
        generation,
        now,
    )


async def mark_leaked(tx: Tx, generation: int) -> None:
    """A generation signs nothing any more, not even beside its successor."""
    await tx.execute("update ledger_keys set leaked = true where generation = $1", generation)


async def take_epoch(tx: Tx, holder: str, *, now: Instant) -> tuple[int, int]:
    """The epoch before, and the new one, which is the caller's."""
    epoch: int = await tx.fetchval(
        "update ledger_sequencer set epoch = epoch + 1, holder = $1, taken_at = $2 returning epoch",
        holder,
        now,
    )
    return epoch - 1, epoch


async def allow_resuming(tx: Tx, *, now: Instant) -> None:
    """The operator says that peers who are silent will not be waited for, this once."""
    await tx.execute("update ledger_sequencer set resume_at = $1", now)


async def use_permission(tx: Tx) -> bool:
    """Whether the operator has said so since the last time; used up by asking."""
    return await tx.execute("update ledger_sequencer set resume_at = null where resume_at is not null") > 0


async def put_first(tx: Tx, record_id: str) -> None:
    """Let a record that waits, one of this transaction too, come before all others."""
    await tx.write_gathered()
    await tx.execute(
        "update ledger_records set arrival = (select least(min(arrival), 0) - 1 from ledger_records)"
        " where record_id = $1",
        record_id,
    )
