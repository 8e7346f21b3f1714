"""A standby follows the stores and takes over."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from holdfast.continuity import mirror
from holdfast.continuity.backups import BackupKind, back_up_now
from holdfast.continuity.relaunch import Mirrors, RelaunchRequest, Silent
from holdfast.continuity.restoring import Target
from holdfast.continuity.standby import PrimaryMoved, Standby, StandbyState, ask_promotion
from holdfast.platform.clock import SystemClock
from holdfast.pure.mirror import Standing
from tests.support.mirrored import MASTER_KEY, Mirrored, memory_folder, open_mirrored
from tests.support.relaunched import a_relaunch, ids_in, say


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("holdfast.continuity.relaunch.run.FENCE_SECONDS", 0.0)
    monkeypatch.setattr("holdfast.continuity.standby.follow.POLL_SECONDS", 0.05)


@pytest.fixture
async def mirrored() -> AsyncIterator[Mirrored]:
    place = memory_folder()
    opened = await open_mirrored(place / "data", (place / "one", place / "two"))
    await opened.sql("create table t (id int, v text)", database="holdfast")
    yield opened
    await opened.stop()
    shutil.rmtree(place)


def a_standby(mirrored: Mirrored, data: Path) -> Standby:
    authority = mirror.open_authority(
        mirrored.setup.authority_sealed, mirrored.identity, mirrored.setup.site_id
    )
    mirrors = Mirrors(mirrored.setup, mirrored.stores, authority, {"master_key": MASTER_KEY.hex()})
    request = RelaunchRequest(Target(data), mirrored.identity)
    return Standby(request, mirrors, clock=SystemClock(), progress=Silent())


async def test_it_follows_goes_on_after_a_stop_and_takes_over_with_all_that_was_acknowledged(
    mirrored: Mirrored,
) -> None:
    data = mirrored.data.parent / "second"
    await say(mirrored, 1)
    await mirrored.ship()
    await back_up_now(mirrored.work(), BackupKind.FULL)
    await mirrored.ship()
    standby = a_standby(mirrored, data)
    await standby.start()
    await say(mirrored, 2)
    await mirrored.ship()
    replayed = asyncio.Event()

    def told(state: StandbyState) -> None:
        if state.replayed_lsn >= mirrored.shipped_lsn:
            replayed.set()

    following = asyncio.create_task(standby.follow(told))
    await asyncio.wait_for(replayed.wait(), 20)
    following.cancel()
    await standby.stop()
    await say(mirrored, 3)
    await mirrored.ship()
    again = a_standby(mirrored, data)
    await again.start()
    following = asyncio.create_task(again.follow(lambda state: None))
    await say(mirrored, 4)
    await mirrored.ship()
    await mirrored.stop()
    assert ask_promotion(data)
    await asyncio.wait_for(following, 20)
    done = await again.promote()
    assert (done.standing, done.epoch, done.timeline) == (Standing.HELD, 2, 2)
    assert await ids_in(data) == [1, 2, 3, 4]


async def test_it_stops_when_the_site_was_relaunched_elsewhere(
    mirrored: Mirrored, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("holdfast.continuity.standby.follow._RELOOK_SECONDS", 0.0)
    await back_up_now(mirrored.work(), BackupKind.FULL)
    await mirrored.ship()
    standby = a_standby(mirrored, mirrored.data.parent / "second")
    await standby.start()
    await a_relaunch(mirrored, mirrored.data.parent / "third").run()
    try:
        with pytest.raises(PrimaryMoved):
            await asyncio.wait_for(standby.follow(lambda state: None), 20)
    finally:
        await standby.stop()
