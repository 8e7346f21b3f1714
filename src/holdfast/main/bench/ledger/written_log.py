"""A log of the benchmark in a folder, with leaves as the server writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from holdfast.pure import evidence

ORIGIN = "bench.example/evidence/1"
LOG_KEY = evidence.SigningKey(ORIGIN, evidence.Algorithm.ED25519, bytes(32))
_DISTINCT = 4096
_ID_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True)
class WrittenLog:
    """Tiles and entry bundles of `size` leaves below `folder`, and the checkpoint over them."""

    folder: Path
    size: int
    note: bytes

    def read_tile(self, tile: evidence.Tile) -> bytes:
        """A file of the log."""
        return (self.folder / tile.path).read_bytes()


def make_leaf(number: int) -> evidence.Leaf:
    """A decision: a subject, five public fields, two commitments, one relation."""
    salt = number.to_bytes(32, "big")
    record_id = "01JD" + "".join(_ID_DIGITS[number >> shift & 31] for shift in range(105, -5, -5))
    return evidence.Leaf(
        at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(milliseconds=number),
        kind="decision",
        record_id=record_id,
        subject=evidence.subject_pseudonym(salt),
        public={
            "policy": "threats@3",
            "action": "remove",
            "lane": "P1",
            "automated": False,
            "minutes": number % 60,
        },
        commitments={name: evidence.commit(name, b"body %d" % number, salt) for name in ("post", "reason")},
        related=(evidence.Related(evidence.Relation.ABOUT, record_id),),
    )


def leaf_stock() -> list[bytes]:
    """Encoded leaves, used in turns: making each of a million anew would be most of the time."""
    return [make_leaf(number).encode() for number in range(_DISTINCT)]


def write_log(folder: Path, stock: list[bytes], size: int, tick: Callable[[int], None]) -> WrittenLog:
    """Append `size` leaves and write every full tile as it is completed, then the partial ones and the checkpoint."""
    edge = evidence.TiledEdge()
    for number in range(size):
        full = edge.append(stock[number % _DISTINCT])
        if full:
            _store(folder, full)
            tick(number + 1)
    _store(folder, edge.partial_tiles())
    checkpoint = evidence.Checkpoint(ORIGIN, size, edge.range.root())
    note = evidence.sign_checkpoint(checkpoint, LOG_KEY).encode()
    (folder / "checkpoint").write_bytes(note)
    return WrittenLog(folder, size, note)


def files_of(log: WrittenLog) -> Iterator[tuple[str, int]]:
    """Every file with its kind (`entries` or `hashes`) and bytes."""
    for tile in evidence.tiles_of(log.size):
        kind = "entries" if tile.level is None else "hashes"
        yield kind, (log.folder / tile.path).stat().st_size


def _store(folder: Path, files: list[tuple[evidence.Tile, bytes]]) -> None:
    for tile, data in files:
        path = folder / tile.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
