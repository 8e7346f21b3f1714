"""Backups by the clock: what is due goes to the stores, what is old goes. The worker runs it; `holdfast mirror backup` makes one now."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

import structlog

from holdfast.continuity.backups import (
    BackupLimits,
    BackupRunning,
    BackupSource,
    BackupWork,
    KeptBackups,
    part_bytes_for,
    run_round,
)
from holdfast.continuity.mirror import open_stores, read_setup
from holdfast.continuity.shipping import StateUnreadable, read_state
from holdfast.continuity.standing import is_read_only
from holdfast.platform.clock import Clock
from holdfast.platform.config import Settings
from holdfast.platform.crypto import Keyring
from holdfast.platform.db import Database
from holdfast.platform.master_key import load_master_key
from holdfast.platform.postgres import backup_programs, client_programs, programs_major
from holdfast.platform.replication import ask_server
from holdfast.pure.errors import HoldfastError, NotFound
from holdfast.pure.mirror import RetentionPolicy

from .mirror_shipping import is_own_database, superuser_dsn

log = structlog.get_logger(__name__)

_LOOK_SECONDS: Final = 60.0
_ROUND_EVERY: Final = timedelta(minutes=10)
_STORE_TIMEOUT_FACTOR: Final = 4
# On a server of the operator's own there may be databases that this role may not look at.
_SIZE: Final = "select coalesce(sum(pg_database_size(oid)), 0)::bigint from pg_database where has_database_privilege(oid, 'connect')"
_INCREMENTS_SINCE: Final = 17


class NoMirror(NotFound):
    """Nothing is mirrored."""

    public = (
        "there is no mirror with a store yet; begin with `holdfast mirror init` and `holdfast mirror add`"
    )


@asynccontextmanager
async def backup_work(settings: Settings, database_bytes: int, clock: Clock) -> AsyncIterator[BackupWork]:
    """What backups of this server are made with. Raises NoMirror, MirrorSetupUnreadable, StoreMisnamed, NoDatabase."""
    setup = read_setup(settings.data, Keyring(load_master_key(settings)))
    if setup is None or not setup.stores:
        raise NoMirror
    timeout = settings.mirror_store_timeout_seconds * _STORE_TIMEOUT_FACTOR
    stores = open_stores(setup, timeout_seconds=timeout)
    source = await asyncio.to_thread(_source_of, settings)
    full_every = timedelta(days=settings.mirror_backup_full_days)
    limits = BackupLimits(
        full_every=full_every,
        incremental_every=timedelta(hours=settings.mirror_backup_incremental_hours)
        if source.increments
        else full_every,
        max_rate_kb=settings.mirror_backup_rate_kb,
        part_bytes=part_bytes_for(database_bytes),
    )
    try:
        yield BackupWork(setup, stores, source, KeptBackups(settings.data.resolve()), clock, limits)
    finally:
        for store in stores.values():
            await store.close()


def _source_of(settings: Settings) -> BackupSource:
    """The database, and the programs that suit it. Blocks. Raises NoDatabase, ProgramsMissing, ReplicationAway."""
    dsn = superuser_dsn(settings)
    if is_own_database(settings):
        programs = backup_programs(settings.postgres_user, settings.postgres_bin)
        return BackupSource(programs, dsn, increments=programs_major(programs) >= _INCREMENTS_SINCE)
    server = ask_server(dsn)
    programs = client_programs(server.major, encrypted=server.encrypted, configured=settings.postgres_bin)
    return BackupSource(programs, dsn, server.version, increments=server.major >= _INCREMENTS_SINCE)


async def database_size(database: Database) -> int:
    """Bytes of all databases of the server."""
    return int(await database.fetchval(_SIZE))


async def keep_backups(settings: Settings, database: Database, clock: Clock, stop: asyncio.Event) -> None:
    """Make what is due until `stop` is set; nothing while there is no mirror, or while another server holds the site."""
    next_round = clock.now()
    while not stop.is_set():
        missing = _log_is_missing(settings)
        if clock.now() >= next_round:
            try:
                if await back_up_if_due(settings, database, clock, log_is_missing=missing):
                    next_round = clock.now() + _ROUND_EVERY
            except (HoldfastError, OSError) as error:
                log.warning("backup.failed", error=getattr(error, "public", str(error)))
            except Exception:
                # One round that fails must not end the rounds.
                log.exception("backup.round_failed")
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(
                stop.wait(), _LOOK_SECONDS if next_round > clock.now() else _LOOK_SECONDS / 6
            )


async def back_up_if_due(
    settings: Settings, database: Database, clock: Clock, *, log_is_missing: bool = False
) -> bool:
    """One round, on one worker at a time; False where there is nothing to do here. Raises BackupFailed, StoreError."""
    if is_read_only(settings.data):
        return False
    if not (settings.data / "mirror" / "setup").exists():
        return False
    size = await database_size(database)
    try:
        async with backup_work(settings, size, clock) as work:
            with work.kept.alone():
                done = await run_round(
                    work,
                    policy=RetentionPolicy(keep=timedelta(days=settings.mirror_keep_days)),
                    pack_after=timedelta(minutes=settings.mirror_pack_minutes),
                    log_is_missing=log_is_missing,
                )
    except (NoMirror, BackupRunning):
        return False
    if done.taken is not None:
        base = done.taken.base
        log.info(
            "backup.made", backup=base.backup, full=base.parent is None, size_bytes=base.size_bytes,
            stores=list(done.taken.stores), failed=dict(done.taken.failed),
        )  # fmt: skip
    return True


def _log_is_missing(settings: Settings) -> bool:
    """Whether the shipper says that the log at the stores does not lead from any backup to now."""
    try:
        state = read_state(settings.data)
    except StateUnreadable:
        return False
    return state is not None and state.needs_base
