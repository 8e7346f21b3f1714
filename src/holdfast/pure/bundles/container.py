"""The ZIP around a bundle (PKWARE APPNOTE 6.3, without ZIP64): stored, sorted, one date, nothing optional.

One set of files has one byte string, so that the same bundle is the same file, and so that no byte of it, also none of
the container's own, can change unseen: the reader takes the canonical form alone.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from typing import Final, NamedTuple

from ..errors import Invalid

MAX_FILES: Final = 60_000
MAX_ARCHIVE_BYTES: Final = 4_000_000_000
"""Below what a ZIP without its 64 bit extension can hold."""

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_LOCAL_MARK, _CENTRAL_MARK, _END_MARK = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_VERSION = 20
_MADE_BY = 3 << 8 | _VERSION  # Unix, so that the modes below count
_UTF8_NAMES = 0x0800
_STORED = 0
_TIME, _DATE = 0, 0x0021  # 1980-01-01 00:00, the earliest there is
_MODE = 0o100644 << 16


class ArchiveRejected(Invalid):
    """Not the ZIP that a bundle is written as."""


class ArchiveEntry(NamedTuple):
    """A file within: where its header begins, and what the header says."""

    name: str
    checksum: int
    size_bytes: int
    offset: int


def entry_header(name: str, checksum: int, size_bytes: int) -> bytes:
    """What stands before a file's bytes. `checksum`: CRC-32 of them. Raises ArchiveRejected for an unfit name."""
    encoded = _checked(name)
    return (
        _LOCAL.pack(
            _LOCAL_MARK, _VERSION, _UTF8_NAMES, _STORED, _TIME, _DATE, checksum, size_bytes, size_bytes,
            len(encoded), 0,
        )
        + encoded
    )  # fmt: skip


def end_of_archive(entries: Iterable[ArchiveEntry]) -> bytes:
    """What stands after the last file: the directory, and its end. Raises ArchiveRejected where they are too many."""
    listed = list(entries)
    if len(listed) > MAX_FILES:
        raise ArchiveRejected(f"A bundle has at most {MAX_FILES} files.")
    directory = b"".join(_central(one) for one in listed)
    start = listed[-1].offset + _whole_bytes(listed[-1]) if listed else 0
    if start + len(directory) > MAX_ARCHIVE_BYTES:
        raise ArchiveRejected(f"A bundle has at most {MAX_ARCHIVE_BYTES} bytes.")
    count = len(listed)
    return directory + _END.pack(_END_MARK, 0, 0, count, count, len(directory), start, 0)


def _central(entry: ArchiveEntry) -> bytes:
    encoded = _checked(entry.name)
    return (
        _CENTRAL.pack(
            _CENTRAL_MARK, _MADE_BY, _VERSION, _UTF8_NAMES, _STORED, _TIME, _DATE, entry.checksum,
            entry.size_bytes, entry.size_bytes, len(encoded), 0, 0, 0, 0, _MODE, entry.offset,
        )
        + encoded
    )  # fmt: skip


def _whole_bytes(entry: ArchiveEntry) -> int:
    return _LOCAL.size + len(entry.name.encode()) + entry.size_bytes


def _checked(name: str) -> bytes:
    parts = name.split("/")
    if not all(parts) or "\\" in name or any(part in (".", "..") for part in parts) or not name.isprintable():
        raise ArchiveRejected(f"{name!r} is no name of a file in a bundle.")
    return name.encode()


def read_archive(data: memoryview) -> dict[str, memoryview]:
    """The files of an archive by name, without copying them. Raises ArchiveRejected for any other form of ZIP, and for
    any byte that is not what it must be."""
    if len(data) > MAX_ARCHIVE_BYTES:
        raise ArchiveRejected(f"A bundle has at most {MAX_ARCHIVE_BYTES} bytes.")
    files: dict[str, memoryview] = {}
    entries: list[ArchiveEntry] = []
    offset = 0
    while bytes(data[offset : offset + 4]) == _LOCAL_MARK:
        entry, start = _read_entry(data, offset)
        if entries and entry.name <= entries[-1].name:
            raise ArchiveRejected("The files of the archive do not stand in the order of their names.")
        files[entry.name] = data[start : start + entry.size_bytes]
        entries.append(entry)
        offset = start + entry.size_bytes
    if not entries or bytes(data[offset:]) != end_of_archive(entries):
        raise ArchiveRejected(
            "The directory of the ZIP is not as it was written: bytes were changed, or somebody packed it anew."
            " Unpack it and verify the folder to see whether the files are untouched."
        )
    return files


def _read_entry(data: memoryview, offset: int) -> tuple[ArchiveEntry, int]:
    header = bytes(data[offset : offset + _LOCAL.size])
    if len(header) < _LOCAL.size:
        raise ArchiveRejected("The archive ends within a header.")
    fields = _LOCAL.unpack(header)
    checksum, size_bytes, name_bytes = fields[6], fields[7], fields[9]
    start = offset + _LOCAL.size + name_bytes
    try:
        name = bytes(data[offset + _LOCAL.size : start]).decode()
    except UnicodeDecodeError:
        raise ArchiveRejected("A name in the archive is not UTF-8.") from None
    if bytes(data[offset:start]) != entry_header(name, checksum, size_bytes):
        raise ArchiveRejected(f"The header of {name!r} in the ZIP is not as it was written.")
    content = data[start : start + size_bytes]
    if len(content) != size_bytes or zlib.crc32(content) != checksum:
        raise ArchiveRejected(f"The bytes of {name!r} in the ZIP are not those that were written.")
    return ArchiveEntry(name, checksum, size_bytes, offset), start
