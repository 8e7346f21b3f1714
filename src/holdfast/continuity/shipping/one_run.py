"""One run: from the slot's place in the log to the stores, until the database ends it or the shipper is asked to stop.

Intake -> cut -> ChunkMaker -> every Lane
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

import structlog

from ...platform.clock import Clock
from ...platform.crypto import random_bytes
from ...platform.replication import ReplicationAway, ReplicationControl, WalStream
from ...platform.stores import Store
from ...pure.mirror import LogGap, check_resumes, format_lsn
from ..mirror import MirrorSetup
from .errors import NotThisSite
from .intake import Intake
from .lanes import Lane
from .model import APPLICATION, SLOT, LaneMode, ShippingLimits, who_falls_behind
from .sealing_chunks import ChunkMaker, Run

log = structlog.get_logger(__name__)

_IN_THREAD_BYTES = 64 * 1024
_PATIENCE_AT_END_SECONDS = 10.0
_STUCK_SECONDS = 3.0


class OneRun:
    """Made by `begin`; `ship` works until something ends it."""

    def __init__(
        self,
        stream: WalStream,
        maker: ChunkMaker,
        lanes: list[Lane],
        *,
        limits: ShippingLimits,
        clock: Clock,
        news: asyncio.Event,
    ) -> None:
        self.stream, self.lanes = stream, lanes
        self.run = maker.run
        self.intake = Intake(stream, maker.run.start_lsn, 2 * limits.chunk_max_bytes)
        self._maker, self._limits, self._clock, self._news = maker, limits, clock, news
        self._cut_at = 0.0
        self._gap_told = self._names_forgotten = False
        self._stuck_since: float | None = None

    @property
    def confirmed(self) -> Mapping[str, int]:
        """Up to where each store has confirmed."""
        return {lane.name: lane.confirmed_lsn for lane in self.lanes}

    @property
    def needs_base(self) -> bool:
        """Whether no store that answers leads home: there is no backup, or log since it is missing."""
        answered = [lane for lane in self.lanes if lane.mode is not LaneMode.AWAY]
        return bool(answered) and not any(lane.leads_home for lane in answered)

    async def ship(self, stop: asyncio.Event) -> None:
        """Ship until `stop` is set and all is there that came, or patience ends. Raises ReplicationAway."""
        tasks = [asyncio.create_task(lane.work()) for lane in self.lanes]
        tasks.append(asyncio.create_task(self._cut()))
        stopping = asyncio.ensure_future(stop.wait())
        try:
            await asyncio.wait([*tasks, stopping], return_when=asyncio.FIRST_COMPLETED)
            if not any(task.done() for task in tasks):
                await self._finish()
            for task in tasks:
                if task.done() and not task.cancelled():
                    task.result()
        finally:
            stopping.cancel()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, stopping, return_exceptions=True)
            self.intake.close()
            self.stream.close()
            self._news.set()

    async def _cut(self) -> None:
        """Make chunks of what comes: at once when it is quiet, else one after each pause, so that many commits share one."""
        loop = asyncio.get_running_loop()
        while True:
            await self.intake.something()
            while self._has_no_room():
                await asyncio.sleep(self._limits.linger_seconds)
                self.intake.check()
            due = max(self.intake.first_at, self._cut_at + self._limits.linger_seconds)
            if self.intake.size_bytes < self._limits.chunk_max_bytes and loop.time() < due:
                await asyncio.sleep(due - loop.time())
            self._cut_at = loop.time()
            first_at = self.intake.first_at
            taken = self.intake.take(self._limits.chunk_max_bytes)
            self.intake.resume()
            if len(taken) > _IN_THREAD_BYTES:
                chunk = await asyncio.to_thread(self._maker.make, taken, first_at, now=self._clock.now())
            else:
                chunk = self._maker.make(taken, first_at, now=self._clock.now())
            for lane in self.lanes:
                lane.offer(chunk)

    def _has_no_room(self) -> bool:
        waiting = {lane.name: lane.waiting_bytes for lane in self.lanes if lane.mode is not LaneMode.BEHIND}
        live = {lane.name for lane in self.lanes if lane.mode is LaneMode.LIVE}
        full, wait = who_falls_behind(waiting, live, self._limits.queue_max_bytes)
        for lane in self.lanes:
            if lane.name in full:
                lane.fall_behind(asyncio.get_running_loop().time())
        return wait

    async def _finish(self) -> None:
        """What the database has written by now reaches the stores, as far as they answer."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + _PATIENCE_AT_END_SECONDS
        while loop.time() < deadline:
            through = self.intake.received_lsn >= self.intake.server_lsn and not self.intake.size_bytes
            if self.intake.failed is not None or (through and any(lane.is_idle for lane in self.lanes)):
                # The first to have it all decides how long the others are waited for.
                deadline = min(deadline, loop.time() + 1.0)
                if all(lane.is_idle or lane.mode is not LaneMode.LIVE for lane in self.lanes):
                    return
            await asyncio.sleep(self._limits.linger_seconds)

    def note_stuck(self, now: float) -> None:
        """End a run in which a store waits for a chunk that is nowhere but in memory for one that does not answer: the database has it.

        now: seconds of the loop's clock.
        """
        behind = [lane for lane in self.lanes if lane.mode is LaneMode.BEHIND]
        if not any(lane.lacks_what_nobody_holds() for lane in behind):
            self._stuck_since = None
            return
        self._stuck_since = self._stuck_since or now
        if now - self._stuck_since >= _STUCK_SECONDS:
            self.intake.end(
                ReplicationAway(
                    private="begun anew: the only store that was to have some log does not answer"
                )
            )

    def note_gap(self) -> None:
        """Say it once, when every store has answered: whether log was lost between the runs before and this one."""
        if all(lane.is_mended for lane in self.lanes) and not self._names_forgotten:
            self._names_forgotten = True
            for lane in self.lanes:
                lane.forget_names()
        if self._gap_told or any(lane.mode is LaneMode.AWAY for lane in self.lanes):
            return
        self._gap_told = True
        reached = max(lane.holdings.reaches() for lane in self.lanes)
        start = self.run.start_lsn
        try:
            again = check_resumes(reached, start) if reached else 0
        except LogGap as gap:
            log.error("mirror.gap", error=gap.public)
            return
        log.info("mirror.run_begun", run=self.run.run, start=format_lsn(start), sent_again_bytes=again)


