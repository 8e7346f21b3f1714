"""Looks at a database that came back, with nothing but its address: every row, every leaf, the canary."""

from __future__ import annotations

from typing import Final, NamedTuple

import asyncpg

from ...platform.clock import Instant
from ...pure.evidence import CompactRange, leaf_hash
from .canary import CANARY
from .model import Check, CheckName

_SECONDS: Final = 600.0
_AT_ONCE: Final = 5000
_TABLES_SQL: Final = "select tablename::text from pg_tables where schemaname = 'public' order by tablename"
_BROKEN_SQL: Final = "select indexrelid::regclass::text from pg_index where not indisvalid or not indisready"
_HEAD_SQL: Final = "select log, size, root from ledger_checkpoints order by log desc, size desc limit 1"
_LEAVES_SQL: Final = "select leaf from ledger_records where log = $1 and leaf_index < $2 order by leaf_index"


class Looked(NamedTuple):
    """What was found. rpo_seconds: None where there is no canary."""

    checks: tuple[Check, ...]
    rows: dict[str, int]
    ledger_size: int
    ledger_root: str
    rpo_seconds: float | None


async def check_database(dsn: str, *, asked_at: Instant) -> Looked:
    """Read everything once. asked_at: when the stores were asked. Raises asyncpg.PostgresError where the database does not answer."""
    connection = await asyncpg.connect(dsn, timeout=_SECONDS, command_timeout=_SECONDS)
    try:
        rows, tables = await _tables(connection)
        size, root, ledger = await _ledger(connection)
        rpo, canary = await _canary(connection, asked_at)
    finally:
        await connection.close()
    return Looked((tables, ledger, canary), rows, size, root, rpo)


async def _tables(connection: asyncpg.Connection) -> tuple[dict[str, int], Check]:
    rows: dict[str, int] = {}
    try:
        for record in await connection.fetch(_TABLES_SQL):
            # A name out of the catalogue, quoted by PostgreSQL: names of tables cannot be parameters.
            query = await connection.fetchval(
                "select format('select count(t.*) from %I t', $1::text)", record[0]
            )
            rows[record[0]] = await connection.fetchval(query)
        broken = [record[0] for record in await connection.fetch(_BROKEN_SQL)]
    except asyncpg.PostgresError as error:
        return rows, Check(CheckName.TABLES, False, f"cannot be read: {error}")
    if broken:
        return rows, Check(CheckName.TABLES, False, f"broken indexes: {', '.join(broken)}")
    return rows, Check(CheckName.TABLES, True, f"{sum(rows.values())} rows in {len(rows)} tables")


async def _ledger(connection: asyncpg.Connection) -> tuple[int, str, Check]:
    head = await connection.fetchrow(_HEAD_SQL)
    if head is None:
        return 0, "", Check(CheckName.LEDGER, True, "nothing was signed yet")
    tree = CompactRange()
    async with connection.transaction(readonly=True):
        async for record in connection.cursor(_LEAVES_SQL, head["log"], head["size"], prefetch=_AT_ONCE):
            tree.append(leaf_hash(record[0]))
    if tree.size != head["size"] or tree.root() != bytes(head["root"]):
        said = f"{tree.size} leaves do not lead to the root that was signed over {head['size']}"
        return tree.size, tree.root().hex(), Check(CheckName.LEDGER, False, said)
    return (
        head["size"],
        bytes(head["root"]).hex(),
        Check(CheckName.LEDGER, True, f"{head['size']} leaves lead to the signed root"),
    )


async def _canary(connection: asyncpg.Connection, asked_at: Instant) -> tuple[float | None, Check]:
    found = await connection.fetchval("select value from facts where name = $1", CANARY)
    if found is None:
        return None, Check(
            CheckName.CANARY, True, "the site writes no canary, so it is not known what is newest"
        )
    written = Instant.fromisoformat(found)
    age = round((asked_at - written).total_seconds(), 1)
    return age, Check(
        CheckName.CANARY, True, f"the newest thing that came back was {max(age, 0.0):.1f} seconds old"
    )
