"""Relaunch notices: issued with the ledger's keys, served here, and held by every store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from holdfast.continuity.relaunch_notices import (
    NewNotice,
    issue_notice,
    newest_at,
    newest_notice,
    spread_notice,
)
from holdfast.platform import stores
from holdfast.platform.clock import Instant
from holdfast.platform.db import Database
from holdfast.pure.errors import Conflict
from holdfast.pure.evidence import SigningKey
from holdfast.pure.relaunch_notices import RelaunchNotice
from holdfast.records import ledger
from holdfast.records.sequencing import generations, signing_key


@dataclass(frozen=True, slots=True)
class Published:
    """A notice, its file, and what each store said to it (None: it has it)."""

    notice: RelaunchNotice
    document: bytes
    answers: Mapping[str, stores.StoreError | None]


async def ledger_keys(database: Database) -> list[SigningKey]:
    """Every key that the newest log ever signed with. Raises Conflict before there is a log."""
    logs = await ledger.logs(database)
    if not logs:
        raise Conflict("The ledger has signed nothing yet: start the server once, and come back.")
    numbers = [one.number for one in await generations(database)] or [1]
    return [signing_key(database.keyring, logs[-1].origin, number) for number in reversed(numbers)]


async def publish_notice(
    database: Database, opened: Mapping[str, stores.Store], new: NewNotice, *, now: Instant
) -> Published:
    """Issue the next notice and put it at every store. Raises NoticeInvalid, Conflict."""
    keys = await ledger_keys(database)
    verifiers = [key.verifier for key in keys]
    seen = await newest_at(opened, verifiers)
    async with database.transaction() as tx:
        issued = await issue_notice(tx, new, keys, seen=seen, now=now)
    answers = await spread_notice(opened, issued.notice, issued.document, verifiers)
    return Published(issued.notice, issued.document, answers)


async def spread_newest(
    database: Database, opened: Mapping[str, stores.Store]
) -> Mapping[str, stores.StoreError | None]:
    """Let every store have the newest notice, if there is one. Raises NoticeRolledBack where a store has a newer one."""
    if not await ledger.logs(database):
        return {}
    verifiers = [key.verifier for key in await ledger_keys(database)]
    held = await newest_notice(database, verifiers)
    if held is None:
        return {}
    return await spread_notice(opened, held.notice, held.document, verifiers)
