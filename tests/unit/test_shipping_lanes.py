"""Lanes: a store that is frozen, slow, full or gone holds nobody back, and has everything once it is back."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
import zstandard

from holdfast.continuity.mirror import signer_key
from holdfast.continuity.shipping import LaneMode, ShippingLimits
from holdfast.continuity.shipping.lanes import Lane
from holdfast.continuity.shipping.model import who_falls_behind
from holdfast.continuity.shipping.sealing_chunks import ChunkMaker, Run
from holdfast.platform.clock import FixedClock
from holdfast.platform.sealing import new_identity, unseal
from holdfast.platform.stores import MemoryObjects
from holdfast.pure.mirror import check_follows, open_chunk, open_pack_head

CLOCK = FixedClock(datetime(2026, 3, 1, 12, 0, tzinfo=UTC))
SITE, START = "7312345678901234567", 0x3000028
SIGNER = signer_key(SITE, 1, b"s" * 32)
IDENTITY, RECIPIENT = new_identity()
SEED = 20260301
SMALL = ShippingLimits(queue_max_bytes=40_000, chunk_max_bytes=20_000, parallel_writes=2)


class Fleet:
    """A run and its lanes to stores in memory, fed by a test."""

    def __init__(self, names: str, limits: ShippingLimits) -> None:
        self.news = asyncio.Event()
        self.run = Run(SITE, 1, 1, "ab" * 16, START)
        self.maker = ChunkMaker(self.run, [RECIPIENT], SIGNER)
        self.stores = {
            name: MemoryObjects(f"memory://{name}", clock=CLOCK, timeout_seconds=0.05) for name in names
        }
        self.lanes = {
            name: Lane(name, store, self.run, limits=limits, signer=SIGNER, clock=CLOCK, news=self.news.set)
            for name, store in self.stores.items()
        }
        for lane in self.lanes.values():
            lane.others = [other for other in self.lanes.values() if other is not lane]
        self.limits = limits
        self.chance = random.Random(SEED)
        self.log = b""

    def feed(self, chunks: int, *, size: int = 1500) -> None:
        """So many chunks of log are cut and offered; a lane whose queue is full falls behind, as in a run."""
        for _ in range(chunks):
            log = self.chance.randbytes(size)
            self.log += log
            chunk = self.maker.make(log, 0.0, now=CLOCK.now())
            for lane in self.lanes.values():
                lane.offer(chunk)
            waiting = {
                name: lane.waiting_bytes
                for name, lane in self.lanes.items()
                if lane.mode is not LaneMode.BEHIND
            }
            live = {name for name, lane in self.lanes.items() if lane.mode is LaneMode.LIVE}
            for name in who_falls_behind(waiting, live, self.limits.queue_max_bytes)[0]:
                self.lanes[name].fall_behind(0.0)

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait for the news that make it true."""
        async with asyncio.timeout(20):
            while not holds():
                self.news.clear()
                await self.news.wait()

    async def kept(self, name: str) -> bytes:
        """The log as the store gives it back: every chunk verified, each following the one before."""
        store = self.stores[name]
        store.faults.frozen = False
        chunks = {}
        for entry in await store.list("wal"):
            signed, body = open_chunk(await store.get(entry.name), entry.name, (SIGNER.verifier,))
            chunks[signed.chunk.sequence] = signed, body
        for entry in await store.list("pack"):
            data = await store.get(entry.name)
            head, places = open_pack_head(data, entry.name, (SIGNER.verifier,))
            for place in places:
                at = head.body_offset + place.offset
                signed, body = open_chunk(data[at : at + place.size_bytes], place.name, (SIGNER.verifier,))
                chunks[signed.chunk.sequence] = signed, body
        ordered = [chunks[number] for number in sorted(chunks)]
        for (before, _), (after, _) in pairwise(ordered):
            check_follows(before, after)
        return b"".join(zstandard.decompress(unseal(body, IDENTITY)) for _, body in ordered)


@asynccontextmanager
async def fleet_of(names: str, limits: ShippingLimits = SMALL) -> AsyncIterator[Fleet]:
    fleet = Fleet(names, limits)
    working = [asyncio.create_task(lane.work()) for lane in fleet.lanes.values()]
    try:
        yield fleet
    finally:
        for task in working:
            task.cancel()
        await asyncio.gather(*working, return_exceptions=True)


async def test_every_store_gets_the_whole_log() -> None:
    async with fleet_of("ab") as fleet:
        fleet.feed(20)
        await fleet.until(
            lambda: all(lane.confirmed_lsn == fleet.run.end_lsn for lane in fleet.lanes.values())
        )
        assert await fleet.kept("a") == await fleet.kept("b") == fleet.log


