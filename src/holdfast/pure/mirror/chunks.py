"""Chunks of write-ahead log as a mirror keeps them, and packs of many chunks.

    wal/EPOCH/TIMELINE/START-END-RUN-SEQUENCE      ten digits, eight and sixteen hexadecimal ones, the run, ten digits
    pack/EPOCH/TIMELINE/START-END-CONTENT          CONTENT: 16 hexadecimal digits of the SHA-256 of the names in it

A run is one life of the shipper. Its chunks are numbered from 0, each begins where the one before ends, and names it by its
digest. A new run begins at the slot's restart_lsn, so runs overlap; between runs nothing may be missing. The body is the log
from start to end, compressed (zstd), then encrypted (age).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ..evidence import SigningKey, VerifierKey
from .envelope import Fields, Head, encode_object, format_time, open_head, open_object
from .errors import ChainBroken, LogGap, MalformedObject, ObjectMisnamed
from .positions import format_lsn

CHUNK: Final = "chunk"
PACK: Final = "pack"
MAX_PACKED: Final = 4096
_FIELDS: Final = frozenset(
    {"site", "epoch", "timeline", "run", "sequence", "start_lsn", "end_lsn", "previous", "written_at"}
)
_PACK_FIELDS: Final = frozenset({"site", "epoch", "timeline", "chunks", "written_at"})
_RUN: Final = re.compile(r"[0-9a-f]{32}")
_SITE: Final = re.compile(r"[0-9]{1,20}")
_NAME: Final = re.compile(
    r"wal/([0-9]{10})/([0-9a-f]{8})/([0-9a-f]{16})-([0-9a-f]{16})-([0-9a-f]{32})-([0-9]{10})"
)


@dataclass(frozen=True, slots=True)
class Chunk:
    """The facts of a chunk.

    site: PostgreSQL's system identifier. run: 32 hexadecimal digits. Positions: from start to before end.
    previous: the digest of the chunk before in this run, None for its first.
    """

    site: str
    epoch: int
    timeline: int
    run: str
    sequence: int
    start_lsn: int
    end_lsn: int
    previous: bytes | None
    written_at: datetime

    def __post_init__(self) -> None:
        wrong = (
            _SITE.fullmatch(self.site) is None
            or _RUN.fullmatch(self.run) is None
            or not 1 <= self.epoch < 10**10
            or not 1 <= self.timeline < 2**32
            or not 0 <= self.sequence < 10**10
            or self.start_lsn >= self.end_lsn
            or (self.previous is None) != (self.sequence == 0)
        )
        if wrong:
            raise MalformedObject("The facts of this chunk cannot be true together.")

    @property
    def name(self) -> str:
        """Where it is kept. Names sort by epoch, timeline and position."""
        where = f"wal/{self.epoch:010d}/{self.timeline:08x}/{self.start_lsn:016x}-{self.end_lsn:016x}"
        return f"{where}-{self.run}-{self.sequence:010d}"


@dataclass(frozen=True, slots=True)
class SignedChunk:
    """A chunk whose head was verified."""

    chunk: Chunk
    head: Head

    @property
    def digest(self) -> bytes:
        """What the next chunk names it by."""
        return self.head.digest


@dataclass(frozen=True, slots=True)
class Packed:
    """Where a chunk's object lies in the body of a pack."""

    name: str
    offset: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Span:
    """What the name of a chunk says, before anything is verified; enough to choose what to fetch."""

    epoch: int
    timeline: int
    start_lsn: int
    end_lsn: int
    run: str
    sequence: int


def parse_chunk_name(name: str) -> Span:
    """The span in a chunk's name. Raises MalformedObject."""
    found = _NAME.fullmatch(name)
    if found is None:
        raise MalformedObject("This is not the name of a chunk.")
    epoch, timeline, start, end, run, sequence = found.groups()
    return Span(int(epoch), int(timeline, 16), int(start, 16), int(end, 16), run, int(sequence))


def encode_chunk(chunk: Chunk, body: bytes, key: SigningKey) -> bytes:
    """The object of a chunk; `body` is ciphertext already."""
    facts = {
        "site": chunk.site,
        "epoch": chunk.epoch,
        "timeline": chunk.timeline,
        "run": chunk.run,
        "sequence": chunk.sequence,
        "start_lsn": format_lsn(chunk.start_lsn),
        "end_lsn": format_lsn(chunk.end_lsn),
        "previous": chunk.previous.hex() if chunk.previous else "",
        "written_at": format_time(chunk.written_at),
    }
    return encode_object(CHUNK, facts, body, key)


