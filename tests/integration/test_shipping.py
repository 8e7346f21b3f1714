"""The shipper on a real database: commits that wait, openly do not, and wait again; the fence; the ledger's barrier; the record."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

from holdfast.continuity import mirror, shipping
from holdfast.main.mirror_release import CAUSE, release
from holdfast.main.mirror_standing import DurableAtMirror, public_banner
from holdfast.platform.clock import SystemClock
from holdfast.platform.stores import MemoryObjects
from holdfast.pure.mirror import EpochClaim, encode_claim, format_lsn, open_manifest
from tests.support.mirrored import Mirrored, memory_folder, open_mirrored

QUICK = shipping.ShippingLimits(
    linger_seconds=0.005,
    degrade_after=timedelta(seconds=0.6),
    fence_seconds=0.1,
    manifest_seconds=0.3,
    slot_max_mb=256,
)
CLOCK = SystemClock()


@dataclass
class Site:
    """A database whose log goes to two stores in memory."""

    mirrored: Mirrored
    stores: dict[str, MemoryObjects]

    @property
    def data(self) -> Path:
        return self.mirrored.data

    def state(self) -> shipping.ShipperState | None:
        return shipping.read_state(self.data)

    async def until(self, holds: Callable[[shipping.ShipperState], bool]) -> shipping.ShipperState:
        """Wait until the state that everybody reads says so."""
        async with asyncio.timeout(20):
            while (state := self.state()) is None or not holds(state):
                await self.mirrored.sql("select 1")  # asking something takes its time
        return state

    async def write(self, value: int) -> None:
        await self.mirrored.sql("insert into t values ($1)", value, database="holdfast")

    @asynccontextmanager
    async def shipping(self) -> AsyncIterator[asyncio.Task[None]]:
        stop = asyncio.Event()
        # What the shipper of the test before said is not about this one.
        shipping.forget_state(self.data)
        task = asyncio.create_task(shipping.ship(
            self.mirrored.setup, self.stores, self.mirrored.server.admin_dsn(), self.data,
            stop=stop, clock=CLOCK, limits=QUICK,
        ))  # fmt: skip
        try:
            yield task
        finally:
            stop.set()
            await asyncio.gather(task, return_exceptions=True)

    async def mirrored_now(self) -> None:
        await self.until(lambda state: not state.is_degraded and not state.is_stale(CLOCK.now()))


@pytest.fixture(scope="module")
async def database() -> AsyncIterator[Mirrored]:
    folder = memory_folder()
    opened = await open_mirrored(folder / "data", (folder / "one", folder / "two"))
    await opened.sql("create table t (id int)", database="holdfast")
    yield opened
    await opened.stop()
    shutil.rmtree(folder)


@pytest.fixture
async def site(database: Mirrored) -> AsyncIterator[Site]:
    stores = {
        one.name: MemoryObjects(f"memory://{one.name}", timeout_seconds=0.3) for one in database.setup.stores
    }
    yield Site(database, stores)
    await database.sql("alter system reset all")
    await database.sql("select pg_reload_conf()")
    await database.sql("select pg_drop_replication_slot(slot_name) from pg_replication_slots")
    shipping.forget_state(database.data)
    (database.data / "mirror" / "superseded.json").unlink(missing_ok=True)


async def test_commits_wait_openly_do_not_and_wait_again(site: Site) -> None:
    async with site.shipping():
        await site.mirrored_now()
        assert await site.mirrored.sql("show synchronous_standby_names") == shipping.APPLICATION
        await site.write(1)
        for store in site.stores.values():
            store.faults.frozen = True
        waiting = asyncio.create_task(site.write(2))
        done, _ = await asyncio.wait({waiting}, timeout=0.3)
        assert not done  # nobody has it but this machine
        state = await site.until(lambda state: state.is_degraded)
        assert "store1" in state.cause
        await waiting
        assert public_banner(site.data) == state.degraded_since
        await site.write(3)
        for store in site.stores.values():
            store.faults.frozen = False
        await site.mirrored_now()
        assert public_banner(site.data) is None
        await site.write(4)


async def test_one_frozen_store_of_two_delays_no_commit(site: Site) -> None:
    async with site.shipping():
        await site.mirrored_now()
        site.stores["store2"].faults.frozen = True
        loop = asyncio.get_running_loop()
        begun = loop.time()
        for value in range(5):
            await site.write(value)
        assert loop.time() - begun < QUICK.degrade_after.total_seconds() * 5
        state = site.state()
        assert state is not None
        assert not state.is_degraded


async def test_a_killed_shipper_goes_on_where_the_slot_is(site: Site) -> None:
    async with site.shipping() as task:
        await site.mirrored_now()
        await site.write(1)
        task.cancel()  # as a kill would: nothing is finished, nothing said
    waiting = asyncio.create_task(site.write(2))
    async with site.shipping():
        await waiting
        state = await site.until(lambda state: bool(state.stores) and state.safe_lsn >= state.server_lsn > 0)
    names = [entry.name for entry in await site.stores["store1"].list("wal")]
    assert len({name.rsplit("-", 2)[1] for name in names}) == 2, "two runs"
    spans = sorted((int(name.split("/")[3][:16], 16), int(name.split("/")[3][17:33], 16)) for name in names)
    reached = spans[0][0]
    for start, end in spans:
        assert start <= reached, "no gap between the runs"
        reached = max(reached, end)
    assert reached >= state.safe_lsn


async def test_whoever_was_superseded_writes_nothing_and_says_nothing_was_done(site: Site) -> None:
    """A commit that waits is not acknowledged, and none after it."""
    setup = site.mirrored.setup
    authority = mirror.open_authority(setup.authority_sealed, site.mirrored.identity, setup.site_id)
    forger = mirror.signer_key(setup.site_id, 2, b"f" * 32)
    claim = EpochClaim(setup.site_id, 2, "n" * 32, forger.verifier, CLOCK.now())
    async with site.shipping() as task:
        await site.mirrored_now()
        await site.stores["store1"].put_new(claim.name, encode_claim(claim, forger))
        await site.write(1)  # signed by somebody, not by the authority
        assert not task.done()
        before = site.stores["store1"].faults, site.stores["store2"].faults
        for faults in before:
            faults.full = True
        app = await asyncpg.connect(
            site.mirrored.server.admin_dsn("holdfast"), server_settings={"application_name": "holdfast"}
        )
        waiting = asyncio.create_task(app.execute("insert into t values (2)"))
        await asyncio.wait({waiting}, timeout=0.1)
        for faults in before:
            faults.full = False
        await site.stores["store1"].put(claim.name, encode_claim(claim, authority))
        with pytest.raises(shipping.Overtaken):
            await asyncio.wait_for(task, 10)
        await asyncio.wait({waiting}, timeout=10)
    assert shipping.is_superseded(site.data)
    assert shipping.superseded_by(site.data) == 2
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        await site.write(3)
    assert not await DurableAtMirror(site.data).durable(Nobody(), "0/1")  # type: ignore[arg-type]
    app.terminate()


class Nobody:
    """A reader that must not be asked."""


async def test_what_is_signed_is_at_the_quorum_or_the_server_has_said_why_not(site: Site) -> None:
    barrier = DurableAtMirror(site.data)
    connection = await asyncpg.connect(site.mirrored.server.admin_dsn("holdfast"))
    try:
        async with site.shipping():
            await site.mirrored_now()
            for store in site.stores.values():
                store.faults.frozen = True
            await connection.execute("set synchronous_commit = local")
            await connection.execute("insert into t values (5)")
            position = await connection.fetchval("select pg_current_wal_flush_lsn()::text")
            state = site.state()
            assert state is not None
            assert format_lsn(state.safe_lsn) != position
            asked = asyncio.create_task(barrier.durable(connection, position))
            await site.until(lambda state: state.is_degraded)
            assert await asked
            for store in site.stores.values():
                store.faults.frozen = False
            await site.mirrored_now()
            await connection.execute("insert into t values (6)")
            position = await connection.fetchval("select pg_current_wal_flush_lsn()::text")
            assert await barrier.durable(connection, position)
            state = await site.until(lambda state: state.safe_lsn > 0)
    finally:
        await connection.close()


async def test_commits_go_on_when_the_shipper_is_gone(site: Site) -> None:
    async with site.shipping() as task:
        await site.mirrored_now()
        task.cancel()
    waiting = asyncio.create_task(site.write(7))
    done, _ = await asyncio.wait({waiting}, timeout=0.2)
    assert not done
    await asyncio.to_thread(release, site.mirrored.server.admin_dsn(), site.data, CLOCK)
    await waiting
    state = site.state()
    assert state is not None
    assert state.is_degraded


async def test_the_shipper_says_so_when_commits_were_let_go_behind_its_back(site: Site) -> None:
    async with site.shipping():
        await site.mirrored_now()
        await asyncio.to_thread(release, site.mirrored.server.admin_dsn(), site.data, CLOCK)
        # In its own words: on a busy machine it may notice first that it stood still.
        await site.until(lambda state: state.is_degraded and state.cause != CAUSE)
        await site.mirrored_now()  # and mends it
        assert await site.mirrored.sql("show synchronous_standby_names") == shipping.APPLICATION


async def test_manifests_are_chained_and_say_how_far_it_is_safe(site: Site) -> None:
    async with site.shipping():
        await site.mirrored_now()
        await site.write(8)
        async with asyncio.timeout(20):
            while len(await site.stores["store1"].list("manifest")) < 3:
                await site.mirrored.sql("select 1")
    previous, reached, key = None, 0, site.mirrored.setup.signer.verifier
    for number, entry in enumerate(await site.stores["store1"].list("manifest")):
        manifest, head = open_manifest(await site.stores["store1"].get(entry.name), entry.name, (key,))
        assert (manifest.sequence, manifest.previous) == (number, previous)
        previous = head.digest
        assert manifest.durable_lsn >= reached
        reached = manifest.durable_lsn
    assert reached > 0
