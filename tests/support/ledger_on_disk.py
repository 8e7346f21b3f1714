"""A log of many leaves in a folder, as a server publishes it, for programs that we did not write."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from holdfast.pure import evidence
from holdfast.pure.evidence import Algorithm, Checkpoint, Leaf, SigningKey, TiledEdge

ORIGIN = "ledger.example/evidence/1"
LOG_KEY = SigningKey(ORIGIN, Algorithm.ED25519, b"log of the conformance lane 0001")
WITNESS_KEY = SigningKey("witness.example/w1", Algorithm.COSIGNATURE_V1, b"witness of the lane, number 0001")
_ULID_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True)
class LedgerOnDisk:
    """`checkpoint`, `tile/...`, and `old-checkpoint` of the first `old_size` leaves."""

    folder: Path
    size: int
    old_size: int

    def read_tile(self, tile: evidence.Tile) -> bytes:
        """The bytes of one tile."""
        return (self.folder / tile.path).read_bytes()

    def leaf(self, index: int) -> bytes:
        """The bytes of one leaf."""
        bundle = evidence.tile_at(None, index // evidence.TILE_WIDTH, self.size)
        entries = evidence.parse_entry_bundle(self.read_tile(bundle), bundle.width)
        return entries[index % evidence.TILE_WIDTH]

    def proof(self, index: int) -> evidence.TlogProof:
        """The proof file of one leaf, the leaf within."""
        node = evidence.node_reader(self.read_tile, self.size)
        hashes = tuple(evidence.inclusion_proof(node, index, self.size))
        note = (self.folder / "checkpoint").read_bytes()
        return evidence.TlogProof(index, hashes, note, self.leaf(index))

    def tiles_for(self, index: int) -> list[Path]:
        """The hash tiles above a leaf, from the lowest."""
        made = []
        for level in range(8):
            number = index >> evidence.TILE_HEIGHT * (level + 1)
            if self.size >> evidence.TILE_HEIGHT * level:
                tile = evidence.tile_at(level, number, self.size)
                made.append(self.folder / tile.path)
        return made

    def bundle_for(self, index: int) -> Path:
        """The entry bundle of a leaf."""
        return self.folder / evidence.tile_at(None, index // evidence.TILE_WIDTH, self.size).path


def write_ledger(folder: Path, size: int, old_size: int) -> LedgerOnDisk:
    """Append that many leaves of version 1; both checkpoints are signed by the log, the last also by a witness."""
    edge = TiledEdge()
    for number in range(size):
        _store(folder, edge.append(_leaf(number).encode()))
        if number + 1 == old_size:
            (folder / "old-checkpoint").write_bytes(_signed(edge).encode())
    _store(folder, edge.partial_tiles())
    note = _signed(edge)
    cosigned = note.with_signatures([evidence.cosign_checkpoint(note, WITNESS_KEY, time_unix=1_780_000_000)])
    (folder / "checkpoint").write_bytes(cosigned.encode())
    return LedgerOnDisk(folder, size, old_size)


@contextmanager
def flipped_byte(path: Path, chance: random.Random, start: int = 0, stop: int | None = None) -> Iterator[str]:
    """One byte of a file, drawn from `start` to `stop`, changed for the time of the block; says which and how."""
    before = path.read_bytes()
    place = chance.randrange(start, stop or len(before))
    changed = bytearray(before)
    changed[place] ^= 1 << chance.randrange(8)
    path.write_bytes(bytes(changed))
    try:
        yield f"{path.name} at {place}: {before[place]:#04x} to {changed[place]:#04x}"
    finally:
        path.write_bytes(before)


def signature_end(note: bytes) -> int:
    """Where the last whole character of a note's signatures ends.

    The character before the padding has bits that base64 does not use; programs that do not look at them read the
    same signature whatever they are, and there is nothing wrong with that. Ours refuses them.
    """
    return len(note.rstrip(b"\n").rstrip(b"=")) - 1


def _leaf(number: int) -> Leaf:
    record_id = "01JD" + "".join(_ULID_DIGITS[number >> shift & 31] for shift in range(105, -5, -5))
    salt = number.to_bytes(evidence.SALT_BYTES, "big")
    return Leaf(
        at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=number),
        kind=("decision", "notice.received", "census")[number % 3],
        record_id=record_id,
        subject=evidence.subject_pseudonym(salt),
        public={"lane": f"P{number % 5}", "outcome": "removed", "policy": "threats@3"},
        commitments={"text": evidence.commit("text", b"body %d" % number, salt)},
    )


def _signed(edge: TiledEdge) -> evidence.Note:
    return evidence.sign_checkpoint(Checkpoint(ORIGIN, edge.size, edge.range.root()), LOG_KEY)


def _store(folder: Path, files: list[tuple[evidence.Tile, bytes]]) -> None:
    for tile, data in files:
        path = folder / tile.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
