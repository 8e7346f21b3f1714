"""Relaunches of a mirrored database, and what came of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import asyncpg

from holdfast.continuity import mirror
from holdfast.continuity.backups import BackupKind, back_up_now
from holdfast.continuity.relaunch import (
    Mirrors,
    Relaunch,
    RelaunchRequest,
)
from holdfast.continuity.restoring import Target
from holdfast.platform.clock import SystemClock
from tests.support.mirrored import MASTER_KEY, Mirrored


async def say(mirrored: Mirrored, *ids: int) -> None:
    for one in ids:
        await mirrored.sql("insert into t values ($1, 'said')", one, database="holdfast")


def a_relaunch(mirrored: Mirrored, data: Path, **changes: object) -> Relaunch:
    authority = mirror.open_authority(
        mirrored.setup.authority_sealed, mirrored.identity, mirrored.setup.site_id
    )
    kit = {"master_key": MASTER_KEY.hex()}
    mirrors = Mirrors(mirrored.setup, mirrored.stores, authority, kit)
    request = RelaunchRequest(Target(data), mirrored.identity)
    return Relaunch(replace(request, **changes), mirrors, clock=SystemClock())  # type: ignore[arg-type]


async def ids_in(data: Path) -> list[int]:
    server = Target(data).server()
    await server.start()
    connection = await asyncpg.connect(server.admin_dsn("holdfast"))
    try:
        return [row[0] for row in await connection.fetch("select id from t order by id")]
    finally:
        await connection.close()
        await server.stop()


async def with_log(mirrored: Mirrored) -> None:
    """A backup of the row 1, and the rows 2, 3, 4 in a stretch of log each."""
    await say(mirrored, 1)
    await mirrored.ship()
    await back_up_now(mirrored.work(), BackupKind.FULL)
    for one in (2, 3, 4):
        await say(mirrored, one)
        await mirrored.ship()
    await mirrored.stop()


def log_files(folder: Path) -> list[Path]:
    """The stretches of log at a store, in order."""
    return sorted((folder / "wal" / "0000000001").rglob("*-*"))
