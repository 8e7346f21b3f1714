"""What a store says: what it holds, told by names alone, what it lacks, and whether somebody else holds this site by now."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import structlog

from ...platform.stores import ObjectMissing, Store, StoreError
from ...pure.evidence import VerifierKey
from ...pure.mirror import EpochClaim, MalformedObject, MirrorInvalid, open_base, open_claim, parse_chunk_name
from .model import covered_until, holes

log = structlog.get_logger(__name__)

_PACK: Final = re.compile(r"pack/[0-9]{10}/[0-9a-f]{8}/([0-9a-f]{16})-([0-9a-f]{16})-[0-9a-f]{16}")
_DESCRIPTOR: Final = re.compile(r"base/[0-9]{10}/([0-9a-z]{1,32})/descriptor")


@dataclass(slots=True)
class Holdings:
    """objects: name, start and end of every chunk and pack of this epoch and timeline. bases: id -> where its log begins."""

    objects: list[tuple[str, int, int]] = field(default_factory=list)
    bases: dict[str, int] = field(default_factory=dict)

    @property
    def spans(self) -> list[tuple[int, int]]:
        """Where log is held."""
        return [(start, end) for _, start, end in self.objects]

    def lacks(self, until: int) -> list[tuple[int, int]]:
        """What is missing from the begin of the newest backup here, or of the log here, up to `until`."""
        begin = max(self.bases.values(), default=None)
        if begin is None:
            begin = min((start for _, start, _ in self.objects), default=until)
        return holes(self.spans, begin, until)

    def reaches(self) -> int:
        """How far the newest stretch of log reaches that a backup here begins, or any log here; 0 for nothing."""
        newest = max(self.bases.values(), default=None)
        if newest is not None:
            return covered_until(self.spans, newest)
        return max((end for _, _, end in self.objects), default=0)


async def survey(store: Store, epoch: int, timeline: int, signer: VerifierKey) -> Holdings:
    """List one store. Raises StoreError."""
    found = Holdings()
    for entry in await store.list(f"wal/{epoch:010d}/{timeline:08x}"):
        try:
            span = parse_chunk_name(entry.name)
        except MalformedObject:
            continue
        found.objects.append((entry.name, span.start_lsn, span.end_lsn))
    for entry in await store.list(f"pack/{epoch:010d}/{timeline:08x}"):
        if pack := _PACK.fullmatch(entry.name):
            found.objects.append((entry.name, int(pack[1], 16), int(pack[2], 16)))
    found.bases = await bases(store, epoch, signer, {})
    return found


async def bases(store: Store, epoch: int, signer: VerifierKey, before: Mapping[str, int]) -> dict[str, int]:
    """The backups of an epoch whose descriptors this store holds, with where their log begins. Raises StoreError.

    before: what was known; those are not read again.
    """
    known: dict[str, int] = {}
    for entry in await store.list(f"base/{epoch:010d}"):
        if (named := _DESCRIPTOR.fullmatch(entry.name)) is None:
            continue
        if named[1] in before:
            known[named[1]] = before[named[1]]
            continue
        try:
            known[named[1]] = open_base(await store.get(entry.name), entry.name, (signer,)).start_lsn
        except MirrorInvalid:
            continue
    return known


@dataclass(frozen=True, slots=True)
class Looked:
    """The store answered. claim: of the next epoch, if it shows one that the authority signed."""

    claim: EpochClaim | None


async def later_claim(
    store: Store, authority: VerifierKey, *, site: str, epoch: int, timeout_seconds: float
) -> Looked | None:
    """What the store says; None where it does not answer.

    Numbers are claimed one after the other, so that the next one tells of all. A claim that the authority did not sign is none.
    """
    name = f"epoch/{epoch + 1:010d}"
    try:
        async with asyncio.timeout(timeout_seconds):
            data = await store.get(name)
    except ObjectMissing:
        return Looked(None)
    except (StoreError, TimeoutError):
        return None
    try:
        claim = open_claim(data, name, authority).claim
    except MirrorInvalid as error:
        log.warning("mirror.claim_refused", epoch=epoch + 1, error=repr(error))
        return Looked(None)
    return Looked(claim if claim.site == site else None)