@pytest.mark.parametrize("fault", ["frozen", "full", "away"])
async def test_a_store_in_trouble_holds_nobody_back_and_catches_up(fault: str) -> None:
    async with fleet_of("ab") as fleet:
        fleet.feed(3)
        await fleet.until(lambda: all(lane.is_idle for lane in fleet.lanes.values()))
        setattr(fleet.stores["b"].faults, fault, True)
        held = fleet.lanes["b"].confirmed_lsn
        for _ in range(12):
            fleet.feed(4)
            await fleet.until(lambda: fleet.lanes["a"].is_idle)
        assert fleet.lanes["a"].mode is LaneMode.LIVE
        assert fleet.lanes["b"].mode is LaneMode.BEHIND
        assert fleet.lanes["b"].confirmed_lsn == held
        assert (
            fleet.lanes["b"].waiting_bytes <= SMALL.queue_max_bytes + 4 * 20_000
        )  # what is being written, too
        setattr(fleet.stores["b"].faults, fault, False)
        await fleet.until(lambda: fleet.lanes["b"].is_idle and fleet.lanes["b"].mode is LaneMode.LIVE)
        fleet.feed(5)
        await fleet.until(lambda: fleet.lanes["b"].confirmed_lsn == fleet.run.end_lsn)
        assert await fleet.kept("b") == fleet.log


async def test_a_slow_store_gets_many_chunks_at_once() -> None:
    async with fleet_of("ab", ShippingLimits(parallel_writes=2)) as fleet:
        await fleet.until(lambda: all(lane.mode is LaneMode.LIVE for lane in fleet.lanes.values()))
        fleet.stores["b"].faults.slow_by = timedelta(milliseconds=20)
        fleet.feed(60)
        await fleet.until(lambda: fleet.lanes["b"].is_idle)
        assert len(await fleet.stores["b"].list("wal")) + len(await fleet.stores["b"].list("pack")) < 20
        assert await fleet.kept("b") == fleet.log


async def test_what_lies_in_packs_can_be_copied_on() -> None:
    """The only store that has everything took it in packs; a third one that comes back gets it from there."""
    async with fleet_of("bc", SMALL) as fleet:
        await fleet.until(lambda: all(lane.mode is LaneMode.LIVE for lane in fleet.lanes.values()))
        fleet.stores["c"].faults.away = True
        fleet.stores["b"].faults.slow_by = timedelta(milliseconds=5)
        for _ in range(10):
            fleet.feed(5)
            await fleet.until(lambda: fleet.lanes["b"].is_idle)
        assert await fleet.stores["b"].list("pack")
        fleet.lanes["c"].fall_behind(0.0)
        fleet.stores["c"].faults.away = False
        await fleet.until(lambda: fleet.lanes["c"].is_idle)
        assert await fleet.kept("c") == fleet.log


async def test_a_store_that_never_answered_counts_for_nothing() -> None:
    fleet = Fleet("ab", SMALL)
    fleet.stores["b"].faults.away = True
    working = [asyncio.create_task(lane.work()) for lane in fleet.lanes.values()]
    try:
        fleet.feed(3)
        await fleet.until(lambda: fleet.lanes["a"].is_idle)
        assert fleet.lanes["b"].confirmed_lsn == 0
        assert fleet.lanes["b"].mode is LaneMode.AWAY
    finally:
        for task in working:
            task.cancel()
        await asyncio.gather(*working, return_exceptions=True)


async def test_older_log_that_is_missing_at_one_store_comes_from_the_other() -> None:
    """Runs before this one went to one store alone: until that is mended, the other confirms only up to the hole."""
    before = Run(SITE, 1, 1, "cd" * 16, START - 9000)
    maker = ChunkMaker(before, [RECIPIENT], SIGNER)
    old = [maker.make(bytes(3000), 0.0, now=CLOCK.now()) for _ in range(3)]
    fleet = Fleet("ab", SMALL)
    for chunk in old:
        await fleet.stores["a"].put_new(chunk.name, chunk.data)
    await fleet.stores["b"].put_new(old[0].name, old[0].data)
    fleet.stores["a"].faults.away = True
    working = [asyncio.create_task(lane.work()) for lane in fleet.lanes.values()]
    try:
        await fleet.until(lambda: fleet.lanes["b"].mode is LaneMode.LIVE)
        assert fleet.lanes["b"].confirmed_lsn == old[0].end_lsn
        fleet.feed(2)
        fleet.stores["a"].faults.away = False
        await fleet.until(lambda: fleet.lanes["b"].confirmed_lsn == fleet.run.end_lsn)
        assert {one.name for one in old} <= {entry.name for entry in await fleet.stores["b"].list("wal")}
    finally:
        for task in working:
            task.cancel()
        await asyncio.gather(*working, return_exceptions=True)