def open_chunk_head(data: bytes, name: str, keys: Iterable[VerifierKey]) -> SignedChunk:
    """The chunk whose object begins with `data` and is kept as `name`.

    Raises MalformedObject, ObjectForged, ObjectTruncated, ObjectMisnamed.
    """
    return _chunk_of(open_head(data, CHUNK, keys), name)


def open_chunk(data: bytes, name: str, keys: Iterable[VerifierKey]) -> tuple[SignedChunk, bytes]:
    """The chunk and its ciphertext. Raises as `open_chunk_head` does."""
    head, body = open_object(data, CHUNK, keys)
    return _chunk_of(head, name), body


def check_follows(before: SignedChunk, after: SignedChunk) -> None:
    """Whether `after` is the next chunk of the same run. Raises ChainBroken or LogGap."""
    one, two = before.chunk, after.chunk
    same_line = (one.site, one.epoch, one.timeline, one.run) == (two.site, two.epoch, two.timeline, two.run)
    if not same_line or two.sequence != one.sequence + 1 or two.previous != before.digest:
        raise ChainBroken
    if two.start_lsn != one.end_lsn:
        raise LogGap


def check_resumes(held_until_lsn: int, restart_lsn: int) -> int:
    """How many bytes a new run that begins at `restart_lsn` sends again. Raises LogGap where some would be missing."""
    if restart_lsn > held_until_lsn:
        lost, begins = format_lsn(held_until_lsn), format_lsn(restart_lsn)
        raise LogGap(f"The log from {lost} to {begins} was never mirrored; take a new base backup.")
    return held_until_lsn - restart_lsn


def encode_pack(
    objects: Sequence[tuple[str, bytes]], key: SigningKey, *, site: str, written_at: datetime
) -> tuple[str, bytes]:
    """The name and object of a pack: chunks of one epoch and timeline, as they are, one behind the other.

    Packing needs no secret: each chunk keeps its signature and its encryption. Raises MalformedObject.
    """
    spans = [parse_chunk_name(name) for name, _ in objects]
    if not 1 <= len(spans) <= MAX_PACKED or len({(s.epoch, s.timeline) for s in spans}) != 1:
        raise MalformedObject("A pack holds chunks of one epoch and timeline, at least one.")
    places, offset = [], 0
    for name, data in objects:
        places.append([name, offset, len(data)])
        offset += len(data)
    first = spans[0]
    facts = {
        "site": site,
        "epoch": first.epoch,
        "timeline": first.timeline,
        "chunks": places,
        "written_at": format_time(written_at),
    }
    body = b"".join(data for _, data in objects)
    name = _pack_name(spans, [name for name, _ in objects])
    return name, encode_object(PACK, facts, body, key)


def open_pack_head(data: bytes, name: str, keys: Iterable[VerifierKey]) -> tuple[Head, tuple[Packed, ...]]:
    """What lies where in a pack. Offsets count from the body. Raises as `open_chunk_head` does."""
    head = open_head(data, PACK, keys)
    fields = Fields(head.facts, _PACK_FIELDS)
    found, offset, spans = [], 0, []
    for item in fields.items("chunks", MAX_PACKED):
        if not isinstance(item, list) or len(item) != 3 or [type(part) for part in item] != [str, int, int]:
            raise MalformedObject
        packed = Packed(*item)
        span = parse_chunk_name(packed.name)
        inside = (span.epoch, span.timeline) == (fields.count("epoch"), fields.count("timeline"))
        if packed.offset != offset or packed.size_bytes < 1 or not inside:
            raise MalformedObject("The parts of this pack do not lie one behind the other.")
        offset += packed.size_bytes
        spans.append(span)
        found.append(packed)
    if not found or offset != head.body_bytes:
        raise MalformedObject
    if name != _pack_name(spans, [one.name for one in found]):
        raise ObjectMisnamed
    return head, tuple(found)


def _pack_name(spans: Sequence[Span], names: Sequence[str]) -> str:
    low, high = min(one.start_lsn for one in spans), max(one.end_lsn for one in spans)
    content = hashlib.sha256("\n".join(names).encode()).hexdigest()[:16]
    return f"pack/{spans[0].epoch:010d}/{spans[0].timeline:08x}/{low:016x}-{high:016x}-{content}"


def _chunk_of(head: Head, name: str) -> SignedChunk:
    fields = Fields(head.facts, _FIELDS)
    chunk = Chunk(
        site=fields.text("site"),
        epoch=fields.count("epoch"),
        timeline=fields.count("timeline"),
        run=fields.text("run"),
        sequence=fields.count("sequence"),
        start_lsn=fields.lsn("start_lsn"),
        end_lsn=fields.lsn("end_lsn"),
        previous=fields.maybe_sha256("previous"),
        written_at=fields.time("written_at"),
    )
    if chunk.name != name:
        raise ObjectMisnamed
    return SignedChunk(chunk, head)
