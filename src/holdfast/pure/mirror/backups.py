"""Base backups, and manifests: what a mirror should hold.

    base/EPOCH/ID/descriptor    what a backup is made of; written last, so a backup without one never happened
    base/EPOCH/ID/part-NNNNN    its parts: compressed, encrypted
    manifest/EPOCH/SEQUENCE     what was there and durable at a time; chained, so that a store can hide the end but change nothing

The newest manifest of any store says how far the log must reach at least: a store that leaves out its end is found out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ..evidence import SigningKey, VerifierKey
from .envelope import Fields, Head, encode_object, format_time, open_object
from .errors import MalformedObject, ObjectMisnamed
from .positions import format_lsn

BASE: Final = "base"
MANIFEST: Final = "manifest"
MAX_PARTS: Final = 4096
MAX_BASES: Final = 1024
_BASE_FIELDS: Final = frozenset({
    "site", "epoch", "timeline", "backup", "parent", "start_lsn", "end_lsn", "postgres", "started_at", "ended_at", "parts",
})  # fmt: skip
_MANIFEST_FIELDS: Final = frozenset({
    "site", "epoch", "timeline", "sequence", "previous", "durable_lsn", "bases", "written_at",
})  # fmt: skip
_ID: Final = re.compile(r"[0-9a-z]{1,32}")
_HASH: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Part:
    """One object of a backup: its ciphertext's size and SHA-256 in hexadecimal."""

    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Base:
    """A base backup.

    backup: its id (lower case letters and digits). parent: the backup that an incremental one builds on, None for a full
    one. Consistent once the log from start to end is replayed. postgres: the server's version.
    """

    site: str
    epoch: int
    timeline: int
    backup: str
    parent: str | None
    start_lsn: int
    end_lsn: int
    postgres: str
    started_at: datetime
    ended_at: datetime
    parts: tuple[Part, ...]

    def __post_init__(self) -> None:
        ids = [self.backup] if self.parent is None else [self.backup, self.parent]
        wrong = (
            not all(_ID.fullmatch(one) for one in ids)
            or self.parent == self.backup
            or self.start_lsn > self.end_lsn
            or self.started_at > self.ended_at
            or not 1 <= len(self.parts) <= MAX_PARTS
            or not all(part.size_bytes > 0 and _HASH.fullmatch(part.sha256) for part in self.parts)
        )
        if wrong:
            raise MalformedObject("The facts of this base backup cannot be true together.")

    @property
    def name(self) -> str:
        """Where its descriptor is kept."""
        return f"base/{self.epoch:010d}/{self.backup}/descriptor"

    @property
    def part_names(self) -> tuple[str, ...]:
        """Where its parts are kept, in order."""
        folder = f"base/{self.epoch:010d}/{self.backup}"
        return tuple(f"{folder}/part-{index:05d}" for index in range(len(self.parts)))

    @property
    def size_bytes(self) -> int:
        """All of its ciphertext."""
        return sum(part.size_bytes for part in self.parts)


@dataclass(frozen=True, slots=True)
class Manifest:
    """At `written_at` the log was durable at the quorum up to `durable_lsn`, and these backups were whole.

    sequence: from 0 in its epoch. previous: the digest of the manifest before, None for the first.
    """

    site: str
    epoch: int
    timeline: int
    sequence: int
    previous: bytes | None
    durable_lsn: int
    bases: tuple[str, ...]
    written_at: datetime

    def __post_init__(self) -> None:
        if (self.previous is None) != (self.sequence == 0) or not all(
            _ID.fullmatch(one) for one in self.bases
        ):
            raise MalformedObject("The facts of this manifest cannot be true together.")

    @property
    def name(self) -> str:
        """Where it is kept."""
        return f"manifest/{self.epoch:010d}/{self.sequence:010d}"


def encode_base(base: Base, key: SigningKey) -> bytes:
    """The descriptor of a backup."""
    facts = {
        "site": base.site,
        "epoch": base.epoch,
        "timeline": base.timeline,
        "backup": base.backup,
        "parent": base.parent or "",
        "start_lsn": format_lsn(base.start_lsn),
        "end_lsn": format_lsn(base.end_lsn),
        "postgres": base.postgres,
        "started_at": format_time(base.started_at),
        "ended_at": format_time(base.ended_at),
        "parts": [[part.size_bytes, part.sha256] for part in base.parts],
    }
    return encode_object(BASE, facts, b"", key)


def open_base(data: bytes, name: str, keys: Iterable[VerifierKey]) -> Base:
    """The backup that a descriptor kept as `name` tells of.

    Raises MalformedObject, ObjectForged, ObjectTruncated, ObjectMisnamed.
    """
    head, _ = open_object(data, BASE, keys)
    fields = Fields(head.facts, _BASE_FIELDS)
    base = Base(
        site=fields.text("site"),
        epoch=fields.count("epoch"),
        timeline=fields.count("timeline"),
        backup=fields.text("backup"),
        parent=fields.text("parent") or None,
        start_lsn=fields.lsn("start_lsn"),
        end_lsn=fields.lsn("end_lsn"),
        postgres=fields.text("postgres"),
        started_at=fields.time("started_at"),
        ended_at=fields.time("ended_at"),
        parts=tuple(_part(item) for item in fields.items("parts", MAX_PARTS)),
    )
    if base.name != name:
        raise ObjectMisnamed
    return base


def encode_manifest(manifest: Manifest, key: SigningKey) -> bytes:
    """The object of a manifest."""
    facts = {
        "site": manifest.site,
        "epoch": manifest.epoch,
        "timeline": manifest.timeline,
        "sequence": manifest.sequence,
        "previous": manifest.previous.hex() if manifest.previous else "",
        "durable_lsn": format_lsn(manifest.durable_lsn),
        "bases": list(manifest.bases),
        "written_at": format_time(manifest.written_at),
    }
    return encode_object(MANIFEST, facts, b"", key)


def open_manifest(data: bytes, name: str, keys: Iterable[VerifierKey]) -> tuple[Manifest, Head]:
    """The manifest kept as `name`, and its head. Raises as `open_base` does."""
    head, _ = open_object(data, MANIFEST, keys)
    fields = Fields(head.facts, _MANIFEST_FIELDS)
    bases = fields.items("bases", MAX_BASES)
    if not all(isinstance(one, str) for one in bases):
        raise MalformedObject
    manifest = Manifest(
        site=fields.text("site"),
        epoch=fields.count("epoch"),
        timeline=fields.count("timeline"),
        sequence=fields.count("sequence"),
        previous=fields.maybe_sha256("previous"),
        durable_lsn=fields.lsn("durable_lsn"),
        bases=tuple(bases),
        written_at=fields.time("written_at"),
    )
    if manifest.name != name:
        raise ObjectMisnamed
    return manifest, head


def _part(item: object) -> Part:
    if not isinstance(item, list) or [type(one) for one in item] != [int, str]:
        raise MalformedObject("A part of a base backup is its size and its SHA-256.")
    return Part(item[0], item[1])
