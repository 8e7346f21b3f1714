"""Every statement that writes records, bodies and the keys of subjects. What the log writes is `records/sequencing`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from ...platform.clock import Instant
from ...platform.db import Tx
from .model import Body, Subject

_INSERT_RECORDS = """
with records as (
    insert into ledger_records (record_id, kind, subject, leaf, recorded_at)
    select new.record_id, new.kind, new.subject, new.leaf, new.recorded_at
    from unnest($1::text[], $2::text[], $3::bigint[], $4::bytea[], $5::timestamptz[])
      with ordinality as new (record_id, kind, subject, leaf, recorded_at, place) order by new.place)
insert into ledger_bodies (record_id, name, owner, form, sealed, shown)
select new.record_id, new.name, new.owner, new.form, new.sealed, new.shown
from unnest($6::text[], $7::text[], $8::bigint[], $9::text[], $10::bytea[], $11::boolean[])
  as new (record_id, name, owner, form, sealed, shown)
"""


class NewRecord(NamedTuple):
    """A record that has no index yet. `leaf`: without its number. `subject`: its row."""

    id: str
    kind: str
    subject: int | None
    leaf: bytes
    at: Instant
    bodies: Sequence[Body]


def insert_record(tx: Tx, record: NewRecord) -> None:
    """Written with all others of the transaction, just before it commits: one trip for a decision's three records."""
    tx.gather(_insert_records, record)


async def _insert_records(tx: Tx, new: Sequence[NewRecord]) -> None:
    bodies = [(one.id, *body) for one in new for body in one.bodies]
    await tx.execute(
        _INSERT_RECORDS,
        *_columns([(one.id, one.kind, one.subject, one.leaf, one.at) for one in new], 5),
        *_columns(bodies, 6),
    )


def _columns(rows: Sequence[tuple[Any, ...]], count: int) -> list[list[Any]]:
    return [[row[place] for row in rows] for place in range(count)]


async def lock_subject(tx: Tx, subject: Subject) -> tuple[int, bytes] | None:
    """Row and sealed key of a subject."""
    row = await tx.fetchrow(
        "select id, sealed_key from ledger_subjects where kind = $1 and subject_id = $2 for key share",
        subject.kind.value, subject.id,
    )  # fmt: skip
    return row and (row[0], row[1])


async def insert_subject(tx: Tx, subject: Subject, sealed_key: bytes, *, now: Instant) -> tuple[int, bytes]:
    """Row and sealed key of a subject; somebody else's, when both made one in the same moment."""
    row = await tx.fetchrow(
        "insert into ledger_subjects (kind, subject_id, sealed_key, created_at) values ($1, $2, $3, $4)"
        " on conflict (kind, subject_id) do update set kind = excluded.kind returning id, sealed_key",
        subject.kind.value, subject.id, sealed_key, now,
    )  # fmt: skip
    if row is None:
        raise RuntimeError("an insert that returns its row returned none")
    return row[0], row[1]


async def lock_for_erasure(tx: Tx, subject: Subject) -> int | None:
    """The row of a subject; nobody seals anything under its key until this transaction ends."""
    row: int | None = await tx.fetchval(
        "select id from ledger_subjects where kind = $1 and subject_id = $2 for update",
        subject.kind.value, subject.id,
    )  # fmt: skip
    return row


async def count_of(tx: Tx, row: int) -> tuple[int, int]:
    """How many bodies a subject owns, and how many records are about it, those of this transaction too."""
    await tx.write_gathered()
    found = await tx.fetchrow(
        "select (select count(*) from ledger_bodies where owner = $1),"
        " (select count(*) from ledger_records where subject = $1)",
        row,
    )
    return (found[0], found[1]) if found else (0, 0)


async def delete_subject(tx: Tx, row: int) -> None:
    """Destroy a subject's key and every body under it."""
    await tx.write_gathered()
    await tx.execute("delete from ledger_bodies where owner = $1", row)
    await tx.execute("update ledger_records set subject = null where subject = $1", row)
    await tx.execute("delete from ledger_subjects where id = $1", row)


async def publish_opening(tx: Tx, record_id: str, now: Instant) -> None:
    """From now on anybody may see what a sealed record holds."""
    await tx.write_gathered()
    await tx.execute("update ledger_records set published_at = $2 where record_id = $1", record_id, now)


async def add_cosignatures(tx: Tx, log: int, size: int, lines: str) -> bool:
    """Keep lines of witnesses (each with its newline) beside the checkpoint that they are for; whether it is there."""
    return (
        await tx.execute(
            "update ledger_checkpoints set cosignatures = cosignatures || $3 where log = $1 and size = $2",
            log, size, lines,
        )
        > 0
    )  # fmt: skip
