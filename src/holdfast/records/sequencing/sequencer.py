"""The sequencer: the one task that lets the log grow and signs it, wherever the fence was taken."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import Callable

import structlog

from ...platform.clock import Clock, Instant
from ...platform.db import Database
from ...pure.errors import Unavailable
from ..ledger import StoredCheckpoint, Superseded, WouldFork, latest_checkpoint
from .fence import Fence, fence
from .files import LedgerFiles
from .model import SequencerLimits
from .ports import DurableHere, DurableUpTo, NoPeers, Peers
from .sequence import Edge, sequence_some
from .sign import sign_checkpoint, write_files
from .start import Start, settle

log = structlog.get_logger(__name__)

_AFTER_FAILURE_SECONDS = 1.0


def _no_watch(_step: str) -> None:
    """Nobody looks on."""


class Sequencer:
    """Sequences and signs until told to stop. Any number may run; one works, the others wait for the fence.

    `watch`: hears the name of each step before it is taken; tests end the process there.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        files: LedgerFiles,
        domain: str,
        limits: SequencerLimits | None = None,
        *,
        peers: Peers | None = None,
        durable: DurableUpTo | None = None,
        watch: Callable[[str], None] = _no_watch,
    ) -> None:
        self._database = database
        self._clock = clock
        self._files = files
        self._domain = domain
        self._limits = limits or SequencerLimits()
        self._peers = peers or NoPeers()
        self._durable = durable or DurableHere()
        self._watch = watch
        self._edge: Edge | None = None
        self._signed: StoredCheckpoint | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Take the fence when it is free, and work. Nothing that fails here ends it."""
        while not stop.is_set():
            pause = self._limits.ask_again_seconds
            try:
                pause = await self._work_if_free(stop)
            except (Superseded, Unavailable, OSError) as error:
                log.warning("ledger.sequencer_stopped", error=repr(error))
                pause = self._limits.batch_seconds
            except WouldFork as error:
                log.error("ledger.would_fork", error=str(error))
            except Exception:
                # Whatever it was, records wait meanwhile, and the next try begins from what the database has.
                log.exception("ledger.sequencer_failed")
                pause = _AFTER_FAILURE_SECONDS
            await _wait(stop, pause)

    async def _work_if_free(self, stop: asyncio.Event) -> float:
        """Work until stopped, if the fence is free; else, how long to wait before the next try."""
        with self._files.locked() as alone:
            if not alone:
                return self._limits.batch_seconds
            holder = f"{socket.gethostname()}:{os.getpid()}"
            async with fence(self._database, holder, now=self._clock.now()) as held:
                if held is None:
                    return self._limits.batch_seconds
                if not await self.begin(held):
                    return self._limits.ask_again_seconds
                while not stop.is_set():
                    if not await held.held():
                        raise Superseded(private="the session of the fence is gone")
                    await self.step(held)
                    await _wait(stop, self._limits.batch_seconds)
                await self.sign(held)
        return 0.0

    async def begin(self, held: Fence) -> bool:
        """Ask everybody what the log was; whether one may go on."""
        self._watch("start")
        start = Start(self._database, self._database.keyring, self._files, self._peers, self._domain)
        self._edge = await settle(start, held, now=self._clock.now())
        if self._edge is None:
            return False
        self._watch("started")
        self._signed = await latest_checkpoint(self._database, self._edge.log.number)
        if self._signed is not None and self._signed.size == self._edge.size:
            # It may have been signed, and never published.
            await write_files(self._database, self._edge, self._files)
            await self._files.publish_checkpoint(self._signed.log, self._signed.whole_note)
        return True

    async def step(self, held: Fence) -> None:
        """Give waiting records their indices, and sign when it is time."""
        edge = self._edge
        if edge is None:
            raise Superseded(private="not begun")
        full = True
        while full:
            full = await self._sequence(held, edge) == self._limits.batch
            # Also between batches: records may come as fast as they are given their place.
            if self._due(edge, self._clock.now()):
                await self.sign(held)

    async def _sequence(self, held: Fence, edge: Edge) -> int:
        """One batch; how many records it had."""
        self._watch("sequence")
        try:
            placed = await sequence_some(self._database, held, edge, limit=self._limits.batch)
            self._watch("sequenced")
        except BaseException:
            # What the edge holds may be ahead of the database, or behind it.
            self._edge = None
            raise
        return placed

    async def sign(self, held: Fence) -> None:
        """Sign what is not signed yet."""
        edge = self._edge
        if edge is None or not edge.size or (self._signed and self._signed.size >= edge.size):
            return
        self._watch("sign")
        signed = await sign_checkpoint(
            self._database, held, edge, self._files, self._durable,
            overlap_days=self._limits.key_overlap_days, now=self._clock.now(), watch=self._watch,
        )  # fmt: skip
        if signed is None:
            log.warning("ledger.not_durable_yet", size=edge.size)
            return
        self._signed = signed
        self._watch("signed")

    def _due(self, edge: Edge, now: Instant) -> bool:
        if self._signed is None:
            return True
        since = (now - self._signed.signed_at).total_seconds()
        return edge.size > self._signed.size and since >= self._limits.checkpoint_seconds


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
