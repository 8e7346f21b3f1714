"""From PostgreSQL's tar stream to sealed parts. Memory: one part, compressed, and once more sealed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, Any, Final

import zstandard

from ...platform import sealing
from ...pure.mirror import Part, parse_lsn
from .errors import SourceFailed

MANIFEST: Final = "backup_manifest"
_MANIFEST_MAX_BYTES: Final = 512 * 1024 * 1024
_READ_BYTES: Final = 1024 * 1024
_LEVEL: Final = 3
_BLOCK: Final = 512


@dataclass(frozen=True, slots=True)
class SealedPart:
    """A part as it is kept, and how a descriptor names it."""

    data: bytes
    part: Part


@dataclass(frozen=True, slots=True)
class BackupFacts:
    """What PostgreSQL's manifest says. site: the system identifier, empty before PostgreSQL 17."""

    site: str
    timeline: int
    start_lsn: int
    end_lsn: int


class TarWatch:
    """Follows a tar stream and keeps the content of one member: PostgreSQL's manifest, its last."""

    def __init__(self) -> None:
        self.manifest = b""
        self._buffer = bytearray()
        self._skip = 0
        self._wanted = 0

    def feed(self, data: bytes) -> None:
        """The next bytes. Raises SourceFailed for what is no tar."""
        view = memoryview(data)
        while view:
            if self._skip:
                taken = min(self._skip, len(view))
                if self._wanted:
                    kept = min(self._wanted, taken)
                    self._buffer += view[:kept]
                    self._wanted -= kept
                    if not self._wanted:
                        self.manifest, self._buffer = bytes(self._buffer), bytearray()
                self._skip -= taken
                view = view[taken:]
                continue
            taken = min(_BLOCK - len(self._buffer), len(view))
            self._buffer += view[:taken]
            view = view[taken:]
            if len(self._buffer) == _BLOCK:
                self._header(bytes(self._buffer))

    def _header(self, header: bytes) -> None:
        self._buffer = bytearray()
        if not header.strip(b"\0"):
            return
        try:
            name = header[:100].rstrip(b"\0").decode()
            size = int(header[124:136].strip(b" \0") or b"0", 8)
        except ValueError:
            raise SourceFailed(private="the stream of pg_basebackup is no tar") from None
        if name == MANIFEST:
            if size > _MANIFEST_MAX_BYTES:
                raise SourceFailed(private="the manifest is too large")
            self._wanted = size
        self._skip = -(-size // _BLOCK) * _BLOCK


class PartCutter:
    """Reads the stream to its end, part by part. Each part is compressed by itself, so that parts can be opened beside each other."""

    def __init__(self, stream: IO[bytes], recipients: Sequence[str], part_bytes: int) -> None:
        self._stream = stream
        self._recipients = tuple(recipients)
        self._part_bytes = part_bytes
        self.watch = TarWatch()
        self._ended = False

    def next_part(self) -> SealedPart | None:
        """The next part; None at the end. Blocks: call it in a thread."""
        if self._ended:
            return None
        packer = zstandard.ZstdCompressor(level=_LEVEL).compressobj()
        pieces: list[bytes] = []
        size = taken = 0
        while size < self._part_bytes:
            data = self._stream.read(_READ_BYTES)
            if not data:
                self._ended = True
                break
            taken += len(data)
            self.watch.feed(data)
            piece = packer.compress(data)
            size += len(piece)
            pieces.append(piece)
        if not taken:
            return None
        pieces.append(packer.flush())
        sealed = sealing.seal(b"".join(pieces), self._recipients)
        return SealedPart(sealed, Part(len(sealed), hashlib.sha256(sealed).hexdigest()))


def read_manifest(manifest: bytes) -> BackupFacts:
    """The facts in a manifest. Raises SourceFailed."""
    try:
        facts: Any = json.loads(manifest)
        ranges = facts["WAL-Ranges"]
        start = min(parse_lsn(one["Start-LSN"]) for one in ranges)
        end = max(parse_lsn(one["End-LSN"]) for one in ranges)
        timeline = max(int(one["Timeline"]) for one in ranges)
        return BackupFacts(str(facts.get("System-Identifier", "")), timeline, start, end)
    except (ValueError, KeyError, TypeError) as error:
        raise SourceFailed(private=f"manifest: {type(error).__name__}") from None
