"""Cut a stream of bytes into numbered lines with bounded memory, able to start again in the middle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

LINE_LENGTH_LIMIT_BYTES = 1_000_000
"""Longest line that is held in memory, without its end."""


class Line(NamedTuple):
    """A whole line. `number` counts from 1, `offset` is that of its first byte in the (uncompressed) stream,
    `next_offset` that of the first byte after its end: start there to continue. `data` has no line end."""

    number: int
    offset: int
    next_offset: int
    data: bytes


class OversizedLine(NamedTuple):
    """A line that was longer than the limit and was skipped; `length` is its size in bytes without its end."""

    number: int
    offset: int
    next_offset: int
    length: int


class TruncatedLine(NamedTuple):
    """The stream broke off inside this line after `length` bytes: nothing is known of the rest."""

    number: int
    offset: int
    next_offset: int
    length: int


AnyLine = Line | OversizedLine | TruncatedLine


class LineSplitter:
    """Feed it chunks of any size, then call `finish` once. Lines end with LF or CR LF; blank ones are counted but
    not given. Memory: at most the limit plus one chunk."""

    def __init__(
        self,
        *,
        line_length_limit_bytes: int = LINE_LENGTH_LIMIT_BYTES,
        first_offset: int = 0,
        first_number: int = 1,
    ) -> None:
        if line_length_limit_bytes < 1:
            raise ValueError("line_length_limit_bytes must be at least 1")
        self._limit = line_length_limit_bytes
        self._number = first_number
        self._offset = first_offset
        self._parts: list[bytes] = []
        self._length = 0

    def feed(self, chunk: bytes) -> Iterator[AnyLine]:
        """The lines that end in this chunk. Consume them all before feeding the next."""
        start = 0
        while (end := chunk.find(b"\n", start)) >= 0:
            self._hold(chunk[start:end])
            line = self._taken(ended=True)
            if line is not None:
                yield line
            start = end + 1
        self._hold(chunk[start:])

    def finish(self, *, truncated: bool = False) -> Iterator[AnyLine]:
        """The last line if it has no end. truncated: the stream is known to have broken off (a cut gzip file)."""
        if truncated and self._length:
            yield TruncatedLine(self._number, self._offset, self._offset + self._length, self._length)
            return
        if self._length and (line := self._taken(ended=False)) is not None:
            yield line

    def _hold(self, part: bytes) -> None:
        self._length += len(part)
        # One byte more than the limit may be the CR of a CR LF.
        if self._length > self._limit + 1:
            self._parts.clear()
        elif part:
            self._parts.append(part)

    def _taken(self, *, ended: bool) -> AnyLine | None:
        number, offset, length = self._number, self._offset, self._length
        data = b"".join(self._parts)
        self._parts.clear()
        self._length = 0
        self._number += 1
        self._offset += length + ended
        if length <= self._limit + 1:
            data = data.removesuffix(b"\r")
            length = len(data)
        if length > self._limit:
            return OversizedLine(number, offset, self._offset, length)
        if not data or data.isspace():
            return None
        return Line(number, offset, self._offset, data)


def split_lines(
    chunks: Iterable[bytes],
    *,
    line_length_limit_bytes: int = LINE_LENGTH_LIMIT_BYTES,
    first_offset: int = 0,
    first_number: int = 1,
) -> Iterator[AnyLine]:
    """All lines of a stream that is whole; for one that may break off use `LineSplitter` itself."""
    splitter = LineSplitter(
        line_length_limit_bytes=line_length_limit_bytes, first_offset=first_offset, first_number=first_number
    )
    for chunk in chunks:
        yield from splitter.feed(chunk)
    yield from splitter.finish()
