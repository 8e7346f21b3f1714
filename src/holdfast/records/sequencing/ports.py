"""Whom the sequencer asks outside of the database: who has seen checkpoints, and what is durable elsewhere.

The defaults ask nobody, and take the database's own word. Witnesses and mirrors supply others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from ...platform.db import Reader
from ...pure.evidence import Tile


class SeenCheckpoint(NamedTuple):
    """A checkpoint as a peer has it. `note`: signed, as bytes; None where the peer tells a size only."""

    source: str
    log: int
    size: int
    note: bytes | None


@dataclass(frozen=True, slots=True)
class PeerAnswers:
    """What all peers answered. `named`: how many were asked; `silent`: those that did not answer."""

    seen: tuple[SeenCheckpoint, ...] = ()
    silent: tuple[str, ...] = ()
    named: int = 0


class Peers(Protocol):
    """Witnesses and mirrors: whoever may know a larger checkpoint of this log than its own database."""

    async def checkpoints(self) -> PeerAnswers:
        """The largest checkpoint that each has seen, of whatever origin of this server is the newest to it."""
        ...

    async def bundle(self, source: str, log: int, tile: Tile) -> bytes | None:
        """An entry bundle from a peer; None where it has none. Nothing of it is believed before it was hashed."""
        ...


class NoPeers:
    """Nobody to ask."""

    async def checkpoints(self) -> PeerAnswers:
        """Nothing."""
        return PeerAnswers()

    async def bundle(self, source: str, log: int, tile: Tile) -> bytes | None:
        """Nothing."""
        return None


class AllPeers:
    """Several kinds of peers as one."""

    def __init__(self, parts: Sequence[Peers]) -> None:
        self._parts = tuple(parts)

    async def checkpoints(self) -> PeerAnswers:
        """What all of them answered."""
        answers = await asyncio.gather(*(one.checkpoints() for one in self._parts))
        return PeerAnswers(
            tuple(seen for one in answers for seen in one.seen),
            tuple(name for one in answers for name in one.silent),
            sum(one.named for one in answers),
        )

    async def bundle(self, source: str, log: int, tile: Tile) -> bytes | None:
        """From the first that has it."""
        for one in self._parts:
            found = await one.bundle(source, log, tile)
            if found is not None:
                return found
        return None


class DurableUpTo(Protocol):
    """The sign barrier: a checkpoint is signed only over what will not be lost."""

    async def durable(self, reader: Reader, position: str) -> bool:
        """Whether everything that the database wrote up to a place in its log (a pg_lsn as text) is where the
        mirror policy wants it. May wait for a few seconds; False: ask again."""
        ...


_FLUSHED = "select pg_current_wal_flush_lsn() >= $1::text::pg_lsn"
_FLUSH = (
    "select set_config('synchronous_commit', 'on', true), pg_logical_emit_message(true, 'holdfast', 'flush')"
)


class DurableHere:
    """Durable is what this database has flushed to its own disk."""

    async def durable(self, reader: Reader, position: str) -> bool:
        """Whether the server has flushed its log up to there."""
        if await reader.fetchval(_FLUSHED, position):
            return True
        # Another transaction has written since, or commits are not waited for: one that is takes everything along.
        await reader.fetchval(_FLUSH)
        return bool(await reader.fetchval(_FLUSHED, position))
