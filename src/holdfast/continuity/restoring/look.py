"""Ask every store what it holds: epochs, backups, chunks. What is not signed as it should be is set aside by name."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ...platform.stores import Store, StoreError
from ...pure.evidence import VerifierKey
from ...pure.mirror import (
    HEAD_MAX_BYTES,
    Base,
    Epoch,
    EpochStart,
    Manifest,
    MirrorInvalid,
    Reason,
    Refused,
    Span,
    open_claim,
    open_manifest,
    open_pack_head,
    open_start,
    parse_chunk_name,
    reason_of,
    settle_epochs,
)
from ..backups import Catalogue, read_catalogue
from .errors import StoresSayNothing


@dataclass(frozen=True, slots=True)
class Place:
    """Where a chunk's object lies: an object of a store, or a stretch of one."""

    store: str
    name: str
    offset: int
    size_bytes: int
    packed: bool


@dataclass(slots=True)
class Seen:
    """What the stores say. claims: all that the authority signed, also of lost races. away: stores that did not answer, and why."""

    claims: dict[str, list[Epoch]] = field(default_factory=dict)
    starts: list[EpochStart] = field(default_factory=list)
    catalogue: Catalogue = field(default_factory=lambda: Catalogue(()))
    chunks: defaultdict[str, list[Place]] = field(default_factory=lambda: defaultdict(list))
    manifests: list[Manifest] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    away: dict[str, str] = field(default_factory=dict)

    @property
    def epochs(self) -> tuple[Epoch, ...]:
        """Those that count."""
        return settle_epochs(self.all_claims, self.starts)

    @property
    def all_claims(self) -> list[Epoch]:
        """Every claim once."""
        return list({one.digest: one for claims in self.claims.values() for one in claims}.values())

    @property
    def signers(self) -> tuple[VerifierKey, ...]:
        """Who may have signed."""
        return tuple({one.claim.signer.vkey: one.claim.signer for one in self.all_claims}.values())

    def spans(self) -> dict[str, Span]:
        """The chunks that are there, by name."""
        return {name: parse_chunk_name(name) for name in self.chunks}


async def look(stores: Mapping[str, Store], authority: VerifierKey, *, site: str) -> Seen:
    """Everything but the chunks' content. Raises StoresSayNothing, ObjectForged (two starts of one epoch)."""
    seen = Seen()
    await _each(stores, seen, lambda name, store: _epochs(name, store, authority, site, seen))
    here = {name: store for name, store in stores.items() if name not in seen.away}
    if not here:
        raise StoresSayNothing(private=str(seen.away))
    await _each(here, seen, lambda name, store: _chunks(name, store, seen))
    await _each(here, seen, lambda name, store: _manifests(store, seen))
    seen.catalogue = await read_catalogue(
        {name: store for name, store in here.items() if name not in seen.away}, seen.signers
    )
    return seen


def bases_until(seen: Seen, until: datetime | None) -> tuple[Base, ...]:
    """Whole backups that ended by then."""
    return tuple(one for one in seen.catalogue.bases() if until is None or one.ended_at <= until)


async def _each(
    stores: Mapping[str, Store], seen: Seen, ask: Callable[[str, Store], Awaitable[None]]
) -> None:
    """Ask all stores at once; one that does not answer is noted and left out."""

    async def one(name: str, store: Store) -> None:
        try:
            await ask(name, store)
        except StoreError as error:
            seen.away[name] = error.public

    await asyncio.gather(*(one(name, store) for name, store in stores.items() if name not in seen.away))


async def _epochs(name: str, store: Store, authority: VerifierKey, site: str, seen: Seen) -> None:
    claims: list[Epoch] = []
    for entry in await store.list("epoch"):
        data = await store.get(entry.name)
        try:
            if entry.name.endswith(".start"):
                start = open_start(data, entry.name, authority)
                if start.site == site:
                    seen.starts.append(start)
            else:
                claim = open_claim(data, entry.name, authority)
                if claim.claim.site == site:
                    claims.append(claim)
        except MirrorInvalid as error:
            seen.refused.append(Refused(entry.name, reason_of(error)))
    seen.claims[name] = claims


async def _chunks(name: str, store: Store, seen: Seen) -> None:
    for entry in await store.list("wal"):
        try:
            parse_chunk_name(entry.name)
        except MirrorInvalid:
            seen.refused.append(Refused(entry.name, Reason.MALFORMED))
            continue
        seen.chunks[entry.name].append(Place(name, entry.name, 0, entry.size_bytes, packed=False))
    for entry in await store.list("pack"):
        try:
            head, inside = open_pack_head(
                await store.get_range(entry.name, 0, HEAD_MAX_BYTES), entry.name, seen.signers
            )
        except MirrorInvalid as error:
            seen.refused.append(Refused(entry.name, reason_of(error)))
            continue
        for one in inside:
            place = Place(name, entry.name, head.body_offset + one.offset, one.size_bytes, packed=True)
            seen.chunks[one.name].append(place)


async def _manifests(store: Store, seen: Seen) -> None:
    """The newest manifest of each epoch: it tells how far the log must reach."""
    newest: dict[str, str] = {}
    for entry in await store.list("manifest"):
        newest[entry.name.rpartition("/")[0]] = entry.name
    for name in newest.values():
        try:
            seen.manifests.append(open_manifest(await store.get(name), name, seen.signers)[0])
        except MirrorInvalid as error:
            seen.refused.append(Refused(name, reason_of(error)))


def wanted_chunks(seen: Seen, bases: Sequence[Base]) -> list[str]:
    """Names of the chunks that any of these backups may need."""
    first: dict[int, int] = {}
    for base in bases:
        first[base.epoch] = min(base.start_lsn, first.get(base.epoch, base.start_lsn))
    lowest = min(first, default=0)
    return sorted(
        name
        for name, span in seen.spans().items()
        if span.epoch >= lowest and span.end_lsn > first.get(span.epoch, 0)
    )
