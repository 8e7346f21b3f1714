"""The worker's part in the mirror: media that wait, kits that are due, stores that lack something."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

import structlog

from holdfast.continuity.drills import write_canary
from holdfast.continuity.media import WaitingFiles, drain_waiting
from holdfast.continuity.mirror import MirrorSetup, open_stores, read_setup
from holdfast.continuity.shipping import is_superseded
from holdfast.platform import stores
from holdfast.platform.blobs import open_blobs
from holdfast.platform.clock import Clock, Instant
from holdfast.platform.config import Settings
from holdfast.platform.crypto import Keyring
from holdfast.platform.db import Database, Tx
from holdfast.platform.jobs import run_due
from holdfast.platform.master_key import load_master_key
from holdfast.pure.errors import HoldfastError
from holdfast.records import ledger

from .kit import keep_kit
from .media import bring_media
from .notices import spread_newest

log = structlog.get_logger(__name__)

_LOOK_EVERY_SECONDS: Final = 5.0
_KIT_EVERY: Final = timedelta(minutes=1)
_MEDIA_EVERY: Final = timedelta(hours=6)


async def keep_mirror(settings: Settings, database: Database, clock: Clock, stop: asyncio.Event) -> None:
    """Look after everything but the log until `stop` is set; nothing while there is no mirror."""
    keeper = MirrorKeeper(settings, database, clock)
    while not stop.is_set():
        try:
            await keeper.look()
        except (HoldfastError, OSError) as error:
            log.warning("mirror.not_looked_after", error=getattr(error, "public", str(error)))
        except Exception:
            # One look that fails must not end the looking.
            log.exception("mirror.look_failed")
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _LOOK_EVERY_SECONDS)
    await keeper.close()


class MirrorKeeper:
    """Looks after the mirror of one data folder."""

    def __init__(self, settings: Settings, database: Database, clock: Clock) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._waiting = WaitingFiles(settings.data.resolve())
        self._setup: MirrorSetup | None = None
        self._opened: Mapping[str, stores.Store] = {}
        self._told_degraded = False

    async def look(self) -> None:
        """Do what is due. Raises Unavailable, StoreError, MirrorSetupUnreadable."""
        setup = read_setup(self._settings.data, Keyring(load_master_key(self._settings)))
        if setup is None or not setup.stores:
            return
        if setup != self._setup:
            await self.close()
            timeout = self._settings.mirror_store_timeout_seconds
            self._opened, self._setup = open_stores(setup, timeout_seconds=timeout), setup
        if is_superseded(self._settings.data):
            return  # the stores are another server's now
        await self._drain(setup)
        async with self._database.transaction() as tx:
            await write_canary(tx, now=self._clock.now())
        if await self._is_due("mirror_kit", _KIT_EVERY):
            kept = await keep_kit(self._settings, self._database, setup, self._opened, now=self._clock.now())
            if kept.is_new:
                log.info("mirror.kit_made", name=kept.state.name, missing=sorted(kept.state.failed))
        if await self._is_due("mirror_media", _MEDIA_EVERY):
            now = self._clock.now()
            done = await bring_media(self._settings, self._database, setup, self._opened, now=now)
            brought = {name: one.brought for name, one in done.reconciled.stores.items()}
            log.info("mirror.media_reconciled", files=done.files, brought=brought)
            await spread_newest(self._database, self._opened)

    async def close(self) -> None:
        """Give connections back."""
        for store in self._opened.values():
            await store.close()
        self._opened, self._setup = {}, None

    async def _drain(self, setup: MirrorSetup) -> None:
        degraded = self._waiting.degraded_since()
        if degraded is not None and not self._told_degraded:
            await self._tell("degraded", setup, since=degraded)
        if not self._waiting.count():
            self._waiting.recover()
        else:
            blobs = open_blobs(self._settings)
            await drain_waiting(self._waiting, setup, self._opened, blobs, now=self._clock.now())
        if self._told_degraded and self._waiting.degraded_since() is None:
            await self._tell("mirrored", setup, since=None)

    async def _tell(self, state: str, setup: MirrorSetup, *, since: Instant | None) -> None:
        """That files were accepted without the quorum is on the record, and that this is over."""
        now = self._clock.now()
        lag = round((now - since).total_seconds()) if since is not None else 0
        public = {"state": state, "cause": "media", "mirrors": len(setup.stores), "lag_seconds": max(0, lag)}
        async with self._database.transaction() as tx:
            await ledger.append(tx, ledger.Entry(kind=ledger.Kind.MIRROR_DEGRADED, public=public), now=now)
        self._told_degraded = state == "degraded"

    async def _is_due(self, name: str, every: timedelta) -> bool:
        """Whether this worker does it now; the work itself holds no transaction."""
        return await run_due(self._database, self._clock, name, every, _nothing)


async def _nothing(tx: Tx, now: Instant) -> None:
    """Being the one is all that the transaction decides."""