def begin(
    setup: MirrorSetup,
    stores: Mapping[str, Store],
    dsn: str,
    control: ReplicationControl,
) -> tuple[WalStream, Run]:
    """Connect and begin to receive at the slot's place; the slot is made when there is none, or when it has lost log.

    Blocks. Raises NotThisSite, ReplicationAway.
    """
    stream = WalStream(dsn, APPLICATION)
    try:
        source = stream.identify()
        if source.system != setup.site_id:
            raise NotThisSite(private=f"{source.system} is not {setup.site_id}")
        slot = control.slot(SLOT)
        if slot is not None and slot.is_lost:
            log.error("mirror.slot_lost", status=slot.wal_status)
            control.drop_slot(SLOT)
            slot = None
        if slot is None:
            stream.create_slot(SLOT)
            slot = control.slot(SLOT)
        start = slot.restart_lsn if slot is not None and slot.restart_lsn is not None else source.flushed_lsn
        stream.start(SLOT, start, source.timeline)
    except BaseException:
        stream.close()
        raise
    run = Run(setup.site_id, setup.epoch, source.timeline, random_bytes(16).hex(), start)
    return stream, run


def open_run(
    setup: MirrorSetup,
    stores: Mapping[str, Store],
    begun: tuple[WalStream, Run],
    *,
    limits: ShippingLimits,
    clock: Clock,
    news: asyncio.Event,
) -> OneRun:
    """The run that `begin` began, with a lane to each store."""
    stream, run = begun
    tell: Callable[[], None] = news.set
    lanes = [
        Lane(name, store, run, limits=limits, signer=setup.signer, clock=clock, news=tell)
        for name, store in stores.items()
    ]
    for lane in lanes:
        lane.others = [other for other in lanes if other is not lane]
    maker = ChunkMaker(run, setup.recipients, setup.signer)
    return OneRun(stream, maker, lanes, limits=limits, clock=clock, news=news)
