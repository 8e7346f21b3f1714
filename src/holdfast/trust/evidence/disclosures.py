"""What left the server: one row for each bundle. Rows are only ever added."""

from __future__ import annotations

import msgspec

from ...platform.db import Reader, Row, Tx
from ...pure.window import Window
from .model import Disclosure, ExportQuery

_COLUMNS = (
    "select id, recipient, purpose, authority, query::text as query, manifest_sha256, file_sha256, items, redactions,"
    " encrypted_to, made_by, record_id, made_at, form from disclosures"
)
_PAGE_SQL = (
    _COLUMNS + " where id < $1 and id > $2 order by case when $3::boolean then id end, id desc limit $4"
)
_decode = msgspec.json.Decoder(ExportQuery).decode


async def insert_disclosure(tx: Tx, one: Disclosure) -> None:
    """Write down that a bundle was made."""
    await tx.execute(
        "insert into disclosures (id, recipient, purpose, authority, query, manifest_sha256, file_sha256, items,"
        " redactions, encrypted_to, made_by, record_id, made_at, form)"
        " values ($1, $2, $3, $4, $5::jsonb, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        one.id, one.recipient, one.purpose, one.authority, msgspec.json.encode(one.query).decode(), one.manifest_sha256,
        one.file_sha256, one.items, one.redactions, one.encrypted_to, one.made_by, one.record_id, one.made_at,
        one.form,
    )  # fmt: skip


async def disclosures(reader: Reader, page: Window) -> list[Disclosure]:
    """One page, newest first. For the staff alone."""
    rows = await reader.fetch(_PAGE_SQL, page.below, page.above, page.forward, page.limit)
    return [_disclosure(row) for row in (rows[::-1] if page.forward else rows)]


def _disclosure(row: Row) -> Disclosure:
    return Disclosure(**{**dict(row), "query": _decode(row["query"])})
