"""Every statement that writes clocks and files of presets."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from .model import NoticeClock

_COLUMNS = (
    "id", "notice_id", "name", "preset", "calendar", "basis", "purpose", "met_by_step", "starts_at", "stated_at", "due_at",
    "opens_at", "warn_percent", "looks_next_at",
)  # fmt: skip
_UPDATE_SQL = """
update notice_clocks set starts_at = $2, due_at = $3, opens_at = $4, met_at = $5, met_by = $6, met_evidence = $7,
  breached_at = $8, breach_record_id = $9, warned = $10, looks_next_at = $11, ended_at = $12, pauses = $13::jsonb,
  extensions = $14::jsonb
where id = $1
"""


async def insert_clocks(tx: Tx, clocks: Sequence[NoticeClock]) -> None:
    """New ones."""
    rows = [
        (
            one.id, one.notice_id, one.name, _json(one.preset), _json(one.calendar), one.basis.value, one.purpose.value,
            one.preset.met_by.value, one.starts_at, one.stated_at, one.due_at, one.opens_at, one.warn_percent,
            one.looks_next_at,
        )
        for one in clocks
    ]  # fmt: skip
    await tx.copy("notice_clocks", _COLUMNS, rows)


async def update_clock(tx: Tx, clock: NoticeClock) -> None:
    """All of it that changes."""
    await tx.execute(
        _UPDATE_SQL, clock.id, clock.starts_at, clock.due_at, clock.opens_at, clock.met_at, clock.met_by,
        clock.met_evidence, clock.breached_at, clock.breach_record_id, clock.warned, clock.looks_next_at, clock.ended_at,
        _json(clock.pauses), _json(clock.extensions),
    )  # fmt: skip


async def insert_presets(
    tx: Tx,
    ident: int,
    content: str,
    digest: bytes,
    *,
    note: str,
    by: int | None,
    record_id: str,
    now: Instant,
) -> None:
    """A file of presets; the newest is in force."""
    await tx.execute(
        "insert into notice_preset_versions (id, content, sha256, note, published_by, published_at, record_id)"
        " values ($1, $2, $3, $4, $5, $6, $7)",
        ident, content, digest, note, by, now, record_id,
    )  # fmt: skip


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
