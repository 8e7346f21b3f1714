"""What must not come back: leases, presence, one-time things, caches; and whether the ledger can go on.

This touches tables of many rooms, by their names in the schema and nothing else: it runs before any of them does, once, on a
database that nobody is connected to.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import asyncpg

from ...pure.evidence import EvidenceInvalid, parse_checkpoint
from ..restoring import StepFailed
from .errors import LedgerWouldFork
from .model import SETTLE_SECONDS

# Each is one statement; one whose table an older schema does not have is left out.
_NEVER_RESTORED: Final = (
    # Whoever had them is not there any more. The work itself is done again: it is idempotent.
    "update jobs set state = 0, leased_until = null, run_at = least(run_at, now()) where state = 1",
    "update periodic set next_run_at = now()",
    # One-time things may have been used after the last bit of log that is here.
    "delete from one_time_links",
    "delete from authorization_codes",
    "delete from idempotency_keys",
    "truncate stamps",
    # Caches, made anew within minutes.
    "delete from trends",
    "update cases set claimed_id = null, claimed_at = null where closed_at is null and claimed_id is not null",
)
_HEAD: Final = "select root from ledger_checkpoints c join ledger_logs l on l.number = c.log where l.origin = $1 and c.size = $2"
_KNOWS_LEDGER: Final = "select to_regclass('public.ledger_checkpoints') is not null"


async def settle_database(dsn: str) -> None:
    """Remove what must not come back. Safe to repeat. Raises StepFailed."""
    connection = await asyncpg.connect(dsn, timeout=SETTLE_SECONDS, command_timeout=SETTLE_SECONDS)
    try:
        for statement in _NEVER_RESTORED:
            try:
                await connection.execute(statement)
            except (asyncpg.UndefinedTableError, asyncpg.UndefinedColumnError):
                continue
    except (asyncpg.PostgresError, OSError, TimeoutError) as error:
        raise StepFailed(f"The restored database cannot be put in order: {error}") from None
    finally:
        await connection.close()


async def check_ledger(dsn: str, kit: Mapping[str, Any]) -> int | None:
    """The size of the newest checkpoint that the kit knows, after making sure that the database has it too; None where it has none.

    Raises LedgerWouldFork.
    """
    note = (kit.get("ledger") or {}).get("checkpoint")
    if not note:
        return None
    try:
        known = parse_checkpoint(str(note).partition("\n\n")[0] + "\n")
    except EvidenceInvalid as error:
        raise LedgerWouldFork("The checkpoint in the kit is damaged.", private=repr(error)) from None
    connection = await asyncpg.connect(dsn, timeout=SETTLE_SECONDS, command_timeout=SETTLE_SECONDS)
    try:
        root = None
        if await connection.fetchval(_KNOWS_LEDGER):
            root = await connection.fetchval(_HEAD, known.origin, known.size)
    finally:
        await connection.close()
    if root is None or bytes(root) != known.root:
        raise LedgerWouldFork(private=f"size {known.size}")
    return known.size
