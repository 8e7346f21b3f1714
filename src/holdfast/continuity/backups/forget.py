"""Removing what the promise of going back in time does not need any more (`plan_forgetting`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ...platform.stores import Store, StoredObject, StoreError
from ...pure.evidence import VerifierKey
from ...pure.mirror import (
    HEAD_MAX_BYTES,
    Base,
    MirrorInvalid,
    RetentionPolicy,
    Span,
    open_pack_head,
    parse_chunk_name,
    plan_forgetting,
)
from .catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What went from one store. error: what it said when it refused or did not answer."""

    bases: int = 0
    chunks: int = 0
    packs: int = 0
    error: str = ""


async def forget_old(
    stores: Mapping[str, Store],
    catalogue: Catalogue,
    keys: Sequence[VerifierKey],
    policy: RetentionPolicy,
    *,
    now: datetime,
) -> dict[str, Forgotten]:
    """At each store by what that store itself holds whole, so that no store is left without a way home."""
    done: dict[str, Forgotten] = {}
    for name, store in stores.items():
        if name in catalogue.away:
            continue
        own = [one.base for one in catalogue.held if name in one.stores]
        done[name] = await _forget_at(store, own, keys, policy, now)
    return done


async def _forget_at(
    store: Store, bases: Sequence[Base], keys: Sequence[VerifierKey], policy: RetentionPolicy, now: datetime
) -> Forgotten:
    gone_bases = gone_chunks = gone_packs = 0
    try:
        spans = {one.name: span for one in await store.list("wal") if (span := _span(one)) is not None}
        packs = await _packs(store, keys)
        every = [*spans.values(), *(span for inside in packs.values() for span in inside)]
        plan = plan_forgetting(bases, every, policy, now=now)
        old = set(plan.spans)
        for name in [name for name, span in spans.items() if span in old]:
            await store.delete(name)
            gone_chunks += 1
        for name in [name for name, inside in packs.items() if inside and old.issuperset(inside)]:
            await store.delete(name)
            gone_packs += 1
        for base in plan.bases:
            for name in (base.name, *base.part_names):
                await store.delete(name)
            gone_bases += 1
    except StoreError as error:
        return Forgotten(gone_bases, gone_chunks, gone_packs, error.public)
    return Forgotten(gone_bases, gone_chunks, gone_packs)


def _span(entry: StoredObject) -> Span | None:
    try:
        return parse_chunk_name(entry.name)
    except MirrorInvalid:
        return None


async def _packs(store: Store, keys: Sequence[VerifierKey]) -> dict[str, tuple[Span, ...]]:
    """The spans in each pack that is ours."""
    found = {}
    for entry in await store.list("pack"):
        try:
            head = await store.get_range(entry.name, 0, HEAD_MAX_BYTES)
            _, inside = open_pack_head(head, entry.name, keys)
            found[entry.name] = tuple(parse_chunk_name(one.name) for one in inside)
        except MirrorInvalid:
            continue
    return found
