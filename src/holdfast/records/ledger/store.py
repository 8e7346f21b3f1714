"""Every statement that writes records, bodies and the keys of subjects. What the log writes is `records/sequencing`."""

from __future__ import annotations

from collections.abc import Sequence

from ...platform.clock import Instant
from ...platform.db import Tx
from .model import Body, Subject

_INSERT_RECORD = """
with record as (
    insert into ledger_records (record_id, kind, subject, leaf, recorded_at)
    values ($1, $2, $3, $4, $5) returning record_id)
insert into ledger_bodies (record_id, name, owner, form, sealed, shown)
select record_id, new.name, new.owner, new.form, new.sealed, new.shown
from record, unnest($6::text[], $7::bigint[], $8::text[], $9::bytea[], $10::boolean[])
  as new (name, owner, form, sealed, shown)
"""


async def insert_record(
    tx: Tx,
    record_id: str,
    kind: str,
    leaf: bytes,
    bodies: Sequence[Body],
    *,
    subject: int | None,
    now: Instant,
) -> None:
    """A record that has no index yet. `leaf`: without its number. `subject`: its row."""
    await tx.execute(
        _INSERT_RECORD, record_id, kind, subject, leaf, now,
        [one.name for one in bodies], [one.owner for one in bodies], [one.form.value for one in bodies],
        [one.sealed for one in bodies], [one.shown for one in bodies],
    )  # fmt: skip


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
    """How many bodies a subject owns, and how many records are about it."""
    found = await tx.fetchrow(
        "select (select count(*) from ledger_bodies where owner = $1),"
        " (select count(*) from ledger_records where subject = $1)",
        row,
    )
    return (found[0], found[1]) if found else (0, 0)


async def delete_subject(tx: Tx, row: int) -> None:
    """Destroy a subject's key and every body under it."""
    await tx.execute("delete from ledger_bodies where owner = $1", row)
    await tx.execute("update ledger_records set subject = null where subject = $1", row)
    await tx.execute("delete from ledger_subjects where id = $1", row)


async def publish_opening(tx: Tx, record_id: str, now: Instant) -> None:
    """From now on anybody may see what a sealed record holds."""
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
