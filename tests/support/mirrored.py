"""A database of its own with a mirror of two folders: keys, epoch 1, and its log shipped whenever a test says so."""

from __future__ import annotations

import os
import secrets
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import asyncpg

from holdfast.continuity import mirror
from holdfast.continuity.backups import SEGMENT_BYTES, BackupLimits, BackupSource, BackupWork, KeptBackups
from holdfast.continuity.relaunch import ship_stretch
from holdfast.platform import sealing
from holdfast.platform.clock import Clock, SystemClock
from holdfast.platform.crypto import Keyring
from holdfast.platform.postgres import EmbeddedPostgres
from holdfast.platform.stores import Store
from holdfast.pure.mirror import EpochClaim, EpochStart, encode_claim, encode_start, open_claim, parse_lsn

MIRRORED = {
    "summarize_wal": "on",
    "max_wal_size": "256MB",
    "wal_keep_size": "512MB",
    "fsync": "off",
    "full_page_writes": "on",
}
MASTER_KEY = bytes.fromhex("5a" * 32)


@dataclass
class Mirrored:
    """The server, its setup, its stores by name, and the identity that nobody has on a real server."""

    data: Path
    server: EmbeddedPostgres
    setup: mirror.MirrorSetup
    identity: str
    folders: tuple[Path, ...]
    stores: dict[str, Store] = field(default_factory=dict)
    clock: Clock = field(default_factory=SystemClock)
    shipped_lsn: int = SEGMENT_BYTES

    def work(self, **limits: Any) -> BackupWork:
        """What backups are made with; small parts, so that there are several."""
        source = BackupSource(self.server.programs, self.server.admin_dsn())
        bounds = BackupLimits(**{"part_bytes": 256 * 1024, **limits})
        return BackupWork(self.setup, self.stores, source, KeptBackups(self.data), self.clock, bounds)

    async def sql(self, statement: str, *arguments: Any, database: str = "postgres") -> Any:
        """One statement as the superuser; the first value of the first row."""
        connection = await asyncpg.connect(self.server.admin_dsn(database))
        try:
            return await connection.fetchval(statement, *arguments)
        finally:
            await connection.close()

    async def ship(self, begin: int | None = None) -> int:
        """Bring all log to the stores, from where the last call ended; where it ends now."""
        end = parse_lsn(await self.sql("select pg_current_wal_flush_lsn()::text"))
        start = self.shipped_lsn if begin is None else begin
        cluster = self.server.cluster.folder
        await ship_stretch(self.setup, self.stores, cluster, 1, (start, end), clock=self.clock)
        self.shipped_lsn = end
        return end

    async def stop(self) -> None:
        """As when the host cuts the power, but tidier."""
        await self.server.stop()

    def files(self, folder: str = "") -> list[str]:
        """Names of the objects of the first store."""
        root = self.folders[0]
        return sorted(str(one.relative_to(root)) for one in (root / folder).rglob("*") if one.is_file())


def memory_folder() -> Path:
    """A folder in memory where the machine has that: a store writes every object through to its disk."""
    place = Path("/dev/shm")
    folder = Path(
        tempfile.mkdtemp(prefix="holdfast-mirror-", dir=place if os.access(place, os.W_OK) else None)
    )
    folder.chmod(0o711)
    return folder


async def open_mirrored(data: Path, folders: tuple[Path, ...], **options: str) -> Mirrored:
    """Start a database in `data`, and open epoch 1 at each folder."""
    data.mkdir(parents=True, exist_ok=True)
    server = EmbeddedPostgres(data, options=MIRRORED | options)
    await server.start(sync=False)
    connection = await asyncpg.connect(server.admin_dsn())
    site = str(await connection.fetchval("select system_identifier from pg_control_system()"))
    await connection.close()
    identity, recipient = sealing.new_identity()
    authority = mirror.authority_key(identity, site)
    signer = mirror.signer_key(site, 1, secrets.token_bytes(32))
    clock = SystemClock()
    claim = encode_claim(EpochClaim(site, 1, "h" * 32, signer.verifier, clock.now()), authority)
    opened = open_claim(claim, "epoch/0000000001", authority.verifier)
    start = encode_start(EpochStart(site, 1, 1, SEGMENT_BYTES, opened.digest), authority)
    stores = []
    for number, folder in enumerate(folders, 1):
        folder.mkdir(parents=True, exist_ok=True)
        stores.append(mirror.StoreSetup(f"store{number}", f"file://{folder}"))
    setup = mirror.MirrorSetup(
        site_id=site, domain="a.example", epoch=1, holder="h" * 32, recipients=(recipient,),
        authority_vkey=authority.verifier.vkey, authority_sealed=mirror.seal_authority(authority, identity),
        signer=signer, media_key=b"m" * 32, epochs=(mirror.SignedEpoch(1, claim, start),), holders=("Ann", "Bob"),
        shares_needed=2,
    ).with_stores(tuple(stores))  # fmt: skip
    mirror.write_setup(data, Keyring(MASTER_KEY), setup)
    opened_stores = mirror.open_stores(setup)
    for store in opened_stores.values():
        await store.put_new("epoch/0000000001", claim)
        await store.put_new("epoch/0000000001.start", start)
    return Mirrored(data, server, setup, identity, folders, opened_stores, clock)


def with_quorum(mirrored: Mirrored, quorum: int) -> Mirrored:
    """The same, where so many stores must hold everything."""
    return replace(mirrored, setup=replace(mirrored.setup, quorum=quorum))


__all__ = ["MASTER_KEY", "Mirrored", "memory_folder", "open_mirrored", "with_quorum"]
