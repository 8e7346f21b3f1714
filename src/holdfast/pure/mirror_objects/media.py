"""Media at a mirror: content in parts, under names that tell nothing, and lists of what should be there.

    media/AB/REST           the first part of a file; written last, so a file without it never happened
    media/AB/REST.NNNNN     its other parts, from 1
    media-list/EPOCH/N      every file: the body holds a SHA-256 and a size each, compressed and encrypted

AB and REST are the 64 hexadecimal digits of HMAC-SHA-256 with the site's media key over the recipients and the content's SHA-256.
So a store cannot tell whether it holds a given picture, and after the recipients changed every file has another name.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from ..evidence import SigningKey, VerifierKey
from ..mirror import (
    Fields,
    Head,
    MalformedObject,
    ObjectMisnamed,
    encode_object,
    format_time,
    open_object,
)

MEDIA: Final = "media"
MEDIA_LIST: Final = "media-list"
PART_BYTES: Final = 8 * 1024 * 1024
MAX_PARTS: Final = 4096
_FIELDS: Final = frozenset({"site", "epoch", "name", "part", "parts"})
_LIST_FIELDS: Final = frozenset({
    "site", "epoch", "sequence", "files", "size_bytes", "root", "written_at",
})  # fmt: skip
_NAME: Final = re.compile(r"[0-9a-f]{64}")
_HASH_BYTES: Final = 32
_ENTRY_BYTES: Final = _HASH_BYTES + 8


@dataclass(frozen=True, slots=True)
class MediaPart:
    """A part of a file. name: of `media_name`. part: from 0. parts: of all of the file."""

    site: str
    epoch: int
    name: str
    part: int
    parts: int

    def __post_init__(self) -> None:
        if _NAME.fullmatch(self.name) is None or not 0 <= self.part < self.parts <= MAX_PARTS:
            raise MalformedObject("The facts of this part of a file cannot be true together.")

    @property
    def object_name(self) -> str:
        """Where it is kept."""
        return part_object(self.name, self.part)


class ListedFile(NamedTuple):
    """A file that should be there: its content's SHA-256 and size."""

    sha256: bytes
    size_bytes: int


@dataclass(frozen=True, slots=True)
class MediaList:
    """What should be there at `written_at`. root: `media_root` of all names."""

    site: str
    epoch: int
    sequence: int
    files: int
    size_bytes: int
    root: bytes
    written_at: datetime

    @property
    def name(self) -> str:
        """Where it is kept."""
        return f"media-list/{self.epoch:010d}/{self.sequence:010d}"


def media_name(media_key: bytes, recipients: Sequence[str], sha256: bytes) -> str:
    """The name of a file: 64 hexadecimal digits that nobody without the key can connect with its content."""
    whom = hashlib.sha256("\n".join(sorted(recipients)).encode()).digest()
    return hmac.digest(media_key, whom + sha256, hashlib.sha256).hex()


def part_object(name: str, part: int) -> str:
    """Where a part of a file is kept."""
    first = f"media/{name[:2]}/{name[2:]}"
    return f"{first}.{part:05d}" if part else first


def encode_part(part: MediaPart, sealed: bytes, key: SigningKey) -> bytes:
    """The object of a part; `sealed` is ciphertext already."""
    facts = {
        "site": part.site,
        "epoch": part.epoch,
        "name": part.name,
        "part": part.part,
        "parts": part.parts,
    }
    return encode_object(MEDIA, facts, sealed, key)


def open_part(data: bytes, object_name: str, keys: Iterable[VerifierKey]) -> tuple[MediaPart, bytes]:
    """The part kept as `object_name`, and its ciphertext.

    Raises MalformedObject, ObjectForged, ObjectTruncated, ObjectMisnamed.
    """
    head, body = open_object(data, MEDIA, keys)
    fields = Fields(head.facts, _FIELDS)
    part = MediaPart(
        fields.text("site"), fields.count("epoch"), fields.text("name"), fields.count("part"), fields.count("parts")
    )  # fmt: skip
    if part.object_name != object_name:
        raise ObjectMisnamed
    return part, body


def media_root(names: Iterable[str]) -> bytes:
    """One hash over all names, whatever their order."""
    digest = hashlib.sha256()
    for name in sorted(names):
        digest.update(name.encode() + b"\n")
    return digest.digest()


def encode_listed(files: Iterable[ListedFile]) -> bytes:
    """The list as bytes, before it is compressed and encrypted."""
    return b"".join(one.sha256 + one.size_bytes.to_bytes(8, "big") for one in sorted(files))


def listed_files(data: bytes) -> Iterator[ListedFile]:
    """The files of a list. Raises MalformedObject."""
    if len(data) % _ENTRY_BYTES:
        raise MalformedObject("This list of files is cut off.")
    for start in range(0, len(data), _ENTRY_BYTES):
        entry = data[start : start + _ENTRY_BYTES]
        yield ListedFile(entry[:_HASH_BYTES], int.from_bytes(entry[_HASH_BYTES:], "big"))


def encode_media_list(listing: MediaList, sealed: bytes, key: SigningKey) -> bytes:
    """The object of a list; `sealed` is ciphertext already."""
    facts = {
        "site": listing.site,
        "epoch": listing.epoch,
        "sequence": listing.sequence,
        "files": listing.files,
        "size_bytes": listing.size_bytes,
        "root": listing.root.hex(),
        "written_at": format_time(listing.written_at),
    }
    return encode_object(MEDIA_LIST, facts, sealed, key)


def open_media_list(data: bytes, name: str, keys: Iterable[VerifierKey]) -> tuple[MediaList, Head, bytes]:
    """The list kept as `name`, its head and its ciphertext. Raises as `open_part` does."""
    head, body = open_object(data, MEDIA_LIST, keys)
    fields = Fields(head.facts, _LIST_FIELDS)
    listing = MediaList(
        site=fields.text("site"),
        epoch=fields.count("epoch"),
        sequence=fields.count("sequence"),
        files=fields.count("files"),
        size_bytes=fields.count("size_bytes"),
        root=fields.sha256("root"),
        written_at=fields.time("written_at"),
    )
    if listing.name != name:
        raise ObjectMisnamed
    return listing, head, body
