"""What a mirror costs: publishing without one, shipped without waiting, and waiting for one of two stores, in turns."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import msgspec
import psutil

from holdfast.continuity import mirror
from holdfast.continuity.shipping import is_superseded
from holdfast.main.bench.load import LoadPlan
from holdfast.main.bench.model import BenchOptions, Figures
from holdfast.main.bench.slow_bucket import SlowBucket
from holdfast.main.mirror_shipping import setup_file
from holdfast.main.mirror_standing import state_of
from holdfast.platform.clock import SystemClock
from holdfast.platform.config import load_settings
from holdfast.platform.crypto import Keyring
from holdfast.platform.db import Database, PoolLimits
from holdfast.platform.master_key import load_master_key
from holdfast.platform.postgres import ADMIN_ROLE, dsn_for, running_socket_folder
from holdfast.platform.stores import StoreCredentials
from holdfast.pure.errors import Unavailable
from holdfast.pure.mirror import parse_lsn

PUT_SECONDS = 0.03
_PATIENCE_SECONDS = 30
_LOCAL = "alter system set synchronous_commit = local"
_ON = "alter system set synchronous_commit = on"
_PLACE = "select system_identifier::text, (pg_control_checkpoint()).timeline_id, pg_current_wal_flush_lsn()::text from pg_control_system()"


class MirrorSwitch:
    """Gives the bench's server a mirror, has commits wait for it or not, and takes it away."""

    def __init__(self, data: Path, buckets: Sequence[SlowBucket]) -> None:
        self._data, self._buckets = data, buckets
        self._setup: mirror.MirrorSetup | None = None

    async def none(self) -> None:
        """No mirror at all."""
        setup_file(self._data).unlink(missing_ok=True)
        await self._until(lambda: state_of(self._data) is None)

    async def asynchronous(self) -> None:
        """Shipped; no commit waits."""
        await self._ship(_LOCAL)

    async def waiting(self) -> None:
        """Shipped; class A waits for one of the stores."""
        await self._ship(_ON)

    async def _ship(self, synchronous_commit: str) -> None:
        async with await self._superuser() as database:
            if self._setup is None:
                self._setup = await self._begin(database)
            await database.fetchval(synchronous_commit)
            await database.fetchval("select pg_reload_conf()")
        if not setup_file(self._data).exists():
            mirror.write_setup(self._data, self._keyring(), self._setup)
        await self._until(self._is_mirrored)

    def _is_mirrored(self) -> bool:
        state = state_of(self._data)
        return (
            state is not None and not state.is_degraded and not state.is_stale(SystemClock().now())
            and not is_superseded(self._data)
        )  # fmt: skip

    async def _begin(self, database: Database) -> mirror.MirrorSetup:
        row = await database.fetchrow(_PLACE)
        if row is None:
            raise Unavailable("the database does not say where its log is")
        place = mirror.LogPlace(str(row[0]), int(row[1]), parse_lsn(row[2]))
        setup = mirror.begin_mirror(
            place, domain="bench.example", holders=("one", "two"), needed=2, policy="any", contacts={}, now=SystemClock().now()
        ).setup  # fmt: skip
        found = tuple(
            mirror.StoreSetup(
                f"store{number}", "s3://bench/mirror",
                StoreCredentials(user="bench", secret="bench", endpoint=f"http://127.0.0.1:{bucket.port}"),
            )
            for number, bucket in enumerate(self._buckets, 1)
        )  # fmt: skip
        setup = setup.with_stores(found)
        for store in mirror.open_stores(setup).values():
            await mirror.bring_epochs(store, setup)
        return setup

    async def _superuser(self) -> Database:
        folder = running_socket_folder(self._data)
        if folder is None:
            raise Unavailable("the server's database is away")
        return await Database.connect(dsn_for(folder, ADMIN_ROLE, "postgres"), PoolLimits(size=1))

    def _keyring(self) -> Keyring:
        return Keyring(load_master_key(load_settings({"data": str(self._data)}, environment={})))

    async def _until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while not holds():  # noqa: ASYNC110 what another process says in a file
                await asyncio.sleep(0.1)


def turned(switch: Callable[[], Awaitable[None]], plan: LoadPlan) -> Callable[[], Awaitable[LoadPlan]]:
    """A plan of its own for each round, once the mirror is as it should be."""

    async def make() -> LoadPlan:
        await switch()
        return msgspec.structs.replace(plan)

    return make


def mirror_facts(figures: Sequence[Figures], data: Path, options: BenchOptions) -> dict[str, float | str]:
    """The ratios of the issue, and the shipper's memory."""
    none, asynchronous, waiting = (one.per_second.median for one in figures)
    facts: dict[str, float | str] = {
        "asynchronous of none": round(asynchronous / none, 3) if none else 0.0,
        "class A of none": round(waiting / none, 3) if none else 0.0,
        "milliseconds of each PUT": PUT_SECONDS * 1000,
        "connections": options.connections,
    }
    for process in psutil.process_iter(["cmdline", "memory_info", "environ"]):
        line = " ".join(process.info["cmdline"] or ())
        if "mirror_shipping" in line and (process.info["environ"] or {}).get("HOLDFAST_DATA") == str(data):
            facts["shipper memory MB"] = round(process.info["memory_info"].rss / 1e6, 1)
    return facts
