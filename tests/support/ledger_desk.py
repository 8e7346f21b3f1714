"""A ledger of one test: a sequencer step by step, older copies of its database, peers that remember, and an auditor."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from holdfast.platform.clock import FixedClock
from holdfast.platform.crypto import Keyring
from holdfast.platform.db import Database, PoolLimits
from holdfast.pure.evidence import (
    Checkpoint,
    Tile,
    leaf_hash,
    open_checkpoint,
    parse_leaf,
    tree_root,
    verify_proof,
)
from holdfast.pure.evidence import tiles as _tiles
from holdfast.records import ledger
from holdfast.records.ledger import Entry, Kind
from holdfast.records.sequencing import (
    LedgerFiles,
    PeerAnswers,
    Peers,
    SeenCheckpoint,
    Sequencer,
    SequencerLimits,
    fence,
    verifier_keys,
)

DOMAIN = "town.example"
MASTER = b"K" * 32
START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
_TABLES = (
    "ledger_subjects", "ledger_records", "ledger_bodies", "ledger_logs", "ledger_counters", "ledger_nodes",
    "ledger_checkpoints", "ledger_keys", "ledger_sequencer",
)  # fmt: skip

Rows = dict[str, tuple[list[str], list[tuple[Any, ...]]]]


class Killed(BaseException):
    """Stands for the end of the process: nothing in the product catches it."""


@dataclass
class RememberingPeer:
    """A mirror or witness that has what it was shown last. `silent`: it does not answer. `bundles`: whether it keeps
    entries too."""

    files: LedgerFiles
    bundles: bool = True
    silent: bool = False
    notes: dict[int, bytes] = field(default_factory=dict)
    kept: dict[tuple[int, str], bytes] = field(default_factory=dict)

    async def look(self) -> None:
        """See what is published now."""
        for log in await self.files.logs():
            note = await self.files.checkpoint(log)
            if note is None:
                continue
            self.notes[log] = note
            for file in (self.files.root / str(log) / "tile" / "entries").rglob("*"):
                if file.is_file():
                    self.kept[log, str(file.relative_to(self.files.root / str(log)))] = file.read_bytes()

    async def checkpoints(self) -> PeerAnswers:
        if self.silent:
            return PeerAnswers(silent=("peer",), named=1)
        newest = max(self.notes, default=None)
        seen = () if newest is None else (SeenCheckpoint("peer", newest, 0, self.notes[newest]),)
        return PeerAnswers(seen, named=1)

    async def bundle(self, source: str, log: int, tile: Tile) -> bytes | None:
        return self.kept.get((log, tile.path)) if self.bundles else None


@dataclass
class LedgerDesk:
    """One database and one data folder."""

    database: Database
    files: LedgerFiles
    clock: FixedClock
    keyring: Keyring
    domain: str = DOMAIN
    published: dict[str, Checkpoint] = field(default_factory=dict)
    history: list[bytes] = field(default_factory=list)

    async def append(self, count: int = 1, **more: Any) -> list[str]:
        """Records of one transaction."""
        entry = Entry(kind=Kind.DECISION, **{"public": {"action": "post.withdraw"}, **more})
        async with self.database.transaction() as tx:
            return [await ledger.append(tx, entry, now=self.clock.now()) for _ in range(count)]

    async def work(
        self,
        *,
        peers: Peers | None = None,
        watch: Callable[[str], None] = lambda step: None,
        files: LedgerFiles | None = None,
    ) -> bool:
        """One life of a sequencer: begin, sequence and sign everything, end. False when it had to wait."""
        self.clock.advance(timedelta(minutes=1))
        sequencer = Sequencer(
            self.database,
            self.clock,
            files or self.files,
            self.domain,
            SequencerLimits(batch=100),
            peers=peers,
            watch=watch,
        )
        try:
            async with fence(self.database, "test", now=self.clock.now()) as held:
                assert held is not None
                if not await sequencer.begin(held):
                    return False
                await sequencer.step(held)
                await sequencer.sign(held)
        finally:
            await self.audit()
        return True

    async def audit(self) -> None:
        """Whoever reads the published files: every checkpoint continues the one before, and its tiles lead to it."""
        for log in await self.files.logs():
            note = await self.files.checkpoint(log)
            if note is None:
                continue
            self.history.append(note)
            origin = note.partition(b"\n")[0].decode()
            seen = open_checkpoint(note, verifier_keys(self.keyring, origin, 1)).checkpoint
            before = self.published.get(origin)
            nodes = _tiles.node_reader(self._reader(log), seen.size)
            assert tree_root(nodes, seen.size) == seen.root
            if before is not None and before.size <= seen.size:
                assert tree_root(nodes, before.size) == before.root, "two histories"
            if before is None or before.size < seen.size:
                self.published[origin] = seen

    def _reader(self, log: int) -> Callable[[Tile], bytes]:
        def read(tile: Tile) -> bytes:
            for name in (tile.path, tile.full.path):
                file = self.files.root / str(log) / name
                if file.is_file():
                    return file.read_bytes()[: tile.width * 32]
            raise AssertionError(f"{tile.path} is not there")

        return read

    async def verify(self, record_id: str) -> None:
        """The proof of a record holds, with nothing but the key."""
        proof = await ledger.proof(self.database, record_id)
        assert proof is not None
        assert proof.extra is not None
        origin = proof.checkpoint.partition(b"\n")[0].decode()
        verify_proof(proof, proof.extra, verifier_keys(self.keyring, origin, 1))
        assert parse_leaf(proof.extra).record_id == record_id

    async def numbers(self, kind: str = "decision") -> list[int]:
        """The numbers of the leaves of a kind, in the order of the log."""
        rows = await self.database.fetch(
            "select leaf from ledger_records where kind = $1 and leaf_index is not null order by log, leaf_index",
            kind,
        )
        return [parse_leaf(row[0]).public[ledger.NUMBER] for row in rows]

    async def leaf_hashes(self, log: int) -> list[bytes]:
        """Of the log as the database has it."""
        rows = await self.database.fetch(
            "select leaf from ledger_records where log = $1 order by leaf_index", log
        )
        return [leaf_hash(row[0]) for row in rows]

    async def snapshot(self) -> Rows:
        """A backup of the ledger's tables."""
        copy: Rows = {}
        for table in _TABLES:
            rows = await self.database.fetch("select * from " + table)
            copy[table] = (list(rows[0].keys()) if rows else [], [tuple(row) for row in rows])
        return copy

    async def restore(self, copy: Rows) -> None:
        """The database is as old as the backup again."""
        async with self.database.transaction() as tx:
            await tx.execute("truncate " + ", ".join(_TABLES))
            for table, (columns, rows) in copy.items():
                if rows:
                    await tx.copy(table, columns, rows)


@asynccontextmanager
async def ledger_desk(database_url: str, data: Path) -> AsyncIterator[LedgerDesk]:
    """A ledger over a fresh database and folder."""
    keyring = Keyring(MASTER)
    async with await Database.connect(database_url, PoolLimits(size=3)) as database:
        database.keys = lambda: keyring
        yield LedgerDesk(database, LedgerFiles(data), FixedClock(START), keyring)
