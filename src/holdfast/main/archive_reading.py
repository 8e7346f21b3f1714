"""Archives of other servers: their posts as lines of JSON, whatever they are packed in.

Nothing is unpacked by its name, so no name can lead anywhere; what is read is counted, so that nothing small becomes
something endless.
"""

from __future__ import annotations

import gzip
import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, BinaryIO, Literal, NamedTuple

import msgspec

from ..platform.files import FileMissing, FileUnreadable
from ..pure.errors import Invalid
from ..pure.imports import ImportedRow, parse_mastodon_activity, parse_tweet

_OUTBOX = re.compile(r"(?:[^/]{1,100}/)?outbox\.json")
_TWEETS = re.compile(r"(?:[^/]{1,100}/)?data/tweets?(?:-part\d{1,3})?\.js")
_MEMBERS_MOST = 1_000_000
_PIECE_BYTES = 256 * 1024
# Text shrinks to a tenth, pictures hardly: what grows more than this while it is unpacked was made to.
_GROWTH_MOST = 20


class ArchiveNotUnderstood(Invalid):
    """No archive that we know, or one that cannot be read; the text says which."""


class _Outbox(msgspec.Struct):
    orderedItems: list[msgspec.Raw] = []  # noqa: N815 - the name that ActivityStreams gives it; msgspec copies it


class UnpackedArchive(NamedTuple):
    """`rows`: a file with one object a line, and how each is read; `kind` keeps ids of different sites apart."""

    kind: Literal["mastodon", "twitter"]
    rows: Path
    parse: Callable[[Mapping[str, object]], ImportedRow]
    items: int


def unpack_archive(path: Path, folder: Path, *, most_bytes: int) -> UnpackedArchive:
    """Write the posts of an archive (zip, tar, tar.gz, or its outbox.json or tweets.js alone) into `folder`.

    Raises ArchiveNotUnderstood, FileMissing, FileUnreadable.
    """
    rows = folder / "posts.jsonl"
    kind: Literal["mastodon", "twitter"] | None = None
    items = 0
    try:
        with rows.open("wb") as out:
            for name, content in _documents(path, most_bytes):
                kind = "mastodon" if name.endswith("outbox.json") else "twitter"
                for item in _items(name, content):
                    out.write(msgspec.json.encode(item) + b"\n")
                    items += 1
    except FileNotFoundError:
        raise FileMissing(f"{path} does not exist; check the name") from None
    except (
        zipfile.BadZipFile,
        tarfile.TarError,
        EOFError,
        zlib.error,
        gzip.BadGzipFile,
        NotImplementedError,
    ) as error:
        raise ArchiveNotUnderstood(f"{path.name} is damaged, or no archive.", private=repr(error)) from error
    except RuntimeError as error:
        raise ArchiveNotUnderstood(
            f"{path.name} is encrypted; unpack and pack it again without a password."
        ) from error
    except OSError as error:
        raise FileUnreadable(f"{path} cannot be read: {(error.strerror or str(error)).lower()}") from None
    if kind is None:
        raise ArchiveNotUnderstood(
            f"{path.name} holds neither the outbox.json of Mastodon nor the data/tweets.js of Twitter."
        )
    return UnpackedArchive(kind, rows, parse_mastodon_activity if kind == "mastodon" else parse_tweet, items)


def _documents(path: Path, most_bytes: int) -> Iterator[tuple[str, bytes]]:
    """The documents that hold posts, by name; together at most `most_bytes`."""
    with path.open("rb") as file:
        begin = file.read(512)
        file.seek(0)
        if begin.startswith(b"PK"):
            yield from _of_zip(file, most_bytes)
        elif begin.startswith(b"\x1f\x8b"):
            growing = _Counted(gzip.GzipFile(fileobj=file), most_bytes + _GROWTH_MOST * path.stat().st_size)
            yield from _of_tar(growing, most_bytes)
        elif begin[257:262] == b"ustar":
            yield from _of_tar(file, most_bytes)
        elif begin.lstrip().startswith(b"{"):
            yield "outbox.json", _bounded(file, most_bytes)
        elif begin.lstrip().startswith((b"window.", b"[")):
            yield "tweets.js", _bounded(file, most_bytes)


def _of_zip(file: BinaryIO, most_bytes: int) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(file) as archive:
        for member in archive.infolist()[:_MEMBERS_MOST]:
            if _wanted(member.filename):
                with archive.open(member) as content:
                    document = _bounded(content, most_bytes)
                most_bytes -= len(document)
                yield member.filename, document


def _of_tar(file: Any, most_bytes: int) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(fileobj=file, mode="r|") as archive:
        for number, member in enumerate(archive):
            if number >= _MEMBERS_MOST:
                return
            if member.isreg() and _wanted(member.name.removeprefix("./")):
                content = archive.extractfile(member)
                if content is not None:
                    document = _bounded(content, most_bytes)
                    most_bytes -= len(document)
                    yield member.name, document


def _wanted(name: str) -> bool:
    return bool(_OUTBOX.fullmatch(name) or _TWEETS.fullmatch(name))


def _bounded(content: IO[bytes], most_bytes: int) -> bytes:
    pieces, size = [], 0
    while piece := content.read(_PIECE_BYTES):
        size += len(piece)
        if size > most_bytes:
            raise ArchiveNotUnderstood("The posts of this archive are larger than this server takes.")
        pieces.append(piece)
    return b"".join(pieces)


class _Counted:
    """A file to read from that ends with an error when it has given too much."""

    def __init__(self, file: Any, most_bytes: int) -> None:
        self._file, self._left = file, most_bytes

    def read(self, size: int = -1) -> bytes:
        data: bytes = self._file.read(size if size >= 0 else self._left + 1)
        self._left -= len(data)
        if self._left < 0:
            raise ArchiveNotUnderstood("This archive unpacks to far more than it can honestly hold.")
        return data


def _items(name: str, content: bytes) -> Iterator[object]:
    try:
        if name.endswith(".js"):
            content = content[content.index(b"=") + 1 :] if b"=" in content[:200] else content
            parts = msgspec.json.decode(content, type=list[msgspec.Raw])
        else:
            parts = msgspec.json.decode(content, type=_Outbox).orderedItems
        for part in parts:
            yield msgspec.json.decode(part)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError, ValueError) as error:
        raise ArchiveNotUnderstood(
            f"{name} is not the JSON that it should be.", private=repr(error)
        ) from error
