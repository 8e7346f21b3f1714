"""The worker's part in archives: making those that were asked for, importing those that were given."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta

import structlog

from ..platform.blobs import Blobs
from ..platform.clock import Clock, Instant
from ..platform.config import Settings
from ..platform.crypto import Keyring
from ..platform.db import Database, Tx
from ..platform.errands import ErrandRunner
from ..platform.ids import PublicIds
from ..platform.jobs import RunnerLimits, run_due
from ..platform.master_key import load_master_key
from ..pure.errors import Unavailable
from ..social.archives import IMPORT_ARCHIVE, MAKE_ARCHIVE, forget_archives
from .archive_importing import ArchiveImporter
from .archive_making import ArchiveMaker
from .lazy_screen import LazyScreen
from .mirrored_blobs import blobs_of

# Longer than any archive takes; a worker that died in one is known to have died when it starts again.
_LEASE_SECONDS = 4 * 3600.0
_ATTEMPTS = 5
_LOOK_EVERY_SECONDS = 5.0
_FORGET_EVERY = timedelta(hours=1)
_LOOK_AGAIN_SECONDS = 60.0

log = structlog.get_logger(__name__)


async def keep_archiving(
    settings: Settings, database: Database, clock: Clock, stop: asyncio.Event, screening: LazyScreen
) -> None:
    """Work on archives until `stop` is set."""
    forgetting = asyncio.create_task(_keep_forgetting(settings, database, clock, stop))
    try:
        await archive_runner(settings, database, clock, blobs_of(settings, clock), screening).run(stop)
    finally:
        forgetting.cancel()


def archive_runner(
    settings: Settings, database: Database, clock: Clock, blobs: Blobs, screening: LazyScreen
) -> ErrandRunner:
    """What takes the jobs, one at a time."""
    ids = PublicIds(Keyring(load_master_key(settings)).derive("public ids"))
    maker = ArchiveMaker(settings, database, clock, ids=ids, blobs=blobs)
    importer = ArchiveImporter(settings, database, clock, ids=ids, blobs=blobs, screening=screening)
    limits = RunnerLimits(
        batch=1,
        concurrency=1,
        lease_seconds=_LEASE_SECONDS,
        attempts=_ATTEMPTS,
        poll_seconds=_LOOK_EVERY_SECONDS,
    )
    errands = {MAKE_ARCHIVE: maker.errand, IMPORT_ARCHIVE: importer.errand}
    return ErrandRunner(database, clock, errands, limits)


async def _keep_forgetting(settings: Settings, database: Database, clock: Clock, stop: asyncio.Event) -> None:
    async def forget(tx: Tx, now: Instant) -> None:
        await forget_archives(tx, now - timedelta(days=settings.archive_kept_days))

    while not stop.is_set():
        try:
            await run_due(database, clock, "forget_archives", _FORGET_EVERY, forget)
        except (Unavailable, OSError) as error:
            log.warning("archives.database_away", error=str(error))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _LOOK_AGAIN_SECONDS)
