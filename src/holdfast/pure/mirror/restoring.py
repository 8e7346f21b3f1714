"""Which backup and which chunks bring the database back, and why other ones are not believed.

Stores are not trusted: they may hold back, change, rename, repeat and forge. What is believed is what an epoch's signer signed,
in the part of the log that this epoch wrote rightfully. So only holding back can do harm, and the manifests of the other stores
tell of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from .backups import Base, Manifest
from .chunks import Chunk, SignedChunk, check_follows
from .epochs import Epoch, counts, cut_of
from .errors import (
    ChainBroken,
    MirrorInvalid,
    NotRestorable,
    ObjectForged,
    ObjectMisnamed,
    ObjectTruncated,
)


class Reason(Enum):
    """Why a chunk is not used."""

    FORGED = "forged"
    TRUNCATED = "truncated"
    MISNAMED = "misnamed"
    MALFORMED = "malformed"
    OLD_EPOCH = "old epoch"
    TWO_UNDER_ONE_NUMBER = "two under one number"
    CHAIN_BROKEN = "chain broken"
    BEYOND_A_GAP = "beyond a gap"


_REASONS: Final = {
    ObjectForged: Reason.FORGED,
    ObjectTruncated: Reason.TRUNCATED,
    ObjectMisnamed: Reason.MISNAMED,
    ChainBroken: Reason.CHAIN_BROKEN,
}


@dataclass(frozen=True, slots=True)
class Refused:
    """An object that is there and is not used."""

    name: str
    reason: Reason


def reason_of(error: MirrorInvalid) -> Reason:
    """Why an object that could not be opened is not used."""
    for kind, reason in _REASONS.items():
        if isinstance(error, kind):
            return reason
    return Reason.MALFORMED


@dataclass(frozen=True, slots=True)
class HeldChunk:
    """A verified chunk and the stores that hold it."""

    signed: SignedChunk
    stores: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReplayStep:
    """Log to write from a chunk: from `from_lsn` to before `until_lsn`, which may be a part of it."""

    held: HeldChunk
    from_lsn: int
    until_lsn: int


@dataclass(frozen=True, slots=True)
class RestorePlan:
    """What to do, in order, and what was found on the way.

    bases: a full backup, then the incremental ones on it. steps: without a gap from the last base's start to `reach_lsn`.
    known_lsn: up to where a manifest says that the log was durable; beyond `reach_lsn` something is held back.
    gap: from where to where log is missing when later log is there.
    """

    bases: tuple[Base, ...]
    steps: tuple[ReplayStep, ...]
    reach_lsn: int
    known_lsn: int
    gap: tuple[int, int] | None
    refused: tuple[Refused, ...]

    @property
    def missing_bytes(self) -> int:
        """How much acknowledged log is known to be missing."""
        return max(0, self.known_lsn - self.reach_lsn)


def merge_stores(found: Mapping[str, Iterable[SignedChunk]]) -> list[HeldChunk]:
    """Each chunk once, with all stores that hold it; copies are told by the digest, not by the name."""
    chunks: dict[bytes, SignedChunk] = {}
    stores: defaultdict[bytes, set[str]] = defaultdict(set)
    for store, held in found.items():
        for one in held:
            chunks[one.digest] = one
            stores[one.digest].add(store)
    merged = [HeldChunk(one, tuple(sorted(stores[digest]))) for digest, one in chunks.items()]
    return sorted(merged, key=_order)


def plan_restore(
    epochs: Sequence[Epoch],
    bases: Iterable[Base],
    chunks: Iterable[HeldChunk],
    *,
    manifests: Iterable[Manifest] = (),
    target_lsn: int | None = None,
    refused: Iterable[Refused] = (),
) -> RestorePlan:
    """The plan that reaches furthest, with the newest backup that does.

    epochs: what `settle_epochs` made. bases: verified ones whose parts are all there. target_lsn: where to stop, to go back in
    time. refused: what was not even readable. Raises NotRestorable.
    """
    believed, turned_away = _believed(epochs, chunks)
    turned_away.extend(refused)
    known = _known_lsn(epochs, manifests, target_lsn)
    best: tuple[tuple[int, int], RestorePlan] | None = None
    rightful = [
        one for one in bases if _rightful(epochs, one) and (target_lsn is None or one.end_lsn <= target_lsn)
    ]
    by_id = {(one.epoch, one.backup): one for one in rightful}
    for base in rightful:
        chain = _chain(base, by_id)
        if chain is None:
            continue
        steps, reach = _cover(epochs, believed, base, target_lsn)
        if reach < base.end_lsn:
            continue
        rank = (reach, base.start_lsn)
        if best is None or rank > best[0]:
            later = [one for one in believed if _start_of(one) > reach and not _is_beyond(one, target_lsn)]
            beyond = [Refused(one.signed.chunk.name, Reason.BEYOND_A_GAP) for one in later]
            gap = (reach, min(map(_start_of, later))) if later else None
            best = rank, RestorePlan(chain, steps, reach, known, gap, (*turned_away, *beyond))
    if best is None:
        raise NotRestorable(
            private=f"{len(rightful)} backups, {len(believed)} chunks, {len(turned_away)} refused"
        )
    return best[1]


def _believed(epochs: Sequence[Epoch], chunks: Iterable[HeldChunk]) -> tuple[list[HeldChunk], list[Refused]]:
    """Chunks that count, and those that do not. Two signed chunks under one number are both turned away."""
    kept: list[HeldChunk] = []
    refused: list[Refused] = []
    runs: defaultdict[tuple[int, int, str], defaultdict[int, list[HeldChunk]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for one in chunks:
        chunk = one.signed.chunk
        if counts(epochs, chunk):
            runs[chunk.epoch, chunk.timeline, chunk.run][chunk.sequence].append(one)
        else:
            refused.append(Refused(chunk.name, Reason.OLD_EPOCH))
    for numbered in runs.values():
        before: HeldChunk | None = None
        for number in sorted(numbered):
            same = numbered[number]
            if len(same) > 1:
                refused.extend(Refused(one.signed.chunk.name, Reason.TWO_UNDER_ONE_NUMBER) for one in same)
                before = None
                continue
            one = same[0]
            if (
                before is not None
                and before.signed.chunk.sequence + 1 == number
                and not _follows(before, one)
            ):
                refused.append(Refused(one.signed.chunk.name, Reason.CHAIN_BROKEN))
                before = None
                continue
            kept.append(one)
            before = one
    return sorted(kept, key=_order), refused


def _follows(before: HeldChunk, after: HeldChunk) -> bool:
    try:
        check_follows(before.signed, after.signed)
    except MirrorInvalid:
        return False
    return True


def _rightful(epochs: Sequence[Epoch], base: Base) -> bool:
    """A backup counts when it was whole before its epoch was cut off."""
    own = next((one for one in epochs if one.claim.number == base.epoch), None)
    cut = cut_of(epochs, base.epoch)
    return own is not None and own.claim.site == base.site and (cut is None or base.end_lsn <= cut)


def _chain(base: Base, by_id: Mapping[tuple[int, str], Base]) -> tuple[Base, ...] | None:
    """The full backup and the incremental ones up to `base`; None when one is missing or they go in a circle."""
    chain = [base]
    while chain[0].parent is not None:
        parent = by_id.get((base.epoch, chain[0].parent))
        if parent is None or parent in chain or parent.start_lsn > chain[0].start_lsn:
            return None
        chain.insert(0, parent)
    return tuple(chain)


def _cover(
    epochs: Sequence[Epoch], chunks: Sequence[HeldChunk], base: Base, target_lsn: int | None
) -> tuple[tuple[ReplayStep, ...], int]:
    """Steps without a gap from the beginning of a backup, through its epoch and those that follow it."""
    steps: list[ReplayStep] = []
    position = base.start_lsn
    for epoch in (one for one in epochs if one.claim.number >= base.epoch):
        number = epoch.claim.number
        cut = cut_of(epochs, number)
        end = min((one for one in (cut, target_lsn) if one is not None), default=None)
        start = epoch.start.start_lsn if epoch.start else 0
        if cut is not None and cut <= start:
            continue  # all that this epoch wrote was taken back by a later one
        if number > base.epoch and start > position:
            break
        own = [one for one in chunks if one.signed.chunk.epoch == number]
        index = 0
        while end is None or position < end:
            furthest: HeldChunk | None = None
            while index < len(own) and _start_of(own[index]) <= position:
                if furthest is None or own[index].signed.chunk.end_lsn > furthest.signed.chunk.end_lsn:
                    furthest = own[index]
                index += 1
            if furthest is None or furthest.signed.chunk.end_lsn <= position:
                break
            until = furthest.signed.chunk.end_lsn if end is None else min(end, furthest.signed.chunk.end_lsn)
            steps.append(ReplayStep(furthest, position, until))
            position = until
    return tuple(steps), position


def _known_lsn(epochs: Sequence[Epoch], manifests: Iterable[Manifest], target_lsn: int | None) -> int:
    known = 0
    for one in manifests:
        cut = cut_of(epochs, one.epoch)
        reached = [lsn for lsn in (one.durable_lsn, cut, target_lsn) if lsn is not None]
        known = max(known, min(reached))
    return known


def _start_of(held: HeldChunk) -> int:
    return held.signed.chunk.start_lsn


def _is_beyond(held: HeldChunk, target_lsn: int | None) -> bool:
    return target_lsn is not None and _start_of(held) >= target_lsn


def _order(held: HeldChunk) -> tuple[int, int, int, str, int, bytes]:
    chunk: Chunk = held.signed.chunk
    return chunk.epoch, chunk.timeline, chunk.start_lsn, chunk.run, chunk.sequence, held.signed.digest
