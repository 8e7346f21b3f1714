"""The ledger's part of a bundle: leaves, what opens them, and what proves them against one checkpoint of each log."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ...platform.clock import Instant
from ...pure.bundles import LEDGER, OPENINGS, TIME_STAMPS, Unopened
from ...pure.evidence import (
    SEALED_KIND,
    Leaf,
    Opening,
    ReadNode,
    Tile,
    TlogProof,
    inclusion_proof,
    leaf_hash,
    node_reader,
    parse_leaf,
    verify_inclusion,
)
from ...records import ledger
from ...records.sequencing import generations, signing_key
from ...records.timestamps import covering_stamp
from ...records.witnesses import make_policy, witnesses
from .documents import names_sealed
from .errors import NothingSigned
from .model import ExportQuery

# Whose reasons may be an order that forbids to speak of it.
_TOLD_TO_NOBODY = frozenset({ledger.Kind.HOLD_PLACED.value, ledger.Kind.HOLD_RELEASED.value})
# Fields that never leave the server, whoever asks.
_ALWAYS_CLOSED = ("reporter",)


@dataclass(frozen=True, slots=True)
class ProvedRecord:
    """A record in the bundle: where its leaf stands in which log, the leaf, and the names that are opened."""

    record_id: str
    log: int
    index: int
    leaf: Leaf
    folder: str
    opened: tuple[str, ...]


@dataclass(slots=True)
class LedgerPart:
    """Files by path, what was proved, what stays closed, records that no checkpoint covers yet, and the checkpoint."""

    files: dict[str, bytes] = field(default_factory=dict)
    records: list[ProvedRecord] = field(default_factory=list)
    unopened: list[Unopened] = field(default_factory=list)
    not_covered: list[str] = field(default_factory=list)
    checkpoint: ledger.StoredCheckpoint | None = None
    origin: str = ""

    @property
    def signed_at(self) -> Instant:
        """The instant that the bundle is a picture of."""
        if self.checkpoint is None:
            raise NothingSigned
        return self.checkpoint.signed_at


@dataclass(frozen=True, slots=True)
class Trusting:
    """What the policy of a bundle says besides keys: where the log is, and how many witnesses are enough."""

    prefix_url: Callable[[str], str]
    quorum: str


async def ledger_part(
    reader: ledger.KeyedReader,
    query: ExportQuery,
    record_ids: Iterable[str],
    *,
    redacted: Sequence[str],
    trusting: Trusting,
    closed: Mapping[str, str] | None = None,
) -> LedgerPart:
    """Everything about these records. closed: records of which nothing is opened, and why. Raises NothingSigned."""
    part = LedgerPart()
    by_log: dict[int, list[ledger.Record]] = {}
    for record_id in dict.fromkeys(record_ids):
        record = await ledger.record_of(reader, record_id)
        if record.log is None or record.index is None:
            part.not_covered.append(record_id)
        else:
            by_log.setdefault(record.log, []).append(record)
    newest = await ledger.latest_checkpoint(reader)
    if newest is None:
        raise NothingSigned
    by_log.setdefault(newest.log, [])
    for number in sorted(by_log):
        pinned = query.checkpoint_size if number == newest.log else None
        checkpoint = await _checkpoint(reader, number, by_log[number], pinned)
        folder = LEDGER if number == newest.log else f"{LEDGER}{number}/"
        origin = checkpoint.note.split("\n", 1)[0]
        if number == newest.log:
            part.checkpoint, part.origin = checkpoint, origin
        covered = [one for one in by_log[number] if (one.index or 0) < checkpoint.size]
        part.not_covered += [one.record_id for one in by_log[number] if (one.index or 0) >= checkpoint.size]
        part.files[f"{folder}checkpoint"] = checkpoint.whole_note
        part.files |= await _keys(reader, folder, origin, trusting)
        await _prove(reader, part, folder, checkpoint, covered)
        for record in covered:
            await _open(reader, part, folder, record, redacted, (closed or {}).get(record.record_id))
        await _stamp(reader, part, checkpoint, origin, covered)
    part.records.sort(key=lambda one: (one.log, one.index))
    return part


async def _checkpoint(
    reader: ledger.KeyedReader, number: int, records: list[ledger.Record], pinned: int | None
) -> ledger.StoredCheckpoint:
    if pinned is not None:
        found = await ledger.checkpoint_at(reader, number, pinned)
    else:
        last = max((one.index or 0 for one in records), default=0)
        found = await ledger.covering_checkpoint(reader, number, last)
        found = found or await ledger.latest_checkpoint(reader, number)
    if found is None:
        raise NothingSigned
    return found


async def _keys(reader: ledger.KeyedReader, folder: str, origin: str, trusting: Trusting) -> dict[str, bytes]:
    keys = [signing_key(reader.keyring, origin, one.number).verifier for one in await generations(reader)]
    policy = make_policy(keys, trusting.prefix_url(origin), await witnesses(reader), trusting.quorum)
    return {
        f"{folder}log.vkey": "".join(f"{key.vkey}\n" for key in keys).encode(),
        f"{folder}policy.tlog-policy": policy.encode(),
    }


class _Wanted(Exception):
    def __init__(self, tile: Tile) -> None:
        self.tile = tile


async def _prove(
    reader: ledger.KeyedReader,
    part: LedgerPart,
    folder: str,
    checkpoint: ledger.StoredCheckpoint,
    records: list[ledger.Record],
) -> None:
    tiles: dict[Tile, bytes] = {}

    def read(tile: Tile) -> bytes:
        if tile not in tiles:
            raise _Wanted(tile)
        return tiles[tile]

    nodes = _remembering(node_reader(read, checkpoint.size))
    for record in records:
        index = record.index or 0
        # The own hash too, so that the tile which holds it is in the bundle.
        path = await _computed(reader, checkpoint.log, tiles, index, checkpoint.size, nodes)
        verify_inclusion(leaf_hash(record.leaf), index, checkpoint.size, path, checkpoint.root)
        part.files[f"{folder}leaves/{index}.json"] = record.leaf
        proof = TlogProof(index, tuple(path), checkpoint.whole_note, record.leaf)
        part.files[f"{folder}proofs/{index}.tlog-proof"] = proof.encode()
    for tile, content in tiles.items():
        part.files[f"{folder}{tile.path}"] = content


async def _computed(
    reader: ledger.KeyedReader, log: int, tiles: dict[Tile, bytes], index: int, size: int, nodes: ReadNode
) -> list[bytes]:
    while True:
        try:
            nodes(0, index)
            return inclusion_proof(nodes, index, size)
        except _Wanted as wanted:
            found = await ledger.read_tile(reader, log, wanted.tile)
            if found is None:
                raise NothingSigned(private=f"tile {wanted.tile.path} is not there") from None
            tiles[wanted.tile] = found


def _remembering(read: ReadNode) -> ReadNode:
    """Paths of neighbours share most of their nodes."""
    known: dict[tuple[int, int], bytes] = {}

    def node(level: int, index: int) -> bytes:
        found = known.get((level, index))
        if found is None:
            found = known[level, index] = read(level, index)
        return found

    return node


async def _open(
    reader: ledger.KeyedReader,
    part: LedgerPart,
    folder: str,
    record: ledger.Record,
    redacted: Sequence[str],
    closed: str | None,
) -> None:
    leaf = parse_leaf(record.leaf)
    opened = {one.opening.name: one.opening for one in await ledger.openings(reader, record.record_id)}
    names = []
    index = record.index or 0
    for name in leaf.commitments:
        why = closed or _why_closed(record, leaf, name, opened.get(name), redacted)
        if why is not None:
            part.unopened.append(Unopened(record.record_id, index, name, "redacted", why))
        elif name not in opened:
            part.unopened.append(
                Unopened(record.record_id, index, name, "erased", "destroyed, as an erasure leaf says")
            )
        else:
            prefix = f"{record.log}-" if folder != LEDGER else ""
            part.files[f"{OPENINGS}{prefix}{index}.{name}.opening.json"] = opened[name].encode()
            names.append(name)
    part.records.append(
        ProvedRecord(record.record_id, record.log or 0, index, leaf, folder, tuple(sorted(names)))
    )


def _why_closed(
    record: ledger.Record, leaf: Leaf, name: str, opening: Opening | None, redacted: Sequence[str]
) -> str | None:
    """Why a commitment stays closed in this bundle; None: it is opened."""
    if leaf.kind == SEALED_KIND and record.published_at is None:
        return "sealed, and not published"
    if leaf.kind in _TOLD_TO_NOBODY:
        return "legal holds are told to nobody but the staff"
    if opening is not None and name == "ruling" and names_sealed(opening.body):
        return "names a matter that is sealed"
    if name in redacted or f"{leaf.kind}:{name}" in redacted or name in _ALWAYS_CLOSED:
        return "left out of this bundle"
    return None


async def _stamp(
    reader: ledger.KeyedReader,
    part: LedgerPart,
    checkpoint: ledger.StoredCheckpoint,
    origin: str,
    records: list[ledger.Record],
) -> None:
    """For each record the first time stamp on a checkpoint that covers it, as far as the bundle's checkpoint goes."""
    done = 0
    for record in sorted(records, key=lambda one: one.index or 0):
        index = record.index or 0
        if index < done:
            continue
        stamp = await covering_stamp(reader, origin, index)
        if stamp is None or stamp.size > checkpoint.size:
            return
        done = stamp.size
        name = f"{TIME_STAMPS}{checkpoint.log}-{stamp.size}"
        part.files[f"{name}.checkpoint"] = stamp.note
        part.files[f"{name}.tsr"] = stamp.reply
        path = await ledger.consistency(reader, checkpoint.log, stamp.size, checkpoint.size)
        part.files[f"{name}.consistency"] = b"".join(base64.b64encode(one) + b"\n" for one in path)
