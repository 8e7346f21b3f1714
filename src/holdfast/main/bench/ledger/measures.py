"""The measures. Each gets the log that the run wrote and answers with figures; add one to MEASURES."""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

from holdfast.main.bench.data import Progress
from holdfast.main.bench.ledger.model import LedgerFigure, LedgerOptions, figure, percentile
from holdfast.main.bench.ledger.written_log import (
    LOG_KEY,
    WrittenLog,
    files_of,
    leaf_stock,
    make_leaf,
    write_log,
)
from holdfast.pure import evidence

MIN_APPENDS_PER_SECOND = 50_000.0
MAX_PROOF_MS = 5.0
_MILLION = 1_000_000
_ROUND_LEAVES = 200_000
_SIGNATURES = 200


def measure_appends(options: LedgerOptions, progress: Progress) -> list[LedgerFigure]:
    """Leaves into the tree and into tiles in memory, beside the two hashes that each needs at the least."""
    stock = leaf_stock()
    count = min(options.leaves, _ROUND_LEAVES)
    leaves = [stock[number % len(stock)] for number in range(count)]
    plain: list[float] = []
    tree: list[float] = []
    tiles: list[float] = []
    for done in range(options.rounds):
        plain.append(count / _seconds(lambda: _hash_twice(leaves)))
        tree.append(count / _seconds(lambda: _append_to_tree(leaves)))
        tiles.append(count / _seconds(lambda: _append_to_tiles(leaves)))
        progress("appending", done + 1, options.rounds)
    cost = [bare / one for bare, one in zip(plain, tree, strict=True)]
    encoded = min(count, 5000)
    return [
        figure("two plain SHA-256 each", "leaves/s", plain, better="more"),
        figure("appended to the tree", "leaves/s", tree, target=MIN_APPENDS_PER_SECOND, better="more"),
        figure("appended to tiles", "leaves/s", tiles, target=MIN_APPENDS_PER_SECOND, better="more"),
        figure("tree beside plain hashing", "x time", cost),
        figure(
            "leaf made and encoded", "µs",
            [_seconds(lambda: _encode(encoded)) / encoded * 1e6 for _ in range(options.rounds)],
        ),
    ]  # fmt: skip


def measure_writing(
    options: LedgerOptions, folder: Path, progress: Progress
) -> tuple[WrittenLog, list[LedgerFigure]]:
    """The whole log as files, and what they weigh for a million leaves."""
    stock = leaf_stock()
    began = time.perf_counter()
    log = write_log(folder, stock, options.leaves, lambda done: progress("writing", done, options.leaves))
    took = time.perf_counter() - began
    progress("writing", options.leaves, options.leaves)
    sizes = list(files_of(log))
    scale = _MILLION / options.leaves
    hashes = sum(size for kind, size in sizes if kind == "hashes") * scale
    entries = sum(size for kind, size in sizes if kind == "entries") * scale
    length = sum(map(len, stock)) / len(stock)
    return log, [
        figure("written as files", "leaves/s", [options.leaves / took], better="more", note="without fsync"),
        figure("hash tiles for a million leaves", "MB", [hashes / 1e6]),
        figure(
            "entry bundles for a million leaves", "MB", [entries / 1e6], note=f"leaves of {length:.0f} bytes, uncompressed"
        ),
        figure("files for a million leaves", "files", [len(sizes) * scale]),
    ]  # fmt: skip


def measure_proofs(options: LedgerOptions, log: WrittenLog, progress: Progress) -> list[LedgerFigure]:
    """Proof files of random leaves from tiles on disk, each by a reader that has read nothing yet; then verified."""
    chance = random.Random(1)
    built: list[float] = []
    verified: list[float] = []
    keys = [LOG_KEY.verifier]
    for done in range(options.proofs):
        index = chance.randrange(log.size)
        began = time.perf_counter()
        data = _prove(log, index)
        between = time.perf_counter()
        proof = evidence.parse_proof(data)
        evidence.verify_proof(proof, proof.extra or b"", keys)
        verified.append((time.perf_counter() - between) * 1000)
        built.append((between - began) * 1000)
        progress("proving", done + 1, options.proofs)
    worst = percentile(built, 0.99)
    return [
        figure(
            f"proof of a leaf among {log.size:,}",
            "ms",
            built,
            target=MAX_PROOF_MS,
            note=f"p99 {worst:.2f} ms",
        ),
        figure("proof file verified", "ms", verified, note=f"p99 {percentile(verified, 0.99):.2f} ms"),
    ]


def measure_checkpoints(_: LedgerOptions, log: WrittenLog, progress: Progress) -> list[LedgerFigure]:
    """Signing and opening a checkpoint; loading the right edge, as a sequencer does when it starts."""
    checkpoint = evidence.parse_checkpoint(evidence.parse_note(log.note).text)
    keys = [LOG_KEY.verifier]
    signing = [
        _seconds(lambda: evidence.sign_checkpoint(checkpoint, LOG_KEY).encode()) * 1000
        for _ in range(_SIGNATURES)
    ]
    opening = [_seconds(lambda: evidence.open_checkpoint(log.note, keys)) * 1000 for _ in range(_SIGNATURES)]
    loading = [_seconds(lambda: evidence.TiledEdge.load(log.size, log.read_tile)) * 1000 for _ in range(5)]
    progress("signing", 1, 1)
    return [
        figure("checkpoint signed", "ms", signing),
        figure("checkpoint opened", "ms", opening),
        figure("right edge loaded from tiles", "ms", loading),
    ]


# What is measured on the log that was written.
MEASURES: tuple[Callable[[LedgerOptions, WrittenLog, Progress], list[LedgerFigure]], ...] = (
    measure_proofs,
    measure_checkpoints,
)


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _hash_twice(leaves: list[bytes]) -> None:
    node = bytes(65)
    for leaf in leaves:
        hashlib.sha256(leaf).digest()
        hashlib.sha256(node).digest()


def _append_to_tree(leaves: list[bytes]) -> bytes:
    tree = evidence.CompactRange()
    for leaf in leaves:
        tree.append(evidence.leaf_hash(leaf))
    return tree.root()


def _append_to_tiles(leaves: list[bytes]) -> bytes:
    edge = evidence.TiledEdge()
    for leaf in leaves:
        edge.append(leaf)
    return edge.range.root()


def _encode(count: int) -> None:
    for leaf in islice(map(make_leaf, range(count)), count):
        leaf.encode()


def _prove(log: WrittenLog, index: int) -> bytes:
    node = evidence.node_reader(log.read_tile, log.size)
    hashes = tuple(evidence.inclusion_proof(node, index, log.size))
    bundle = evidence.tile_at(None, index // evidence.TILE_WIDTH, log.size)
    entries = evidence.parse_entry_bundle(log.read_tile(bundle), bundle.width)
    return evidence.TlogProof(index, hashes, log.note, entries[index % evidence.TILE_WIDTH]).encode()
