"""The Merkle tree of RFC 6962: hashes, appending, roots, and proofs of inclusion and consistency.

A node is named by (level, index): the hash over the 2**level leaves from index * 2**level. Only complete nodes have
a name. Builders of proofs ask a `ReadNode` for them; `tiles.node_reader` is one over stored tiles. A proof is a list
of 32-byte hashes in the order of RFC 6962 and RFC 9162. Sizes and indices are below 2**63.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from .errors import ProofRejected

HASH_BYTES = 32
# The root of the tree without leaves.
EMPTY_ROOT = hashlib.sha256(b"").digest()
MAX_SIZE = 2**63 - 1

ReadNode: TypeAlias = Callable[[int, int], bytes]
VisitNode: TypeAlias = Callable[[int, int, bytes], None]

_sha256 = hashlib.sha256


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf: SHA-256(0x00 || data)."""
    return _sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node: SHA-256(0x01 || left || right)."""
    return _sha256(b"\x01" + left + right).digest()


class CompactRange:
    """The right edge of a tree: enough to append to it and to know its root.

    `nodes` are the roots of the complete subtrees that the size is made of, the largest first.
    """

    def __init__(self, size: int = 0, nodes: Iterable[bytes] = ()) -> None:
        """An empty tree, or a kept one. Raises ProofRejected where size and nodes do not fit."""
        self._size = size
        self._nodes = list(nodes)
        fits = 0 <= size <= MAX_SIZE and len(self._nodes) == size.bit_count()
        if not fits or any(len(node) != HASH_BYTES for node in self._nodes):
            raise ProofRejected("These nodes are not the right edge of a tree of this size.")

    @property
    def size(self) -> int:
        """Leaves so far."""
        return self._size

    @property
    def nodes(self) -> tuple[bytes, ...]:
        """The roots of the complete subtrees, the largest first."""
        return tuple(self._nodes)

    def append(self, leaf: bytes, visit: VisitNode | None = None) -> None:
        """Add a leaf's hash. `visit(level, index, hash)` hears of each node that this completes, the leaf first."""
        size = self._size
        nodes = self._nodes
        node = leaf
        if visit is not None:
            visit(0, size, leaf)
        level = 0
        while size >> level & 1:
            level += 1
            node = _sha256(b"\x01" + nodes.pop() + node).digest()
            if visit is not None:
                visit(level, size >> level, node)
        nodes.append(node)
        self._size = size + 1

    def root(self) -> bytes:
        """The root of the tree as it stands."""
        return _fold(self._nodes) if self._nodes else EMPTY_ROOT


def tree_root(read_node: ReadNode, size: int) -> bytes:
    """The root of the first `size` leaves."""
    return _subtree(read_node, 0, size) if size else EMPTY_ROOT


def compact_range(read_node: ReadNode, size: int) -> CompactRange:
    """The right edge of the first `size` leaves, to append to."""
    return CompactRange(size, _complete_nodes(read_node, 0, size))


def inclusion_proof(read_node: ReadNode, index: int, size: int) -> list[bytes]:
    """Why the leaf at `index` is in the tree of the first `size` leaves. Raises ProofRejected if it is not."""
    if not 0 <= index < size:
        raise ProofRejected(f"A tree of {size} leaves has no leaf {index}.")
    proof: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            proof.append(_subtree(read_node, middle, high))
            high = middle
        else:
            proof.append(_subtree(read_node, low, middle))
            low = middle
    proof.reverse()
    return proof


def consistency_proof(read_node: ReadNode, old_size: int, new_size: int) -> list[bytes]:
    """Why the tree of `new_size` leaves begins with that of `old_size`. Empty where either says nothing."""
    if not 0 <= old_size <= new_size:
        raise ProofRejected(f"A tree of {new_size} leaves does not begin with {old_size}.")
    proof: list[bytes] = []
    low, high, whole = 0, new_size, True
    while 0 < old_size != high:
        middle = low + _split(high - low)
        if old_size <= middle:
            proof.append(_subtree(read_node, middle, high))
            high = middle
        else:
            proof.append(_subtree(read_node, low, middle))
            low, whole = middle, False
    if not whole:
        proof.append(_subtree(read_node, low, high))
    proof.reverse()
    return proof


def root_from_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    """The root to which a proof leads (RFC 9162, 2.1.3.2). Raises ProofRejected for one of a wrong length."""
    if not 0 <= index < size <= MAX_SIZE:
        raise ProofRejected(f"A tree of {size} leaves has no leaf {index}.")
    _check_hashes((leaf, *proof))
    node, first, last = leaf, index, size - 1
    for sibling in proof:
        if last == 0:
            raise ProofRejected("The inclusion proof is too long.")
        if first & 1 or first == last:
            node = node_hash(sibling, node)
            while not first & 1 and first:
                first >>= 1
                last >>= 1
        else:
            node = node_hash(node, sibling)
        first >>= 1
        last >>= 1
    if last:
        raise ProofRejected("The inclusion proof is too short.")
    return node


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Raises ProofRejected unless the leaf's hash is at `index` in the tree of that size and root."""
    if root_from_inclusion(leaf, index, size, proof) != root:
        raise ProofRejected("The inclusion proof does not lead to the root of the checkpoint.")


def verify_consistency(
    old_size: int, new_size: int, proof: Sequence[bytes], *, old_root: bytes, new_root: bytes
) -> None:
    """Raises ProofRejected unless the new tree begins with the old one (RFC 9162, 2.1.4.2)."""
    if not 0 <= old_size <= new_size <= MAX_SIZE:
        raise ProofRejected(f"A tree of {new_size} leaves does not begin with {old_size}.")
    _check_hashes((*proof, old_root, new_root))
    if old_size in (0, new_size):
        known = EMPTY_ROOT if old_size == 0 else new_root
        if proof or old_root != known or (new_size == 0 and new_root != EMPTY_ROOT):
            raise ProofRejected("The two trees are not the same.")
        return
    # A complete old tree is a node of the new one, and needs no hash in the proof.
    path = list(proof) if old_size & (old_size - 1) else [old_root, *proof]
    if not path:
        raise ProofRejected("The consistency proof is too short.")
    first, last = old_size - 1, new_size - 1
    while first & 1:
        first >>= 1
        last >>= 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise ProofRejected("The consistency proof is too long.")
        if first & 1 or first == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not first & 1 and first:
                first >>= 1
                last >>= 1
        else:
            new = node_hash(new, sibling)
        first >>= 1
        last >>= 1
    if last or old != old_root or new != new_root:
        raise ProofRejected("The consistency proof does not lead from the old root to the new one.")


def _split(count: int) -> int:
    """The largest power of two below `count`."""
    return 1 << ((count - 1).bit_length() - 1)


def _fold(nodes: Sequence[bytes]) -> bytes:
    root = nodes[-1]
    for node in reversed(nodes[:-1]):
        root = node_hash(node, root)
    return root


def _subtree(read_node: ReadNode, low: int, high: int) -> bytes:
    return _fold(_complete_nodes(read_node, low, high))


def _complete_nodes(read_node: ReadNode, low: int, high: int) -> list[bytes]:
    """The complete nodes that a subtree of RFC 6962 over the leaves from `low` to `high` is made of."""
    nodes = []
    while low < high:
        level = (high - low).bit_length() - 1
        nodes.append(read_node(level, low >> level))
        low += 1 << level
    return nodes


def _check_hashes(hashes: Iterable[bytes]) -> None:
    if any(len(one) != HASH_BYTES for one in hashes):
        raise ProofRejected("A hash of this tree has 32 bytes.")
