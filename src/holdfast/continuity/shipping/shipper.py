"""The shipper: one run after the other, what the database is told, and what everybody else is told.

The database is told that log is flushed only when the quorum holds it, and its commits wait for that: the shipper is the synchronous
standby. When nothing is confirmed for some seconds it has the commits go on without, and says so, until the stores have caught up.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Coroutine, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog

from ...platform.clock import Clock
from ...platform.replication import ReplicationAway, ReplicationControl, SlotState
from ...platform.stores import Store
from ...pure.mirror import Durability, QuorumPolicy, QuorumState, judge_quorum, safe_lsn
from ..mirror import MirrorSetup
from .errors import Overtaken
from .manifests import ManifestWriter
from .model import APPLICATION, FENCE_LEASE_SECONDS, SLOT, LaneMode, ShipperState, ShippingLimits
from .one_run import OneRun, begin, open_run
from .state import is_superseded, mark_superseded, superseded_by, write_state
from .survey import later_claim

log = structlog.get_logger(__name__)

_TICK_SECONDS = 0.1
_TELL_SECONDS = 1.0
_STATE_SECONDS = 0.5
_SLOT_SECONDS = 1.0
_AGAIN_SECONDS = 0.5
_CAUGHT_UP_SECONDS = 1.0
_ALARM_SHARE = 0.5
_STOOD_STILL = 0.8


class Shipper:
    """Ships until told to stop. superuser_dsn: of the database whose log it is. steers: whether it decides what commits wait for."""

    def __init__(
        self,
        setup: MirrorSetup,
        stores: Mapping[str, Store],
        superuser_dsn: str,
        data_folder: Path,
        *,
        clock: Clock,
        limits: ShippingLimits | None = None,
        steers: bool = True,
    ) -> None:
        self._setup, self._stores, self._dsn = setup, dict(stores), superuser_dsn
        self._folder, self._clock, self._steers = data_folder, clock, steers
        self._limits = limits or ShippingLimits()
        self._control = ReplicationControl(superuser_dsn)
        self._policy = QuorumPolicy(frozenset(self._stores), setup.quorum, self._limits.degrade_after)
        self._quorum = QuorumState()
        self._degraded_since: datetime | None = None
        self._cause = ""
        self._commits_wait: bool | None = None
        self._slot: SlotState | None = None
        self._one: OneRun | None = None
        self._manifests: ManifestWriter | None = None
        self._looked_at = dict.fromkeys(self._stores, float("-inf"))
        self._server_before: deque[tuple[float, int]] = deque()
        self._news = asyncio.Event()
        self._alarmed = False
        self._away_since: float | None = asyncio.get_running_loop().time()
        self._ticked_at = self._away_since
        self._steer_at = 0.0
        self._told_at = 0.0

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop` is set. Raises NotThisSite; Overtaken once another server holds this site."""
        if is_superseded(self._folder):
            await self._yield_site()
        beside: tuple[Coroutine[Any, Any, None], ...] = (
            self._ship(stop), self._watch_fence(), self._judge(), self._watch_slot(), self._keep_state(), self._sign(),
        )  # fmt: skip
        tasks = [asyncio.create_task(one) for one in beside]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                if task.done():
                    task.result()
        except Overtaken:
            await _cancelled(tasks)
            await self._yield_site()
        finally:
            await _cancelled(tasks)
            self._tell()
            self._control.close()

    async def _ship(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                begun = await asyncio.to_thread(begin, self._setup, self._stores, self._dsn, self._control)
                # Nothing counts as flushed in a new run before the stores have said so.
                self._quorum = replace(self._quorum, flushed_lsn=0)
                self._server_before.clear()
                self._away_since = None
                self._one = open_run(
                    self._setup, self._stores, begun, limits=self._limits, clock=self._clock, news=self._news
                )
                await self._one.ship(stop)
            except ReplicationAway as error:
                if self._away_since is None:
                    self._away_since = asyncio.get_running_loop().time()
                    log.warning("mirror.source_away", error=error.private)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_AGAIN_SECONDS):
                        await stop.wait()
        self._judge_now()
        await self._write_manifest()

    async def _judge(self) -> None:
        """Follow what the stores confirm; tell the database."""
        while True:
            # Not wait_for: a cancellation that comes with the news would be lost in it.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_TICK_SECONDS):
                    await self._news.wait()
            self._news.clear()
            self._note_time()
            self._judge_now()
            await self._steer()

    def _note_time(self) -> None:
        """Where this process stood still, commits may have been let go: begin from what the database says."""
        now = asyncio.get_running_loop().time()
        if now - self._ticked_at > _STOOD_STILL * self._limits.degrade_after.total_seconds():
            self._commits_wait = None
            self._degrade("the shipper stood still")
        self._ticked_at = now

    def _judge_now(self) -> None:
        now = asyncio.get_running_loop().time()
        if self._away_since is not None:
            if now - self._away_since >= self._limits.degrade_after.total_seconds():
                self._degrade("the database does not hand out its log")
            return
        one = self._one
        if one is None or one.intake.failed is not None:
            return
        sent = one.intake.received_lsn
        self._server_before.append((now, max(sent, one.intake.server_lsn)))
        while len(self._server_before) > 1 and self._server_before[1][0] <= now - _CAUGHT_UP_SECONDS:
            self._server_before.popleft()
        if self._quorum.durability is Durability.DEGRADED:
            # Under load something is always on its way: caught up is who has all that was written a moment ago.
            began, sent = self._server_before[0]
            if began > now - _CAUGHT_UP_SECONDS:
                sent = max(sent, one.intake.server_lsn) + 1
        before = self._quorum.flushed_lsn
        self._follow(judge_quorum(
            self._policy, self._quorum, sent_lsn=sent, confirmed=self._counted(now), now=self._clock.now()
        ))  # fmt: skip
        if self._quorum.flushed_lsn > before or now - self._told_at >= _TELL_SECONDS:
            self._told_at = now
            with contextlib.suppress(ReplicationAway):
                one.stream.confirm(one.intake.received_lsn, self._quorum.flushed_lsn)

    def _counted(self, now: float) -> dict[str, int]:
        """What the stores confirmed, as far as it counts: only where a look for a later epoch found none lately."""
        if self._one is None:
            return {}
        fenced = {name for name, at in self._looked_at.items() if now - at <= FENCE_LEASE_SECONDS}
        return {name: lsn for name, lsn in self._one.confirmed.items() if name in fenced}

    def _follow(self, after: QuorumState) -> None:
        turned = after.durability is not self._quorum.durability
        self._quorum = after
        if turned:
            silent = ", ".join(sorted(one.name for one in self._state().stores if one.last_error))
            self._turn(after.durability, f"no confirmation from {silent or 'enough stores'}")

    def _degrade(self, cause: str) -> None:
        if self._quorum.durability is Durability.MIRRORED:
            self._turn(Durability.DEGRADED, cause)

    def _turn(self, durability: Durability, cause: str) -> None:
        self._quorum = replace(self._quorum, durability=durability)
        if durability is Durability.DEGRADED:
            self._degraded_since, self._cause = self._clock.now(), cause
            log.error("mirror.degraded", cause=cause)
        else:
            log.warning("mirror.restored", since=str(self._degraded_since))
            self._degraded_since, self._cause = None, ""
        self._tell()

    async def _steer(self) -> None:
        """Have commits wait, or not, as it was judged."""
        now = asyncio.get_running_loop().time()
        wanted = self._quorum.durability is Durability.MIRRORED
        if not self._steers or self._commits_wait is wanted or now < self._steer_at:
            return
        self._steer_at = now + _AGAIN_SECONDS
        with contextlib.suppress(ReplicationAway):
            if self._commits_wait is None:
                await asyncio.to_thread(self._control.cap_slots, self._limits.slot_max_mb)
                self._commits_wait = await asyncio.to_thread(self._control.commits_wait)
                if not self._commits_wait:
                    self._degrade("starting")
                return
            await asyncio.to_thread(self._control.set_waiting, APPLICATION if wanted else "")
            self._commits_wait, self._steer_at = wanted, 0.0

    async def _watch_fence(self) -> None:
        """Look for a later epoch at every store, each by itself, so that one which does not answer delays nothing."""
        loop = asyncio.get_running_loop()

        async def watch(name: str, store: Store) -> None:
            while True:
                began = loop.time()
                found = await later_claim(
                    store, self._setup.authority, site=self._setup.site_id, epoch=self._setup.epoch,
                    timeout_seconds=FENCE_LEASE_SECONDS,
                )  # fmt: skip
                if found is not None and found.claim is not None:
                    claim = found.claim
                    mark_superseded(self._folder, claim.number, claim.holder, self._clock.now())
                    log.error("mirror.superseded", store=name, epoch=claim.number, holder=claim.holder)
                    raise Overtaken
                if found is not None:
                    self._looked_at[name] = began
                await asyncio.sleep(max(0.0, began + self._limits.fence_seconds - loop.time()))

        tasks = [asyncio.create_task(watch(*one)) for one in self._stores.items()]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                if task.done():
                    task.result()
        finally:
            await _cancelled(tasks)

    async def _yield_site(self) -> None:
        """Another server is this site: nobody is told any more that something was done here, and nothing is written."""
        while self._steers:
            try:
                await asyncio.to_thread(self._control.refuse_writing)
                await asyncio.to_thread(self._control.set_waiting, "")
                break
            except ReplicationAway as error:
                log.warning("mirror.not_yielded_yet", error=error.private)
                await asyncio.sleep(_AGAIN_SECONDS)
        self._turn(Durability.DEGRADED, "superseded")
        raise Overtaken

    async def _watch_slot(self) -> None:
        while True:
            with contextlib.suppress(ReplicationAway):
                self._slot = await asyncio.to_thread(self._control.slot, SLOT)
                if self._commits_wait and not await asyncio.to_thread(self._control.commits_wait):
                    # The supervisor, or a person: it is so, and everybody must know until it is mended.
                    self._commits_wait = False
                    self._degrade("commits were let go")
            share = self._slot.retained_bytes / (self._limits.slot_max_mb << 20) if self._slot else 0.0
            if share >= _ALARM_SHARE and not self._alarmed:
                log.error(
                    "mirror.log_piles_up", retained_bytes=self._slot.retained_bytes if self._slot else 0,
                    cap_mb=self._limits.slot_max_mb,
                )  # fmt: skip
            self._alarmed = share >= _ALARM_SHARE
            await asyncio.sleep(_SLOT_SECONDS)

    async def _keep_state(self) -> None:
        while True:
            self._tell()
            if self._one is not None:
                self._one.note_gap()
                self._one.note_stuck(asyncio.get_running_loop().time())
            await asyncio.sleep(_STATE_SECONDS)

    async def _sign(self) -> None:
        """Write manifests; learn of new backups with it."""
        while True:
            await asyncio.sleep(self._limits.manifest_seconds)
            await self._write_manifest()

    async def _write_manifest(self) -> None:
        one = self._one
        if one is None or not self._quorum.flushed_lsn:
            return
        if self._manifests is None:
            self._manifests = ManifestWriter(
                self._stores, self._setup.signer, site=self._setup.site_id, epoch=self._setup.epoch, timeline=one.run.timeline
            )  # fmt: skip
        await self._manifests.write(self._quorum.flushed_lsn, self._setup.quorum, now=self._clock.now())
        for lane in one.lanes:
            if lane.mode is not LaneMode.AWAY and lane.name in self._manifests.bases:
                lane.note_bases(self._manifests.bases[lane.name])

    def _state(self) -> ShipperState:
        one, now = self._one, asyncio.get_running_loop().time()
        server = max(one.intake.server_lsn, one.intake.received_lsn) if one else 0
        return ShipperState(
            written_at=self._clock.now(),
            epoch=self._setup.epoch,
            run=one.run.run if one else "",
            durability=self._quorum.durability,
            degraded_since=self._degraded_since,
            cause=self._cause,
            needed=self._setup.quorum,
            safe_lsn=safe_lsn(self._policy, self._counted(now)),
            server_lsn=server,
            retained_bytes=self._slot.retained_bytes if self._slot else 0,
            cap_bytes=self._limits.slot_max_mb << 20,
            needs_base=one.needs_base if one else False,
            superseded_by=superseded_by(self._folder),
            stores=tuple(lane.state(server, now) for lane in one.lanes) if one else (),
        )

    def _tell(self) -> None:
        if self._steers and self._commits_wait is None and self._degraded_since is None:
            # What commits wait for is not known yet, and a state that says it must not be a guess.
            return
        write_state(self._folder, self._state())


async def _cancelled(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
