"""A mirror of folders for a server that `holdfast up` runs, set up as an operator would; and what was kept there, back as a database."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from holdfast.continuity import mirror, shipping
from holdfast.continuity.backups import BackupKind, BackupSource, BackupWork, KeptBackups, back_up_now
from holdfast.continuity.relaunch import Mirrors, Relaunch, RelaunchRequest
from holdfast.continuity.restoring import Target
from holdfast.platform.clock import SystemClock
from holdfast.platform.config import load_settings
from holdfast.platform.crypto import Keyring
from holdfast.platform.master_key import load_master_key
from holdfast.platform.postgres import ADMIN_ROLE, dsn_for, running_socket_folder
from holdfast.platform.replication import WalStream
from holdfast.pure.mirror import EpochClaim, encode_claim


@dataclass(frozen=True)
class MirrorKeys:
    """What people hold."""

    setup: mirror.MirrorSetup
    identity: str


def _dsn(data: Path) -> str:
    folder = running_socket_folder(data)
    assert folder is not None
    return dsn_for(folder, ADMIN_ROLE, "postgres")


def set_up_mirror(data: Path, folders: tuple[Path, ...], *, policy: mirror.Policy = "any") -> MirrorKeys:
    """Let the running server of a data folder have a mirror in these folders."""
    stream = WalStream(_dsn(data), "set-up")
    source = stream.identify()
    stream.close()
    place = mirror.LogPlace(source.system, source.timeline, source.flushed_lsn)
    begun = mirror.begin_mirror(
        place, domain="a.example", holders=("Ann", "Bob"), needed=2, policy=policy, contacts={}, now=SystemClock().now(),
    )  # fmt: skip

    async def join() -> mirror.MirrorSetup:
        setup = begun.setup
        for folder in folders:
            folder.mkdir(parents=True, exist_ok=True)
            found = mirror.StoreSetup(folder.name, f"file://{folder}")
            store = mirror.open_stores(setup.with_stores((found,)))[folder.name]
            setup = (
                await mirror.join_store(setup, found, store, [], clock=SystemClock(), mark=folder.name)
            ).setup
        return setup

    setup = asyncio.run(join())
    mirror.write_setup(data, _keyring(data), setup)
    return MirrorKeys(setup, begun.identity.identity)


def take_base(data: Path, keys: MirrorKeys, programs: Path) -> None:
    """A full backup to every store of the setup."""

    async def work() -> None:
        stores = mirror.open_stores(keys.setup)
        source = BackupSource(programs, _dsn(data))
        await back_up_now(
            BackupWork(keys.setup, stores, source, KeptBackups(data), SystemClock()), BackupKind.FULL
        )

    asyncio.run(work())


def take_over(keys: MirrorKeys) -> None:
    """Somebody who has the identity claims the next epoch at every store."""
    setup = keys.setup
    authority = mirror.open_authority(setup.authority_sealed, keys.identity, setup.site_id)
    signer = mirror.signer_key(setup.site_id, setup.epoch + 1, b"n" * 32)
    claim = EpochClaim(setup.site_id, setup.epoch + 1, "n" * 32, signer.verifier, SystemClock().now())

    async def work() -> None:
        for store in mirror.open_stores(setup).values():
            await store.put_new(claim.name, encode_claim(claim, authority))

    asyncio.run(work())


def bring_back(keys: MirrorKeys, folders: tuple[Path, ...], data: Path, statement: str) -> list[str]:
    """What a database that comes back from these stores alone answers to a statement: the first column of each row.

    Nothing is claimed and nothing is written to the stores.
    """

    async def work() -> list[str]:
        setup = keys.setup.with_stores(
            tuple(one for one in keys.setup.stores if Path(one.address[7:]) in folders)
        )
        request = RelaunchRequest(Target(data), keys.identity)
        kit = {"master_key": "00" * 32}
        await Relaunch(
            request, Mirrors(setup, mirror.open_stores(setup), None, kit), clock=SystemClock()
        ).run()
        server = Target(data).server({"fsync": "off"})
        await server.start()
        try:
            connection = await asyncpg.connect(server.admin_dsn("holdfast"))
            try:
                return [str(row[0]) for row in await connection.fetch(statement)]
            finally:
                await connection.close()
        finally:
            await server.stop()

    return asyncio.run(work())


def state_of(data: Path) -> shipping.ShipperState | None:
    """How the shipping stands; None while there is nothing to read."""
    try:
        return shipping.read_state(data)
    except shipping.StateUnreadable:
        return None


def is_mirrored(data: Path) -> bool:
    """Whether commits wait for the mirror by now."""
    state = state_of(data)
    return state is not None and not state.is_degraded and not state.is_stale(SystemClock().now())


def _keyring(data: Path) -> Keyring:
    return Keyring(load_master_key(load_settings({"data": str(data)}, environment={})))
