"""A second site that follows the stores: log is fetched as it appears there, and PostgreSQL replays it all the time.

No connection to the primary is needed. It holds the identity in memory, so it stands where its operator would let the identity be.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import asyncpg
import zstandard

from ...platform import sealing
from ...platform.clock import Clock
from ...platform.postgres import EmbeddedPostgres
from ...platform.stores import Store, StoreError
from ...pure.errors import Conflict
from ...pure.mirror import (
    MirrorInvalid,
    SignedChunk,
    Span,
    check_follows,
    open_chunk,
    parse_chunk_name,
    parse_lsn,
)
from ..mirror import signers_of
from ..relaunch import (
    Mirrors,
    Progress,
    Relaunch,
    Relaunched,
    RelaunchFolder,
    RelaunchRequest,
    RelaunchState,
)
from ..restoring import Place, StoresSayNothing, append_log, look

POLL_SECONDS: Final = 1.0
_AWAY_SECONDS: Final = 10.0
_RELOOK_SECONDS: Final = 60.0
_PROMOTE: Final = "promote"
_OPTIONS: Final = {
    "restore_command": "false",
    "hot_standby": "on",
    # At least what any primary has, or the replay pauses.
    "max_connections": "1000",
    "wal_retrieve_retry_interval": "200ms",
    "wal_recycle": "off",
}


class PrimaryMoved(Conflict):
    """A later epoch was opened elsewhere."""

    public = "The site was relaunched elsewhere; start this standby anew, in an empty folder."


@dataclass(frozen=True, slots=True)
class StandbyState:
    """fetched_lsn: up to where the log is here. replayed_lsn: up to where it is in the database. away: stores that did not answer."""

    fetched_lsn: int
    replayed_lsn: int
    away: tuple[str, ...]


class Standby:
    """One standby in one folder."""

    def __init__(
        self, request: RelaunchRequest, mirrors: Mirrors, *, clock: Clock, progress: Progress
    ) -> None:
        self._request, self._mirrors = request, mirrors
        self._clock, self._progress = clock, progress
        self._folder = RelaunchFolder(request.data)
        self._state = RelaunchState()
        self._server: EmbeddedPostgres | None = None
        self._last: dict[str, SignedChunk] = {}
        self._away: dict[str, str] = {}
        self._packed: dict[str, list[Place]] = {}
        self._looked_at = 0.0
        self._epoch = 0

    async def start(self) -> None:
        """Restore, and begin to replay. Raises as a relaunch does."""
        work = Relaunch(self._request, self._mirrors, clock=self._clock, progress=self._progress)
        self._state = await work.place()
        cluster = self._cluster
        (cluster / "recovery.signal").unlink(missing_ok=True)
        (cluster / "standby.signal").touch(mode=0o600)
        await self._look()
        self._server = self._request.target.server(
            {**_OPTIONS, "recovery_target_timeline": str(self._state.timeline)}
        )
        await self._server.start(self._progress.say)

    async def follow(self, told: Callable[[StandbyState], None]) -> None:
        """Follow until `ask_promotion` was called for this folder. Raises PrimaryMoved."""
        while not (self._folder.path / _PROMOTE).exists():
            moved = await self.fetch()
            told(StandbyState(self._state.reach_lsn, await self._replayed(), tuple(sorted(self._away))))
            if not moved:
                await asyncio.sleep(POLL_SECONDS)

    async def promote(self, media: Callable[[str], Awaitable[int]] | None = None) -> Relaunched:
        """Fence the primary, take what it still acknowledged, and become the site. Raises as a relaunch does."""
        await self.stop()
        cluster = self._cluster
        (cluster / "standby.signal").unlink(missing_ok=True)
        (cluster / "recovery.signal").touch(mode=0o600)
        (self._folder.path / _PROMOTE).unlink(missing_ok=True)
        work = Relaunch(
            self._request, self._mirrors, clock=self._clock, progress=self._progress, catch_up=self._catch_up
        )
        return await work.run(media)

    async def stop(self) -> None:
        """Stop the replay; it goes on at the next start."""
        server, self._server = self._server, None
        if server is not None:
            await server.stop()

    async def fetch(self) -> int:
        """Bring what is new at the stores; how many bytes of log."""
        if time.monotonic() - self._looked_at > _RELOOK_SECONDS:
            await self._look()
        found = await self._listed()
        begin = self._state.reach_lsn
        while True:
            best = self._next(found)
            if best is None:
                break
            log = await self._opened(best, found.pop(best))
            if log is None:
                continue
            span = parse_chunk_name(best)
            inside = self._state.reach_lsn - span.start_lsn
            await asyncio.to_thread(
                append_log, self._cluster, span.timeline, self._state.reach_lsn, log[inside:],
                owner=self._request.target.owner(),
            )  # fmt: skip
            self._state.reach_lsn = span.end_lsn
        if self._state.reach_lsn != begin:
            self._folder.keep(self._state)
        return self._state.reach_lsn - begin

    async def _catch_up(self) -> int:
        """All that is at the stores, once nothing is added any more."""
        self._looked_at = 0.0
        while await self.fetch():
            continue
        return self._state.reach_lsn

    @property
    def _cluster(self) -> Path:
        return self._request.data / "postgres"

    async def _look(self) -> None:
        """Whether the site is still where it was; and what packs hold, for log that was merged before it was fetched."""
        setup = self._mirrors.setup
        seen = await look(self._mirrors.stores, setup.authority, site=setup.site_id)
        newest = max((one.claim.number for one in seen.epochs), default=0)
        self._epoch = self._epoch or newest
        if newest > self._epoch:
            raise PrimaryMoved
        self._packed = {
            name: [one for one in places if one.packed]
            for name, places in seen.chunks.items()
            if any(one.packed for one in places)
        }
        self._looked_at = time.monotonic()

    async def _listed(self) -> dict[str, list[Place]]:
        prefix = f"wal/{self._epoch:010d}/{self._state.timeline:08x}"
        found: dict[str, list[Place]] = {name: list(places) for name, places in self._packed.items()}
        self._away = {}

        async def one(label: str, store: Store) -> None:
            try:
                async with asyncio.timeout(_AWAY_SECONDS):
                    entries = await store.list(prefix)
            except (StoreError, TimeoutError) as error:
                self._away[label] = type(error).__name__
                return
            for entry in entries:
                found.setdefault(entry.name, []).append(
                    Place(label, entry.name, 0, entry.size_bytes, packed=False)
                )

        await asyncio.gather(*(one(label, store) for label, store in self._mirrors.stores.items()))
        if len(self._away) == len(self._mirrors.stores):
            self._progress.say(StoresSayNothing.public)
        return found

    def _next(self, found: Mapping[str, list[Place]]) -> str | None:
        """The chunk that leads furthest from where the log here ends."""
        position = self._state.reach_lsn
        best: tuple[Span, str] | None = None
        for name in found:
            try:
                span = parse_chunk_name(name)
            except MirrorInvalid:
                continue
            fits = (span.epoch, span.timeline) == (self._epoch, self._state.timeline)
            if not fits or not span.start_lsn <= position < span.end_lsn:
                continue
            if best is None or span.end_lsn > best[0].end_lsn:
                best = span, name
        return best[1] if best is not None else None

    async def _opened(self, name: str, places: list[Place]) -> bytes | None:
        """The log in a chunk, from the first store whose copy is believed."""
        keys = signers_of(self._mirrors.setup)
        for place in places:
            store = self._mirrors.stores[place.store]
            with suppress(StoreError, MirrorInvalid, TimeoutError):
                async with asyncio.timeout(_AWAY_SECONDS):
                    if place.packed:
                        end = place.offset + place.size_bytes
                        data = await store.get_range(place.name, place.offset, end)
                    else:
                        data = await store.get(place.name)
                signed, body = open_chunk(data, name, keys)
                before = self._last.get(signed.chunk.run)
                if before is not None and before.chunk.sequence + 1 == signed.chunk.sequence:
                    check_follows(before, signed)
                self._last = {signed.chunk.run: signed}
                return await asyncio.to_thread(_plain, body, self._request.identity)
        return None

    async def _replayed(self) -> int:
        if self._server is None:
            return 0
        with suppress(OSError, asyncpg.PostgresError):
            connection = await asyncpg.connect(self._server.admin_dsn())
            try:
                told = await connection.fetchval("select pg_last_wal_replay_lsn()::text")
                return parse_lsn(told) if told else 0
            finally:
                await connection.close()
        return 0


def ask_promotion(data: Path) -> bool:
    """Tell the standby that runs in this folder to take over; False where there is none."""
    folder = RelaunchFolder(data).path
    if not folder.is_dir():
        return False
    (folder / _PROMOTE).touch(mode=0o600)
    return True


def _plain(body: bytes, identity: str) -> bytes:
    return zstandard.ZstdDecompressor().decompressobj().decompress(sealing.unseal(body, identity))
