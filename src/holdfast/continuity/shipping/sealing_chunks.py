"""From log to objects: compressed, encrypted to the recipients, signed, chained in this run."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import zstandard

from ...platform.sealing import seal
from ...pure.evidence import SigningKey
from ...pure.mirror import Chunk, encode_chunk

_LEVEL = 3


@dataclass(frozen=True, slots=True)
class SealedChunk:
    """An object that is ready to be written. cut_at: seconds of the loop's clock when its first byte had come."""

    name: str
    sequence: int
    start_lsn: int
    end_lsn: int
    data: bytes
    cut_at: float


class Run:
    """The chunks of one life of the shipper, by number: where each begins, so that any name can be told again."""

    def __init__(self, site: str, epoch: int, timeline: int, run: str, start_lsn: int) -> None:
        self.site, self.epoch, self.timeline, self.run = site, epoch, timeline, run
        self.start_lsn = start_lsn
        # Eight bytes a chunk: a run of weeks fits into a few megabytes.
        self._ends = array("Q")

    @property
    def next_sequence(self) -> int:
        """The number that the next chunk gets."""
        return len(self._ends)

    @property
    def end_lsn(self) -> int:
        """Where the next chunk begins."""
        return self._ends[-1] if self._ends else self.start_lsn

    def begin_of(self, sequence: int) -> int:
        """Where a chunk begins."""
        return self._ends[sequence - 1] if sequence else self.start_lsn

    def end_of(self, sequence: int) -> int:
        """Where a chunk ends."""
        return self._ends[sequence]

    def name_of(self, sequence: int) -> str:
        """Where a chunk of this run is kept."""
        begin, end = self.begin_of(sequence), self._ends[sequence]
        where = f"wal/{self.epoch:010d}/{self.timeline:08x}/{begin:016x}-{end:016x}"
        return f"{where}-{self.run}-{sequence:010d}"

    def extend(self, end_lsn: int) -> None:
        """One more chunk."""
        self._ends.append(end_lsn)


class ChunkMaker:
    """Makes the chunks of a run, one after the other."""

    def __init__(self, run: Run, recipients: Sequence[str], signer: SigningKey) -> None:
        self.run = run
        self._recipients = tuple(recipients)
        self._signer = signer
        self._previous: bytes | None = None
        self._compressor = zstandard.ZstdCompressor(level=_LEVEL)

    def make(self, log: bytes, cut_at: float, *, now: datetime) -> SealedChunk:
        """The next chunk, of the log that follows the last one. May run in a thread, one call at a time."""
        run = self.run
        chunk = Chunk(
            site=run.site,
            epoch=run.epoch,
            timeline=run.timeline,
            run=run.run,
            sequence=run.next_sequence,
            start_lsn=run.end_lsn,
            end_lsn=run.end_lsn + len(log),
            previous=self._previous,
            written_at=now,
        )
        body = seal(self._compressor.compress(log), self._recipients)
        data = encode_chunk(chunk, body, self._signer)
        self._previous = _digest(data)
        run.extend(chunk.end_lsn)
        return SealedChunk(chunk.name, chunk.sequence, chunk.start_lsn, chunk.end_lsn, data, cut_at)


def _digest(data: bytes) -> bytes:
    """The SHA-256 of the two signed lines, by which the next chunk names this one."""
    return hashlib.sha256(data[: data.index(b"\n", data.index(b"\n") + 1) + 1]).digest()
