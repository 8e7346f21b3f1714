"""Files that are read once from front to back, plain or gzip, in chunks of bounded size."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple

from ..pure.errors import Invalid, NotFound

CHUNK_BYTES = 256 * 1024
"""How much is read at once, and the most that one chunk holds after decompression."""

_GZIP = b"\x1f\x8b"
_GZIP_WINDOW = 16 + zlib.MAX_WBITS


class FileMissing(NotFound):
    """There is no such file; the text names it."""


class FileUnreadable(Invalid):
    """The file is there and cannot be read; the text names it and says why."""


class Chunk(NamedTuple):
    """Bytes of the content, and how far into the file on disk they reach."""

    data: bytes
    position_bytes: int


class SequentialFile:
    """A file that is gzip when its first bytes say so, whatever its name.

    After `chunks()` is used up, `ended` tells how: "whole"; "truncated", when the gzip stream stops before its
    end; "corrupt", when what follows cannot be decompressed. Everything before that point was given.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.ended: Literal["whole", "truncated", "corrupt"] = "whole"
        try:
            self.size_bytes = path.stat().st_size
            if not path.is_file():
                raise FileUnreadable(f"{path} is not a file")
            with path.open("rb"):
                pass
        except FileNotFoundError:
            raise FileMissing(f"{path} does not exist; check the name") from None
        except OSError as error:
            raise FileUnreadable(f"{path} cannot be read: {(error.strerror or str(error)).lower()}") from None

    def chunks(self) -> Iterator[Chunk]:
        """The content. Memory: one chunk of the disk and one of the content. Raises FileUnreadable."""
        try:
            with self.path.open("rb") as file:
                magic = file.read(len(_GZIP))
                file.seek(0)
                yield from self._decompressed(file) if magic == _GZIP else _plain(file)
        except OSError as error:
            raise FileUnreadable(
                f"{self.path} cannot be read on: {(error.strerror or str(error)).lower()}"
            ) from None

    def _decompressed(self, file: BinaryIO) -> Iterator[Chunk]:
        stream = zlib.decompressobj(_GZIP_WINDOW)
        position = 0
        while pending := file.read(CHUNK_BYTES):
            position += len(pending)
            while pending:
                if stream.eof:
                    # A gzip file may hold several streams one after the other, and padding at its end.
                    pending = pending.lstrip(b"\0")
                    if not pending:
                        break
                    stream = zlib.decompressobj(_GZIP_WINDOW)
                try:
                    data = stream.decompress(pending, CHUNK_BYTES)
                except zlib.error:
                    self.ended = "corrupt"
                    return
                pending = stream.unused_data if stream.eof else stream.unconsumed_tail
                if data:
                    yield Chunk(data, position)
        if not stream.eof:
            self.ended = "truncated"


def _plain(file: BinaryIO) -> Iterator[Chunk]:
    position = 0
    while data := file.read(CHUNK_BYTES):
        position += len(data)
        yield Chunk(data, position)
