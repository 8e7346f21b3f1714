"""A log in memory: its checkpoints, proofs and tiles, without the ledger that makes them."""

from __future__ import annotations

from collections.abc import Sequence

from holdfast.pure.evidence import (
    Checkpoint,
    SigningKey,
    TiledEdge,
    consistency_proof,
    leaf_hash,
    node_hash,
    sign_checkpoint,
    tree_root,
)


class LittleLog:
    """`size` records. forked_at: from this record on it tells another story."""

    def __init__(self, key: SigningKey, size: int, *, forked_at: int | None = None) -> None:
        self.key = key
        self.entries = [
            f"{'record' if forked_at is None or number < forked_at else 'other'} {number}".encode()
            for number in range(size)
        ]
        self._levels = [[leaf_hash(entry) for entry in self.entries]]
        while len(self._levels[-1]) > 1:
            row = self._levels[-1]
            self._levels.append([node_hash(row[at], row[at + 1]) for at in range(0, len(row) - 1, 2)])

    def read_node(self, level: int, index: int) -> bytes:
        return self._levels[level][index]

    def root(self, size: int) -> bytes:
        return tree_root(self.read_node, size)

    def proof(self, old: int, new: int) -> Sequence[bytes]:
        return consistency_proof(self.read_node, old, new)

    def note(self, size: int, key: SigningKey | None = None) -> bytes:
        signer = key or self.key
        return sign_checkpoint(Checkpoint(signer.name, size, self.root(size)), signer).encode()

    def files(self, size: int) -> dict[str, bytes]:
        """What a server of the log has at this size, by path, without the checkpoint."""
        edge, made = TiledEdge(), {}
        for entry in self.entries[:size]:
            for tile, data in edge.append(entry):
                made[tile.path] = data
        for tile, data in edge.partial_tiles():
            made[tile.path] = data
        return made
